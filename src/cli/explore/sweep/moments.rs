//! The moments of the calm run at which a process can be killed, and what the process is doing then.

use std::collections::BTreeSet;

use crate::kernel::{EventKind, Pid, Process, Wakeup};
use crate::otp::{Activity, Actor, Blocked, Decision, Phase as ServerPhase, Report};
use crate::scenario::{Script, ScriptEvent, ScriptWorld, targets};

use super::super::super::cast::Cast;
use super::super::super::loaded::Loaded;
use super::super::super::play::Played;

/// What a process is doing when it is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    Starting,
    Idle,
    Handling,
    Calling,
    Stopping,
    Restarting,
}

impl Phase {
    pub(super) const ALL: [Phase; 6] =
        [Phase::Starting, Phase::Idle, Phase::Handling, Phase::Calling, Phase::Stopping, Phase::Restarting];

    pub(super) fn word(self) -> &'static str {
        match self {
            Phase::Starting => "starting",
            Phase::Idle => "idle",
            Phase::Handling => "handling",
            Phase::Calling => "in a call",
            Phase::Stopping => "stopping",
            Phase::Restarting => "restarting",
        }
    }
}

/// A process that can be killed, and when.
#[derive(Clone, Debug)]
pub(super) struct Moment {
    /// The kill is this step, from 1.
    pub(super) step: u64,
    pub(super) pid: Pid,
    pub(super) phase: Phase,
    /// What people call the process.
    pub(super) name: String,
    /// The same without its incarnation: where it is in the tree.
    pub(super) row: String,
}

/// The calm run, and all moments in it in their order.
pub(super) fn moments(loaded: &Loaded) -> (Played, Vec<Moment>) {
    let mut births = Births::default();
    let mut seen: Vec<(u64, Pid, Phase)> = Vec::new();
    let mut step = 0;
    let run = loaded.simulation.run(true, &mut |world, events| {
        step += 1;
        births.learn(events, world);
        let here = targets(world).map(|process| (step, process.pid, phase(process, &births)));
        seen.extend(here);
        world.choices().calm()
    });
    let mut cast = Cast::default();
    cast.learn(&run.events, loaded.simulation.atoms());
    let moments = seen.into_iter().map(|(step, pid, phase)| {
        let name = cast.directory().name(pid).to_owned();
        let row = without_incarnation(&name).to_owned();
        Moment { step, pid, phase, name, row }
    });
    let moments = moments.collect();
    (Played { run, cast }, moments)
}

/// `KV.BucketSupervisor/KV.Bucket#2` is one of `KV.BucketSupervisor/KV.Bucket`.
fn without_incarnation(name: &str) -> &str {
    match name.rsplit_once('#') {
        Some((place, nth)) if !nth.is_empty() && nth.chars().all(|digit| digit.is_ascii_digit()) => place,
        _ => name,
    }
}

/// Who was started in a restart.
#[derive(Default)]
struct Births {
    heard: usize,
    /// The supervisors that are restarting.
    busy: BTreeSet<Pid>,
    reborn: BTreeSet<Pid>,
}

impl Births {
    fn learn(&mut self, events: &[ScriptEvent], world: &ScriptWorld) {
        for event in &events[self.heard..] {
            match &event.kind {
                EventKind::Reported(Report::Decision(Decision::Restarting { .. })) => {
                    self.busy.insert(event.pid);
                }
                EventKind::Spawned { parent: Some(parent), .. } if self.busy.contains(parent) => {
                    self.reborn.insert(event.pid);
                }
                _ => (),
            }
        }
        self.heard = events.len();
        self.busy.retain(|pid| {
            world.process(*pid).is_some_and(|process| match process.behaviour() {
                Actor::Supervisor(supervisor) => !supervisor.is_idle(),
                Actor::DynamicSupervisor(supervisor) => supervisor.waits_for().is_some(),
                _ => false,
            })
        });
    }
}

fn phase(process: &Process<Actor<Script>>, births: &Births) -> Phase {
    let born = if births.reborn.contains(&process.pid) { Phase::Restarting } else { Phase::Starting };
    if process.wakeup() == Wakeup::Start {
        return born;
    }
    match process.behaviour() {
        Actor::Server(server) => match server.phase() {
            ServerPhase::Unborn | ServerPhase::Init => born,
            ServerPhase::Loop | ServerPhase::Suspended => Phase::Idle,
            ServerPhase::Handling(_) => activity(&server.activity),
            ServerPhase::Terminating { .. } | ServerPhase::Leaving(_) => Phase::Stopping,
        },
        Actor::Plain(plain) => activity(&plain.activity),
        // One that has no work yet waits to be told what to do.
        Actor::Task(task) => task.activity().map_or(Phase::Idle, activity),
        Actor::Supervisor(supervisor) => match (supervisor.is_idle(), supervisor.waits_for()) {
            (true, _) => Phase::Idle,
            (false, Some(_)) if births.busy.contains(&process.pid) => Phase::Handling,
            (false, Some(child)) => {
                // Whom it stops is one of its own already; whom it starts is not yet.
                match supervisor.members().iter().any(|member| member.pid == Some(child)) {
                    true => Phase::Stopping,
                    false => Phase::Handling,
                }
            }
            (false, None) => Phase::Stopping,
        },
        Actor::DynamicSupervisor(supervisor) => match supervisor.waits_for() {
            Some(_) => Phase::Handling,
            None => Phase::Idle,
        },
        Actor::RegistryPartition(_)
        | Actor::ApplicationController(_)
        | Actor::ApplicationMaster(_)
        | Actor::ApplicationRoot(_) => Phase::Idle,
    }
}

fn activity(activity: &Activity<Script>) -> Phase {
    match activity.blocked() {
        Blocked::Call(_)
        | Blocked::Start(_)
        | Blocked::Stop(_)
        | Blocked::CodeChange(_)
        | Blocked::Await(_)
        | Blocked::TaskShutdown(_) => Phase::Calling,
        Blocked::No | Blocked::Preempted | Blocked::Sleep => Phase::Handling,
        Blocked::Receive | Blocked::Quiet => Phase::Idle,
    }
}
