//! What can be seen of a world when everything has settled.

use std::collections::BTreeSet;

use crate::kernel::{Atom, Pid, Process, Target};
use crate::model::{Part, Sentence};
use crate::otp::{Actor, Blocked};

use super::super::ast::Oracle;
use super::super::script::{Image, Script, ScriptWorld};
use super::history::History;
use super::reach;
use super::unnoticed::unnoticed;

/// What an oracle sees at the end of a run.
pub(super) fn look(oracle: Oracle, world: &ScriptWorld, image: &Image, history: &History) -> Vec<Sentence> {
    match oracle {
        Oracle::NoOrphans => orphans(world, history)
            .map(|(orphan, parent)| {
                vec![
                    Part::Process(orphan),
                    Part::text(" is alive, though its supervisor "),
                    Part::Process(parent),
                    Part::text(" is not"),
                ]
            })
            .collect(),
        Oracle::NoHeldNames => orphans(world, history)
            .filter_map(|(orphan, parent)| Some((orphan, parent, world.process(orphan)?.name?)))
            .map(|(orphan, parent, name)| {
                vec![
                    Part::Process(orphan),
                    Part::text(" still holds the name "),
                    Part::Term(name.into()),
                    Part::text(", though its supervisor "),
                    Part::Process(parent),
                    Part::text(" is not alive"),
                ]
            })
            .collect(),
        Oracle::NoHeldResources => held_resources(world, image, history),
        Oracle::NoLeaks => leaks(world, image, history),
        Oracle::NoStaleReferences => world
            .processes()
            .filter(|process| !is_client(process, image))
            .flat_map(|process| {
                let held = reach::in_state(process, image).into_iter();
                let mut stale: Vec<Pid> = held.filter(|pid| world.process(*pid).is_none()).collect();
                stale.sort_by_key(|pid| history.born(*pid));
                stale.into_iter().map(|dead| (process.pid, dead))
            })
            .map(|(holder, dead)| {
                vec![
                    Part::Process(holder),
                    Part::text(" still refers to "),
                    Part::Process(dead),
                    Part::text(", which is dead"),
                ]
            })
            .collect(),
        Oracle::NoUnreadMail => world
            .processes()
            .filter(|process| !process.mailbox.is_empty())
            .map(|process| {
                let text = match process.mailbox.len() {
                    1 => " has 1 unread message".to_owned(),
                    unread => format!(" has {unread} unread messages"),
                };
                vec![Part::Process(process.pid), Part::Text(text)]
            })
            .collect(),
        Oracle::NoLostRestart => unnoticed(world)
            .filter(|lost| lost.must_run(history.reason(lost.child)))
            .map(|lost| lost.told(history.reason(lost.child)))
            .collect(),
        Oracle::NoDeadlock => deadlock(world).into_iter().collect(),
        Oracle::NoOverlap
        | Oracle::NoDoubleRestart
        | Oracle::NoMeltdown
        | Oracle::BoundedRestarts
        | Oracle::InOrder
        | Oracle::CleanShutdown => Vec::new(),
    }
}

/// A cycle of processes each of which waits for the next. Only looked for when nothing is on its way.
pub(super) fn deadlock(world: &ScriptWorld) -> Option<Sentence> {
    // Where a way has come by before, no other way finds a circle any more.
    let mut seen = BTreeSet::new();
    for process in world.processes() {
        // Most wait for nobody, or for somebody who waits for nobody.
        if waits_for(process.pid, world).and_then(|other| waits_for(other, world)).is_none() {
            continue;
        }
        let (mut path, mut next) = (Vec::new(), Some(process.pid));
        while let Some(pid) = next.filter(|pid| seen.insert(*pid)) {
            path.push(pid);
            next = waits_for(pid, world);
        }
        if let Some(start) = next.and_then(|next| path.iter().position(|pid| *pid == next)) {
            return Some(cycle(&path[start..]));
        }
    }
    None
}

/// `a waits for b, which waits for a`
fn cycle(pids: &[Pid]) -> Sentence {
    let mut sentence = Vec::new();
    for (place, pid) in pids.iter().enumerate() {
        sentence.push(Part::Process(*pid));
        sentence.push(Part::text(if place == 0 { " waits for " } else { ", which waits for " }));
    }
    sentence.push(Part::Process(pids[0]));
    sentence
}

fn waits_for(pid: Pid, world: &ScriptWorld) -> Option<Pid> {
    match world.process(pid)?.behaviour() {
        Actor::Server(server) => blocked_on(server.activity.blocked(), world),
        Actor::Plain(plain) => blocked_on(plain.activity.blocked(), world),
        Actor::Task(task) => blocked_on(task.activity()?.blocked(), world),
        Actor::StreamMonitor(monitor) => process_of(monitor.waits_for()?, world),
        Actor::Supervisor(supervisor) => supervisor.waits_for(),
        Actor::DynamicSupervisor(supervisor) => supervisor.waits_for(),
        _ => None,
    }
}

fn blocked_on(blocked: &Blocked<Script>, world: &ScriptWorld) -> Option<Pid> {
    let target = match blocked {
        Blocked::Call(call) => call.target(),
        Blocked::Stop(stop) => stop.target(),
        Blocked::CodeChange(change) => change.target(),
        Blocked::Start(start) => return Some(start.child),
        Blocked::Await(wait) => return Some(wait.task),
        Blocked::TaskShutdown(shutdown) => return Some(shutdown.task),
        Blocked::Stream(stream) => return Some(stream.monitor),
        Blocked::No | Blocked::Preempted | Blocked::Sleep | Blocked::Receive | Blocked::Quiet => return None,
    };
    process_of(target, world)
}

fn process_of(target: Target, world: &ScriptWorld) -> Option<Pid> {
    match target {
        Target::Pid(pid) => Some(pid),
        Target::Name(name) | Target::Remote(name, _) => world.whereis(name),
    }
}

/// The living children of dead supervisors, with those.
fn orphans<'a>(world: &'a ScriptWorld, history: &'a History) -> impl Iterator<Item = (Pid, Pid)> + 'a {
    world.processes().filter_map(move |process| {
        let birth = history.birth(process.pid)?;
        let parent = birth.parent.filter(|_| birth.supervised)?;
        world.process(parent).is_none().then_some((process.pid, parent))
    })
}

/// What the dead have acquired and not released, by its name, and for each in the order in which they were born.
fn held_resources(world: &ScriptWorld, image: &Image, history: &History) -> Vec<Sentence> {
    let held = world.common().resources.keys().filter(|(_, holder)| world.process(*holder).is_none());
    let mut held: Vec<&(Atom, Pid)> = held.collect();
    held.sort_by_key(|(resource, holder)| (image.atoms().text(*resource), history.born(*holder)));
    held.into_iter()
        .map(|(resource, holder)| {
            vec![
                Part::Process(*holder),
                Part::text(" died and never released "),
                Part::Term((*resource).into()),
            ]
        })
        .collect()
}

/// Dynamic children that nobody but their supervisor can reach.
fn leaks(world: &ScriptWorld, image: &Image, history: &History) -> Vec<Sentence> {
    let mut reached: BTreeSet<Pid> = reach::in_common(world.common());
    for process in world.processes() {
        let is_supervisor = matches!(process.behaviour(), Actor::Supervisor(_) | Actor::DynamicSupervisor(_));
        if !is_supervisor {
            reached.extend(reach::held(process, image).into_iter().filter(|pid| *pid != process.pid));
        }
    }
    let mut leaks = Vec::new();
    for process in world.processes() {
        let dynamic = history.birth(process.pid).is_some_and(|birth| birth.dynamic);
        if dynamic && process.name.is_none() && !reached.contains(&process.pid) {
            leaks.push(vec![
                Part::Process(process.pid),
                Part::text(" is alive and nobody but its supervisor can reach it"),
            ]);
        }
    }
    leaks
}

fn is_client(process: &Process<Actor<Script>>, image: &Image) -> bool {
    match process.behaviour() {
        Actor::Plain(plain) => match &plain.activity.guest {
            Script::Actor(frame) => image.is_client(frame.definition),
            Script::Boot(_) => true,
            Script::Builtin(_) => false,
        },
        _ => false,
    }
}
