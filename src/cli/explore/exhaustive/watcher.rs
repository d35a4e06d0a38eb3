//! Who hears of a search as it goes: says how far it is, and ends it when time, memory or patience run out.

use std::time::Instant;

use crate::explore::{Covered, Watch};
use crate::kernel::{Fingerprint, StopFlag};
use crate::model::{Orders, RunState};
use crate::scenario::Simulation;
use crate::trace::grouped;

use super::super::super::deadline::UP;
use super::super::super::interrupt;
use super::super::super::terminal::Terminal;
use super::super::memory;
use super::heard::Heard;
use super::words::{counted, rate};

/// Listens, and watches clock and memory.
pub(super) struct Watcher<'a, 'b> {
    pub(super) name: &'a str,
    pub(super) terminal: &'a mut Terminal<'b>,
    pub(super) simulation: &'a Simulation,
    pub(super) begun: Instant,
    pub(super) stop: StopFlag,
    pub(super) memory_max: u64,
    /// The most that has been used so far.
    pub(super) memory_most: u64,
    pub(super) heard: Heard,
}

impl<'s> Watch<Orders<'s, Simulation>> for Watcher<'_, '_> {
    fn reached(&mut self, what: usize) {
        self.heard.reached.insert(what);
    }

    fn ended(&mut self, state: &RunState<'s, Simulation>) {
        let end = Fingerprint::of(state.world());
        // A world that has been seen needs no second look.
        if self.heard.ends.insert(end) && state.is_noteworthy() {
            self.heard.forgotten.insert(end);
        }
        self.heard.outcomes.extend(self.simulation.outcome(state.world()));
    }

    fn endless(&mut self, round: &[RunState<'s, Simulation>]) -> bool {
        let Some(first) = round.first() else { return false };
        if first.hopes() {
            return true;
        }
        self.heard.endless += u64::from(!round.iter().all(RunState::is_served));
        false
    }

    fn progress(&mut self, covered: &Covered) -> bool {
        if self.terminal.is_watched() {
            let told = format!(
                "{}: {}{}, {} waiting, depth {}",
                self.name,
                counted(covered.states, "state"),
                rate(covered.states, self.begun.elapsed()),
                grouped(covered.waiting),
                covered.depth
            );
            self.terminal.progress(&told);
        }
        let used = memory::used();
        self.memory_most = self.memory_most.max(used.unwrap_or(0));
        if interrupt::happened() {
            self.heard.enough = Some("it was interrupted".to_owned());
        } else if self.stop.is_raised() {
            self.heard.enough = Some(UP.to_owned());
        } else if used.is_some_and(|used| used > self.memory_max) {
            self.heard.enough =
                Some(format!("it would need more than {} MiB (--max-memory)", self.memory_max >> 20));
        }
        self.heard.enough.is_none()
    }
}
