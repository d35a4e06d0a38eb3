//! The reports of OTP's processes as JSON.

use crate::otp::{ApplicationReport, Decision, Flags, Guest, Offender, OffenderPid, Report, Shutdown};
use serde_json::Value;

use super::json_fields::Fields;
use super::narrate::Narrate;
use super::vocabulary::context_word;

/// Adds what a report says.
pub(super) fn put<G: Guest>(fields: &mut Fields<'_>, report: &Report<G>)
where
    G::Note: Narrate,
{
    match report {
        Report::Supervisor { context, reason, offender } => {
            fields.event("supervisor_report");
            fields.put("context", context_word(*context));
            fields.term("reason", reason);
            put_offender(fields, offender);
        }
        Report::Progress { started, level } => {
            fields.event("progress");
            fields.put("level", level.word());
            put_offender(fields, started);
        }
        Report::Supervises { flags, dynamic } => put_flags(fields, *flags, *dynamic),
        Report::Decision(decision) => put_decision(fields, decision),
        Report::ServerTerminating { reason } => {
            fields.event("server_terminating");
            fields.term("reason", reason);
        }
        Report::Terminate { reason } => {
            fields.event("terminate");
            fields.term("reason", reason);
        }
        Report::Unexpected { message } => {
            fields.event("unexpected");
            fields.term("content", message);
        }
        Report::Initialised(started) => {
            fields.event("initialised");
            fields.term("result", &started.clone().into());
        }
        Report::Application(report) => put_application(fields, report),
        Report::NameConflict(conflict) => {
            fields.event("name_conflict");
            fields.put("name", fields.names.atom(conflict.name));
            fields.put("lesser", fields.names.pid(conflict.lesser));
            fields.put("greater", fields.names.pid(conflict.greater));
            fields.put("method", fields.names.atom(conflict.method));
        }
        Report::Guest(note) => {
            fields.event("note");
            fields.put("text", note.line(&fields.names).map(|line| line.plain()));
        }
    }
}

fn put_flags(fields: &mut Fields<'_>, flags: Flags, dynamic: bool) {
    fields.event("supervises");
    fields.put("strategy", flags.strategy.word());
    fields.put("intensity", flags.intensity);
    fields.put("period", flags.period);
    fields.put("auto_shutdown", flags.auto_shutdown.word());
    fields.put("dynamic", dynamic);
}

fn put_offender(fields: &mut Fields<'_>, offender: &Offender) {
    fields.term("child", &offender.id);
    let (state, pid) = match offender.pid {
        OffenderPid::Undefined => ("undefined", None),
        OffenderPid::Pid(pid) => ("running", Some(pid)),
        OffenderPid::Restarting(pid) => ("restarting", pid),
        OffenderPid::Children(_) => ("children", None),
    };
    fields.put("state", state);
    fields.maybe_pid("child_process", pid);
    fields.put(
        "children",
        match offender.pid {
            OffenderPid::Children(count) => Some(count),
            _ => None,
        },
    );
    fields.term("mfargs", &offender.mfargs);
    fields.put("restart", offender.restart.word());
    fields.put("significant", offender.significant);
    fields.put("shutdown", shutdown(offender.shutdown));
    fields.put("type", offender.kind.word());
}

fn put_decision(fields: &mut Fields<'_>, decision: &Decision) {
    match decision {
        Decision::NotRestarted { child, pid, reason, restart, kept } => {
            fields.event("not_restarted");
            fields.term("child", child);
            fields.pid("child_process", *pid);
            fields.term("reason", reason);
            fields.put("restart", restart.word());
            fields.put("kept", *kept);
        }
        Decision::Restarting {
            child,
            pid,
            reason,
            strategy,
            used,
            intensity,
            period,
            stop,
            start,
            again,
        } => {
            fields.event("restarting");
            fields.term("child", child);
            fields.maybe_pid("child_process", *pid);
            fields.term("reason", reason);
            fields.put("strategy", strategy.word());
            fields.put("used", *used);
            fields.put("intensity", *intensity);
            fields.put("period", *period);
            fields.terms("stop", stop);
            fields.terms("start", start);
            fields.put("again", *again);
        }
        Decision::GivingUp { child, intensity, period } => {
            fields.event("giving_up");
            fields.term("child", child);
            fields.put("intensity", *intensity);
            fields.put("period", *period);
        }
        Decision::AutoShutdown { child } => {
            fields.event("auto_shutdown");
            fields.term("child", child);
        }
        Decision::Stopping { child, pid, shutdown: how } => {
            fields.event("stopping");
            fields.term("child", child);
            fields.pid("child_process", *pid);
            fields.put("shutdown", shutdown(*how));
        }
        Decision::Killing { child, pid } => {
            fields.event("killing");
            fields.term("child", child);
            fields.pid("child_process", *pid);
        }
        Decision::Stopped { child, pid, reason, took } => {
            fields.event("stopped");
            fields.term("child", child);
            fields.pid("child_process", *pid);
            fields.term("reason", reason);
            fields.put("took", *took);
        }
        Decision::TryAgain { child, reason } => {
            fields.event("try_again");
            fields.term("child", child);
            fields.term("reason", reason);
        }
        Decision::Terminating { reason } => {
            fields.event("terminating");
            fields.term("reason", reason);
        }
    }
}

fn put_application(fields: &mut Fields<'_>, report: &ApplicationReport) {
    let (event, application, reason) = match report {
        ApplicationReport::Started(name) => ("application_started", name, None),
        ApplicationReport::NotStarted(name, reason) => ("application_not_started", name, Some(reason)),
        ApplicationReport::Exited(name, reason) => ("application_exited", name, Some(reason)),
        ApplicationReport::Stopping(name) => ("application_stopping", name, None),
        ApplicationReport::NodeTerminated(name, reason) => ("node_terminated", name, Some(reason)),
    };
    fields.event(event);
    fields.term("application", application);
    if let Some(reason) = reason {
        fields.term("reason", reason);
    }
}

/// Milliseconds, or the atom.
fn shutdown(shutdown: Shutdown) -> Value {
    match shutdown {
        Shutdown::Timeout(timeout) => timeout.into(),
        Shutdown::BrutalKill | Shutdown::Infinity => shutdown.to_string().into(),
    }
}
