//! A loaded module.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::kernel::{Atom, Atoms};

use super::super::machine::op::{Label, Op, Source, Tail, Target};
use super::super::term::Term;
use super::Malformed;
use super::assembled::{ASSEMBLED, CHAINS, Chain, Given};
use super::chunks::{Chunks, Mfa};
use super::lines::Lines;
use super::origins::Origins;
use super::path::{Found, Natives};
use super::translate::{Code, translate};

/// A module, ready to run. It never changes.
#[derive(Debug)]
pub struct Module {
    /// The name that it has.
    pub name: Atom,
    /// Its instructions, in their order.
    pub ops: Vec<Op>,
    /// The terms that its code mentions.
    pub literals: Vec<Term>,
    /// The functions of others that it calls.
    pub imports: Vec<Import>,
    /// The functions that are values.
    pub lambdas: Vec<Lambda>,
    /// The bytes that its code matches and puts as they are.
    pub strings: Vec<u8>,
    /// What `module_info(attributes)` says.
    pub attributes: Term,
    exports: BTreeMap<(Atom, u8), Label>,
    functions: Vec<(Label, Atom, u8)>,
    entries: Vec<(Label, u32)>,
    lines: Lines,
    origins: Origins,
}

/// A function of another module, and where it is once somebody has asked.
#[derive(Debug)]
pub struct Import {
    /// The name that it has.
    pub mfa: Mfa,
    /// Where it is.
    pub found: OnceLock<Found>,
}

/// A function that is a value.
#[derive(Clone, Debug)]
pub struct Lambda {
    /// The function that holds its code.
    pub function: Atom,
    /// How many arguments a caller gives.
    pub arity: u8,
    /// Where its code begins.
    pub entry: Label,
    /// Its number, as `fun_info` tells it.
    pub index: u32,
    /// A digest of the module, as `fun_info` tells it.
    pub uniq: u32,
}

impl Module {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// When it is no module, or one that this machine cannot read.
    pub fn load(file: &[u8], natives: Natives, atoms: &Atoms) -> Result<Module, Malformed> {
        let chunks = Chunks::of(file)?;
        let names = chunks.atoms(atoms)?;
        let name = *names.get(1).ok_or(Malformed("it has no name"))?;
        let imports = chunks.imports(&names)?;
        let mut literals = chunks.literals(atoms)?;
        let code = translate(chunks.code()?, &names, &imports, &literals)?;
        let Code { mut ops, labels, functions, lines: entries, literals: more, origins } = code;
        // What the machine has goes before what a module has, for the module itself too.
        for (begin, function, arity) in &functions {
            if let Some(native) = natives(name, *function, *arity) {
                let mfa = Mfa { module: name, function: *function, arity: *arity };
                ops[*begin as usize + 1] = Op::Native(mfa, native);
            }
        }
        literals.extend(more);
        let place = |label: u32| {
            labels.get(&label).copied().ok_or(Malformed("it names a label that it does not have"))
        };
        let exported = chunks.functions(b"ExpT", &names)?;
        let exports = exported.into_iter().map(|(name, arity, label)| Ok(((name, arity), place(label)?)));
        let lambdas = chunks.lambdas(&names)?;
        // One that older compilers have made holds what lies in the first registers, and only the table says how much.
        for op in &mut ops {
            if let Op::MakeFun(nth, _, held) = op
                && let Some(lambda) = lambdas.get(*nth as usize)
                && held.is_empty()
            {
                *held = (0..lambda.free.min(255) as u16).map(Source::X).collect();
            }
        }
        let lambdas = lambdas.into_iter().map(|lambda| {
            let arity = lambda.arity.checked_sub(lambda.free).and_then(|arity| u8::try_from(arity).ok());
            Ok(Lambda {
                function: lambda.function,
                arity: arity.ok_or(Malformed("a function in it takes too many arguments"))?,
                entry: place(lambda.label)?,
                index: lambda.index,
                uniq: lambda.uniq,
            })
        });
        let own = format!("{}.erl", atoms.text(name));
        Ok(Module {
            exports: exports.collect::<Result<_, Malformed>>()?,
            lambdas: lambdas.collect::<Result<_, Malformed>>()?,
            imports: imports.into_iter().map(|mfa| Import { mfa, found: OnceLock::new() }).collect(),
            strings: chunks.strings(),
            attributes: chunks.attributes(atoms).unwrap_or(Term::Nil),
            lines: chunks.get(b"Line").map_or(Ok(Lines::default()), |reader| Lines::of(reader, own))?,
            name,
            ops,
            literals,
            functions,
            entries,
            origins,
        })
    }

    /// The module of functions that stand in for others'.
    pub(super) fn assembled(atoms: &Atoms) -> Module {
        let mut module = Module {
            name: atoms.intern(ASSEMBLED),
            ops: vec![Op::Return],
            literals: Vec::new(),
            imports: Vec::new(),
            lambdas: Vec::new(),
            strings: Vec::new(),
            attributes: Term::Nil,
            exports: BTreeMap::new(),
            functions: Vec::new(),
            entries: Vec::new(),
            lines: Lines::default(),
            origins: Origins::default(),
        };
        CHAINS.iter().for_each(|chain| module.assemble(chain, atoms));
        module
    }

    /// Adds a function that calls others one after another.
    fn assemble(&mut self, Chain { of: (module, function, arity), moves, calls }: &Chain, atoms: &Atoms) {
        let name = atoms.intern(&format!("{module}:{function}"));
        self.functions.push((self.ops.len() as Label, name, *arity));
        self.ops.extend([Op::Return, Op::Allocate(0)]);
        for (given, to) in *moves {
            let source = match given {
                Given::Nil => Source::Nil,
                Given::Name(name) => Source::Atom(atoms.intern(name)),
                Given::Local(name) => {
                    let names = ["local", name].map(|name| Term::from(atoms.intern(name)));
                    self.literals.push(Term::tuple(names));
                    Source::Literal(self.literals.len() as u32 - 1)
                }
            };
            self.ops.push(Op::Move(source, Target::X(*to)));
        }
        for (nth, (module, function, arity)) in calls.iter().enumerate() {
            let mfa = Mfa { module: atoms.intern(module), function: atoms.intern(function), arity: *arity };
            self.imports.push(Import { mfa, found: OnceLock::new() });
            let tail = if nth + 1 == calls.len() { Tail::Last(0) } else { Tail::Returns };
            self.ops.push(Op::CallExternal(self.imports.len() as u32 - 1, tail));
        }
    }

    /// Where an exported function begins.
    pub fn export(&self, function: Atom, arity: u8) -> Option<Label> {
        self.exports.get(&(function, arity)).copied()
    }

    /// The names and arities of what it exports, in no order that means anything.
    pub fn exports(&self) -> impl Iterator<Item = (Atom, u8)> + '_ {
        self.exports.keys().copied()
    }

    /// The function that an instruction belongs to.
    pub fn function_at(&self, place: Label) -> Option<(Atom, u8)> {
        let after = self.functions.partition_point(|(begin, ..)| *begin <= place);
        self.functions.get(after.checked_sub(1)?).map(|(_, name, arity)| (*name, *arity))
    }

    /// The function that has code on a line of the source.
    pub fn function_on(&self, line: i64) -> Option<(Atom, u8)> {
        let is_there = |(_, entry): &&(Label, u32)| {
            self.lines.get(*entry).is_some_and(|(_, known)| i64::from(known) == line)
        };
        self.function_at(self.entries.iter().find(is_there)?.0)
    }

    /// The numbers in the file of what an instruction was made of; nothing in a build without debug assertions.
    pub fn opcodes_at(&self, place: Label) -> &[u8] {
        self.origins.of(place)
    }

    /// Where an instruction stands in the source: the file and the line.
    pub fn line_at(&self, place: Label) -> Option<(&str, u32)> {
        let after = self.entries.partition_point(|(from, _)| *from <= place);
        let (from, entry) = self.entries.get(after.checked_sub(1)?)?;
        let begin = self.functions.partition_point(|(begin, ..)| *begin <= place).checked_sub(1)?;
        (*from >= self.functions[begin].0).then(|| self.lines.get(*entry))?
    }
}
