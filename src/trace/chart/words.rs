//! Of which kind what was sent is, and what of it stands in a drawing.

use crate::kernel::{Fate, Signal};
use crate::otp::{Guest, Message, Report, Request};
use crate::trace::labels;
use crate::trace::narrate::Narrate;
use crate::trace::reports::{application_line, conflict_line};
use crate::trace::terms::Names;
use crate::trace::vocabulary::message_content;

use super::data::Kind;

/// Of which kind a signal is, and what it says. An answer and what is asked of a supervisor need no word that says so.
pub(super) fn signal<G: Guest>(signal: &Signal<Message<G>>, names: Names<'_>) -> (Kind, String) {
    let words = labels::signal(signal, names);
    match signal {
        _ if labels::is_machinery(signal) => (Kind::Machinery, words),
        Signal::Message { body, .. } => match body {
            Message::Call { request: Request::User(_), .. } | Message::Terminate { .. } => {
                (Kind::Call, words)
            }
            Message::Call { .. } => (Kind::Call, names.term(&message_content(body))),
            Message::Reply { .. } => (Kind::Reply, names.term(&message_content(body))),
            Message::Stream(_) => (Kind::Message, names.term(&message_content(body))),
            _ => (Kind::Message, words),
        },
        _ => (Kind::Exit, words),
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
        Report::Decision(decision) => labels::decision(decision, names),
        Report::Application(report) => Some((application_line(report, names).plain(), false)),
        Report::NameConflict(conflict) => Some((conflict_line(conflict, names).plain(), true)),
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
