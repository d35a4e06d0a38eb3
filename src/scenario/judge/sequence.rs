//! Whether things happen in the order that an `in-order { … }` block lists.
//!
//! Of all that happens only what some line of the block speaks of counts. Each time it must be the turn of such a line;
//! so what has come to pass so far is one number.

use crate::kernel::{Atom, EventKind, Object, Pid, Received, Signal, Term};
use crate::model::{Part, Sentence};
use crate::otp::{Message, Report, Started};

use super::super::ast::{Deed, MessageKind};
use super::super::language::{Happening, Lowered, What};
use super::super::script::program::Pattern;
use super::super::script::{Note, Script, ScriptEvent, ScriptWorld, matches};
use super::history::History;

/// How far an order has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Progress {
    /// How many of its lines have happened since it began, or began anew.
    come: usize,
    /// It has happened as a whole, perhaps several times.
    whole: bool,
    /// Something has happened that was not to.
    broken: bool,
}

impl Progress {
    /// Whether all of it has happened, and nothing out of its turn.
    pub(super) fn is_whole(self) -> bool {
        self.whole && self.come == 0 && !self.broken
    }

    /// Something happens: if it is not its turn, what is told about it.
    pub(super) fn observe(
        &mut self,
        (lines, again): (&[Happening<Lowered>], bool),
        event: &ScriptEvent,
        world: &ScriptWorld,
        history: &History,
    ) -> Option<Sentence> {
        if self.broken || !lines.iter().any(|line| speaks_of(line, event, world, history)) {
            return None;
        }
        let over = self.whole && self.come == 0 && !again;
        match lines.get(self.come) {
            Some(line) if !over && speaks_of(line, event, world, history) => {
                self.come += 1;
                if self.come == lines.len() {
                    *self = Progress { come: 0, whole: true, broken: false };
                }
                None
            }
            next => {
                self.broken = true;
                Some(out_of_turn(event, next.filter(|_| !over)))
            }
        }
    }

    /// Why it is not whole when all is settled.
    pub(super) fn missing(self, lines: &[Happening<Lowered>], history: &History) -> Option<Sentence> {
        if self.is_whole() || self.broken {
            return None;
        }
        let next = lines.get(self.come)?;
        let mut sentence = vec![Part::text("when all is settled, ")];
        sentence.push(Part::Text(format!("`{}` has not happened", next.words)));
        if self.come > 0 {
            sentence.push(Part::Text(format!(", after `{}`", lines[self.come - 1].words)));
        }
        let who = who(&next.what).and_then(|who| history.latest(who));
        if let Some(pid) = who {
            sentence.push(Part::Aside(vec![Part::text(", of "), Part::Process(pid)]));
        }
        Some(sentence)
    }
}

/// What is told of something that happens when it is another's turn, or nobody's.
fn out_of_turn(event: &ScriptEvent, next: Option<&Happening<Lowered>>) -> Sentence {
    let mut sentence = vec![Part::Process(event.pid)];
    match &event.kind {
        EventKind::Exited { reason, .. } => {
            sentence.extend([Part::text(" ended with "), Part::Term(reason.clone())]);
        }
        EventKind::Reported(Report::Guest(Note::Log { text, values })) => {
            sentence.push(Part::Text(format!(" logged \"{text}\"")));
            for value in values {
                sentence.extend([Part::text(" "), Part::Term(value.clone())]);
            }
        }
        EventKind::Sent { to, signal } => {
            sentence.push(Part::text(" sent "));
            sentence.extend(sent(signal).map(|(_, content)| Part::Term(content)));
            sentence.extend([Part::text(" to "), Part::Process(*to)]);
        }
        EventKind::Took(message) => {
            sentence.push(Part::text(" got "));
            sentence.extend(got(message).map(|(_, content, _)| Part::Term(content)));
        }
        _ => sentence.push(Part::text(" started")),
    }
    sentence.push(match next {
        Some(next) => Part::Text(format!(", and it was the turn of `{}`", next.words)),
        None => Part::text(", and the whole order had happened already"),
    });
    sentence
}

/// Whom a line is about, if that is said.
fn who(what: &What<Lowered>) -> Option<Atom> {
    match what {
        What::Started { who } | What::Ended { who, .. } | What::Message { who, .. } => *who,
        What::Logged { by, .. } => *by,
    }
}

/// Whether an event is what a line speaks of.
fn speaks_of(line: &Happening<Lowered>, event: &ScriptEvent, world: &ScriptWorld, history: &History) -> bool {
    let is = |wanted: Option<Atom>, pid: Pid| wanted.is_none() || history.label(pid) == wanted;
    let like = |pattern: &Pattern, value: &Term| matches(pattern, value, world);
    if !is(who(&line.what), event.pid) {
        return false;
    }
    match (&line.what, &event.kind) {
        (What::Started { .. }, EventKind::Spawned { awaited, .. }) => !awaited,
        (What::Started { .. }, EventKind::Reported(Report::Initialised(started))) => {
            matches!(started, Started::Ok { .. })
        }
        (What::Ended { reason: wanted, .. }, EventKind::Exited { reason, .. }) => like(wanted, reason),
        (
            What::Logged { text, values, .. },
            EventKind::Reported(Report::Guest(Note::Log { text: said, values: with })),
        ) => text == said && like(values, &Term::list(with.iter().cloned())),
        (What::Message { deed: Deed::Sent, kind, content, other, .. }, EventKind::Sent { to, signal }) => {
            sent(signal).is_some_and(|(sent, said)| sent == *kind && is(*other, *to) && like(content, &said))
        }
        (What::Message { deed: Deed::Got, kind, content, other, .. }, EventKind::Took(message)) => {
            got(message).is_some_and(|(got, said, from)| {
                let from_whom = match (other, from) {
                    (None, _) => true,
                    (Some(_), None) => false,
                    (Some(_), Some(Object::Pid(from))) => is(*other, from),
                    (Some(wanted), Some(Object::Name(name, _))) => *wanted == name,
                };
                got == *kind && from_whom && like(content, &said)
            })
        }
        _ => false,
    }
}

/// What kind of message is sent, and what it says.
fn sent(signal: &Signal<Message<Script>>) -> Option<(MessageKind, Term)> {
    match signal {
        Signal::Message { body, .. } => said(body).map(|(kind, content, _)| (kind, content)),
        Signal::Exit(reason) | Signal::ExitAlias(_, reason) => {
            Some((MessageKind::ExitSignal, reason.clone()))
        }
        _ => None,
    }
}

/// What kind of message is taken, what it says, and from whom it is, if that is in it.
fn got(message: &Received<Message<Script>>) -> Option<(MessageKind, Term, Option<Object>)> {
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
