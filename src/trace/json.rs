//! A run for programs: one JSON object an event, its fields always in the same order.
//!
//! Terms are strings in Erlang's notation, processes are their names. `docs/trace.md` lists the fields, and
//! a test holds it to that.

use serde_json::{Map, Value};

use crate::kernel::{Atom, Atoms, Event, EventKind, Fate, Object, Pid, Received, Ref, Signal, Term};
use crate::otp::{Actor, From, Guest, Message};

use super::names::Directory;
use super::terms::{Names, Notation};
use super::{Narrate, json_reports};

/// Every event as a JSON object, in order.
pub fn json<G: Guest>(events: &[Event<Actor<G>>], atoms: &Atoms) -> Vec<Value>
where
    G::Note: Narrate,
{
    let directory = Directory::of(events, atoms);
    let names = Names { atoms, directory: &directory, notation: Notation::Erlang };
    events.iter().map(|event| object(event, names)).collect()
}

/// Every event as a line of JSON.
pub fn json_lines<G: Guest>(events: &[Event<Actor<G>>], atoms: &Atoms) -> String
where
    G::Note: Narrate,
{
    json(events, atoms).iter().map(|value| format!("{value}\n")).collect()
}

/// The last line of a run: `{"verdict": ..}` and whatever belongs to it, in this order.
pub fn verdict<'a>(verdict: &str, fields: impl IntoIterator<Item = (&'a str, Value)>) -> Value {
    let mut object = Map::new();
    object.insert("verdict".to_owned(), verdict.into());
    object.extend(fields.into_iter().map(|(field, value)| (field.to_owned(), value)));
    Value::Object(object)
}

/// An object in the making.
pub(super) struct Fields<'a> {
    pub(super) names: Names<'a>,
    map: Map<String, Value>,
}

impl Fields<'_> {
    pub(super) fn put(&mut self, field: &str, value: impl Into<Value>) {
        self.map.insert(field.to_owned(), value.into());
    }

    pub(super) fn event(&mut self, event: &str) {
        self.put("event", event);
    }

    pub(super) fn term(&mut self, field: &str, term: &Term) {
        self.put(field, self.names.term(term));
    }

    pub(super) fn terms(&mut self, field: &str, terms: &[Term]) {
        let terms: Vec<Value> = terms.iter().map(|term| self.names.term(term).into()).collect();
        self.put(field, terms);
    }

    pub(super) fn pid(&mut self, field: &str, pid: Pid) {
        self.put(field, self.names.pid(pid));
    }

    pub(super) fn maybe_pid(&mut self, field: &str, pid: Option<Pid>) {
        self.put(field, pid.map(|pid| self.names.pid(pid)));
    }

    fn atom(&mut self, field: &str, atom: Atom) {
        self.put(field, self.names.atoms.text(atom));
    }

    fn maybe_atom(&mut self, field: &str, atom: Option<Atom>) {
        self.put(field, atom.map(|atom| self.names.atoms.text(atom)));
    }

    fn reference(&mut self, field: &str, reference: Ref) {
        self.put(field, self.names.reference(reference));
    }
}

fn object<G: Guest>(event: &Event<Actor<G>>, names: Names<'_>) -> Value
where
    G::Note: Narrate,
{
    let mut fields = Fields { names, map: Map::new() };
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
        EventKind::TimerCancelled(reference) => {
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
    Value::Object(fields.map)
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
        Message::Reply { tag, reply } => {
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

/// What became of a signal, in one word.
pub(super) fn fate_word(fate: Fate) -> &'static str {
    match fate {
        Fate::Queued => "queued",
        Fate::QueuedFirst => "queued_first",
        Fate::Applied => "applied",
        Fate::NoProcess => "no_process",
        Fate::Dropped => "dropped",
        Fate::Lost => "lost",
    }
}
