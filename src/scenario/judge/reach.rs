//! Which pids a process holds: in its variables, tables, queues and mailbox, by link, or by monitor.

use std::collections::BTreeSet;

use crate::kernel::{Link, Pid, Process, Received, Ref, Term};
use crate::otp::{Actor, Message, Phase};

use super::super::Image;
use super::super::script::{Script, ScriptWorld, SharedState, compiled};

/// All pids that a process holds.
pub(super) fn held(process: &Process<Actor<Script>>, image: &Image) -> BTreeSet<Pid> {
    let mut pids = in_state(process, image);
    for (peer, link) in process.links.entries() {
        if *link == Link::Active {
            pids.insert(peer);
        }
    }
    for (_, monitor) in process.monitors.entries() {
        pids.insert(monitor.pid);
    }
    pids
}

/// The pids in a process's own variables and messages.
pub(super) fn in_state(process: &Process<Actor<Script>>, image: &Image) -> BTreeSet<Pid> {
    let mut pids = BTreeSet::new();
    visit(process, image, &mut |term| pids.extend(term.as_pid()));
    pids
}

/// The pids in shared variables and tables: anybody can reach them.
pub(super) fn in_common(common: &SharedState) -> BTreeSet<Pid> {
    let mut pids = BTreeSet::new();
    visit_common(common, &mut |term| pids.extend(term.as_pid()));
    pids
}

/// Whether anybody can still answer the call that has this tag.
pub(super) fn remembers(tag: Ref, world: &ScriptWorld, image: &Image) -> bool {
    let mut found = false;
    let mut look = |term: &Term| found |= *term == Term::Ref(tag);
    visit_common(world.common(), &mut look);
    world.processes().for_each(|process| visit(process, image, &mut look));
    found
}

/// Visits what a process's own variables and messages are made of.
fn visit(process: &Process<Actor<Script>>, image: &Image, visitor: &mut dyn FnMut(&Term)) {
    match process.behaviour() {
        Actor::Server(server) => {
            in_script(&server.activity.guest, *server.phase() == Phase::Loop, image, visitor)
        }
        Actor::Plain(plain) => in_script(&plain.activity.guest, false, image, visitor),
        Actor::Task(task) => {
            if let Some(function) = task.function() {
                in_script(function, false, image, visitor);
            }
        }
        _ => (),
    }
    for message in process.mailbox.iter() {
        if let Received::Message(Message::Info(term) | Message::Cast(term)) = message {
            in_term(term, visitor);
        }
    }
}

fn visit_common(common: &SharedState, visitor: &mut dyn FnMut(&Term)) {
    common.variables.iter().for_each(|term| in_term(term, visitor));
    for (key, value) in common.tables.iter().flatten() {
        in_term(key, visitor);
        in_term(value, visitor);
    }
}

/// Between two callbacks nothing is left of what the variables of a callback held.
fn in_script(script: &Script, between: bool, image: &Image, visitor: &mut dyn FnMut(&Term)) {
    match script {
        // What an actor in Rust holds is its own business.
        Script::Boot(_) | Script::Rust(_) => (),
        Script::Actor(frame) => {
            let variables = if between { frame.lasting(image) } else { frame.variables() };
            variables.iter().flatten().for_each(|term| in_term(term, visitor));
            for (key, value) in frame.tables.iter().flatten() {
                in_term(key, visitor);
                in_term(value, visitor);
            }
            frame.queues.iter().flatten().for_each(|item| in_term(item, visitor));
            frame.of_machine(&mut |term| in_term(term, visitor));
        }
        Script::Builtin(builtin) => {
            for (key, value) in &builtin.map {
                in_term(key, visitor);
                in_term(value, visitor);
            }
        }
        Script::Compiled(running) => {
            running.process().handles(&mut |value| visitor(&compiled::convert::outward(value)));
        }
    }
}

fn in_term(term: &Term, visitor: &mut dyn FnMut(&Term)) {
    match term {
        Term::Tuple(terms, _) | Term::List(terms, _) => terms.iter().for_each(|term| in_term(term, visitor)),
        Term::Map(pairs, _) => {
            for (key, value) in pairs.iter() {
                in_term(key, visitor);
                in_term(value, visitor);
            }
        }
        Term::Pid(_) | Term::Atom(_) | Term::Int(_) | Term::Text(_) | Term::Ref(_) => visitor(term),
    }
}

/// Whether a process only asks the questions, or stands for the run-time system.
pub(super) fn is_client(process: &Process<Actor<Script>>, image: &Image) -> bool {
    match process.behaviour() {
        Actor::Plain(plain) => match &plain.activity.guest {
            Script::Actor(frame) => image.is_client(frame.definition),
            Script::Boot(_) => true,
            Script::Builtin(_) | Script::Rust(_) => false,
            Script::Compiled(running) => running.asks(),
        },
        _ => false,
    }
}
