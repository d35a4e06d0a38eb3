//! Shutting one child down: the dance of monitor, exit signal, timeout, kill and unlink, as a value.
//!
//! It knows a process and how it is to be stopped, and nothing of supervisors. `supervisor.erl`,
//! `shutdown/1` and `unlink_flush/2` (OTP 25, 27.1.1), `monitor_child/1` (OTP 23).

use crate::kernel::{Atom, Context, Input, Next, Pid, Received, Ref, Signal, Target, Term};
use crate::otp::actor::Actor;
use crate::otp::guest::Guest;
use crate::otp::hooks::Image;
use crate::otp::message::Message;
use crate::otp::spec::{Restart, Shutdown};

/// A child being shut down.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct ChildShutdown {
    pub(super) pid: Pid,
    /// When it began, in milliseconds.
    pub(super) since: u64,
    how: Shutdown,
    monitor: Ref,
    stage: Stage,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Stage {
    /// Monitored and unlinked, and not told yet: only before OTP 24.
    Unlinked,
    /// Unlinked, and found to have exited with this reason; the monitor's word is awaited.
    Exited(Term),
    /// It was told to stop, or killed if that is how.
    Told,
    /// It was told to stop, did not in time, and was killed.
    Killed,
    /// It is gone; the exit signal with its reason is still on its way.
    AwaitingExit,
}

/// How far it went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ShutdownStep {
    /// It waits for children to end.
    Waits(Next),
    /// The child did not stop in time and has been killed; it waits.
    Kills(Next),
    /// The child is gone, for this reason.
    Done(Term),
}

impl ChildShutdown {
    /// Begins. It always has to wait.
    pub(super) fn begin<G: Guest>(
        pid: Pid,
        how: Shutdown,
        context: &mut Context<'_, Actor<G>>,
    ) -> (ChildShutdown, Next) {
        let monitor = context.monitor(Target::Pid(pid));
        let since = context.now();
        let stage = if context.image().release().unlinks_after_shutdown() {
            tell(pid, how, context);
            Stage::Told
        } else {
            // From here until it is told, nobody tells the child anything if the supervisor dies.
            context.unlink(pid);
            context.receive_exit_now(pid).map_or(Stage::Unlinked, Stage::Exited)
        };
        let next = match (&stage, how) {
            (Stage::Unlinked, _) => Next::Preempt,
            (Stage::Told, Shutdown::Timeout(timeout)) => Next::Receive { timeout: Some(timeout) },
            _ => Next::Receive { timeout: None },
        };
        (ChildShutdown { pid, since, how, monitor, stage }, next)
    }

    /// Whether the supervisor's `receive` would take this message.
    pub(super) fn accepts<G: Guest>(&self, message: &Received<Message<G>>) -> bool {
        match (&self.stage, message) {
            (Stage::Unlinked, _) => false,
            (Stage::AwaitingExit, Received::Exit { from, .. }) => *from == self.pid,
            (Stage::AwaitingExit, _) => false,
            (_, Received::Down { reference, .. }) => *reference == self.monitor,
            (_, Received::Message(_) | Received::Exit { .. }) => false,
        }
    }

    /// Goes on with what it has waited for.
    pub(super) fn resume<G: Guest>(
        &mut self,
        input: Input<Message<G>>,
        context: &mut Context<'_, Actor<G>>,
    ) -> ShutdownStep {
        match (&self.stage, input) {
            (Stage::Unlinked, _) => {
                tell(self.pid, self.how, context);
                self.stage = Stage::Told;
                let timeout = match self.how {
                    Shutdown::Timeout(timeout) => Some(timeout),
                    Shutdown::BrutalKill | Shutdown::Infinity => None,
                };
                ShutdownStep::Waits(Next::Receive { timeout })
            }
            (Stage::Exited(reason), _) => ShutdownStep::Done(reason.clone()),
            (_, Input::Message(Received::Down { reason, .. })) => {
                match real_reason(self.pid, reason, context) {
                    Some(reason) => ShutdownStep::Done(reason),
                    None => {
                        self.stage = Stage::AwaitingExit;
                        ShutdownStep::Waits(Next::Receive { timeout: None })
                    }
                }
            }
            (_, Input::Message(Received::Exit { reason, .. })) => ShutdownStep::Done(reason),
            _ => {
                context.exit(self.pid, Term::Atom(Atom::KILL));
                self.stage = Stage::Killed;
                ShutdownStep::Kills(Next::Receive { timeout: None })
            }
        }
    }
}

/// Tells a child to stop.
pub(super) fn tell<G: Guest>(pid: Pid, how: Shutdown, context: &mut Context<'_, Actor<G>>) {
    let reason = match how {
        Shutdown::BrutalKill => Atom::KILL,
        Shutdown::Timeout(_) | Shutdown::Infinity => Atom::SHUTDOWN,
    };
    context.exit(pid, Term::Atom(reason));
}

/// Why a child that is down ended; none if the exit signal that says so is still on its way.
pub(super) fn real_reason<G: Guest>(
    pid: Pid,
    down: Term,
    context: &mut Context<'_, Actor<G>>,
) -> Option<Term> {
    let release = context.image().release();
    if !release.shutdown_finds_the_real_reason() {
        // The unlink also discards an exit signal that is still on its way: the reason of one who was
        // gone before it was monitored stays `noproc` (erlang/otp #5193).
        context.unlink(pid);
        return Some(context.receive_exit_now(pid).unwrap_or(down));
    }
    if !down.is(Atom::NOPROC) {
        context.unlink(pid);
        context.receive_exit_now(pid);
        return Some(down);
    }
    if let Some(reason) = context.receive_exit_now(pid) {
        return Some(reason);
    }
    let coming =
        context.world().in_flight(pid, context.pid()).any(|signal| matches!(signal, Signal::LinkExit(_)));
    (!coming).then_some(Term::Atom(Atom::CHILD_PROCESS_UNLINKED))
}

/// Whether a child that was shut down ended as it should; if not, a `shutdown_error` is reported.
pub(super) fn is_clean(reason: &Term, how: Shutdown, restart: Restart) -> bool {
    let asked_for = match how {
        Shutdown::BrutalKill => reason.is(Atom::KILLED),
        Shutdown::Timeout(_) | Shutdown::Infinity => reason.is(Atom::SHUTDOWN),
    };
    let graceful =
        reason.is(Atom::NORMAL) || reason.is(Atom::SHUTDOWN) || reason.untag(Atom::SHUTDOWN).is_some();
    asked_for || (graceful && restart != Restart::Permanent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_ends_are_clean() {
        let atom = Term::Atom;
        let brutal = Shutdown::BrutalKill;
        let gentle = Shutdown::Timeout(10);
        for (reason, how, permanent, other) in [
            (atom(Atom::SHUTDOWN), gentle, true, true),
            (atom(Atom::SHUTDOWN), brutal, false, true),
            (atom(Atom::KILLED), brutal, true, true),
            (atom(Atom::KILLED), gentle, false, false),
            (atom(Atom::NORMAL), gentle, false, true),
            (atom(Atom::NORMAL), brutal, false, true),
            (Term::tagged(Atom::SHUTDOWN, Term::Int(1)), gentle, false, true),
            (atom(Atom::NOPROC), gentle, false, false),
            (atom(Atom::BADARG), Shutdown::Infinity, false, false),
        ] {
            assert_eq!(is_clean(&reason, how, Restart::Permanent), permanent, "{reason:?} {how:?}");
            assert_eq!(is_clean(&reason, how, Restart::Transient), other, "{reason:?} {how:?}");
            assert_eq!(is_clean(&reason, how, Restart::Temporary), other, "{reason:?} {how:?}");
        }
    }
}
