//! The moments of a run at which a process can be killed, and what the process is doing then.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::kernel::{Behaviour, Choice, EventKind, Pid, StopFlag, Wakeup};
use crate::otp::{Activity, Actor, Blocked, Guest, Occupation, Phase};

use super::super::cast::Cast;
use super::super::play::Played;
use super::super::run::run;
use super::super::seam::{EventOf, Model, ProcessOf, WorldOf};

/// What a process is doing when it is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Situation {
    /// It is in `init`, or starts its first children.
    Starting,
    /// It waits for a message.
    Idle,
    /// It handles a message.
    Handling,
    /// It waits for an answer.
    Calling,
    /// A supervisor starts a child that it was asked for.
    Adding,
    /// A supervisor terminates a child that it was asked to.
    Removing,
    /// It ends, and terminates its children if it has any.
    Stopping,
    /// It is started in a restart, or a supervisor restarts something.
    Restarting,
}

impl Situation {
    /// What a supervisor can be doing.
    pub const OF_SUPERVISORS: [Situation; 6] = [
        Situation::Starting,
        Situation::Idle,
        Situation::Adding,
        Situation::Removing,
        Situation::Restarting,
        Situation::Stopping,
    ];
    /// What everybody else can be doing.
    pub const OF_OTHERS: [Situation; 6] = [
        Situation::Starting,
        Situation::Idle,
        Situation::Handling,
        Situation::Calling,
        Situation::Stopping,
        Situation::Restarting,
    ];

    /// What it is called in tables and in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Situation::Starting => "starting",
            Situation::Idle => "idle",
            Situation::Handling => "handling",
            Situation::Calling => "in a call",
            Situation::Adding => "adding",
            Situation::Removing => "removing",
            Situation::Stopping => "stopping",
            Situation::Restarting => "restarting",
        }
    }
}

/// A process that can be killed, and when.
#[derive(Clone, Debug)]
pub struct Moment {
    /// The kill is this step, from 1.
    pub step: u64,
    /// The process that is killed.
    pub pid: Pid,
    /// What it is doing then.
    pub phase: Situation,
    /// What people call the process.
    pub name: Arc<str>,
    /// The same without its incarnation: where it is in the tree.
    pub row: Arc<str>,
    /// Whether it is a supervisor.
    pub supervises: bool,
}

/// The run that `choose` makes, how many moments there are in it from a step on, and those of them that are wanted, by
/// their numbers: there may be very many.
pub(super) fn moments<M: Model>(
    model: &M,
    from: u64,
    stop: &StopFlag,
    wanted: &dyn Fn(u64) -> bool,
    choose: &mut dyn FnMut(&WorldOf<M>) -> Option<Choice>,
) -> (Played<M>, u64, Vec<Moment>) {
    let mut births = Births::default();
    let mut seen: Vec<(u64, Pid, Situation, bool)> = Vec::new();
    let (mut step, mut all) = (0, 0);
    let run = run(model, true, stop, &mut |world, events| {
        step += 1;
        births.learn::<M>(events, world);
        if step >= from {
            for process in targets::<M>(world) {
                if wanted(all) {
                    let supervises = occupation::<M>(process).is_some();
                    seen.push((step, process.pid, phase::<M>(process, &births), supervises));
                }
                all += 1;
            }
        }
        choose(world)
    });
    let mut cast = Cast::of(model.faults());
    cast.learn(&run.events, model.atoms());
    let moments = seen.into_iter().map(|(step, pid, phase, supervises)| {
        let (name, row) = (cast.directory().name(pid), cast.directory().base(pid));
        Moment { step, pid, phase, name: name.into(), row: row.into(), supervises }
    });
    let moments = moments.collect();
    (Played::new(run, cast), all, moments)
}

/// How many moments there are at this point of a run.
pub(super) fn count<M: Model>(world: &WorldOf<M>) -> u64 {
    u64::try_from(targets::<M>(world).count()).unwrap_or(u64::MAX)
}

/// Whom a fault may hit.
fn targets<M: Model>(world: &WorldOf<M>) -> impl Iterator<Item = &ProcessOf<M>> {
    world.processes().filter(|process| !Actor::is_spared(process, world.common()))
}

/// Who was started in a restart.
#[derive(Default)]
struct Births {
    heard: usize,
    reborn: BTreeSet<Pid>,
}

impl Births {
    fn learn<M: Model>(&mut self, events: &[EventOf<M>], world: &WorldOf<M>) {
        for event in &events[self.heard..] {
            // Whoever has just spawned a child waits for it now, and knows why.
            if let EventKind::Spawned { parent: Some(parent), .. } = &event.kind
                && world.process(*parent).and_then(occupation::<M>) == Some(Occupation::Restarting)
            {
                self.reborn.insert(event.pid);
            }
        }
        self.heard = events.len();
    }
}

/// What a supervisor is doing; nothing of anybody else.
fn occupation<M: Model>(process: &ProcessOf<M>) -> Option<Occupation> {
    match process.behaviour() {
        Actor::Supervisor(supervisor) => Some(supervisor.occupation()),
        Actor::DynamicSupervisor(supervisor) => Some(supervisor.occupation()),
        _ => None,
    }
}

fn phase<M: Model>(process: &ProcessOf<M>, births: &Births) -> Situation {
    let born = if births.reborn.contains(&process.pid) { Situation::Restarting } else { Situation::Starting };
    match process.behaviour() {
        Actor::Supervisor(supervisor) => of_supervisor(supervisor.occupation()),
        Actor::DynamicSupervisor(supervisor) => of_supervisor(supervisor.occupation()),
        _ if process.wakeup() == Wakeup::Start => born,
        Actor::Server(server) => match server.phase() {
            Phase::Unborn | Phase::Init => born,
            Phase::Loop | Phase::Suspended => Situation::Idle,
            Phase::Handling(_) => activity(&server.activity),
            Phase::Agreed(_) | Phase::Terminating { .. } | Phase::Leaving(_) => Situation::Stopping,
        },
        Actor::Plain(plain) => activity(&plain.activity),
        // One that has no work yet waits to be told what to do.
        Actor::Task(task) => task.activity().map_or(Situation::Idle, activity),
        Actor::StreamMonitor(monitor) if monitor.waits_for().is_some() => Situation::Calling,
        Actor::RegistryPartition(_)
        | Actor::StreamMonitor(_)
        | Actor::ApplicationController(_)
        | Actor::ApplicationStarter(_)
        | Actor::ApplicationMaster(_)
        | Actor::ApplicationRoot(_)
        | Actor::GlobalNameServer(_) => Situation::Idle,
    }
}

fn of_supervisor(occupation: Occupation) -> Situation {
    match occupation {
        Occupation::Starting => Situation::Starting,
        Occupation::Idle => Situation::Idle,
        Occupation::Adding => Situation::Adding,
        Occupation::Removing => Situation::Removing,
        Occupation::Restarting => Situation::Restarting,
        Occupation::Stopping => Situation::Stopping,
    }
}

fn activity<G: Guest>(activity: &Activity<G>) -> Situation {
    match activity.blocked() {
        Blocked::Call(_)
        | Blocked::Start(_)
        | Blocked::Stop(_)
        | Blocked::CodeChange(_)
        | Blocked::Await(_)
        | Blocked::TaskShutdown(_)
        | Blocked::Stream(_) => Situation::Calling,
        Blocked::No | Blocked::Preempted | Blocked::Sleep => Situation::Handling,
        Blocked::Receive | Blocked::Quiet => Situation::Idle,
    }
}
