//! Which pids a process holds: in its variables, tables, queues and mailbox, by link, or by monitor.

use std::collections::BTreeSet;

use crate::kernel::{Link, Pid, Process, Received, Term};
use crate::otp::{Actor, Message};

use super::super::Image;
use super::super::script::{Builtin, Execution, Script, SharedState};

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
    match process.behaviour() {
        Actor::Server(server) => in_script(&server.activity.guest, image, &mut pids),
        Actor::Plain(plain) => in_script(&plain.activity.guest, image, &mut pids),
        Actor::Task(task) => {
            if let Some(function) = task.function() {
                in_script(function, image, &mut pids);
            }
        }
        _ => (),
    }
    for message in process.mailbox.iter() {
        if let Received::Message(Message::Info(term) | Message::Cast(term)) = message {
            in_term(term, &mut pids);
        }
    }
    pids
}

/// The pids in shared variables and tables: anybody can reach them.
pub(super) fn in_common(common: &SharedState) -> BTreeSet<Pid> {
    let mut pids = BTreeSet::new();
    for term in &common.variables {
        in_term(term, &mut pids);
    }
    for (key, value) in common.tables.iter().flatten() {
        in_term(key, &mut pids);
        in_term(value, &mut pids);
    }
    pids
}

fn in_script(script: &Script, image: &Image, pids: &mut BTreeSet<Pid>) {
    match script {
        Script::Boot(_) => (),
        Script::Actor(frame) => in_frame(frame, image, pids),
        Script::Builtin(builtin) => in_builtin(builtin, pids),
    }
}

fn in_frame(frame: &Execution, image: &Image, pids: &mut BTreeSet<Pid>) {
    for term in frame.lasting(image).iter().flatten() {
        in_term(term, pids);
    }
    for (key, value) in frame.tables.iter().flatten() {
        in_term(key, pids);
        in_term(value, pids);
    }
    for item in frame.queues.iter().flatten() {
        in_term(item, pids);
    }
}

fn in_builtin(builtin: &Builtin, pids: &mut BTreeSet<Pid>) {
    for (key, value) in &builtin.map {
        in_term(key, pids);
        in_term(value, pids);
    }
}

fn in_term(term: &Term, pids: &mut BTreeSet<Pid>) {
    match term {
        Term::Pid(pid) => drop(pids.insert(*pid)),
        Term::Tuple(terms, _) | Term::List(terms, _) => terms.iter().for_each(|term| in_term(term, pids)),
        Term::Map(pairs, _) => {
            for (key, value) in pairs.iter() {
                in_term(key, pids);
                in_term(value, pids);
            }
        }
        Term::Atom(_) | Term::Int(_) | Term::Text(_) | Term::Ref(_) => (),
    }
}

/// Whether a process only asks the questions, or stands for the run-time system.
pub(super) fn is_client(process: &Process<Actor<Script>>, image: &Image) -> bool {
    match process.behaviour() {
        Actor::Plain(plain) => match &plain.activity.guest {
            Script::Actor(frame) => image.is_client(frame.definition),
            Script::Boot(_) => true,
            Script::Builtin(_) => false,
        },
        _ => false,
    }
}
