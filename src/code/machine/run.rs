//! The loop: from where a process is to its next wait, its end, or a place where others could come between.

use std::cell::RefCell;

use crate::kernel::Atom;

use super::super::host::Host;
use super::super::load::{Code, Module};
use super::super::raise::Class;
use super::super::term::Term;
use super::coverage;
use super::missing::{Callers, Missing};
use super::op::{Label, Op, Source, Tail, Target};
use super::process::{Frame, Place, Process};

/// How many registers there are, as the compiler has them.
const REGISTERS: usize = 1024;

/// After how many calls a step's terms are counted for the first time.
pub(super) const WEIGHED_FIRST: u32 = 1 << 16;

/// How far a process went.
#[derive(Clone, Debug, PartialEq)]
pub enum Ended {
    /// It waits for a message that its `receive` takes, at most so many milliseconds.
    Waits(Option<u64>),
    /// Others may come between.
    Preempted,
    /// Its first function has returned.
    Returned(Term),
    /// Nobody has caught what was raised.
    Raised(Class, Term, Term),
    /// It needs too much without waiting: what of, and where.
    Spent(Spends, Place),
    /// It needs what is not there.
    Missing(Missing),
    /// The `receive` takes the message.
    Accepted,
    /// The `receive` does not take it.
    Refused,
}

/// What a process has needed too much of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spends {
    /// It makes more calls than a step may.
    Time,
    /// Calls that have not come back.
    Stack,
    /// It holds more terms than a process may.
    Heap,
}

/// Why a process goes on.
#[derive(Clone, Debug)]
pub enum Resume {
    /// It was spawned, or was interrupted.
    Go,
    /// A message that its `receive` takes.
    Message(Term),
    /// Its time is up.
    Timeout,
}

/// A processor that is at one process.
pub struct Machine<'c, 'p> {
    pub(super) code: &'c Code,
    pub(super) module: &'c Module,
    pub(super) process: &'p mut Process,
    pub(super) number: u32,
    pub(super) at: usize,
    pub(super) host: Option<&'p mut dyn Host>,
    pub(super) message: Option<Term>,
    pub(super) calls: u32,
    /// At how many calls its terms are counted.
    pub(super) weighs_at: u32,
    pub(super) x: Vec<Term>,
    /// Where the user's code was left for good in this step, with the module that it went to: no frame remembers that.
    pub(super) left: Option<(Place, Atom)>,
    floats: Vec<f64>,
}

/// Whether to go on.
pub(super) type Flow = Result<(), Box<Ended>>;

thread_local! {
    // Registers hold nothing from one step to the next, and to make a thousand of them for each is a waste.
    static REGISTER_SETS: RefCell<Vec<Vec<Term>>> = const { RefCell::new(Vec::new()) };
}

impl<'c, 'p> Machine<'c, 'p> {
    /// Runs a process as far as it goes.
    pub fn run(process: &'p mut Process, code: &'c Code, host: &'p mut dyn Host, resume: Resume) -> Ended {
        match Machine::at(process, code, Some(host)) {
            Ok(mut machine) => machine.resumed(resume),
            Err(ended) => ended,
        }
    }

    /// Asks whether a `receive` takes a message.
    pub(super) fn probe(process: &'p mut Process, code: &'c Code, message: Term) -> Ended {
        match Machine::at(process, code, None) {
            Ok(mut machine) => machine.resumed(Resume::Message(message)),
            Err(ended) => ended,
        }
    }

    fn at(process: &'p mut Process, code: &'c Code, host: Option<&'p mut dyn Host>) -> Result<Self, Ended> {
        let Place { module: number, at } = process.next;
        let module =
            code.module(number).map_err(|why| Ended::Missing(Missing::readable(why, Callers::default())))?;
        let x = REGISTER_SETS.with_borrow_mut(Vec::pop).unwrap_or_else(|| vec![Term::Nil; REGISTERS]);
        let at = at as usize;
        Ok(Machine {
            code,
            module,
            process,
            number,
            at,
            host,
            message: None,
            calls: 0,
            weighs_at: WEIGHED_FIRST,
            x,
            left: None,
            floats: Vec::new(),
        })
    }

    fn resumed(&mut self, resume: Resume) -> Ended {
        match resume {
            Resume::Go => {
                for (place, argument) in std::mem::take(&mut self.process.arguments).into_iter().enumerate() {
                    self.x[place] = argument;
                }
            }
            Resume::Message(message) => self.message = Some(self.process.own.tagged(message)),
            Resume::Timeout => self.at = self.wait_of(self.at).0 + 1,
        }
        self.process.acted = false;
        let ended = loop {
            if let Err(ended) = self.next() {
                break *ended;
            }
        };
        REGISTER_SETS.with_borrow_mut(|sets| sets.push(std::mem::take(&mut self.x)));
        ended
    }

    /// Executes instructions until one ends the step. It is one match, so that the compiler makes one table of it.
    fn next(&mut self) -> Flow {
        loop {
            let module: &'c Module = self.module;
            let op = &module.ops[self.at];
            if cfg!(debug_assertions) && !matches!(op, Op::Native(..)) {
                coverage::note(module.opcodes_at(self.at as Label));
            }
            self.at += 1;
            match op {
                Op::Move(from, to) => {
                    let value = self.get(*from);
                    self.set(*to, value);
                }
                Op::Call(label, tail) => {
                    self.leave(*tail);
                    self.at = *label as usize;
                    self.counts()?;
                }
                Op::CallExternal(import, tail) => self.call_import(*import, *tail)?,
                Op::Return => self.returns()?,
                Op::Allocate(size) => self.allocate(*size),
                Op::Deallocate(_) => self.deallocate(),
                Op::Jump(label) => self.at = *label as usize,
                Op::Compare(comparison, fail, a, b) => {
                    if !self.compares(*comparison, *a, *b) {
                        self.at = *fail as usize;
                    }
                }
                Op::Is(kind, fail, value) => {
                    if !self.is(*kind, *value) {
                        self.at = *fail as usize;
                    }
                }
                Op::HasArity(fail, value, arity) => {
                    let arity = *arity as usize;
                    if self.look(*value, &mut Term::Nil).as_tuple().is_none_or(|tuple| tuple.len() != arity) {
                        self.at = *fail as usize;
                    }
                }
                Op::IsTagged(fail, value, arity, tag) => {
                    let arity = *arity as usize;
                    match self.look(*value, &mut Term::Nil).as_tuple() {
                        Some(tuple) if tuple.len() == arity && tuple.first().is_some_and(|t| t.is(*tag)) => {}
                        _ => self.at = *fail as usize,
                    }
                }
                Op::Select(value, fail, choices) => {
                    let (mut a, mut b) = (Term::Nil, Term::Nil);
                    let value = self.look(*value, &mut a);
                    let chosen = choices.iter().find(|(choice, _)| self.look(*choice, &mut b) == value);
                    self.at = chosen.map_or(*fail, |(_, label)| *label) as usize;
                }
                Op::GetElement(tuple, place, to) => {
                    let element = match self.look(*tuple, &mut Term::Nil) {
                        Term::Tuple(elements) => elements[*place as usize].clone(),
                        _ => Term::Nil,
                    };
                    self.set(*to, element);
                }
                Op::GetList(list, head, tail) => {
                    if let Term::Cons(cons) = self.get(*list) {
                        self.set(*head, cons.head().clone());
                        self.set(*tail, cons.tail().clone());
                    }
                }
                Op::PutList(head, tail, to) => {
                    let list = Term::cons(self.get(*head), self.get(*tail));
                    self.set(*to, list);
                }
                Op::PutTuple(to, elements) => {
                    let tuple = Term::Tuple(elements.iter().map(|element| self.get(*element)).collect());
                    self.set(*to, tuple);
                }
                Op::Arithmetic(of, fail, a, b, to) => self.arithmetic(*of, *fail, *a, *b, *to)?,
                Op::Bif(import, fail, arguments, to) => self.bif(*import, *fail, arguments, *to)?,
                Op::Send => self.send()?,
                Op::LookAtMessage(label, to) => self.look_at_message(*label, *to)?,
                Op::TakeMessage => match self.host {
                    Some(_) => (),
                    None => return Err(Ended::Accepted.into()),
                },
                Op::NextMessage(_) if self.host.is_none() => return Err(Ended::Refused.into()),
                Op::NextMessage(label) => self.at = *label as usize,
                Op::Wait(_) | Op::WaitTimeout(..) => {
                    self.at -= 1;
                    self.wait()?;
                }
                Op::CallFun(arity, fun) => self.call_fun(*arity, *fun, Tail::Returns)?,
                Op::Apply(arity, tail) => self.apply(*arity, *tail)?,
                Op::GetKeys(fail, map, pairs) => self.get_keys(*fail, *map, pairs),
                Op::PutMap(fail, map, to, pairs, exact) => self.put_map(*fail, *map, *to, pairs, *exact)?,
                _ => self.plain(op)?,
            }
        }
    }

    /// Where the instruction is that is being executed.
    pub(super) fn here(&self) -> Place {
        Place { module: self.number, at: self.at as Label - 1 }
    }

    /// Goes on elsewhere in the module.
    pub(super) fn jump(&mut self, label: Label) {
        self.at = label as usize;
    }

    /// A value, as a copy.
    pub(super) fn get(&self, source: Source) -> Term {
        match source {
            Source::X(place) => self.x[usize::from(place)].clone(),
            Source::Y(place) => self.process.stack[self.y(place)].clone(),
            Source::Int(value) => Term::Int(value),
            Source::Atom(atom) => Term::Atom(atom),
            Source::Nil => Term::Nil,
            Source::Literal(place) => self.module.literals[place as usize].clone(),
            Source::Float(_) => Term::float(self.float(source)).unwrap_or(Term::Nil),
        }
    }

    /// A value, to look at. One that is no register's or literal's is put into `slot`.
    pub(super) fn look<'t>(&'t self, source: Source, slot: &'t mut Term) -> &'t Term {
        match source {
            Source::X(place) => &self.x[usize::from(place)],
            Source::Y(place) => &self.process.stack[self.y(place)],
            Source::Literal(place) => &self.module.literals[place as usize],
            constant => {
                *slot = self.get(constant);
                slot
            }
        }
    }

    /// Takes a value out of a register or a place of the frame.
    pub(super) fn take(&mut self, target: Target) -> Term {
        match target {
            Target::X(place) => std::mem::replace(&mut self.x[usize::from(place)], Term::Nil),
            Target::Y(place) => {
                let place = self.y(place);
                std::mem::replace(&mut self.process.stack[place], Term::Nil)
            }
            Target::Float(_) => Term::Nil,
        }
    }

    /// Sets a register or a place of the frame.
    pub(super) fn set(&mut self, target: Target, value: Term) {
        match target {
            Target::X(place) => self.x[usize::from(place)] = value,
            Target::Y(place) => {
                let place = self.y(place);
                self.process.stack[place] = value;
            }
            Target::Float(_) => {
                if let Term::Float(value) = value {
                    self.set_float(target, value.value());
                }
            }
        }
    }

    pub(super) fn y(&self, place: u16) -> usize {
        self.process.stack.len() - 1 - usize::from(place)
    }

    pub(super) fn float(&self, source: Source) -> f64 {
        match source {
            Source::Float(place) => self.floats.get(usize::from(place)).copied().unwrap_or(0.0),
            other => match self.look(other, &mut Term::Nil) {
                Term::Float(value) => value.value(),
                _ => 0.0,
            },
        }
    }

    pub(super) fn set_float(&mut self, target: Target, value: f64) {
        match target {
            Target::Float(place) => {
                let place = usize::from(place);
                if self.floats.len() <= place {
                    self.floats.resize(place + 1, 0.0);
                }
                self.floats[place] = value;
            }
            other => {
                if let Some(value) = Term::float(value) {
                    self.set(other, value);
                }
            }
        }
    }

    pub(super) fn allocate(&mut self, size: u16) {
        let base = self.process.stack.len();
        let back = std::mem::replace(&mut self.process.back, Place::NOWHERE);
        self.process.frames.push(Frame { back, base: base as u32 });
        self.process.stack.resize(base + usize::from(size), Term::Nil);
    }

    pub(super) fn deallocate(&mut self) {
        if let Some(Frame { back, base }) = self.process.frames.pop() {
            self.process.stack.truncate(base as usize);
            self.process.back = back;
        }
    }
}

pub(super) fn source(target: Target) -> Source {
    match target {
        Target::X(place) => Source::X(place),
        Target::Y(place) => Source::Y(place),
        Target::Float(place) => Source::Float(place),
    }
}
