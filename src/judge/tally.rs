//! What one run has cost so far, counted step by step.

use std::collections::{BTreeMap, BTreeSet};

use crate::kernel::{Atom, EventKind, Fate, Pid, Signal, Term};
use crate::otp::{Actor, Decision, Report, is_abnormal};
use crate::scenario::{Image, Script, ScriptEvent, ScriptWorld};
use crate::trace::Names;

use super::cost::Costs;

/// What one run has cost, and what of it decides what it will cost.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    /// What it has cost.
    pub(super) costs: Costs,
    ahead: Ahead,
    /// How much everybody remembers who lives.
    held: BTreeMap<Pid, u64>,
}

/// What has happened and is still to be paid for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Ahead {
    /// Children that supervisors have decided to stop though they have not failed.
    condemned: BTreeSet<(Pid, Term)>,
    /// Supervisors that stop all of their children, none of which has failed.
    stopping: BTreeSet<Pid>,
    /// Supervisors that have given up, and are not missed yet.
    gave_up: BTreeSet<Pid>,
    /// Since when nobody has a name.
    free: BTreeMap<Atom, u64>,
}

/// Two runs at the same point that agree on this will cost the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Sums {
    so_far: [u64; 7],
    ahead: Ahead,
}

impl Tally {
    /// What of it can still make a difference.
    pub(super) fn sums(&self, world: &ScriptWorld) -> Sums {
        let mut ahead = self.ahead.clone();
        let lives = |pid: &Pid| world.process(*pid).is_some();
        ahead.stopping.retain(lives);
        ahead.condemned.retain(|(supervisor, _)| lives(supervisor));
        Sums { so_far: self.costs.vector(), ahead }
    }

    /// What has happened in a step.
    pub(super) fn hear(&mut self, events: &[ScriptEvent], names: Names<'_>) {
        for event in events {
            match &event.kind {
                EventKind::Unregistered(name) => {
                    self.ahead.free.insert(*name, event.at);
                }
                EventKind::Registered(name) => {
                    let since = self.ahead.free.remove(name).unwrap_or(event.at);
                    self.costs.unserved.add(names.atoms.text(*name), event.at - since);
                }
                EventKind::Unsent { to, .. } => self.costs.refused.add(&names.term(to), 1),
                EventKind::Arrived { signal: Signal::Message { .. }, fate: Fate::NoProcess, .. } => {
                    self.costs.refused.add(names.directory.base(event.pid), 1);
                }
                EventKind::Reported(Report::<Script>::Decision(decision)) => {
                    self.decided(event.pid, decision, names);
                }
                _ => (),
            }
        }
    }

    fn decided(&mut self, supervisor: Pid, decision: &Decision, names: Names<'_>) {
        let ahead = &mut self.ahead;
        match decision {
            Decision::Restarting { stop, .. } => {
                self.costs.restarts.add(names.directory.base(supervisor), 1);
                ahead.condemned.retain(|(above, _)| *above != supervisor);
                ahead.condemned.extend(stop.iter().map(|child| (supervisor, child.clone())));
            }
            // Those that are left had nothing to do with it.
            Decision::GivingUp { .. } => {
                ahead.stopping.insert(supervisor);
                ahead.gave_up.insert(supervisor);
            }
            // Who ends as he should is not missed; a supervisor that gives up ends so as well, and is.
            Decision::NotRestarted { pid, reason, .. } => {
                let gave_up = ahead.gave_up.remove(pid);
                if gave_up || is_abnormal(reason) {
                    self.costs.dropped.add(names.directory.base(*pid), 1);
                }
            }
            Decision::Stopping { child, pid, .. } => {
                let condemned = ahead.condemned.remove(&(supervisor, child.clone()));
                if condemned || ahead.stopping.contains(&supervisor) {
                    ahead.stopping.insert(*pid);
                    self.costs.innocent.add(names.directory.base(*pid), 1);
                }
            }
            _ => (),
        }
    }

    /// What the world looks like after the step: who is gone has taken along what he remembered.
    pub(super) fn look(&mut self, world: &ScriptWorld, image: &Image, names: Names<'_>) {
        let lost = &mut self.costs.lost;
        self.held.retain(|pid, entries| {
            let lives = world.process(*pid).is_some();
            if !lives {
                lost.add(names.directory.base(*pid), *entries);
            }
            lives
        });
        for process in world.processes() {
            let remembers = match process.behaviour() {
                Actor::Server(server) => server.activity.guest.remembers(image),
                Actor::Plain(plain) => plain.activity.guest.remembers(image),
                _ => 0,
            };
            match remembers {
                0 => drop(self.held.remove(&process.pid)),
                entries => drop(self.held.insert(process.pid, entries)),
            }
        }
    }
}
