//! What a supervisor makes of a child's end: the table of restart types and the plan of each strategy.
//!
//! Pure: it knows specifications and rows, and no process.

use crate::kernel::{Atom, Term};
use crate::otp::spec::{Restart, Strategy};

/// What follows from a child's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Aftermath {
    /// It is restarted, and its end is reported.
    Restart,
    /// It is finished; `report` says whether that is an error.
    Finished {
        /// Whether its end is reported.
        report: bool,
    },
}

/// Restart type and exit reason (`supervisor.erl`, `do_restart/3`, OTP 25).
pub(super) fn aftermath(restart: Restart, reason: &Term) -> Aftermath {
    match (restart, is_graceful(reason)) {
        (Restart::Permanent, _) | (Restart::Transient, false) => Aftermath::Restart,
        (Restart::Transient | Restart::Temporary, true) => Aftermath::Finished { report: false },
        (Restart::Temporary, false) => Aftermath::Finished { report: true },
    }
}

/// `normal`, `shutdown` or `{shutdown, Term}`.
fn is_graceful(reason: &Term) -> bool {
    reason.is(Atom::NORMAL) || reason.is(Atom::SHUTDOWN) || reason.untag(Atom::SHUTDOWN).is_some()
}

/// Which rows a restart concerns. Rows are numbered in the order of starting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Concerned {
    /// This one is started again; nobody is stopped.
    One(usize),
    /// All from this one on are stopped, newest first, and started again, oldest first.
    From(usize),
}

/// The plan of a strategy for the child in this row (`supervisor.erl`, `restart/3`, OTP 25).
pub(super) fn concerned(strategy: Strategy, row: usize) -> Concerned {
    match strategy {
        Strategy::OneForOne | Strategy::SimpleOneForOne => Concerned::One(row),
        Strategy::RestForOne => Concerned::From(row),
        Strategy::OneForAll => Concerned::From(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn restart_type_by_exit_reason() {
        let normal = Term::Atom(Atom::NORMAL);
        let shutdown = Term::Atom(Atom::SHUTDOWN);
        let tagged = Term::tagged(Atom::SHUTDOWN, Term::Int(1));
        let crash = Term::Atom(Atom::KILLED);
        let quiet = Aftermath::Finished { report: false };
        let loud = Aftermath::Finished { report: true };
        for (restart, graceful, abnormal) in [
            (Restart::Permanent, Aftermath::Restart, Aftermath::Restart),
            (Restart::Transient, quiet, Aftermath::Restart),
            (Restart::Temporary, quiet, loud),
        ] {
            for reason in [&normal, &shutdown, &tagged] {
                assert_eq!(aftermath(restart, reason), graceful, "{restart:?} {reason:?}");
            }
            assert_eq!(aftermath(restart, &crash), abnormal, "{restart:?}");
        }
    }

    #[test]
    fn a_plan_concerns_one_the_rest_or_all() {
        assert_eq!(concerned(Strategy::OneForOne, 2), Concerned::One(2));
        assert_eq!(concerned(Strategy::RestForOne, 2), Concerned::From(2));
        assert_eq!(concerned(Strategy::OneForAll, 2), Concerned::From(0));
    }
}
