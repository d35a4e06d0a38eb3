//! Sending, and the instructions of `receive`: a process stops where it would wait, and goes on with the message that it
//! has been found to take.

use crate::kernel::Atom;

use super::super::raise::Raise;
use super::super::term::Term;
use super::op::{Label, Op, Target};
use super::process::{Place, Probe};
use super::run::{Ended, Flow, Machine};

const TIMEOUT_VALUE: Atom = Atom::of("timeout_value");

impl Machine<'_, '_> {
    pub(super) fn send(&mut self) -> Flow {
        self.may_be_interrupted(2)?;
        let (to, message) = (self.x[0].clone(), self.x[1].clone());
        let Some(host) = self.host.as_deref_mut() else { return Err(Ended::Refused.into()) };
        let sent = host.send(&to, message.clone());
        if let Some(name) = host.lacks() {
            return Err(self.has_no_process(name));
        }
        match sent {
            Ok(()) if host.is_doomed() => Err(Ended::Preempted.into()),
            Ok(()) => {
                self.keeps_order(0);
                self.x[0] = message;
                Ok(())
            }
            Err(raise) => {
                let arguments = Term::list([to, message]);
                let name = Atom::of("!");
                self.raise(raise, Some(Term::tuple([Atom::ERLANG.into(), name.into(), arguments, Term::Nil])))
            }
        }
    }

    pub(super) fn look_at_message(&mut self, fail: Label, to: Target) -> Flow {
        if let Some(message) = self.message.take() {
            self.set(to, message);
            return Ok(());
        }
        self.at -= 1;
        if let (place, Some(0)) = self.wait_of(self.at) {
            // What has come since the last action decides here.
            self.may_be_interrupted_by_messages()?;
            self.process.next = Place { module: self.number, at: self.at as Label };
            let (process, code) = (&*self.process, self.code);
            let host = self.host.as_deref_mut().expect("a probe brings its message");
            match host.poll(&Probe { process, code }) {
                Some(message) => self.message = Some(self.process.own.tagged(message)),
                None => self.at = place + 1,
            }
            return Ok(());
        }
        let _ = fail;
        self.wait()
    }

    pub(super) fn may_be_interrupted_by_messages(&mut self) -> Flow {
        self.at += 1;
        let may = self.may_be_interrupted(0);
        self.at -= 1;
        may
    }

    /// Where a `receive` waits, and how long: `Some(0)` if it does not.
    pub(super) fn wait_of(&self, at: usize) -> (usize, Option<u64>) {
        const FOREVER: u64 = u64::MAX;
        let place = match &self.module.ops[at] {
            Op::LookAtMessage(label, _) => *label as usize,
            _ => at,
        };
        match &self.module.ops[place] {
            Op::WaitTimeout(_, time) => match self.look(*time, &mut Term::Nil) {
                Term::Int(time) => (place, u64::try_from(*time).ok()),
                time if time.is(Atom::INFINITY) => (place, Some(FOREVER)),
                _ => (place, None),
            },
            Op::Timeout => (place - 1, Some(0)),
            _ => (place, Some(FOREVER)),
        }
    }

    /// Stops at a `receive`, or at a wait without one.
    pub(super) fn wait(&mut self) -> Flow {
        let timeout = match self.wait_of(self.at).1 {
            Some(u64::MAX) => None,
            Some(timeout) => Some(timeout),
            None => {
                self.at += 1;
                return self.raise(Raise::error(TIMEOUT_VALUE), None);
            }
        };
        self.process.next = Place { module: self.number, at: self.at as Label };
        Err(Ended::Waits(timeout).into())
    }
}
