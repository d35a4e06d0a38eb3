//! What the functions of `DynamicSupervisor` return, and what its reports say of a child.

use crate::kernel::{Atom, Term};

use super::children::Children;
use crate::otp::guest::Guest;
use crate::otp::release::Release;
use crate::otp::report::{Offender, OffenderPid};
use crate::otp::spec::{ChildSpec, Restart};
use crate::otp::start::Started;

/// What `start_child` returns. A start function that does not return fails with the reason that a process
/// would die of (dynamic_supervisor.ex, start_child/3, Elixir 1.14).
pub(super) fn started(started: Started) -> Term {
    match started {
        Started::Ok { pid, info: None } => Term::tagged(Atom::OK, pid.into()),
        Started::Ok { pid, info: Some(info) } => Term::tuple([Atom::OK.into(), pid.into(), info]),
        Started::Ignore => Atom::IGNORE.into(),
        Started::Error(reason) | Started::Junk(reason) | Started::Raised(reason) => error(reason),
    }
}

/// What a request that was refused is answered with: `{error, Reason}`.
pub(super) fn error(reason: Term) -> Term {
    Term::tagged(Atom::ERROR, reason)
}

/// `which_children`: ids are not kept, so each is `undefined`.
pub(super) fn which_children<G: Guest>(children: &Children<G::Start>) -> Term {
    Term::list(children.entries().into_iter().map(|(pid, child)| {
        let pid = if child.is_restarting() { Atom::RESTARTING.into() } else { Term::Pid(pid) };
        Term::tuple([Atom::UNDEFINED.into(), pid, child.spec.kind.atom().into(), modules::<G>(&child.spec)])
    }))
}

/// The modules of a child; by default the one with its start function.
fn modules<G: Guest>(spec: &ChildSpec<G::Start>) -> Term {
    let default = || match G::mfa(&spec.start).as_tuple() {
        Some([module, ..]) => Term::list([module.clone()]),
        _ => Term::list([]),
    };
    spec.modules.clone().unwrap_or_else(default)
}

/// The child that a report is about. The id is not kept; nor are the arguments of a temporary child.
pub(super) fn offender<G: Guest>(
    pid: OffenderPid,
    spec: &ChildSpec<G::Start>,
    extra: &[Term],
    release: Release,
) -> Offender {
    let mfargs = if release.dynamic_restarts_with_extra_arguments() && !extra.is_empty() {
        G::mfa(&G::with_arguments(&spec.start, extra, &[]))
    } else {
        G::mfa(&spec.start)
    };
    let mfargs = match (spec.restart, mfargs.as_tuple()) {
        (Restart::Temporary, Some([module, function, _])) => {
            Term::tuple([module.clone(), function.clone(), Atom::UNDEFINED.into()])
        }
        _ => mfargs,
    };
    Offender {
        pid,
        id: Atom::UNDEFINED.into(),
        mfargs,
        restart: spec.restart,
        significant: false,
        shutdown: spec.shutdown,
        kind: spec.kind,
    }
}
