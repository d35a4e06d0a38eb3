//! Exceptions: what is raised goes to what catches, or ends the process.

use crate::kernel::Atom;

use super::super::raise::{Class, Raise};
use super::super::term::Term;
use super::op::Handler;
use super::process::{Catch, Place};
use super::run::{Ended, Flow, Machine};
use super::trace::{Traced, stacktrace};

impl Machine<'_, '_> {
    /// Raises, from the instruction that is being executed.
    pub(super) fn raise(&mut self, raise: Raise, top: Option<Term>) -> Flow {
        let trace = Traced::of(&raise, top, self.here(), self.process);
        self.unwinds(raise.class, raise.value, trace)
    }

    pub(super) fn unwinds(&mut self, class: Class, value: Term, Traced(trace): Traced) -> Flow {
        let Some(Catch { place, handler, stack, frames }) = self.process.catches.pop() else {
            return Err(Ended::Raised(class, value, stacktrace(&trace, self.code)).into());
        };
        self.process.stack.truncate(stack as usize);
        self.process.frames.truncate(frames as usize);
        self.process.back = Place::NOWHERE;
        self.enter(place)?;
        match (handler, class) {
            (Handler::Try, class) => {
                self.x[0] = class.atom().into();
                self.x[1] = value;
                self.x[2] = trace;
            }
            (Handler::Catch, class) => {
                // The instruction there would end what has ended.
                self.at += 1;
                self.x[0] = match class {
                    Class::Throw => value,
                    Class::Exit => Term::tuple([Atom::EXIT.into(), value]),
                    Class::Error => {
                        let reason = Term::tuple([value, stacktrace(&trace, self.code)]);
                        Term::tuple([Atom::EXIT.into(), reason])
                    }
                };
            }
        }
        Ok(())
    }
}
