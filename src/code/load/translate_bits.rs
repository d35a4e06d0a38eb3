//! The instructions on bit strings, of all releases.

use crate::kernel::Atom;

use super::super::machine::op::{Flags, MatchStep, Op, Piece, Segment, Source};
use super::super::term::Term;
use super::Malformed;
use super::operand::Operand;
use super::translate::{ODD, Raw, Translator, number};

const STRING: Atom = Atom::of("string");
const INTEGER: Atom = Atom::of("integer");
const FLOAT: Atom = Atom::of("float");
const BINARY: Atom = Atom::of("binary");
const UTF8: Atom = Atom::of("utf8");
const UTF16: Atom = Atom::of("utf16");
const UTF32: Atom = Atom::of("utf32");

impl Translator<'_> {
    pub(super) fn binary(&mut self, opcode: u8, operands: &[Operand]) -> Result<Option<Op>, Malformed> {
        use Operand::Unsigned as U;
        Ok(Some(match (opcode, operands) {
            (166, [fail, from, _, to]) => {
                Op::StartMatch(self.label(fail)?, self.source(from)?, self.target(to)?)
            }
            (170, [fail, _, from, to]) => {
                let fail = if let Operand::Atom(_) = fail { 0 } else { self.label(fail)? };
                Op::StartMatch(fail, self.source(from)?, self.target(to)?)
            }
            (117..=119, [fail, context, _, size, U(unit), U(flags), to]) => {
                let segment = [Segment::Integer, Segment::Float, Segment::Binary][usize::from(opcode) - 117];
                Op::GetSegment(
                    self.label(fail)?,
                    self.source(context)?,
                    segment,
                    self.size(size)?,
                    *unit as u32,
                    flags_of(*flags),
                    self.target(to)?,
                )
            }
            (138 | 140 | 142, [fail, context, _, U(flags), to]) => Op::GetSegment(
                self.label(fail)?,
                self.source(context)?,
                utf(opcode - 138),
                None,
                1,
                flags_of(*flags),
                self.target(to)?,
            ),
            (139 | 141 | 143, [fail, context, _, U(flags)]) => {
                Op::SkipUtf(self.label(fail)?, self.source(context)?, utf(opcode - 139), flags_of(*flags))
            }
            (120, [fail, context, size, U(unit), _]) => {
                Op::SkipBits(self.label(fail)?, self.source(context)?, self.size(size)?, *unit as u32)
            }
            (121, [fail, context, U(bits)]) => {
                Op::TestTail(self.label(fail)?, self.source(context)?, *bits as u32)
            }
            (131, [fail, context, U(unit)]) => {
                Op::TestUnit(self.label(fail)?, self.source(context)?, *unit as u32)
            }
            (132, [fail, context, U(bits), U(from)]) => {
                Op::MatchString(self.label(fail)?, self.source(context)?, *bits as u32, *from as u32)
            }
            (165, [context, to, _]) => Op::RestOf(self.source(context)?, self.target(to)?),
            (167, [context, to, _]) => Op::GetPosition(self.source(context)?, self.target(to)?),
            (168, [context, position]) => Op::SetPosition(self.source(context)?, self.source(position)?),
            (182, [fail, context, Operand::List(steps)]) => {
                Op::Match(self.label(fail)?, self.source(context)?, self.match_steps(steps)?)
            }
            (177, [fail, _, _, _, to, Operand::List(pieces)]) => {
                let pieces = pieces.chunks_exact(6).map(|piece| self.piece(piece));
                let pieces = pieces.collect::<Result<_, Malformed>>()?;
                Op::CreateBinary(self.label(fail)?, self.target(to)?, pieces)
            }
            (144 | 146, [_, value, to]) => {
                let segment = if opcode == 144 { Segment::Utf8 } else { Segment::Utf16 };
                Op::UtfSize(segment, self.source(value)?, self.target(to)?)
            }
            (111, [fail, a, b, U(unit), to]) => Op::AddSizes(
                self.label(fail)?,
                self.source(a)?,
                self.source(b)?,
                *unit as u32,
                self.target(to)?,
            ),
            (133, []) => Op::InitWritable,
            _ => return Ok(None),
        }))
    }

    /// A binary that is begun by one instruction and filled by those behind it (before OTP 25), as one.
    pub(super) fn begin_binary(&mut self, raws: &[Raw]) -> Result<Option<usize>, Malformed> {
        let (fail, mut pieces, to) = match (raws[0].opcode, &raws[0].operands[..]) {
            (109 | 137, [fail, _, _, _, _, to]) => (fail, Vec::new(), to),
            (134, [fail, _, _, _, Operand::Unsigned(unit), onto, _, to])
            | (135, [fail, _, Operand::Unsigned(unit), onto, _, to]) => {
                let value = self.source(onto)?;
                (fail, vec![whole(value, *unit as u32)], to)
            }
            _ => return Ok(None),
        };
        let mut taken = 1;
        for Raw { opcode, operands } in &raws[1..] {
            use Operand::Unsigned as U;
            let (segment, size, unit, flags, value) = match (opcode, &operands[..]) {
                (153, _) => {
                    taken += 1;
                    continue;
                }
                (89, [_, size, U(unit), U(flags), value]) => {
                    (Segment::Integer, Some(size), *unit, *flags, value)
                }
                (90, [_, size, U(unit), U(flags), value]) => {
                    (Segment::Binary, Some(size), *unit, *flags, value)
                }
                (91, [_, size, U(unit), U(flags), value]) => {
                    (Segment::Float, Some(size), *unit, *flags, value)
                }
                (145, [_, U(flags), value]) => (Segment::Utf8, None, 1, *flags, value),
                (147, [_, U(flags), value]) => (Segment::Utf16, None, 1, *flags, value),
                (148, [_, U(flags), value]) => (Segment::Utf32, None, 1, *flags, value),
                (92, [U(len), U(from)]) => {
                    pieces.push(text(*from, *len));
                    taken += 1;
                    continue;
                }
                _ => break,
            };
            let size = match size {
                Some(size) => self.size(size)?,
                None => None,
            };
            let (unit, flags, value) = (unit as u32, flags_of(flags), self.source(value)?);
            pieces.push(Piece { segment, unit, flags, value, size });
            taken += 1;
        }
        let op = Op::CreateBinary(self.label(fail)?, self.target(to)?, pieces.into());
        self.code.ops.push(op);
        Ok(Some(taken))
    }

    pub(super) fn piece(&mut self, piece: &[Operand]) -> Result<Piece, Malformed> {
        const APPEND: Atom = Atom::of("append");
        const PRIVATE_APPEND: Atom = Atom::of("private_append");
        let [Operand::Atom(kind), _, unit, flags, value, size] = piece else { return Err(ODD) };
        let unit = number(unit)? as u32;
        if *kind == STRING {
            return Ok(text(number(value)?, number(size)?));
        }
        let segment = match *kind {
            INTEGER => Segment::Integer,
            FLOAT => Segment::Float,
            BINARY | APPEND | PRIVATE_APPEND => Segment::Binary,
            UTF8 => Segment::Utf8,
            UTF16 => Segment::Utf16,
            UTF32 => Segment::Utf32,
            _ => return Err(ODD),
        };
        let size = match segment {
            Segment::Utf8 | Segment::Utf16 | Segment::Utf32 => None,
            _ => self.size(size)?,
        };
        Ok(Piece { segment, unit, flags: self.listed(flags)?, value: self.source(value)?, size })
    }

    pub(super) fn match_steps(&mut self, steps: &[Operand]) -> Result<Box<[MatchStep]>, Malformed> {
        const ENSURE_AT_LEAST: Atom = Atom::of("ensure_at_least");
        const ENSURE_EXACTLY: Atom = Atom::of("ensure_exactly");
        const SKIP: Atom = Atom::of("skip");
        const GET_TAIL: Atom = Atom::of("get_tail");
        const EQUALS: Atom = Atom::of("=:=");
        let (mut rest, mut read) = (steps, Vec::new());
        while let [Operand::Atom(what), tail @ ..] = rest {
            let taken = match (*what, tail) {
                (ENSURE_AT_LEAST, [stride, unit, ..]) => {
                    read.push(MatchStep::EnsureAtLeast(number(stride)?, number(unit)?));
                    2
                }
                (ENSURE_EXACTLY, [stride, ..]) => {
                    read.push(MatchStep::EnsureExactly(number(stride)?));
                    1
                }
                (INTEGER, [_, flags, size, unit, to, ..]) => {
                    let bits = number(size)? * number(unit)?;
                    read.push(MatchStep::Integer(self.listed(flags)?, bits, self.target(to)?));
                    5
                }
                (BINARY, [_, _, size, unit, to, ..]) => {
                    read.push(MatchStep::Binary(number(size)? * number(unit)?, self.target(to)?));
                    5
                }
                (SKIP, [stride, ..]) => {
                    read.push(MatchStep::Skip(number(stride)?));
                    1
                }
                (GET_TAIL, [_, _, to, ..]) => {
                    read.push(MatchStep::Tail(self.target(to)?));
                    3
                }
                (EQUALS, [_, bits, value, ..]) => {
                    read.push(MatchStep::Exactly(number(bits)?, number(value)?));
                    3
                }
                _ => return Err(ODD),
            };
            rest = &tail[taken..];
        }
        Ok(read.into())
    }

    /// A size: none is all that is left.
    pub(super) fn size(&mut self, operand: &Operand) -> Result<Option<Source>, Malformed> {
        const ALL: Atom = Atom::of("all");
        match operand {
            Operand::Atom(ALL) => Ok(None),
            size => Ok(Some(self.source(size)?)),
        }
    }

    /// Flags that are written as a list.
    pub(super) fn listed(&self, operand: &Operand) -> Result<Flags, Malformed> {
        const LITTLE: Atom = Atom::of("little");
        const NATIVE: Atom = Atom::of("native");
        const SIGNED: Atom = Atom::of("signed");
        let list = match operand {
            Operand::Nil => &Term::Nil,
            Operand::Literal(place) => self.literals.get(*place as usize).ok_or(ODD)?,
            _ => return Err(ODD),
        };
        let has = |flag: Atom| list.items().any(|item| item.is(flag));
        Ok(Flags { little: has(LITTLE) || has(NATIVE), signed: has(SIGNED) })
    }
}

/// The flags of a field as bits (beam_asm.erl, `flag_to_bit/1`).
fn flags_of(bits: u64) -> Flags {
    Flags { little: bits & (2 | 16) != 0, signed: bits & 4 != 0 }
}

fn utf(offset: u8) -> Segment {
    [Segment::Utf8, Segment::Utf16, Segment::Utf32][usize::from(offset / 2)]
}

/// All of a binary.
fn whole(value: Source, unit: u32) -> Piece {
    Piece { segment: Segment::Binary, unit, flags: Flags::default(), value, size: None }
}

/// So many of the module's bytes, from one on.
fn text(from: u64, len: u64) -> Piece {
    let (value, size) = (Source::Int(from as i64), Some(Source::Int(len as i64)));
    Piece { segment: Segment::Text, unit: 8, flags: Flags::default(), value, size }
}
