//! What was sent, decided or noted, in one line of a drawing.

use crate::kernel::{Fate, Signal};
use crate::otp::{Decision, Guest, Message, Report, Request};
use crate::trace::narrate::Narrate;
use crate::trace::phrases::{list, more_than};
use crate::trace::reports::application_line;
use crate::trace::terms::Names;
use crate::trace::vocabulary::{message_content, signal_word};

use super::data::Kind;

/// Of which kind a signal is, and what it says.
pub(super) fn signal<G: Guest>(signal: &Signal<Message<G>>, names: Names<'_>) -> (Kind, String) {
    match signal {
        Signal::Message { body, .. } => message(body, names),
        Signal::Exit(reason) | Signal::ExitAlias(_, reason) => {
            (Kind::Exit, format!("exit {}", names.term(reason)))
        }
        Signal::LinkExit(reason) => (Kind::Exit, format!("EXIT {}", names.brief_reason(reason))),
        Signal::Down { reason, .. } => (Kind::Exit, format!("DOWN {}", names.brief_reason(reason))),
        Signal::Link
        | Signal::Unlink(_)
        | Signal::UnlinkAck(_)
        | Signal::Monitor { .. }
        | Signal::Demonitor(_) => (Kind::Machinery, signal_word(signal).to_owned()),
    }
}

fn message<G: Guest>(message: &Message<G>, names: Names<'_>) -> (Kind, String) {
    let content = || names.term(&message_content(message));
    match message {
        Message::Call { request: Request::User(_), .. } => (Kind::Call, format!("call {}", content())),
        Message::Call { .. } => (Kind::Call, content()),
        Message::Terminate { .. } => (Kind::Call, format!("stop {}", content())),
        Message::Reply { .. } => (Kind::Reply, content()),
        Message::Cast(_) => (Kind::Message, format!("cast {}", content())),
        Message::Info(_) => (Kind::Message, format!("send {}", content())),
        Message::Stream(_) => (Kind::Message, content()),
        Message::Ack { .. } => (Kind::Machinery, "has started".to_owned()),
        Message::TryAgain { .. } => (Kind::Machinery, "try again".to_owned()),
        Message::Work(_) => (Kind::Machinery, "work".to_owned()),
    }
}

/// Of which kind a signal has turned out to be, and whether it was lost. News of a death that nobody is there to
/// hear, or wants to hear any more, is how OTP does it.
pub(super) fn became<M>(kind: Kind, signal: &Signal<M>, fate: Fate) -> (Kind, bool) {
    let is_news = matches!(signal, Signal::LinkExit(_) | Signal::Down { .. });
    match fate {
        Fate::Queued | Fate::QueuedFirst | Fate::Applied => (kind, false),
        Fate::NoProcess | Fate::Dropped | Fate::Lost if is_news => (Kind::Machinery, false),
        Fate::Dropped if kind == Kind::Exit => (Kind::Machinery, false),
        Fate::NoProcess | Fate::Dropped | Fate::Lost => (kind, kind != Kind::Machinery),
    }
}

/// What a report is worth in a drawing, and whether it is bad news; none if that is nothing.
pub(super) fn report<G: Guest>(report: &Report<G>, names: Names<'_>) -> Option<(String, bool)>
where
    G::Note: Narrate,
{
    match report {
        Report::Decision(decision) => decision_words(decision, names),
        Report::Application(report) => Some((application_line(report, names).plain(), false)),
        Report::Guest(note) => note.line(&names).map(|line| (line.plain(), false)),
        Report::Unexpected { message } => Some((format!("does not expect {}", names.term(message)), true)),
        Report::Supervisor { .. }
        | Report::Progress { .. }
        | Report::Supervises { .. }
        | Report::ServerTerminating { .. }
        | Report::Terminate { .. }
        | Report::Initialised(_) => None,
    }
}

fn decision_words(decision: &Decision, names: Names<'_>) -> Option<(String, bool)> {
    Some(match decision {
        Decision::Restarting { child, strategy, used, intensity, start, again, .. } => {
            let start: Vec<String> = match start.as_slice() {
                [] => vec![names.id(child)],
                several => several.iter().map(|id| names.id(id)).collect(),
            };
            let verb = if *again { "tries again" } else { "restarts" };
            let words = format!("{verb} {} ({}): {used} of {intensity}", list(&start), strategy.word());
            (words.replace('\u{a0}', " "), false)
        }
        Decision::NotRestarted { child, restart, .. } => {
            (format!("does not restart {} ({})", names.id(child), restart.word()), false)
        }
        Decision::GivingUp { intensity, period, .. } => {
            (format!("gives up: {}", more_than(*intensity, *period)).replace('\u{a0}', " "), true)
        }
        Decision::AutoShutdown { child } => (format!("shuts down with {}", names.id(child)), false),
        Decision::TryAgain { child, .. } => (format!("will try {} again", names.id(child)), true),
        Decision::Killing { pid, .. } => (format!("kills {}: did not stop in time", names.pid(*pid)), true),
        Decision::Stopping { .. } | Decision::Stopped { .. } | Decision::Terminating { .. } => return None,
    })
}
