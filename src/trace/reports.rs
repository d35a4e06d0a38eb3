//! The reports of OTP's processes in a few words each: what the story tells at length.

use crate::kernel::{Atom, Term};
use crate::otp::{ApplicationReport, Decision, Guest, NameConflict, Report};

use super::line::{Line, Tone};
use super::narrate::Narrate;
use super::terms::Names;
use super::vocabulary::context_word;

/// One line about a report; none about a note that is not worth one.
pub(super) fn line<G: Guest>(report: &Report<G>, names: Names<'_>) -> Option<Line>
where
    G::Note: Narrate,
{
    let of = |words: &str, term: &Term| {
        Line::new().with(Tone::Plain, format!("{words} ")).with(Tone::Value, names.term(term))
    };
    Some(match report {
        Report::Supervisor { context, reason, offender } => {
            of(&format!("report {} {}", context_word(*context), names.id(&offender.id)), reason)
        }
        Report::Progress { started, .. } => {
            Line::new().with(Tone::Plain, format!("progress {}", names.id(&started.id)))
        }
        Report::Supervises { flags, dynamic } => {
            let how = if *dynamic { "dynamic" } else { flags.strategy.word() };
            let limit = format!("{} in {} s", flags.intensity, flags.period);
            Line::new().with(Tone::Plain, format!("supervises {how}, {limit}"))
        }
        Report::Decision(decision) => decision_line(decision, names),
        Report::ServerTerminating { reason } => of("server terminating", reason),
        Report::Terminate { reason } => of("terminate", reason),
        Report::Unexpected { message } => of("unexpected", message),
        Report::Initialised(started) => of("init", &started.clone().into()),
        Report::Application(report) => application_line(report, names),
        Report::NameConflict(conflict) => conflict_line(conflict, names),
        Report::Guest(note) => return note.line(&names),
    })
}

/// What becomes of two processes with one name: `global.erl`, `random_exit_name/3` and its like.
pub(super) fn conflict_line(conflict: &NameConflict, names: Names<'_>) -> Line {
    let (lesser, greater) = (names.pid(conflict.lesser), names.pid(conflict.greater));
    let end = match conflict.method {
        Atom::NOTIFY_ALL_NAME => format!("{lesser} and {greater} are told, and nobody keeps it"),
        Atom::RANDOM_NOTIFY_NAME => format!("{lesser} keeps it, {greater} is told"),
        _ => format!("{lesser} keeps it, {greater} is killed"),
    };
    let name = names.atom(conflict.name);
    Line::new().with(Tone::Warning, format!("{name} was given away on both nodes: {end}"))
}

fn decision_line(decision: &Decision, names: Names<'_>) -> Line {
    let line = |words: String| Line::new().with(Tone::Plain, words);
    match decision {
        Decision::NotRestarted { child, .. } => line(format!("does not restart {}", names.id(child))),
        Decision::Restarting { child, used, intensity, again, .. } => {
            let again = if *again { " again" } else { "" };
            line(format!("restarts {}{again}, {used} of {intensity}", names.id(child)))
        }
        Decision::GivingUp { intensity, period, .. } => {
            line(format!("gives up: more than {intensity} in {period} s"))
        }
        Decision::AutoShutdown { child } => line(format!("auto_shutdown with {}", names.id(child))),
        Decision::Stopping { pid, .. } => line(format!("stops {}", names.pid(*pid))),
        Decision::Killing { pid, .. } => line(format!("kills {}", names.pid(*pid))),
        Decision::Stopped { pid, reason, took, .. } => {
            let reason = names.term(reason);
            line(format!("has stopped {} in {took} ms: {reason}", names.pid(*pid)))
        }
        Decision::TryAgain { child, .. } => line(format!("will try {} again", names.id(child))),
        Decision::Terminating { reason } => line(format!("terminates: {}", names.term(reason))),
    }
}

/// What the application controller says.
pub(super) fn application_line(report: &ApplicationReport, names: Names<'_>) -> Line {
    let line = |tone: Tone, application: &Term, what: String| {
        Line::new()
            .with(Tone::Plain, "application ")
            .with(Tone::Name, names.id(application))
            .with(tone, format!(" {what}"))
    };
    match report {
        ApplicationReport::Started(application) => line(Tone::Good, application, "started".to_owned()),
        ApplicationReport::NotStarted(application, reason) => {
            line(Tone::Bad, application, format!("could not be started: {}", names.brief_reason(reason)))
        }
        ApplicationReport::Exited(application, reason) => {
            line(Tone::Bad, application, format!("ended: {}", names.brief_reason(reason)))
        }
        ApplicationReport::Stopping(application) => {
            line(Tone::Plain, application, "is being stopped".to_owned())
        }
        ApplicationReport::NodeTerminated(application, reason) => {
            line(Tone::Bad, application, format!("takes the node down: {}", names.brief_reason(reason)))
        }
    }
}
