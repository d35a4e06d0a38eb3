//! What a design costs, counted in recordings of its runs: who is stopped that had not failed, whose name nobody has
//! for how long, what is forgotten, how often it restarts and how close it comes to giving up, and what is refused.
//!
//! Each is the most that any one of the runs has cost: the calm one, and those of a few seeds.

use std::collections::{BTreeMap, BTreeSet};

use crate::explore::{Calm, Scheduler, SchedulerKind};
use crate::kernel::{EventKind, Fate, Pid, Signal, StopFlag, Term};
use crate::model::{Cast, Model, Run, calm_length, run};
use crate::otp::{Actor, Decision, Report};
use crate::scenario::{Script, ScriptWorld, Simulation};
use crate::trace::{Names, Notation};

/// Under so many seeds costs are counted, beside the calm run.
pub const SEEDS: u64 = 20;

/// How much there is of something, and whose it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Measure {
    /// How much there is all together.
    pub total: u64,
    /// How much of it is whose, by name.
    pub by: BTreeMap<String, u64>,
}

/// What the runs of a design have cost at most.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Costs {
    /// Processes that a supervisor stopped in a restart, though they had not failed.
    pub innocent: Measure,
    /// For how many milliseconds of virtual time nobody had a name that somebody had before and after.
    pub unserved: Measure,
    /// Entries of tables, queues and agents that their process took along when it ended.
    pub lost: Measure,
    /// Restarts, by supervisor.
    pub restarts: Measure,
    /// Messages and calls for nobody.
    pub refused: Measure,
    /// How close a supervisor came to giving up: how many restarts counted at once, and how many may.
    pub tightest: Option<(String, u32, u32)>,
    /// A supervisor gave up in some run.
    pub gave_up: bool,
}

impl Measure {
    fn add(&mut self, name: &str, much: u64) {
        self.total += much;
        *self.by.entry(name.to_owned()).or_default() += much;
    }

    fn most(&mut self, other: Measure) {
        if other.total > self.total {
            *self = other;
        }
    }
}

impl Costs {
    /// What can be compared, each the less the better.
    pub fn vector(&self) -> [u64; 6] {
        let close = self.tightest.as_ref().map_or(0, |(_, used, of)| {
            if self.gave_up { 1000 } else { u64::from(*used) * 100 / u64::from((*of).max(1)) }
        });
        [
            self.innocent.total,
            self.unserved.total,
            self.lost.total,
            self.restarts.total,
            self.refused.total,
            close,
        ]
    }

    /// Counts what a design costs.
    pub(super) fn of(simulation: &Simulation, stop: &StopFlag) -> Costs {
        let mut most = Costs::default();
        let kind = SchedulerKind::SWARM;
        let length = calm_length(simulation, kind, stop);
        most.take(one(simulation, stop, &mut Calm));
        for seed in 0..SEEDS {
            if stop.is_raised() {
                break;
            }
            most.take(one(simulation, stop, &mut *kind.scheduler(seed, length)));
        }
        most
    }

    fn take(&mut self, other: Costs) {
        let close = |costs: &Costs| costs.vector()[5];
        if other.tightest.is_some() && (self.tightest.is_none() || close(&other) > close(self)) {
            self.tightest = other.tightest;
        }
        self.gave_up |= other.gave_up;
        self.innocent.most(other.innocent);
        self.unserved.most(other.unserved);
        self.lost.most(other.lost);
        self.restarts.most(other.restarts);
        self.refused.most(other.refused);
    }
}

/// What is known in the middle of a run.
#[derive(Default)]
struct Count {
    costs: Costs,
    /// Children that supervisors have decided to stop in a restart.
    condemned: BTreeSet<(Pid, String)>,
    /// Processes that are being stopped so.
    stopping: BTreeSet<Pid>,
    /// Since when nobody has a name.
    free: BTreeMap<String, u64>,
}

/// What one run costs.
fn one(simulation: &Simulation, stop: &StopFlag, scheduler: &mut dyn Scheduler<Actor<Script>>) -> Costs {
    let (run, cast, lost) = recorded(simulation, stop, scheduler);
    let directory = cast.directory();
    let names = Names { atoms: simulation.atoms(), directory, notation: Notation::fitting(directory) };
    let mut count = Count::default();
    for event in &run.events {
        match &event.kind {
            EventKind::Unregistered(name) => {
                count.free.insert(names.atoms.text(*name).to_owned(), event.at);
            }
            EventKind::Registered(name) => {
                let name = names.atoms.text(*name);
                if let Some(since) = count.free.remove(name)
                    && event.at > since
                {
                    count.costs.unserved.add(name, event.at - since);
                }
            }
            EventKind::Unsent { to, .. } => count.costs.refused.add(&names.term(to), 1),
            EventKind::Arrived { signal: Signal::Message { .. }, fate: Fate::NoProcess, .. } => {
                count.costs.refused.add(directory.base(event.pid), 1);
            }
            EventKind::Reported(Report::<Script>::Decision(decision)) => {
                count.decision(event.pid, decision, names);
            }
            _ => (),
        }
    }
    for (pid, entries) in lost {
        count.costs.lost.add(directory.base(pid), entries);
    }
    count.intensity(&run, names);
    count.costs
}

/// A run, who took part in it, and how much whoever ended in it held.
fn recorded(
    simulation: &Simulation,
    stop: &StopFlag,
    scheduler: &mut dyn Scheduler<Actor<Script>>,
) -> (Run<Simulation>, Cast, Vec<(Pid, u64)>) {
    let mut cast = Cast::of(simulation.faults());
    let (mut held, mut lost) = (BTreeMap::new(), Vec::new());
    let run = run(simulation, true, stop, &mut |world, events| {
        cast.learn(events, simulation.atoms());
        forget(world, &mut held, &mut lost);
        scheduler.choose(&world.choices(), &cast).ok().flatten()
    });
    cast.learn(&run.events, simulation.atoms());
    forget(&run.world, &mut held, &mut lost);
    (run, cast, lost)
}

/// Takes who is no longer there from those who hold something.
fn forget(world: &ScriptWorld, held: &mut BTreeMap<Pid, u64>, lost: &mut Vec<(Pid, u64)>) {
    let gone: Vec<Pid> = held.keys().copied().filter(|pid| world.process(*pid).is_none()).collect();
    lost.extend(gone.into_iter().filter_map(|pid| Some((pid, held.remove(&pid)?))));
    for process in world.processes() {
        let entries = match process.behaviour() {
            Actor::Server(server) => server.activity.guest.entries(),
            Actor::Plain(plain) => plain.activity.guest.entries(),
            _ => 0,
        };
        match entries {
            0 => drop(held.remove(&process.pid)),
            entries => drop(held.insert(process.pid, entries)),
        }
    }
}

impl Count {
    fn decision(&mut self, supervisor: Pid, decision: &Decision, names: Names<'_>) {
        let id = |child: &Term| names.term(child);
        match decision {
            Decision::Restarting { stop, .. } => {
                self.costs.restarts.add(names.directory.base(supervisor), 1);
                self.condemned.extend(stop.iter().map(|child| (supervisor, id(child))));
            }
            Decision::Stopping { child, pid, .. } => {
                let condemned = self.condemned.remove(&(supervisor, id(child)));
                if condemned || self.stopping.contains(&supervisor) {
                    self.stopping.insert(*pid);
                    self.costs.innocent.add(names.directory.base(*pid), 1);
                }
            }
            _ => (),
        }
    }

    fn intensity(&mut self, run: &Run<Simulation>, names: Names<'_>) {
        for (path, used) in &run.intensity {
            let name = path.last().map_or("", |name| names.atoms.text(*name));
            let closer = |(_, known, of): &(String, u32, u32)| {
                u64::from(used.used) * u64::from(*of) > u64::from(*known) * u64::from(used.intensity)
            };
            if self.costs.tightest.as_ref().is_none_or(closer) {
                self.costs.tightest = Some((name.to_owned(), used.used, used.intensity));
            }
            self.costs.gave_up |= used.gave_up;
        }
    }
}
