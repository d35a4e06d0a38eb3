//! Waiting for a task: `Task.await/2`, `Task.yield/2` and `Task.shutdown/2` (task.ex, Elixir 1.14).

use crate::kernel::{Atom, Context, Pid, Received, Ref, Target, Term};

use crate::otp::actor::Actor;
use crate::otp::guest::Guest;
use crate::otp::message::Message;
use crate::otp::spec::Shutdown;

/// The `receive` of `await` and `yield`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PendingAwait {
    /// The task that is waited for.
    pub task: Pid,
    /// The monitor of the task, under which its value comes.
    pub reference: Ref,
    /// When the time is up the task is given up: `await` forgets the monitor, and with it the alias.
    pub gives_up: bool,
}

/// What came of waiting for a task.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Awaited {
    /// The value that the task has sent.
    Value(Term),
    /// It has ended without one, for this reason.
    Down(Term),
    /// Neither came in time.
    TimedOut,
}

impl PendingAwait {
    /// Whether the `receive` would take this message.
    pub(in crate::otp) fn accepts<G: Guest>(&self, message: &Received<Message<G>>) -> bool {
        match message {
            Received::Message(Message::Reply { tag, .. }) => *tag == self.reference,
            Received::Down { reference, .. } => *reference == self.reference,
            Received::Message(_) | Received::Exit { .. } => false,
        }
    }

    /// Goes on with an accepted message.
    pub(in crate::otp) fn hear<G: Guest>(
        &self,
        message: Received<Message<G>>,
        context: &mut Context<'_, Actor<G>>,
    ) -> Awaited {
        match message {
            Received::Message(Message::Reply { reply, .. }) => {
                context.demonitor_flush(self.reference);
                Awaited::Value(reply)
            }
            Received::Down { reason, .. } => Awaited::Down(reason),
            Received::Message(_) | Received::Exit { .. } => unreachable!("it has not accepted this"),
        }
    }

    /// The time is up.
    pub(in crate::otp) fn time_out<G: Guest>(&self, context: &mut Context<'_, Actor<G>>) -> Awaited {
        if self.gives_up {
            context.demonitor_flush(self.reference);
        }
        Awaited::TimedOut
    }
}

/// A `Task.shutdown/2` that waits for the task's end.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PendingTaskShutdown {
    /// The task that is waited for.
    pub task: Pid,
    /// After how many milliseconds it is killed.
    pub timeout: Option<u64>,
    /// Under which its value comes.
    reference: Ref,
    /// The monitor of its end.
    monitor: Ref,
    /// The reason that counts as having obeyed.
    expected: Atom,
}

impl PendingTaskShutdown {
    /// Unlinks the task and tells it to end, in one go: a real one spawns a helper that tells the task if the
    /// caller is killed between the two, so nobody can tell.
    pub(in crate::otp) fn begin<G: Guest>(
        task: Pid,
        reference: Ref,
        how: Shutdown,
        context: &mut Context<'_, Actor<G>>,
    ) -> Self {
        let monitor = context.monitor(Target::Pid(task));
        context.unlink(task);
        let (signal, expected, timeout) = match how {
            Shutdown::BrutalKill => (Atom::KILL, Atom::KILLED, None),
            Shutdown::Timeout(timeout) => (Atom::SHUTDOWN, Atom::SHUTDOWN, Some(timeout)),
            Shutdown::Infinity => (Atom::SHUTDOWN, Atom::SHUTDOWN, None),
        };
        context.exit(task, signal.into());
        PendingTaskShutdown { task, timeout, reference, monitor, expected }
    }

    /// Whether the `receive` would take this message.
    pub(in crate::otp) fn accepts<G: Guest>(&self, message: &Received<Message<G>>) -> bool {
        matches!(message, Received::Down { reference, .. } if *reference == self.monitor)
    }

    /// The task has ended: what `shutdown` returns.
    pub(in crate::otp) fn hear<G: Guest>(
        self,
        message: Received<Message<G>>,
        context: &mut Context<'_, Actor<G>>,
    ) -> Term {
        let Received::Down { reason, .. } = message else { unreachable!("only the end is awaited") };
        let reason = if reason.is(Atom::NOPROC) { self.known_end(context).unwrap_or(reason) } else { reason };
        context.demonitor_flush(self.reference);
        let is_value = |message: &Received<Message<G>>| matches!(message, Received::Message(Message::Reply { tag, .. }) if *tag == self.reference);
        match context.receive_now(is_value) {
            Some(Received::Message(Message::Reply { reply, .. })) => Term::tagged(Atom::OK, reply),
            _ if reason.is(self.expected) => Atom::NIL.into(),
            _ => Term::tagged(Atom::EXIT_TAG, reason),
        }
    }

    /// It has been dead already: the reason may be in the mailbox, with the first monitor's `DOWN`.
    fn known_end<G: Guest>(&self, context: &mut Context<'_, Actor<G>>) -> Option<Term> {
        let is_end = |message: &Received<Message<G>>| matches!(message, Received::Down { reference, .. } if *reference == self.reference);
        match context.receive_now(is_end)? {
            Received::Down { reason, .. } => Some(reason),
            Received::Message(_) | Received::Exit { .. } => None,
        }
    }

    /// It has had its time, and is killed. Its end is awaited for as long as that takes.
    pub(in crate::otp) fn time_out<G: Guest>(&mut self, context: &mut Context<'_, Actor<G>>) {
        self.timeout = None;
        context.exit(self.task, Atom::KILL.into());
    }
}
