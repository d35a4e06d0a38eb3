//! Children as reports and records show them. It decides nothing.

use crate::kernel::{Atom, Term};
use crate::otp::guest::Guest;
use crate::otp::report::{Offender, OffenderPid};
use crate::otp::spec::StartFunction;

use super::children::{Child, Incarnation, Spec};

/// `{Module, Function, Arguments}`.
pub(super) fn mfargs<G: Guest>(start: &StartFunction<G::Start>) -> Term {
    match start {
        StartFunction::Known(start) => G::mfa(start),
        StartFunction::Unknown(mfa) => mfa.clone(),
    }
}

/// `{Module, Function, undefined}`: arguments that were not kept.
pub(super) fn forget_arguments(mfargs: Term) -> Term {
    match mfargs.as_tuple() {
        Some([module, function, _]) => {
            Term::tuple([module.clone(), function.clone(), Atom::UNDEFINED.into()])
        }
        _ => mfargs,
    }
}

/// A child in a report.
pub(super) fn offender<G: Guest>(spec: &Spec<G>, pid: OffenderPid, mfargs: Term) -> Offender {
    Offender {
        pid,
        id: spec.id.clone(),
        mfargs,
        restart: spec.restart,
        significant: spec.significant,
        shutdown: spec.shutdown,
        kind: spec.kind,
    }
}

impl<G: Guest> Child<G> {
    /// Its start function, as it is kept.
    pub(super) fn mfargs(&self) -> Term {
        let mfargs = mfargs::<G>(&self.spec.start);
        if self.forgets_arguments { forget_arguments(mfargs) } else { mfargs }
    }

    /// It in a report, with the process that it has now or had last.
    pub(super) fn offender(&self) -> Offender {
        let pid = match &self.state {
            Incarnation::None => OffenderPid::Undefined,
            Incarnation::Alive(pid) => OffenderPid::Pid(*pid),
            Incarnation::Restarting(failure) => OffenderPid::Restarting(failure.old),
        };
        offender::<G>(&self.spec, pid, self.mfargs())
    }
}

/// The modules of a specification: `[Module]` of the start function unless it says otherwise.
pub(super) fn modules<G: Guest>(spec: &Spec<G>) -> Term {
    spec.modules.clone().unwrap_or_else(|| match mfargs::<G>(&spec.start).as_tuple() {
        Some([module, ..]) => Term::list([module.clone()]),
        _ => Term::list([]),
    })
}

/// A specification as `get_childspec` returns it (`supervisor.erl`, `child_to_spec/1`, OTP 25).
pub(super) fn spec_map<G: Guest>(spec: &Spec<G>, mfargs: Term) -> Term {
    Term::map([
        (Atom::ID.into(), spec.id.clone()),
        (Atom::START.into(), mfargs),
        (Atom::RESTART.into(), spec.restart.atom().into()),
        (Atom::SIGNIFICANT.into(), Term::boolean(spec.significant)),
        (Atom::SHUTDOWN.into(), spec.shutdown.term()),
        (Atom::TYPE.into(), spec.kind.atom().into()),
        (Atom::MODULES.into(), modules::<G>(spec)),
    ])
}

/// The record of a child that could not be started:
/// `{child, undefined, Id, MFArgs, Restart, Significant, Shutdown, Type, Modules}`.
pub(super) fn record<G: Guest>(spec: &Spec<G>) -> Term {
    Term::tuple([
        Atom::CHILD.into(),
        Atom::UNDEFINED.into(),
        spec.id.clone(),
        mfargs::<G>(&spec.start),
        spec.restart.atom().into(),
        Term::boolean(spec.significant),
        spec.shutdown.term(),
        spec.kind.atom().into(),
        modules::<G>(spec),
    ])
}
