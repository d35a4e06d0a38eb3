//! Who waits for whom: of every kind of wait, those without whom it does not end.
//!
//! A process that waits for a message from anybody, as a server does between two requests, waits for nobody.

use crate::kernel::{Pid, Process, Ref, Target, World};

use super::activity::Blocked;
use super::actor::Actor;
use super::guest::Guest;

/// Those for whom this process waits, all of them: it goes on only when each has done something.
pub fn waits_for<G: Guest>(pid: Pid, world: &World<Actor<G>>) -> Vec<Pid> {
    let Some(process) = world.process(pid) else { return Vec::new() };
    match process.behaviour() {
        Actor::Server(server) => blocked_on(pid, server.activity.blocked(), world),
        Actor::Plain(plain) => blocked_on(pid, plain.activity.blocked(), world),
        Actor::Task(task) => match task.activity() {
            Some(activity) => blocked_on(pid, activity.blocked(), world),
            None => task.waits_for().into_iter().collect(),
        },
        Actor::StreamMonitor(monitor) => {
            monitor.waits_for().and_then(|target| process_of(target, world)).into_iter().collect()
        }
        Actor::Supervisor(supervisor) => supervisor.awaits(),
        Actor::DynamicSupervisor(supervisor) => supervisor.awaits(),
        Actor::RegistryPartition(_) | Actor::GlobalNameServer(_) => Vec::new(),
        Actor::ApplicationController(controller) => {
            controller.awaited_end().and_then(|end| watched(process, end)).into_iter().collect()
        }
        Actor::ApplicationStarter(starter) => starter.waits_for().into_iter().collect(),
        Actor::ApplicationMaster(master) => master.waits_for().into_iter().collect(),
        Actor::ApplicationRoot(root) => match root.activity() {
            Some(activity) => blocked_on(pid, activity.blocked(), world),
            None => root.waits_for().into_iter().collect(),
        },
    }
}

/// Whom a guest waits for that is blocked in this.
fn blocked_on<G: Guest>(pid: Pid, blocked: &Blocked<G>, world: &World<Actor<G>>) -> Vec<Pid> {
    let target = match blocked {
        Blocked::Call(call) => call.target(),
        Blocked::Stop(stop) => stop.target(),
        Blocked::CodeChange(change) => change.target(),
        Blocked::Start(start) => return vec![start.child],
        Blocked::Await(wait) => return vec![wait.task],
        Blocked::TaskShutdown(shutdown) => return vec![shutdown.task],
        Blocked::Stream(stream) => return vec![stream.monitor],
        Blocked::No | Blocked::Preempted | Blocked::Sleep | Blocked::Receive | Blocked::Quiet => {
            return Vec::new();
        }
    };
    process_of(target, world).map(|asked| answers(asked, pid, world)).into_iter().collect()
}

/// Who must do something before a process that was asked answers: itself, or whoever it has put the caller off for.
fn answers<G: Guest>(asked: Pid, caller: Pid, world: &World<Actor<G>>) -> Pid {
    let Some(process) = world.process(asked) else { return asked };
    let other = match process.behaviour() {
        Actor::ApplicationController(controller) => {
            controller.starts_for(caller).map(|starter| master_of(starter, world).unwrap_or(starter))
        }
        Actor::RegistryPartition(partition) => {
            partition.holder_before(caller).and_then(|monitor| watched(process, monitor))
        }
        _ => None,
    };
    other.unwrap_or(asked)
}

/// The master that this process starts.
fn master_of<G: Guest>(starter: Pid, world: &World<Actor<G>>) -> Option<Pid> {
    match world.process(starter).map(|process| process.behaviour()) {
        Some(Actor::ApplicationStarter(starter)) => starter.waits_for(),
        _ => None,
    }
}

/// Whom a process watches with this monitor.
fn watched<G: Guest>(process: &Process<Actor<G>>, monitor: Ref) -> Option<Pid> {
    process.monitors.get(monitor).map(|monitor| monitor.pid)
}

fn process_of<G: Guest>(target: Target, world: &World<Actor<G>>) -> Option<Pid> {
    match target {
        Target::Pid(pid) => Some(pid),
        Target::Name(name) | Target::Remote(name, _) => world.whereis(name),
    }
}
