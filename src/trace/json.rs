//! A run for programs: one JSON object an event, its fields always in the same order.
//!
//! Terms are strings in Erlang's notation, processes are their names. `docs/trace.md` lists the fields, and
//! a test holds it to that.

use serde_json::{Map, Value};

use crate::kernel::{Atom, Atoms, Event, EventKind, Fate, Object, Observed, Received, SharedPlace, Signal};
use crate::otp::{Actor, From, Guest, Message};

use super::json_fields::Fields;
use super::json_reports;
use super::narrate::Narrate;
use super::recording::Recording;
use super::terms::{Names, Notation};
use super::vocabulary::{message_content, message_word, signal_word};

/// Every event as a JSON object, in order.
pub fn json<G: Guest>(recording: &Recording<'_, G>, atoms: &Atoms) -> Vec<Value>
where
    G::Note: Narrate,
{
    let names = Names { atoms, directory: recording.directory(), notation: Notation::Erlang };
    recording.events().iter().map(|event| object(event, recording, names)).collect()
}

/// Every event as a line of JSON.
pub fn json_lines<G: Guest>(recording: &Recording<'_, G>, atoms: &Atoms) -> String
where
    G::Note: Narrate,
{
    json(recording, atoms).iter().map(|value| format!("{value}\n")).collect()
}

/// The line in place of so many events at the end of a run that are not told.
pub fn left_out(events: usize) -> Value {
    serde_json::json!({ "event": "left_out", "events": events })
}

/// The last line of a run: `{"verdict": ..}` and whatever belongs to it, in this order.
pub fn verdict<'a>(verdict: &str, fields: impl IntoIterator<Item = (&'a str, Value)>) -> Value {
    let mut object = Map::new();
    object.insert("verdict".to_owned(), verdict.into());
    object.extend(fields.into_iter().map(|(field, value)| (field.to_owned(), value)));
    Value::Object(object)
}

fn object<G: Guest>(event: &Event<Actor<G>>, recording: &Recording<'_, G>, names: Names<'_>) -> Value
where
    G::Note: Narrate,
{
    let mut fields = Fields::new(names);
    fields.put("n", event.number);
    fields.put("causes", recording.causes(event.number).collect::<Vec<_>>());
    fields.put("at", event.at);
    fields.put("step", event.step);
    fields.pid("process", event.pid);
    match &event.kind {
        EventKind::Spawned { parent, label, nth, linked, monitored, awaited: _ } => {
            fields.event("spawned");
            fields.maybe_pid("parent", *parent);
            fields.atom("label", *label);
            fields.put("nth", *nth);
            fields.put("linked", *linked);
            fields.put("monitored", monitored.is_some());
        }
        EventKind::Sent { to, signal } => {
            fields.event("sent");
            fields.pid("to", *to);
            put_signal(&mut fields, signal);
        }
        EventKind::Arrived { from, signal, fate } => {
            fields.event("arrived");
            fields.pid("from", *from);
            put_signal(&mut fields, signal);
            fields.put("fate", fate_word(*fate));
        }
        EventKind::Took(received) => {
            fields.event("took");
            put_received(&mut fields, received);
        }
        EventKind::TimedOut => fields.event("timed_out"),
        EventKind::Unsent { to, body } => {
            fields.event("unsent");
            fields.term("to", to);
            fields.put("message", message_word(body));
            fields.term("content", &message_content(body));
        }
        EventKind::Saw { at, found } => {
            fields.event("saw");
            put_sight(&mut fields, at);
            fields.maybe_term("found", found.as_ref());
        }
        EventKind::Wrote { place, value } => {
            fields.event("wrote");
            put_place(&mut fields, place);
            fields.maybe_term("value", value.as_ref());
        }
        EventKind::Registered(name) => {
            fields.event("registered");
            fields.atom("name", *name);
        }
        EventKind::Unregistered(name) => {
            fields.event("unregistered");
            fields.atom("name", *name);
        }
        EventKind::TimerSet { reference, due } => {
            fields.event("timer_set");
            fields.reference("timer", *reference);
            fields.put("due", *due);
        }
        EventKind::TimerFired(reference) => {
            fields.event("timer_fired");
            fields.reference("timer", *reference);
        }
        EventKind::TimerCancelled { reference, .. } => {
            fields.event("timer_cancelled");
            fields.reference("timer", *reference);
        }
        EventKind::Exited { reason, killer, unread } => {
            fields.event("exited");
            fields.term("reason", reason);
            fields.maybe_pid("killer", *killer);
            fields.put("unread", *unread);
        }
        EventKind::KilledByFault => fields.event("killed_by_fault"),
        EventKind::Reported(report) => json_reports::put(&mut fields, report),
    }
    fields.object()
}

/// What was looked at, in one field or two.
fn put_sight(fields: &mut Fields<'_>, at: &Observed) {
    match at {
        Observed::Life(pid) => fields.pid("life", *pid),
        Observed::Name(name) => fields.atom("name", *name),
        Observed::Called(name) => fields.atom("called", *name),
        Observed::Inside(pid) => fields.pid("inside", *pid),
        Observed::Shared(place) => put_place(fields, place),
    }
}

fn put_place(fields: &mut Fields<'_>, place: &SharedPlace) {
    fields.atom("place", place.name);
    fields.maybe_term("key", place.key.as_ref());
}

fn put_signal<G: Guest>(fields: &mut Fields<'_>, signal: &Signal<Message<G>>) {
    fields.put("signal", signal_word(signal));
    match signal {
        Signal::Message { alias, body } => {
            put_message(fields, body);
            fields.put("alias", alias.map(|through| fields.names.reference(through.alias)));
            put_priority(fields, alias.is_some_and(|through| through.priority));
        }
        Signal::Exit(reason) | Signal::LinkExit(reason) => fields.term("reason", reason),
        Signal::ExitAlias(through, reason) => {
            fields.term("reason", reason);
            fields.reference("alias", through.alias);
            put_priority(fields, through.priority);
        }
        Signal::Link => (),
        Signal::Unlink(number) | Signal::UnlinkAck(number) => fields.put("number", *number),
        Signal::Monitor { reference, name } => {
            fields.reference("reference", *reference);
            fields.maybe_atom("name", *name);
        }
        Signal::Demonitor(reference) => fields.reference("reference", *reference),
        Signal::Down { reference, name, reason } => {
            fields.reference("reference", *reference);
            fields.maybe_atom("name", *name);
            fields.term("reason", reason);
        }
    }
}

/// Whether it was sent as a priority message, of which most signals say nothing.
fn put_priority(fields: &mut Fields<'_>, priority: bool) {
    if priority {
        fields.put("priority", true);
    }
}

fn put_received<G: Guest>(fields: &mut Fields<'_>, received: &Received<Message<G>>) {
    match received {
        Received::Message(body) => put_message(fields, body),
        Received::Exit { from, reason } => {
            fields.put("message", "exit");
            fields.pid("from", *from);
            fields.term("reason", reason);
        }
        Received::Down { reference, object, reason } => {
            fields.put("message", "down");
            fields.reference("reference", *reference);
            match object {
                Object::Pid(pid) => fields.pid("from", *pid),
                Object::Name(name, node) => {
                    fields.atom("name", *name);
                    if *node != Atom::NONODE {
                        fields.atom("node", *node);
                    }
                }
            }
            fields.term("reason", reason);
        }
    }
}

fn put_message<G: Guest>(fields: &mut Fields<'_>, message: &Message<G>) {
    fields.put("message", message_word(message));
    let tagged = |fields: &mut Fields<'_>, from: &From| {
        fields.pid("caller", from.pid);
        fields.reference("call", from.tag);
    };
    match message {
        Message::Call { from, request } => {
            fields.term("content", &request.term());
            tagged(fields, from);
        }
        Message::Reply { tag, reply, .. } => {
            fields.term("content", reply);
            fields.reference("call", *tag);
        }
        Message::Cast(content) | Message::Info(content) => fields.term("content", content),
        Message::Terminate { from, reason } => {
            fields.term("content", reason);
            tagged(fields, from);
        }
        Message::Ack { child, result, .. } => {
            fields.term("content", &result.clone().into());
            fields.pid("child", *child);
        }
        Message::TryAgain { child, .. } => fields.term("content", child),
        Message::Work(work) => fields.term("content", &work.term()),
        Message::Stream(said) => fields.term("content", &said.term()),
    }
}

/// What became of a signal, in one word.
fn fate_word(fate: Fate) -> &'static str {
    match fate {
        Fate::Queued => "queued",
        Fate::QueuedFirst => "queued_first",
        Fate::Applied => "applied",
        Fate::NoProcess => "no_process",
        Fate::Dropped => "dropped",
        Fate::Lost => "lost",
    }
}
