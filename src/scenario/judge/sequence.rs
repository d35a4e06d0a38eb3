//! Whether things happen in the order that an `in-order { … }` block lists.
//!
//! Of all that happens only what some line of the block speaks of counts. Each time it must be the turn of such a line;
//! so what has come to pass so far is one number. Whose run it is makes no difference: what happens is told as an
//! [`Occurrence`].

use crate::kernel::{Atom, EventKind, Term};
use crate::model::{Part, Sentence};
use crate::otp::Report;

use super::super::language::{Happening, Lowered, What};
use super::super::script::expression::Pattern;
use super::super::script::{Note, ScriptEvent, matches};
use super::history::History;
use super::occurrence::{Occurred, Occurrence, got, sent};

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

    /// Something happens. If it is not its turn: whose it is, if it is anybody's.
    pub(super) fn observe<'a>(
        &mut self,
        (lines, again): (&'a [Happening<Lowered>], bool),
        occurrence: &Occurrence,
        shared: &[Term],
    ) -> Option<Option<&'a Happening<Lowered>>> {
        if self.broken || !lines.iter().any(|line| speaks_of(line, occurrence, shared)) {
            return None;
        }
        let over = self.whole && self.come == 0 && !again;
        match lines.get(self.come) {
            Some(line) if !over && speaks_of(line, occurrence, shared) => {
                self.come += 1;
                if self.come == lines.len() {
                    *self = Progress { come: 0, whole: true, broken: false };
                }
                None
            }
            next => {
                self.broken = true;
                Some(next.filter(|_| !over))
            }
        }
    }

    /// How far it has come, in words that are the same for whatever run.
    pub(super) fn told(self, lines: &[Happening<Lowered>]) -> String {
        let last = lines.get(self.come.wrapping_sub(1));
        match (last, self) {
            (Some(last), Progress { broken: true, .. }) => format!("goes wrong behind `{}`", last.words),
            (None, Progress { broken: true, whole: true, .. }) => "goes on behind its last line".to_owned(),
            (None, Progress { broken: true, .. }) => "begins with another line than the first".to_owned(),
            (Some(last), _) => format!("has come as far as `{}`", last.words),
            (None, Progress { whole: true, .. }) => "has happened as a whole".to_owned(),
            (None, _) => "has not begun".to_owned(),
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
pub(super) fn out_of_turn(event: &ScriptEvent, next: Option<&Happening<Lowered>>) -> Sentence {
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

/// Whether what has happened is what a line speaks of. Patterns may ask what the shared variables hold.
fn speaks_of(line: &Happening<Lowered>, occurrence: &Occurrence, shared: &[Term]) -> bool {
    let is = |wanted: Option<Atom>, who: Option<Atom>| wanted.is_none() || wanted == who;
    let like = |pattern: &Pattern, value: &Term| matches(pattern, value, shared);
    if !is(who(&line.what), occurrence.who) {
        return false;
    }
    match (&line.what, &occurrence.what) {
        (What::Started { .. }, Occurred::Started) => true,
        (What::Ended { reason: wanted, .. }, Occurred::Ended { reason }) => like(wanted, reason),
        (What::Logged { text, values, .. }, Occurred::Logged { text: said, values: with }) => {
            text == said && like(values, with)
        }
        (
            What::Message { deed, kind, content, other, .. },
            Occurred::Message { deed: done, kind: of, content: said, other: whom },
        ) => deed == done && kind == of && is(*other, *whom) && like(content, said),
        _ => false,
    }
}
