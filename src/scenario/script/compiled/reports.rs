//! What supervisors log, as the reports that treefall's own make: the story and the oracles know those.

use crate::kernel::{Atom, Term};
use crate::otp::{ChildType, ErrorContext, Level, Offender, OffenderPid, Report, Restart, Shutdown};

use super::super::Script;

const LABEL: Atom = Atom::of("label");
const REPORT: Atom = Atom::of("report");
const PROGRESS: Atom = Atom::of("progress");
const STARTED: Atom = Atom::of("started");
const REASON: Atom = Atom::of("reason");
const OFFENDER: Atom = Atom::of("offender");
const MFARGS: Atom = Atom::of("mfargs");
const RESTART_TYPE: Atom = Atom::of("restart_type");
const CHILD_TYPE: Atom = Atom::of("child_type");
const NB_CHILDREN: Atom = Atom::of("nb_children");
const SHUTDOWN_ERROR: Atom = Atom::of("shutdown_error");
const CHILD_TERMINATED: Atom = Atom::of("child_terminated");
const START_ERROR: Atom = Atom::of("start_error");
const DYNAMIC_SUPERVISOR: Atom = Atom::of("Elixir.DynamicSupervisor");

/// The report of a supervisor, if it is one: `#{label => {supervisor, What}, report => [..]}` (supervisor.erl,
/// `?report_error` and `?report_progress`).
pub(super) fn of_supervisor(report: &Term) -> Option<Report<Script>> {
    let [kind, Term::Atom(what)] = report.field(LABEL)?.as_tuple()? else { return None };
    if !kind.is(Atom::SUPERVISOR) && !kind.is(DYNAMIC_SUPERVISOR) {
        return None;
    }
    let Term::List(items, _) = report.field(REPORT)? else { return None };
    if *what == PROGRESS {
        return Some(Report::Progress { started: offender(value(items, STARTED)?)?, level: Level::Info });
    }
    let context = match *what {
        START_ERROR => ErrorContext::StartError,
        CHILD_TERMINATED => ErrorContext::ChildTerminated,
        SHUTDOWN_ERROR => ErrorContext::ShutdownError,
        Atom::SHUTDOWN => ErrorContext::Shutdown,
        _ => return None,
    };
    let reason = value(items, REASON)?.clone();
    Some(Report::Supervisor { context, reason, offender: offender(value(items, OFFENDER)?)? })
}

/// What a report is about, in short.
pub(super) fn label(report: &Term) -> Term {
    report.field(LABEL).unwrap_or(report).clone()
}

fn offender(term: &Term) -> Option<Offender> {
    let Term::List(items, _) = term else { return None };
    let pid = match value(items, Atom::PID) {
        Some(Term::Pid(pid)) => OffenderPid::Pid(*pid),
        Some(Term::Tuple(pair, _)) if pair[0].is(Atom::RESTARTING) => {
            OffenderPid::Restarting(pair.get(1).and_then(Term::as_pid))
        }
        Some(_) => OffenderPid::Undefined,
        None => match value(items, NB_CHILDREN) {
            Some(Term::Int(count)) => OffenderPid::Children(*count as usize),
            _ => OffenderPid::Undefined,
        },
    };
    let kind = value(items, CHILD_TYPE).and_then(ChildType::of).unwrap_or(ChildType::Worker);
    let shutdown = value(items, Atom::SHUTDOWN).and_then(Shutdown::of);
    Some(Offender {
        pid,
        id: value(items, Atom::ID).cloned().unwrap_or(Atom::UNDEFINED.into()),
        mfargs: value(items, MFARGS).cloned().unwrap_or(Atom::UNDEFINED.into()),
        restart: value(items, RESTART_TYPE).and_then(Restart::of).unwrap_or(Restart::Permanent),
        significant: value(items, Atom::SIGNIFICANT).is_some_and(|said| said.is(Atom::TRUE)),
        shutdown: shutdown.unwrap_or(Shutdown::default_of(kind)),
        kind,
    })
}

fn value(items: &[Term], key: Atom) -> Option<&Term> {
    items.iter().find_map(|item| item.untag(key))
}
