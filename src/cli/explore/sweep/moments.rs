//! The moments of a run at which a process can be killed, and what the process is doing then.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::kernel::{Choice, EventKind, Pid, Process, Wakeup};
use crate::model::{self, Cast, Model, Played};
use crate::otp::{Activity, Actor, Blocked, Occupation, Phase as ServerPhase};
use crate::scenario::{Script, ScriptEvent, ScriptWorld, Simulation, targets};

use super::super::super::loaded::Loaded;

/// What a process is doing when it is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    Starting,
    Idle,
    Handling,
    Calling,
    Adding,
    Removing,
    Stopping,
    Restarting,
}

impl Phase {
    /// What a supervisor can be doing.
    pub(super) const OF_SUPERVISORS: [Phase; 6] =
        [Phase::Starting, Phase::Idle, Phase::Adding, Phase::Removing, Phase::Restarting, Phase::Stopping];
    /// What everybody else can be doing.
    pub(super) const OF_OTHERS: [Phase; 6] =
        [Phase::Starting, Phase::Idle, Phase::Handling, Phase::Calling, Phase::Stopping, Phase::Restarting];

    pub(super) fn word(self) -> &'static str {
        match self {
            Phase::Starting => "starting",
            Phase::Idle => "idle",
            Phase::Handling => "handling",
            Phase::Calling => "in a call",
            Phase::Adding => "adding",
            Phase::Removing => "removing",
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
    pub(super) name: Arc<str>,
    /// The same without its incarnation: where it is in the tree.
    pub(super) row: Arc<str>,
    /// Whether it is a supervisor.
    pub(super) supervises: bool,
}

/// The run that `choose` makes, and all moments from a step on, in their order.
pub(super) fn moments(
    loaded: &Loaded,
    from: u64,
    choose: &mut dyn FnMut(&ScriptWorld) -> Option<Choice>,
) -> (Played<Simulation>, Vec<Moment>) {
    let mut births = Births::default();
    let mut seen: Vec<(u64, Pid, Phase, bool)> = Vec::new();
    let mut step = 0;
    let run = model::run(&loaded.simulation, true, &mut |world, events| {
        step += 1;
        births.learn(events, world);
        if step >= from {
            let here = targets(world)
                .map(|process| (step, process.pid, phase(process, &births), occupation(process).is_some()));
            seen.extend(here);
        }
        choose(world)
    });
    let mut cast = Cast::of(loaded.simulation.faults());
    cast.learn(&run.events, loaded.simulation.atoms());
    let moments = seen.into_iter().map(|(step, pid, phase, supervises)| {
        let (name, row) = (cast.directory().name(pid), cast.directory().base(pid));
        Moment { step, pid, phase, name: name.into(), row: row.into(), supervises }
    });
    let moments = moments.collect();
    (Played { run, cast }, moments)
}

/// How many moments there are at this point of a run.
pub(super) fn count(world: &ScriptWorld) -> u64 {
    u64::try_from(targets(world).count()).unwrap_or(u64::MAX)
}

/// Who was started in a restart.
#[derive(Default)]
struct Births {
    heard: usize,
    reborn: BTreeSet<Pid>,
}

impl Births {
    fn learn(&mut self, events: &[ScriptEvent], world: &ScriptWorld) {
        for event in &events[self.heard..] {
            // Whoever has just spawned a child waits for it now, and knows why.
            if let EventKind::Spawned { parent: Some(parent), .. } = &event.kind
                && world.process(*parent).and_then(occupation) == Some(Occupation::Restarting)
            {
                self.reborn.insert(event.pid);
            }
        }
        self.heard = events.len();
    }
}

/// What a supervisor is doing; nothing of anybody else.
fn occupation(process: &Process<Actor<Script>>) -> Option<Occupation> {
    match process.behaviour() {
        Actor::Supervisor(supervisor) => Some(supervisor.occupation()),
        Actor::DynamicSupervisor(supervisor) => Some(supervisor.occupation()),
        _ => None,
    }
}

fn phase(process: &Process<Actor<Script>>, births: &Births) -> Phase {
    let born = if births.reborn.contains(&process.pid) { Phase::Restarting } else { Phase::Starting };
    match process.behaviour() {
        Actor::Supervisor(supervisor) => of_supervisor(supervisor.occupation()),
        Actor::DynamicSupervisor(supervisor) => of_supervisor(supervisor.occupation()),
        _ if process.wakeup() == Wakeup::Start => born,
        Actor::Server(server) => match server.phase() {
            ServerPhase::Unborn | ServerPhase::Init => born,
            ServerPhase::Loop | ServerPhase::Suspended => Phase::Idle,
            ServerPhase::Handling(_) => activity(&server.activity),
            ServerPhase::Terminating { .. } | ServerPhase::Leaving(_) => Phase::Stopping,
        },
        Actor::Plain(plain) => activity(&plain.activity),
        // One that has no work yet waits to be told what to do.
        Actor::Task(task) => task.activity().map_or(Phase::Idle, activity),
        Actor::StreamMonitor(monitor) if monitor.waits_for().is_some() => Phase::Calling,
        Actor::RegistryPartition(_)
        | Actor::StreamMonitor(_)
        | Actor::ApplicationController(_)
        | Actor::ApplicationMaster(_)
        | Actor::ApplicationRoot(_) => Phase::Idle,
    }
}

fn of_supervisor(occupation: Occupation) -> Phase {
    match occupation {
        Occupation::Starting => Phase::Starting,
        Occupation::Idle => Phase::Idle,
        Occupation::Adding => Phase::Adding,
        Occupation::Removing => Phase::Removing,
        Occupation::Restarting => Phase::Restarting,
        Occupation::Stopping => Phase::Stopping,
    }
}

fn activity(activity: &Activity<Script>) -> Phase {
    match activity.blocked() {
        Blocked::Call(_)
        | Blocked::Start(_)
        | Blocked::Stop(_)
        | Blocked::CodeChange(_)
        | Blocked::Await(_)
        | Blocked::TaskShutdown(_)
        | Blocked::Stream(_) => Phase::Calling,
        Blocked::No | Blocked::Preempted | Blocked::Sleep => Phase::Handling,
        Blocked::Receive | Blocked::Quiet => Phase::Idle,
    }
}
