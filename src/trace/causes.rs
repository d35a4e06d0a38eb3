//! What a step of a run depends on: a backward slice over its recording.
//!
//! A step depends on the step before of the same process, and on those of whatever else its events follow from.
//! What a process has only been asked, and what left it as it was, is of no consequence for what it does later;
//! whoever drives the run can tell, and says so.

use std::collections::{BTreeMap, BTreeSet};

use crate::kernel::{Choice, Event, EventKind, Pid};
use crate::otp::{Actor, Guest};

use super::recording::Recording;

/// Steps that left a process as it had been.
#[derive(Clone, Debug, Default)]
pub struct Unchanged {
    /// Of a step that changed nothing, the earlier step of the same process that had made it so.
    pub pure: BTreeMap<u64, u64>,
    /// Of a step that changed a process back once more, the first step after which it was the same: it goes round, and
    /// what it was in between is told elsewhere.
    pub back: BTreeMap<u64, u64>,
}

/// Which steps a step depends on.
#[derive(Clone, Debug, Default)]
pub struct Causes {
    causes: BTreeMap<u64, Vec<u64>>,
}

impl Causes {
    /// Learns from a run.
    pub fn of<G: Guest>(choices: &[Choice], recording: &Recording<'_, G>, unchanged: &Unchanged) -> Self {
        let mut causes = Causes::default();
        // The step after which each process is as it is now.
        let mut ran: BTreeMap<Pid, u64> = BTreeMap::new();
        for step in 0..=choices.len() as u64 {
            for event in recording.step(step) {
                causes.learn(recording, event, &mut ran);
            }
            // Only what a process does itself changes what it will do.
            if let Some(Choice::Run(pid)) =
                step.checked_sub(1).and_then(|before| choices.get(before as usize))
            {
                let before = ran.insert(*pid, unchanged.pure.get(&step).copied().unwrap_or(step));
                let before = unchanged.back.get(&step).copied().or(before);
                before.into_iter().for_each(|before| causes.add(step, before));
            }
        }
        causes
    }

    fn learn<G: Guest>(
        &mut self,
        recording: &Recording<'_, G>,
        event: &Event<Actor<G>>,
        ran: &mut BTreeMap<Pid, u64>,
    ) {
        match &event.kind {
            EventKind::Spawned { .. } => drop(ran.insert(event.pid, event.step)),
            // What it did before it died, it did.
            EventKind::Exited { .. } => {
                ran.get(&event.pid).into_iter().for_each(|before| self.add(event.step, *before));
            }
            _ => (),
        }
        let others = recording.others(event.number).filter_map(|other| recording.event(other));
        others.for_each(|other| self.add(event.step, other.step));
    }

    /// These steps and all that they depend on.
    pub fn slice(&self, of: impl IntoIterator<Item = u64>) -> BTreeSet<u64> {
        let mut open: Vec<u64> = of.into_iter().collect();
        let mut slice = BTreeSet::new();
        while let Some(step) = open.pop() {
            if slice.insert(step) {
                open.extend(self.causes.get(&step).into_iter().flatten());
            }
        }
        slice
    }

    /// The steps that depend on one of these directly.
    pub fn effects(&self, of: &BTreeSet<u64>) -> impl Iterator<Item = u64> {
        let depends = |causes: &[u64]| causes.iter().any(|cause| of.contains(cause));
        self.causes.iter().filter(move |(_, causes)| depends(causes)).map(|(step, _)| *step)
    }

    /// Learns that a step depends on an earlier one in a way that events do not tell.
    pub fn add(&mut self, step: u64, cause: u64) {
        if cause != step {
            self.causes.entry(step).or_default().push(cause);
        }
    }
}
