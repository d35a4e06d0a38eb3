//! From the instructions of a file to those of the machine.

use std::collections::BTreeMap;

use crate::kernel::Atom;

use super::super::machine::op::{
    Arithmetic, Comparison, Failure, Handler, Kind, Label, Op, Source, Tail, Target,
};
use super::super::term::Term;
use super::Malformed;
use super::chunks::{Mfa, Reader};
use super::operand::Operand;
use super::origins::Origins;

/// What translating a module's code comes to.
#[derive(Debug)]
pub struct Code {
    /// The instructions. None is ever gone to at 0.
    pub ops: Vec<Op>,
    /// The place of each label.
    pub labels: BTreeMap<u32, Label>,
    /// The functions in order: where each begins, its name and arity.
    pub functions: Vec<(Label, Atom, u8)>,
    /// From which instruction on which entry of the table of lines holds.
    pub lines: Vec<(Label, u32)>,
    /// More literals, which operands have brought.
    pub literals: Vec<Term>,
    /// What the instructions were made of, in a build with debug assertions.
    pub origins: Origins,
}

/// How many operands each instruction of OTP 24 to 28 has, from 1 on (genop.tab).
const ARITIES: [u8; 185] = [
    1, 3, 0, 2, 3, 2, 2, 3, 2, 4, 5, 2, 3, 2, 3, 2, 1, 1, 0, 0, 0, 0, 2, 1, 1, 2, 4, 4, 4, 4, 4, 4, 4, 4, 4,
    4, 4, 3, 3, 3, 3, 3, 3, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 1, 2, 1, 2, 3, 3, 3, 3, 3, 2,
    1, 1, 0, 1, 1, 3, 2, 2, 2, 5, 5, 5, 4, 2, 1, 1, 2, 2, 5, 5, 5, 2, 1, 0, 1, 2, 2, 4, 4, 4, 4, 3, 1, 2, 1,
    1, 1, 2, 6, 3, 5, 1, 2, 2, 3, 5, 7, 7, 7, 5, 3, 2, 2, 5, 6, 2, 2, 2, 2, 1, 3, 4, 0, 8, 6, 2, 6, 5, 4, 5,
    4, 5, 4, 3, 3, 3, 3, 3, 0, 1, 1, 7, 1, 5, 5, 2, 3, 3, 4, 0, 0, 2, 2, 2, 3, 4, 3, 2, 2, 4, 3, 1, 2, 1, 1,
    1, 6, 3, 0, 1, 5, 3, 2, 4, 6,
];

/// An instruction as it stands in the file.
pub(super) struct Raw {
    pub(super) opcode: u8,
    pub(super) operands: Vec<Operand>,
}

pub(super) struct Translator<'m> {
    imports: &'m [Mfa],
    pub(super) literals: &'m [Term],
    pub(super) code: Code,
}

/// Translates the code of a module.
pub fn translate(
    mut reader: Reader<'_>,
    names: &[Atom],
    imports: &[Mfa],
    literals: &[Term],
) -> Result<Code, Malformed> {
    let mut raws = Vec::new();
    while !reader.is_empty() {
        let opcode = reader.u8()?;
        let Some(arity) = ARITIES.get(usize::from(opcode).wrapping_sub(1)) else {
            return Err(Malformed("it has an instruction that is newer than OTP 28"));
        };
        let operands = (0..*arity).map(|_| Operand::read(&mut reader, names));
        raws.push(Raw { opcode, operands: operands.collect::<Result<_, _>>()? });
        if opcode == 3 {
            break;
        }
    }
    let code = Code {
        ops: Vec::with_capacity(raws.len()),
        labels: BTreeMap::new(),
        functions: Vec::new(),
        lines: Vec::new(),
        literals: Vec::new(),
        origins: Origins::default(),
    };
    let mut translator = Translator { imports, literals, code };
    translator.code.ops.push(Op::Unknown(0));
    let mut at = 0;
    while at < raws.len() {
        let taken = translator.next(&raws[at..])?;
        if cfg!(debug_assertions) {
            let of = raws[at..at + taken].iter().map(|raw| raw.opcode);
            translator.code.origins.add(of, translator.code.ops.len());
        }
        at += taken;
    }
    let Code { ops, labels, .. } = &mut translator.code;
    ops.iter_mut().for_each(|op| resolve(op, labels));
    Ok(translator.code)
}

/// Labels of the file become places of instructions.
fn resolve(op: &mut Op, labels: &BTreeMap<u32, Label>) {
    let put = |label: &mut Label| *label = labels.get(label).copied().unwrap_or(0);
    match op {
        Op::Call(label, _)
        | Op::Bif(_, label, ..)
        | Op::Arithmetic(_, label, ..)
        | Op::LookAtMessage(label, _)
        | Op::NextMessage(label)
        | Op::Wait(label)
        | Op::WaitTimeout(label, _)
        | Op::Compare(_, label, ..)
        | Op::Is(_, label, _)
        | Op::IsFunctionOf(label, ..)
        | Op::HasArity(label, ..)
        | Op::IsTagged(label, ..)
        | Op::Jump(label)
        | Op::Catch(label, _)
        | Op::PutMap(label, ..)
        | Op::HasKeys(label, ..)
        | Op::GetKeys(label, ..)
        | Op::StartMatch(label, ..)
        | Op::GetSegment(label, ..)
        | Op::SkipBits(label, ..)
        | Op::SkipUtf(label, ..)
        | Op::TestTail(label, ..)
        | Op::TestUnit(label, ..)
        | Op::MatchString(label, ..)
        | Op::Match(label, ..)
        | Op::CreateBinary(label, ..)
        | Op::AddSizes(label, ..) => put(label),
        Op::Select(_, label, choices) => {
            put(label);
            choices.iter_mut().for_each(|(_, label)| put(label));
        }
        Op::SelectArity(_, label, choices) => {
            put(label);
            choices.iter_mut().for_each(|(_, label)| put(label));
        }
        _ => (),
    }
}

pub(super) const ODD: Malformed = Malformed("an instruction in it has operands that it cannot have");

impl Translator<'_> {
    /// Translates the next instruction, and says how many of the file that were.
    fn next(&mut self, raws: &[Raw]) -> Result<usize, Malformed> {
        let Raw { opcode, operands } = &raws[0];
        let at = self.code.ops.len() as Label;
        if let Some(taken) = self.begin_binary(raws)? {
            return Ok(taken);
        }
        match (opcode, &operands[..]) {
            (1, [Operand::Unsigned(label)]) => {
                self.code.labels.insert(*label as u32, at);
            }
            (2, [_, Operand::Atom(function), Operand::Unsigned(arity)]) => {
                self.code.functions.push((at, *function, *arity as u8));
                self.code.ops.push(Op::FunctionClause);
            }
            (153, [Operand::Unsigned(line)]) => self.code.lines.push((at, *line as u32)),
            // What the emulator needs for its heap, its queue, its loader or its debugger.
            (3 | 16 | 94 | 95 | 149 | 150 | 151 | 173..=176 | 179 | 183 | 184, _) => (),
            _ => {
                let op = match self.control(*opcode, operands)? {
                    Some(op) => Some(op),
                    None => match self.data(*opcode, operands)? {
                        Some(op) => Some(op),
                        None => self.binary(*opcode, operands)?,
                    },
                };
                self.code.ops.push(op.unwrap_or(Op::Unknown(*opcode)));
            }
        }
        Ok(1)
    }

    fn control(&mut self, opcode: u8, operands: &[Operand]) -> Result<Option<Op>, Malformed> {
        use Operand::Unsigned as U;
        Ok(Some(match (opcode, operands) {
            (4, [_, label]) => Op::Call(self.label(label)?, Tail::Returns),
            (5, [_, label, U(size)]) => Op::Call(self.label(label)?, Tail::Last(*size as u16)),
            (6, [_, label]) => Op::Call(self.label(label)?, Tail::Only),
            (7, [_, U(import)]) => self.external(*import, Tail::Returns),
            (8, [_, U(import), U(size)]) => self.external(*import, Tail::Last(*size as u16)),
            (78, [_, U(import)]) => self.external(*import, Tail::Only),
            (75, [U(arity)]) => Op::CallFun(*arity as u8, Source::X(*arity as u16)),
            (178, [_, U(arity), fun]) => Op::CallFun(*arity as u8, self.source(fun)?),
            (112, [U(arity)]) => Op::Apply(*arity as u8, Tail::Returns),
            (113, [U(arity), U(size)]) => Op::Apply(*arity as u8, Tail::Last(*size as u16)),
            (9, [U(import), to]) => self.bif(*import, 0, &[], to)?,
            (10, [fail, U(import), a, to]) => self.bif(*import, self.label(fail)?, &[a], to)?,
            (11, [fail, U(import), a, b, to]) => self.bif(*import, self.label(fail)?, &[a, b], to)?,
            (124, [fail, _, U(import), a, to]) => self.bif(*import, self.label(fail)?, &[a], to)?,
            (125, [fail, _, U(import), a, b, to]) => self.bif(*import, self.label(fail)?, &[a, b], to)?,
            (152, [fail, _, U(import), a, b, c, to]) => {
                self.bif(*import, self.label(fail)?, &[a, b, c], to)?
            }
            (185, [fail, U(import), a, b, c, to]) => self.bif(*import, self.label(fail)?, &[a, b, c], to)?,
            (12..=15, [U(size), ..]) => Op::Allocate(*size as u16),
            (18, [U(size)]) => Op::Deallocate(*size as u16),
            (136, [U(size), _]) => Op::Trim(*size as u16),
            (17, [Operand::Y(place)]) => Op::Forget([*place].into()),
            (172, [Operand::List(places)]) => Op::Forget(
                places
                    .iter()
                    .filter_map(|place| match place {
                        Operand::Y(place) => Some(*place),
                        _ => None,
                    })
                    .collect(),
            ),
            (19, []) => Op::Return,
            (20, []) => Op::Send,
            (21, []) => Op::TakeMessage,
            (22, []) => Op::Timeout,
            (23, [label, to]) => Op::LookAtMessage(self.label(label)?, self.target(to)?),
            (24, [label]) => Op::NextMessage(self.label(label)?),
            (25, [label]) => Op::Wait(self.label(label)?),
            (26, [label, time]) => Op::WaitTimeout(self.label(label)?, self.source(time)?),
            (59, [value, fail, Operand::List(pairs)]) => {
                let pairs = pairs.chunks_exact(2);
                let choices = pairs.map(|pair| Ok((self.source(&pair[0])?, self.label(&pair[1])?)));
                let choices = choices.collect::<Result<_, Malformed>>()?;
                Op::Select(self.source(value)?, self.label(fail)?, choices)
            }
            (60, [value, fail, Operand::List(pairs)]) => {
                let pairs = pairs.chunks_exact(2);
                let choices = pairs.map(|pair| Ok((number(&pair[0])? as u32, self.label(&pair[1])?)));
                let choices = choices.collect::<Result<_, Malformed>>()?;
                Op::SelectArity(self.source(value)?, self.label(fail)?, choices)
            }
            (61, [label]) => Op::Jump(self.label(label)?),
            (62, [_, label]) => Op::Catch(self.label(label)?, Handler::Catch),
            (104, [_, label]) => Op::Catch(self.label(label)?, Handler::Try),
            (63, [_]) => Op::CatchEnd,
            (105, [_]) => Op::TryEnd,
            // The value, class and trace are in the first registers already.
            (106, [_]) => Op::Forget([].into()),
            (107, [value]) => Op::TryCaseEnd(self.source(value)?),
            (108, [trace, value]) => Op::Reraise(self.source(trace)?, self.source(value)?),
            (160, []) => Op::BuildStacktrace,
            (161, []) => Op::RawRaise,
            (72, [value]) => Op::Fail(Failure::BadMatch, self.source(value)?),
            (73, []) => Op::Fail(Failure::If, Source::Nil),
            (74, [value]) => Op::Fail(Failure::Case, self.source(value)?),
            (180, [value]) => Op::Fail(Failure::BadRecord, self.source(value)?),
            _ => return self.test(opcode, operands),
        }))
    }

    fn test(&mut self, opcode: u8, operands: &[Operand]) -> Result<Option<Op>, Malformed> {
        const COMPARISONS: [Comparison; 6] = [
            Comparison::Less,
            Comparison::NotLess,
            Comparison::Equal,
            Comparison::NotEqual,
            Comparison::Exact,
            Comparison::NotExact,
        ];
        Ok(Some(match (opcode, operands) {
            (39..=44, [fail, a, b]) => Op::Compare(
                COMPARISONS[usize::from(opcode) - 39],
                self.label(fail)?,
                self.source(a)?,
                self.source(b)?,
            ),
            (58, [fail, value, arity]) => {
                Op::HasArity(self.label(fail)?, self.source(value)?, number(arity)? as u32)
            }
            (115, [fail, value, arity]) => {
                Op::IsFunctionOf(self.label(fail)?, self.source(value)?, self.source(arity)?)
            }
            (159, [fail, value, arity, Operand::Atom(tag)]) => {
                Op::IsTagged(self.label(fail)?, self.source(value)?, number(arity)? as u32, *tag)
            }
            (_, [fail, value]) => {
                let Some(kind) = kind(opcode) else { return Ok(None) };
                Op::Is(kind, self.label(fail)?, self.source(value)?)
            }
            _ => return Ok(None),
        }))
    }

    fn data(&mut self, opcode: u8, operands: &[Operand]) -> Result<Option<Op>, Malformed> {
        use Operand::Unsigned as U;
        Ok(Some(match (opcode, operands) {
            (64 | 96, [from, to]) => Op::Move(self.source(from)?, self.target(to)?),
            (169, [a, b]) => Op::Swap(self.target(a)?, self.target(b)?),
            (65, [list, head, tail]) => {
                Op::GetList(self.source(list)?, self.target(head)?, self.target(tail)?)
            }
            (162, [list, head]) => Op::GetHead(self.source(list)?, self.target(head)?),
            (163, [list, tail]) => Op::GetTail(self.source(list)?, self.target(tail)?),
            (66, [tuple, place, to]) => {
                Op::GetElement(self.source(tuple)?, number(place)? as u32, self.target(to)?)
            }
            (67, [value, tuple, place]) => {
                Op::SetElement(self.source(value)?, self.source(tuple)?, number(place)? as u32)
            }
            (69, [head, tail, to]) => Op::PutList(self.source(head)?, self.source(tail)?, self.target(to)?),
            (164, [to, Operand::List(elements)]) => Op::PutTuple(self.target(to)?, self.sources(elements)?),
            (181, [_, _, from, to, Operand::List(pairs)]) => {
                let pairs = pairs.chunks_exact(2);
                let updates = pairs.map(|pair| Ok((number(&pair[0])? as u32 - 1, self.source(&pair[1])?)));
                let updates = updates.collect::<Result<_, Malformed>>()?;
                Op::UpdateRecord(self.source(from)?, self.target(to)?, updates)
            }
            (103, [U(lambda)]) => Op::MakeFun(*lambda as u32, Target::X(0), [].into()),
            (171, [U(lambda), to, Operand::List(free)]) => {
                Op::MakeFun(*lambda as u32, self.target(to)?, self.sources(free)?)
            }
            (154 | 155, [fail, map, to, _, Operand::List(pairs)]) => {
                let pairs = pairs.chunks_exact(2);
                let pairs = pairs.map(|pair| Ok((self.source(&pair[0])?, self.source(&pair[1])?)));
                let pairs = pairs.collect::<Result<_, Malformed>>()?;
                Op::PutMap(self.label(fail)?, self.source(map)?, self.target(to)?, pairs, opcode == 155)
            }
            (157, [fail, map, Operand::List(keys)]) => {
                Op::HasKeys(self.label(fail)?, self.source(map)?, self.sources(keys)?)
            }
            (158, [fail, map, Operand::List(pairs)]) => {
                let pairs = pairs.chunks_exact(2);
                let pairs = pairs.map(|pair| Ok((self.source(&pair[0])?, self.target(&pair[1])?)));
                let pairs = pairs.collect::<Result<_, Malformed>>()?;
                Op::GetKeys(self.label(fail)?, self.source(map)?, pairs)
            }
            (97, [from, to]) => Op::ToFloat(self.source(from)?, self.target(to)?),
            (98..=101, [_, a, b, to]) => {
                let of = [Arithmetic::Add, Arithmetic::Subtract, Arithmetic::Multiply, Arithmetic::Divide]
                    [usize::from(opcode) - 98];
                Op::FloatArithmetic(of, self.source(a)?, self.source(b)?, self.target(to)?)
            }
            (102, [_, from, to]) => Op::FloatNegate(self.source(from)?, self.target(to)?),
            _ => return Ok(None),
        }))
    }

    fn external(&mut self, import: u64, tail: Tail) -> Op {
        Op::CallExternal(import as u32, tail)
    }

    fn bif(&mut self, import: u64, fail: Label, of: &[&Operand], to: &Operand) -> Result<Op, Malformed> {
        const ADD: Atom = Atom::of("+");
        const SUBTRACT: Atom = Atom::of("-");
        const MULTIPLY: Atom = Atom::of("*");
        let to = self.target(to)?;
        let arguments: Box<[Source]> =
            of.iter().map(|operand| self.source(operand)).collect::<Result<_, Malformed>>()?;
        let function = self.imports.get(import as usize).ok_or(ODD)?.function;
        if let [a, b] = arguments[..] {
            let of = match function {
                ADD => Some(Arithmetic::Add),
                SUBTRACT => Some(Arithmetic::Subtract),
                MULTIPLY => Some(Arithmetic::Multiply),
                _ => None,
            };
            if let Some(of) = of {
                return Ok(Op::Arithmetic(of, fail, a, b, to));
            }
        }
        Ok(Op::Bif(import as u32, fail, arguments, to))
    }

    pub(super) fn label(&self, operand: &Operand) -> Result<Label, Malformed> {
        match operand {
            Operand::Label(label) => Ok(*label),
            _ => Err(ODD),
        }
    }

    pub(super) fn sources(&mut self, operands: &[Operand]) -> Result<Box<[Source]>, Malformed> {
        operands.iter().map(|operand| self.source(operand)).collect()
    }

    pub(super) fn source(&mut self, operand: &Operand) -> Result<Source, Malformed> {
        Ok(match operand {
            Operand::X(place) => Source::X(*place),
            Operand::Y(place) => Source::Y(*place),
            Operand::Int(value) => Source::Int(*value),
            Operand::Unsigned(value) => Source::Int(*value as i64),
            Operand::Atom(atom) => Source::Atom(*atom),
            Operand::Nil => Source::Nil,
            Operand::Literal(place) => Source::Literal(*place),
            Operand::Float(place) => Source::Float(*place),
            Operand::Big(value) => {
                self.code.literals.push(Term::integer(value.clone()));
                Source::Literal((self.literals.len() + self.code.literals.len() - 1) as u32)
            }
            Operand::Label(_) | Operand::List(_) | Operand::Allocation => return Err(ODD),
        })
    }

    pub(super) fn target(&self, operand: &Operand) -> Result<Target, Malformed> {
        match operand {
            Operand::X(place) => Ok(Target::X(*place)),
            Operand::Y(place) => Ok(Target::Y(*place)),
            Operand::Float(place) => Ok(Target::Float(*place)),
            _ => Err(ODD),
        }
    }
}

pub(super) fn number(operand: &Operand) -> Result<u64, Malformed> {
    match operand {
        Operand::Unsigned(value) => Ok(*value),
        Operand::Int(value) => u64::try_from(*value).map_err(|_| ODD),
        _ => Err(ODD),
    }
}

fn kind(opcode: u8) -> Option<Kind> {
    Some(match opcode {
        45 => Kind::Integer,
        46 => Kind::Float,
        47 => Kind::Number,
        48 => Kind::Atom,
        49 => Kind::Pid,
        50 => Kind::Reference,
        51 => Kind::Port,
        52 => Kind::Nil,
        53 => Kind::Binary,
        55 => Kind::List,
        56 => Kind::NonEmptyList,
        57 => Kind::Tuple,
        77 => Kind::Function,
        114 => Kind::Boolean,
        129 => Kind::BitString,
        156 => Kind::Map,
        _ => return None,
    })
}
