//! Signals and decisions in a few words: what stands beside an arrow or a mark, in every picture of a run.
//!
//! What kind of arrow it is, and whether anybody wants to see it, is the business of whoever draws.

use crate::kernel::Signal;
use crate::otp::{Decision, Guest, Message, Started};

use super::phrases::{list, more_than};
use super::terms::Names;
use super::vocabulary::{message_content, message_word};

/// A signal as it is told on its way: `call {:lookup, 1}`, `DOWN: normal`.
pub(super) fn signal<G: Guest>(signal: &Signal<Message<G>>, names: Names<'_>) -> String {
    match signal {
        Signal::Message { body, .. } => message(body, names),
        Signal::Exit(reason) | Signal::ExitAlias(_, reason) => format!("exit {}", names.brief_reason(reason)),
        Signal::LinkExit(reason) => format!("EXIT: {}", names.brief_reason(reason)),
        Signal::Down { reason, .. } => format!("DOWN: {}", names.brief_reason(reason)),
        Signal::Link => "link".to_owned(),
        Signal::Unlink(_) => "unlink".to_owned(),
        Signal::UnlinkAck(_) => "unlink, acknowledged".to_owned(),
        Signal::Monitor { .. } => "monitor".to_owned(),
        Signal::Demonitor(_) => "demonitor".to_owned(),
    }
}

/// A message as the story tells it: `call {:lookup, 1}`, `send tick`.
pub(super) fn message<G: Guest>(body: &Message<G>, names: Names<'_>) -> String {
    let word = match body {
        Message::Info(_) => "send",
        Message::Terminate { .. } => "stop",
        Message::Ack { result: Started::Ok { .. }, .. } => return "has started".to_owned(),
        Message::Ack { .. } => "has not started:",
        _ => message_word(body),
    };
    format!("{word} {}", names.term(&message_content(body)))
}

/// Whether a signal is how OTP and the runtime do it, which the story does not tell.
pub(super) fn is_machinery<G: Guest>(signal: &Signal<Message<G>>) -> bool {
    match signal {
        Signal::Message { body, .. } => is_machinery_message(body),
        Signal::Exit(_) | Signal::ExitAlias(..) | Signal::LinkExit(_) | Signal::Down { .. } => false,
        Signal::Link
        | Signal::Unlink(_)
        | Signal::UnlinkAck(_)
        | Signal::Monitor { .. }
        | Signal::Demonitor(_) => true,
    }
}

/// The same of a message.
pub(super) fn is_machinery_message<G: Guest>(body: &Message<G>) -> bool {
    match body {
        Message::Ack { result, .. } => matches!(result, Started::Ok { .. }),
        Message::TryAgain { .. } | Message::Work(_) => true,
        Message::Call { .. }
        | Message::Reply { .. }
        | Message::Cast(_)
        | Message::Info(_)
        | Message::Terminate { .. }
        | Message::Stream(_) => false,
    }
}

/// What a supervisor decides, and whether it is bad news; none of how it does it.
pub(super) fn decision(decision: &Decision, names: Names<'_>) -> Option<(String, bool)> {
    let told = match decision {
        Decision::Restarting { child, strategy, used, intensity, start, again, .. } => {
            let start: Vec<String> = match start.as_slice() {
                [] => vec![names.id(child)],
                several => several.iter().map(|id| names.id(id)).collect(),
            };
            let who = list(&start);
            let does = if *again { format!("tries {who} again") } else { format!("restarts {who}") };
            let words = format!("{does} ({}): {used} of {intensity}", strategy.word());
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
    };
    Some(told)
}
