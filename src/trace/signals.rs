//! Every signal and every other event, in the order in which it happened: one line each, in columns.
//!
//! When, who, from or to whom, what became of it, what it was.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::kernel::{Event, EventKind, Fate, Object, Observed, Pid, Received, SharedPlace, Signal, Term};
use crate::otp::{Actor, Guest, Message};

use super::line::{Line, Tone};
use super::narrate::Narrate;
use super::recording::Recording;
use super::reports;
use super::terms::Names;
use super::vocabulary::{message_content, message_word, signal_word};

/// A line before it is laid out.
pub(super) struct SignalRow {
    at: u64,
    who: String,
    /// An arrow, and who is at its other end.
    peer: Option<(&'static str, String)>,
    verb: &'static str,
    tone: Tone,
    what: Line,
}

/// All of it.
pub(super) fn lines<G: Guest>(recording: &Recording<'_, G>, names: Names<'_>, width: usize) -> Vec<Line>
where
    G::Note: Narrate,
{
    let width = width.clamp(60, 200);
    let events = recording.events();
    let rows: Vec<SignalRow> = events.iter().filter_map(|event| row(event, names)).collect();
    let latest = events.last().map_or(0, |event| event.at);
    let time = latest.to_string().len().max(4) + " ms".len();
    let column = |needed: fn(&SignalRow) -> usize| rows.iter().map(needed).max().unwrap_or(0).min(width / 4);
    let who = column(|row| row.who.width());
    let peer = column(|row| row.peer.as_ref().map_or(0, |(_, name)| ARROW + name.width()));
    let verb = rows.iter().map(|row| row.verb.len()).max().unwrap_or(0);
    let margin = time + 2 + who + 2 + peer + 2 + verb + 2;
    let mut lines = Vec::new();
    let mut clock = None;
    for row in rows {
        let shown = if clock == Some(row.at) { String::new() } else { format!("{} ms", row.at) };
        clock = Some(row.at);
        let mut line = Line::new().with(Tone::Faint, format!("{shown:>time$}  "));
        line.push(Tone::Name, end_of(&row.who, who));
        line.pad_to(time + 2 + who + 2);
        if let Some((arrow, name)) = &row.peer {
            line.push(Tone::Faint, *arrow);
            line.push(Tone::Plain, end_of(name, peer - ARROW));
        }
        line.pad_to(time + 2 + who + 2 + peer + 2);
        line.push(row.tone, row.verb);
        for part in row.what.wrap(width.saturating_sub(margin).max(16), 2) {
            line.pad_to(margin);
            line.append(part);
            lines.push(std::mem::take(&mut line));
        }
    }
    lines
}

/// The columns of an arrow and the space after it.
const ARROW: usize = 2;

/// The end of a name says which one it is: what does not fit is left out at its beginning.
fn end_of(name: &str, width: usize) -> String {
    if name.width() <= width {
        return name.to_owned();
    }
    let mut kept = 1;
    let mut begin = name.len();
    for (place, letter) in name.char_indices().rev() {
        kept += letter.width().unwrap_or(0);
        if kept > width {
            break;
        }
        begin = place;
    }
    format!("…{}", &name[begin..])
}

/// None for a note that is not worth a line.
pub(super) fn row<G: Guest>(event: &Event<Actor<G>>, names: Names<'_>) -> Option<SignalRow>
where
    G::Note: Narrate,
{
    let mut row = SignalRow {
        at: event.at,
        who: names.pid(event.pid).to_owned(),
        peer: None,
        verb: "",
        tone: Tone::Faint,
        what: Line::new(),
    };
    let to = |pid: Pid| Some(("→ ", names.pid(pid).to_owned()));
    let from = |pid: Pid| Some(("← ", names.pid(pid).to_owned()));
    match &event.kind {
        EventKind::Spawned { parent, linked, monitored, .. } => {
            row.tone = Tone::Good;
            row.peer = parent.and_then(from);
            let ties = match (*linked, monitored.is_some()) {
                (true, true) => "linked and monitored",
                (true, false) => "linked",
                (false, true) => "monitored",
                (false, false) => "",
            };
            row.says("spawned", ties.to_owned());
        }
        EventKind::Sent { to: target, signal } => {
            row.verb = "sent";
            row.peer = to(*target);
            row.what = signal_line(signal, names);
        }
        EventKind::Arrived { from: source, signal, fate } => {
            row.peer = from(*source);
            row.what = signal_line(signal, names);
            (row.verb, row.tone) = fate_said(*fate);
        }
        EventKind::Took(received) => {
            row.verb = "takes";
            let (source, what) = received_line(received, names);
            row.peer = source.and_then(from);
            row.what = what;
        }
        EventKind::TimedOut => row.verb = "time up",
        EventKind::Unsent { to, body } => {
            (row.verb, row.tone) = ("unsent", Tone::Bad);
            row.peer = Some(("→ ", names.term(to)));
            row.what = message_line(body, names);
        }
        EventKind::Saw { at, found } => {
            row.verb = "sees";
            row.what = sight_line(at, found.as_ref(), names);
        }
        EventKind::Wrote { place, value } => {
            row.verb = "writes";
            row.what = place_line(place, value.as_ref(), names);
        }
        EventKind::Registered(name) => {
            row.says("name", format!("registered as {}", names.atom(*name)));
        }
        EventKind::Unregistered(name) => {
            row.says("name", format!("no longer registered as {}", names.atom(*name)));
        }
        EventKind::TimerSet { reference, due } => {
            row.says("timer", format!("set {}, due at {due} ms", names.reference(*reference)));
        }
        EventKind::TimerFired(reference) => {
            row.says("timer", format!("fired {}", names.reference(*reference)));
        }
        EventKind::TimerCancelled { reference, .. } => {
            row.says("timer", format!("cancelled {}", names.reference(*reference)));
        }
        EventKind::Exited { reason, killer, unread } => {
            row.verb = "exits";
            row.tone = Tone::Bad;
            row.peer = killer.filter(|killer| *killer != event.pid).and_then(from);
            row.what = Line::new().with(Tone::Value, names.term(reason));
            if *unread > 0 {
                row.what.push(Tone::Plain, format!(", {unread} unread"));
            }
        }
        EventKind::KilledByFault => {
            row.tone = Tone::Bad;
            row.says("fault", "killed".to_owned());
        }
        EventKind::Reported(report) => {
            row.verb = "says";
            row.what = reports::line(report, names)?;
        }
    }
    Some(row)
}

impl SignalRow {
    /// What happened, on one line: `sent → b call x`.
    pub(super) fn words(&self) -> String {
        let peer = self.peer.as_ref().map(|(arrow, name)| format!("{arrow}{name}")).unwrap_or_default();
        let parts = [self.verb.to_owned(), peer, self.what.plain()];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    }

    fn says(&mut self, verb: &'static str, what: String) {
        self.verb = verb;
        self.what = Line::new().with(Tone::Plain, what);
    }
}

/// What became of a signal, and how that is meant.
fn fate_said(fate: Fate) -> (&'static str, Tone) {
    match fate {
        Fate::Queued => ("queued", Tone::Plain),
        Fate::QueuedFirst => ("first", Tone::Plain),
        Fate::Applied => ("applied", Tone::Plain),
        Fate::NoProcess => ("dead", Tone::Bad),
        Fate::Dropped => ("dropped", Tone::Warning),
        Fate::Lost => ("lost", Tone::Bad),
    }
}

/// What a process has looked at, and what was there.
pub(super) fn sight_line(at: &Observed, found: Option<&Term>, names: Names<'_>) -> Line {
    let line = Line::new();
    let who = || found.map_or("nobody".to_owned(), |found| names.term(found));
    match at {
        Observed::Life(pid) => {
            line.with(Tone::Plain, "whether ").with(Tone::Name, names.pid(*pid)).with(Tone::Plain, " lives")
        }
        Observed::Name(name) | Observed::Called(name) => line
            .with(Tone::Plain, "who is ")
            .with(Tone::Value, names.atom(*name))
            .with(Tone::Plain, format!(": {}", who())),
        Observed::Inside(pid) => line.with(Tone::Plain, "into ").with(Tone::Name, names.pid(*pid)),
        Observed::Shared(place) => place_line(place, found, names),
    }
}

/// A place that all share, and what is there.
pub(super) fn place_line(place: &SharedPlace, value: Option<&Term>, names: Names<'_>) -> Line {
    let line = place_name(place, names);
    let value = value.map_or("nothing".to_owned(), |value| names.term(value));
    line.with(Tone::Faint, " = ").with(Tone::Value, value)
}

/// What a place is called.
pub(super) fn place_name(place: &SharedPlace, names: Names<'_>) -> Line {
    let line = Line::new().with(Tone::Plain, names.atoms.text(place.name));
    match &place.key {
        Some(key) => line.with(Tone::Plain, " ").with(Tone::Value, names.term(key)),
        None => line,
    }
}

/// A signal in a few words.
fn signal_line<G: Guest>(signal: &Signal<Message<G>>, names: Names<'_>) -> Line {
    let line = Line::new();
    match signal {
        Signal::Message { body, .. } => message_line(body, names),
        Signal::Exit(reason) | Signal::ExitAlias(_, reason) | Signal::LinkExit(reason) => {
            line.with(Tone::Plain, format!("{} ", signal_word(signal))).with(Tone::Value, names.term(reason))
        }
        Signal::Link | Signal::Unlink(_) | Signal::UnlinkAck(_) => {
            line.with(Tone::Plain, signal_word(signal))
        }
        Signal::Monitor { reference, .. } | Signal::Demonitor(reference) => {
            let reference = names.reference(*reference);
            line.with(Tone::Plain, format!("{} {reference}", signal_word(signal)))
        }
        Signal::Down { reference, reason, .. } => {
            let reference = names.reference(*reference);
            line.with(Tone::Plain, format!("down {reference} ")).with(Tone::Value, names.term(reason))
        }
    }
}

fn received_line<G: Guest>(received: &Received<Message<G>>, names: Names<'_>) -> (Option<Pid>, Line) {
    let line = Line::new();
    match received {
        Received::Message(message) => (None, message_line(message, names)),
        Received::Exit { from, reason } => {
            (Some(*from), line.with(Tone::Plain, "EXIT ").with(Tone::Value, names.term(reason)))
        }
        Received::Down { reference, object, reason } => {
            let source = match object {
                Object::Pid(pid) => Some(*pid),
                Object::Name(..) => None,
            };
            let reference = names.reference(*reference);
            let line =
                line.with(Tone::Plain, format!("DOWN {reference} ")).with(Tone::Value, names.term(reason));
            (source, line)
        }
    }
}

/// A message in a few words.
pub(super) fn message_line<G: Guest>(message: &Message<G>, names: Names<'_>) -> Line {
    Line::new()
        .with(Tone::Plain, format!("{} ", message_word(message)))
        .with(Tone::Value, names.term(&message_content(message)))
}

/// A message in a mailbox, in a few words.
pub(super) fn mail_line<G: Guest>(received: &Received<Message<G>>, names: Names<'_>) -> Line {
    let (source, mut line) = received_line(received, names);
    if let Some(source) = source {
        line.push(Tone::Plain, format!(" from {}", names.pid(source)));
    }
    line
}
