//! Compiled processes in the world of a scenario: code that runs on the kernel, beside scripts and under whatever
//! supervisors.

pub mod convert;
mod driver;
mod host;
mod reports;
mod running;
mod supervision;

use crate::code::load::Code;
use crate::code::machine::{Ended, Entry, Machine, Process, Resume, Spends};
use crate::code::raise::Class;
use crate::code::term::Term as Value;
use crate::kernel::{Atom, Pid, Received, Term};
use crate::otp::{Block, Cue, Message, Raise, Return, Step, Supervised, Then};

use super::image::Image;
use super::{Script, ScriptContext};

pub use running::{Driver, Running, Shared, Stuck};

impl Shared {
    /// The tables of a process that has died go to their heirs, or go.
    pub(super) fn leaves_behind(
        &mut self,
        dead: Pid,
        lives: &dyn Fn(Pid) -> bool,
    ) -> Vec<(Pid, Message<Script>)> {
        self.files.owner_died(dead);
        let transfers = self.tables.owner_died(dead, lives).into_iter();
        transfers.map(|transfer| (transfer.to, convert::message(&transfer.message))).collect()
    }
}

impl Running {
    /// Its dictionary, as `process_info` tells it.
    pub(super) fn dictionary(&self) -> Value {
        let pairs = self.process.own.dictionary.iter();
        Value::list(pairs.map(|(key, value)| Value::tuple([key.clone(), value.clone()])))
    }

    /// The function that it is in, or that it began with: `{Module, Function, Arity}`.
    pub(super) fn calls(&self, now: bool, code: &Code) -> Value {
        let (module, function, arity) = match (now, self.process.function(code)) {
            (true, Some((module, function, arity))) => (module.into(), function.into(), i64::from(arity)),
            _ => {
                let (module, function, arity) = self.process.own.initial.clone();
                (module, function, arity as i64)
            }
        };
        Value::tuple([module, function, Value::Int(arity)])
    }

    /// Whom it supervises, if it waits as a supervisor does.
    pub(super) fn supervises(&self) -> Option<Supervised> {
        supervision::Supervision::of(self.process.held(), convert::outward)
            .map(supervision::Supervision::shown)
    }

    /// The machine's part of it.
    pub fn process(&self) -> &Process {
        &self.process
    }

    /// Whether the `receive` that it is in would take this message.
    pub(super) fn accepts(&self, message: &Received<Message<Script>>, image: &Image) -> bool {
        match self.driver.waits_for(message) {
            Some(waits) => waits,
            None => self.process.accepts(&convert::received(message, image.atoms()), &image.code),
        }
    }

    /// Goes on until it waits, could be interrupted, or ends.
    pub(super) fn resume(&mut self, cue: Cue<Script>, context: &mut ScriptContext<'_>) -> Step<Script> {
        let image = context.image();
        if !self.begun {
            self.begun = true;
            self.process.own.me = context.pid();
            if let Some(step) = self.driven_on(None, context) {
                return step;
            }
        }
        let resume = match cue {
            Cue::Received(message) => {
                let message = convert::received(&message, image.atoms());
                if self.driver.is_waiting() {
                    match self.driven_on(Some(message), context) {
                        Some(step) => return step,
                        None => Resume::Go,
                    }
                } else {
                    Resume::Message(message)
                }
            }
            Cue::TimeUp => Resume::Timeout,
            _ => Resume::Go,
        };
        self.run(resume, context)
    }

    fn run(&mut self, mut resume: Resume, context: &mut ScriptContext<'_>) -> Step<Script> {
        loop {
            let code = &context.image().code;
            let ended = Machine::run(
                &mut self.process,
                code,
                &mut host::World { context, spent: false, lacks: None },
                resume,
            );
            match ended {
                Ended::Waits(timeout) => return Step::Block(Block::Receive(timeout)),
                Ended::Preempted => return Step::Preempt,
                Ended::Returned(value) => match self.driven_on(Some(value), context) {
                    Some(step) => return step,
                    None => resume = Resume::Go,
                },
                Ended::Raised(class, value, trace) => {
                    let reason = reason(class, &value, &trace);
                    // What somebody exits with says no place by itself.
                    let told = match class {
                        Class::Exit => Term::tuple([reason.clone(), convert::outward(&trace)]),
                        Class::Error | Class::Throw => reason.clone(),
                    };
                    let reason = self.driver.raised(told, reason, context);
                    return Step::Raise(Raise::Exit(reason));
                }
                Ended::Spent(spends, place) => {
                    let place = place.told(code, |name, atoms| atoms.text(name).to_owned());
                    let why = match spends {
                        Spends::Time => format!("code goes on for ever without waiting, at {place}"),
                        Spends::Stack => format!("calls nest too deeply, at {place}"),
                        Spends::Heap => format!("a process holds too many terms, at {place}"),
                    };
                    return stuck(Stuck::Endless(why), context);
                }
                Ended::Missing(missing) => return stuck(Stuck::Missing(missing.told()), context),
                Ended::Accepted | Ended::Refused => return Step::Block(Block::Receive(None)),
            }
        }
    }

    /// Asks the driver what comes next; none if it is a call that is ready to run.
    fn driven_on(&mut self, value: Option<Value>, context: &mut ScriptContext<'_>) -> Option<Step<Script>> {
        let next = self.driver.next(value, context);
        match next {
            driver::Next::Goes => None,
            driver::Next::Call(entry) => {
                let Entry { module, function, given, place, arguments } = entry;
                if place == crate::code::machine::Place::NOWHERE {
                    let code = &context.image().code;
                    let arity = u8::try_from(given).unwrap_or(u8::MAX);
                    let why = code.why_nowhere(module, function, arity).unwrap_or_default();
                    return Some(stuck(Stuck::Missing(why), context));
                }
                self.process.goes_to(place, arguments);
                None
            }
            driver::Next::Waits => Some(Step::Block(Block::Receive(None))),
            driver::Next::Ends => Some(Step::Return(Return::Ok(Then::Wait))),
            driver::Next::Exits(reason) => Some(Step::Raise(Raise::Exit(reason))),
        }
    }
}

/// Nothing can be said of a run that needs what is not there.
fn stuck(why: Stuck, context: &mut ScriptContext<'_>) -> Step<Script> {
    context.common_mut().compiled_mut().stuck.get_or_insert(why);
    Step::Block(Block::Receive(None))
}

/// The reason of a process that nobody has caught this in.
fn reason(class: Class, value: &Value, trace: &Value) -> Term {
    let (value, trace) = (convert::outward(value), convert::outward(trace));
    match class {
        Class::Exit => value,
        Class::Error => Term::tuple([value, trace]),
        Class::Throw => Term::tuple([Term::tagged(Atom::NOCATCH, value), trace]),
    }
}
