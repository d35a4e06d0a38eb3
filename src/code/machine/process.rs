//! A process of the machine between two steps: a value.

use crate::kernel::{Atom, Pid, Ref};

use super::super::load::Code;
use super::super::term::Term;
use super::op::{Handler, Label, Op};
use super::run::{Ended, Machine};

/// A place in the code: the number of a module and of an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// The module that it names.
    pub module: u32,
    /// The instruction; 0 is nowhere.
    pub at: Label,
}

/// A process between two steps.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Process {
    /// What its natives see of it.
    pub own: Own,
    /// Where it goes on.
    pub(super) next: Place,
    /// Where it returns to, if its function has no frame.
    pub(super) back: Place,
    /// The places of all frames, of the newest last.
    pub(super) stack: Vec<Term>,
    /// Where each frame's function returns to, and where its places begin.
    pub(super) frames: Vec<Frame>,
    /// What catches, the innermost last.
    pub(super) catches: Vec<Catch>,
    /// The arguments of the call that it was interrupted before; empty while it waits.
    pub(super) arguments: Vec<Term>,
    /// It has done something that others could notice since it last waited.
    pub(super) acted: bool,
}

/// What belongs to a process alone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Own {
    /// What Erlang writes as `self()`.
    pub me: Pid,
    /// The process dictionary, in the order in which keys were first put.
    pub dictionary: Vec<(Term, Term)>,
    /// How many unique integers it has made.
    pub uniques: u32,
    /// What its monitors say in place of `'DOWN'`, where it has asked for something else.
    pub tags: Vec<(Ref, Term)>,
    /// What `process_info(_, initial_call)` says.
    pub initial: (Term, Term, usize),
}

/// A frame on the stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Frame {
    pub(super) back: Place,
    pub(super) base: u32,
}

/// Something that catches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Catch {
    pub(super) place: Place,
    pub(super) handler: Handler,
    pub(super) stack: u32,
    pub(super) frames: u32,
}

/// A `receive` that asks of messages whether it would take them.
#[derive(Debug)]
pub struct Probe<'p> {
    pub(super) process: &'p Process,
    pub(super) code: &'p Code,
}

impl Place {
    /// No place: the end of the first function.
    pub const NOWHERE: Place = Place { module: 0, at: 0 };
}

impl Own {
    /// A message as this process gets it: what a monitor says that was to say something else than `'DOWN'`.
    pub fn tagged(&self, message: Term) -> Term {
        let [down, Term::Ref(reference), rest @ ..] = message.as_tuple().unwrap_or_default() else {
            return message;
        };
        match self.tags.iter().find(|(known, _)| known == reference) {
            Some((_, tag)) if down.is(Atom::DOWN) => {
                let reference = Term::Ref(*reference);
                Term::tuple([tag.clone(), reference].into_iter().chain(rest.iter().cloned()))
            }
            _ => message,
        }
    }
}

impl Process {
    /// A process that begins with a function, whose place is known.
    pub fn new(me: Pid, place: Place, arguments: Vec<Term>, initial: (Term, Term, usize)) -> Process {
        Process {
            own: Own { me, dictionary: Vec::new(), uniques: 0, tags: Vec::new(), initial },
            next: place,
            back: Place::NOWHERE,
            stack: Vec::new(),
            frames: Vec::new(),
            catches: Vec::new(),
            arguments,
            acted: false,
        }
    }

    /// Calls another function, once its first one has returned.
    pub fn goes_to(&mut self, place: Place, arguments: Vec<Term>) {
        self.next = place;
        self.back = Place::NOWHERE;
        self.arguments = arguments;
    }

    /// Whether the `receive` that it waits in would take a message.
    pub fn accepts(&self, message: &Term, code: &Code) -> bool {
        Probe { process: self, code }.accepts(message)
    }

    /// What its frames hold, what was put last first.
    pub fn held(&self) -> impl Iterator<Item = &Term> {
        self.stack.iter().rev()
    }

    /// The function that it is in.
    pub fn function(&self, code: &Code) -> Option<(Atom, Atom, u8)> {
        let module = code.module(self.next.module).ok()?;
        module.function_at(self.next.at).map(|(function, arity)| (module.name, function, arity))
    }

    /// The place where it is.
    pub fn place(&self) -> Place {
        self.next
    }

    /// The places that it will return to, the nearest first.
    pub fn callers(&self) -> impl Iterator<Item = Place> + '_ {
        let frames = self.frames.iter().rev().map(|frame| frame.back);
        std::iter::once(self.back).chain(frames).filter(|place| *place != Place::NOWHERE)
    }

    /// Every pid and reference that it knows.
    pub fn handles(&self, tell: &mut dyn FnMut(&Term)) {
        let dictionary = self.own.dictionary.iter().flat_map(|(key, value)| [key, value]);
        self.stack.iter().chain(&self.arguments).chain(dictionary).for_each(|term| term.handles(tell));
    }
}

impl Probe<'_> {
    /// Whether the `receive` would take a message.
    pub fn accepts(&self, message: &Term) -> bool {
        let Probe { process, code } = *self;
        let Ok(module) = code.module(process.next.module) else { return false };
        let Some(Op::LookAtMessage(..)) = module.ops.get(process.next.at as usize) else { return false };
        let frame = process.frames.last().map_or(0, |frame| frame.base as usize);
        let mut scratch = Process {
            own: Own { dictionary: Vec::new(), ..process.own.clone() },
            stack: process.stack[frame..].to_vec(),
            frames: Vec::new(),
            catches: Vec::new(),
            arguments: Vec::new(),
            ..*process
        };
        matches!(Machine::probe(&mut scratch, code, message.clone()), Ended::Accepted)
    }
}
