//! What an order can speak of, without whose run it is: the model's, whose events are read here, or one of the
//! installed Erlang.

use std::sync::Arc;

use crate::kernel::{Atom, EventKind, Object, Pid, Received, Signal, Term};
use crate::otp::{Message, Report, Started};

use super::super::ast::{Deed, MessageKind};
use super::super::script::{Note, Script, ScriptEvent};

/// Something that happens to somebody.
#[derive(Clone, Debug, PartialEq)]
pub struct Occurrence {
    /// What an order calls who does it, if that is known.
    pub who: Option<Atom>,
    /// What happens to it.
    pub what: Occurred,
}

/// What happens to somebody.
#[derive(Clone, Debug, PartialEq)]
pub enum Occurred {
    /// It has told whoever waits for it that it has started, or, where nobody does, it is there.
    Started,
    /// It has ended.
    Ended {
        /// The exit reason.
        reason: Term,
    },
    /// It has logged a line.
    Logged {
        /// What the line says before its values.
        text: Arc<str>,
        /// The list of the values after it.
        values: Term,
    },
    /// It has sent a message or taken one.
    Message {
        /// Which of the two.
        deed: Deed,
        /// What kind of message it is.
        kind: MessageKind,
        /// What it says.
        content: Term,
        /// Who gets it, or from whom it is if it says so.
        other: Option<Atom>,
    },
}

impl Occurrence {
    /// What an event of the model is, if an order can speak of it. `label` is what processes are called.
    pub fn of(event: &ScriptEvent, label: &dyn Fn(Pid) -> Option<Atom>) -> Option<Occurrence> {
        let what = match &event.kind {
            EventKind::Spawned { awaited: false, .. }
            | EventKind::Reported(Report::Initialised(Started::Ok { .. })) => Occurred::Started,
            EventKind::Exited { reason, .. } => Occurred::Ended { reason: reason.clone() },
            EventKind::Reported(Report::Guest(Note::Log { text, values })) => {
                Occurred::Logged { text: text.clone(), values: Term::list(values.iter().cloned()) }
            }
            EventKind::Sent { to, signal } => {
                let (kind, content) = sent(signal)?;
                Occurred::Message { deed: Deed::Sent, kind, content, other: label(*to) }
            }
            EventKind::Took(message) => {
                let (kind, content, from) = got(message)?;
                let other = match from {
                    Some(Object::Pid(from)) => label(from),
                    Some(Object::Name(name, _)) => Some(name),
                    None => None,
                };
                Occurred::Message { deed: Deed::Got, kind, content, other }
            }
            _ => return None,
        };
        Some(Occurrence { who: label(event.pid), what })
    }
}

/// What kind of message is sent, and what it says.
pub(super) fn sent(signal: &Signal<Message<Script>>) -> Option<(MessageKind, Term)> {
    match signal {
        Signal::Message { body, .. } => said(body).map(|(kind, content, _)| (kind, content)),
        Signal::Exit(reason) | Signal::ExitAlias(_, reason) => {
            Some((MessageKind::ExitSignal, reason.clone()))
        }
        _ => None,
    }
}

/// What kind of message is taken, what it says, and from whom it is, if that is in it.
pub(super) fn got(message: &Received<Message<Script>>) -> Option<(MessageKind, Term, Option<Object>)> {
    match message {
        Received::Message(body) => said(body),
        Received::Exit { from, reason } => {
            Some((MessageKind::Exit, reason.clone(), Some(Object::Pid(*from))))
        }
        Received::Down { reason, object, .. } => Some((MessageKind::Down, reason.clone(), Some(*object))),
    }
}

/// The same of a message that is no signal of a link or a monitor; what OTP says to itself is none.
fn said(body: &Message<Script>) -> Option<(MessageKind, Term, Option<Object>)> {
    match body {
        Message::Call { from, request } => {
            Some((MessageKind::Call, request.term(), Some(Object::Pid(from.pid))))
        }
        Message::Reply { reply, .. } => Some((MessageKind::Reply, reply.clone(), None)),
        Message::Cast(request) => Some((MessageKind::Cast, request.clone(), None)),
        Message::Info(term) => Some((MessageKind::Info, term.clone(), None)),
        Message::Terminate { .. }
        | Message::Ack { .. }
        | Message::TryAgain { .. }
        | Message::Work(_)
        | Message::Stream(_) => None,
    }
}
