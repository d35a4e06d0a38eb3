//! One word for each kind of thing that a run is made of, and what messages say: the same for every reader.

use crate::kernel::{Signal, Term};
use crate::otp::{ErrorContext, Guest, Message};

/// What a message says.
pub(super) fn message_content<G: Guest>(message: &Message<G>) -> Term {
    match message {
        Message::Call { request, .. } => request.term(),
        Message::Reply { reply, .. } => reply.clone(),
        Message::Cast(content) | Message::Info(content) => content.clone(),
        Message::Terminate { reason, .. } => reason.clone(),
        Message::Ack { result, .. } => result.clone().into(),
        Message::TryAgain { child, .. } => child.clone(),
        Message::Work(work) => work.term(),
        Message::Stream(said) => said.term(),
    }
}

/// A signal in one word.
pub(super) fn signal_word<M>(signal: &Signal<M>) -> &'static str {
    match signal {
        Signal::Message { .. } => "message",
        Signal::Exit(_) | Signal::ExitAlias(..) => "exit",
        Signal::LinkExit(_) => "link_exit",
        Signal::Link => "link",
        Signal::Unlink(_) => "unlink",
        Signal::UnlinkAck(_) => "unlink_ack",
        Signal::Monitor { .. } => "monitor",
        Signal::Demonitor(_) => "demonitor",
        Signal::Down { .. } => "down",
    }
}

/// A message in one word.
pub(super) fn message_word<G: Guest>(message: &Message<G>) -> &'static str {
    match message {
        Message::Call { .. } => "call",
        Message::Reply { .. } => "reply",
        Message::Cast(_) => "cast",
        Message::Info(_) => "info",
        Message::Terminate { .. } => "terminate",
        Message::Ack { .. } => "ack",
        Message::TryAgain { .. } => "try_again",
        Message::Work(_) => "work",
        Message::Stream(_) => "stream",
    }
}

/// What a supervisor's report is about, in OTP's word.
pub(super) fn context_word(context: ErrorContext) -> &'static str {
    match context {
        ErrorContext::StartError => "start_error",
        ErrorContext::ChildTerminated => "child_terminated",
        ErrorContext::ShutdownError => "shutdown_error",
        ErrorContext::Shutdown => "shutdown",
    }
}
