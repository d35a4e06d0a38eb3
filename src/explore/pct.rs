//! Probabilistic concurrency testing: Burckhardt, Kothari, Musuvathi and Nagarakatte, "A randomized
//! scheduler with probabilistic guarantees of finding bugs", ASPLOS 2010.
//!
//! Everybody gets a rank, the highest rank goes first, and at a few steps drawn beforehand whoever is about
//! to go drops below all others. A bug that needs `d` things in the wrong order is found with a probability
//! of at least one in `n * k^(d-1)` runs, for `n` parties and `k` steps. Those who hold ranks are the
//! processes, the pairs of processes between which signals are on their way, and the clock.
//!
//! The paper's programs end under every order. A supervisor that tries again until somebody else has acted
//! does not, if that somebody ranks below it: long after the estimate of `k` the dice take over.

use std::collections::{BTreeMap, BTreeSet};

use crate::kernel::{Behaviour, Choice, Choices, Table};

use super::dice::Dice;
use super::mismatch::Mismatch;
use super::names::Names;
use super::party::{Party, any_fault, offered};
use super::scheduler::Scheduler;

/// So many times the estimated number of steps are taken by rank, and the rest is fair.
const PATIENCE: u64 = 8;

/// Ranks from here up are drawn; below it are those that change points give.
const DRAWN: u64 = 1 << 32;

/// Goes by rank.
#[derive(Clone, Debug)]
pub struct Pct {
    dice: Dice,
    ranks: Table<Party, u64>,
    /// At which step who is about to go gets which rank.
    changes: BTreeMap<u64, u64>,
    /// From which steps on a fault strikes as soon as one can.
    faults: BTreeSet<u64>,
    steps: u64,
    fair_from: u64,
    offered: Vec<Choice>,
}

impl Pct {
    /// The scheduler of this seed, for bugs of this depth in runs of about so many steps.
    pub fn new(seed: u64, depth: u32, steps: u64) -> Self {
        Pct::with(Dice::new(seed), depth, steps)
    }

    /// The same, from dice that have been thrown before.
    pub(super) fn with(mut dice: Dice, depth: u32, steps: u64) -> Self {
        let steps = steps.max(1);
        let changes = (1..depth).map(|rank| (1 + dice.throw(steps), u64::from(rank))).collect();
        // A fault is one of the things that must go wrong, so there are as many of them as of those.
        let faults = (0..depth).map(|_| 1 + dice.throw(steps)).collect();
        Pct {
            dice,
            ranks: Table::default(),
            changes,
            faults,
            steps: 0,
            fair_from: steps.saturating_mul(PATIENCE),
            offered: Vec::new(),
        }
    }

    /// How many parties it has ranked so far.
    pub fn parties(&self) -> u64 {
        u64::try_from(self.ranks.len()).expect("no machine counts further than 64 bits")
    }

    /// One of these choices, of which there must be one at least and none may be a fault.
    pub(super) fn pick(&mut self, offered: &[Choice]) -> Choice {
        self.steps += 1;
        match offered {
            // A forced move costs no throw. Whoever makes it is ranked when there is somebody to beat.
            [only] => *only,
            _ if self.steps > self.fair_from => offered[self.dice.index(offered.len())],
            _ => {
                let first = self.highest(offered);
                let due = self.changes.first_key_value().is_some_and(|(step, _)| *step <= self.steps);
                match (Party::of(first), due.then(|| self.changes.pop_first()).flatten()) {
                    (Some(party), Some((_, rank))) => {
                        self.ranks.insert(party, rank);
                        self.highest(offered)
                    }
                    (_, _) => first,
                }
            }
        }
    }

    fn highest(&mut self, offered: &[Choice]) -> Choice {
        let (ranks, dice) = (&mut self.ranks, &mut self.dice);
        let mut rank = |choice: &Choice| {
            Party::of(*choice)
                .map_or(0, |party| *ranks.get_or_insert_with(party, || DRAWN + dice.throw(u64::MAX - DRAWN)))
        };
        // Of several timers of one instant the first is meant: they share the clock's rank.
        let mut best = (offered[0], rank(&offered[0]));
        for choice in &offered[1..] {
            let rank = rank(choice);
            if rank > best.1 {
                best = (*choice, rank);
            }
        }
        best.0
    }
}

impl<B: Behaviour> Scheduler<B> for Pct {
    fn choose(&mut self, choices: &Choices<'_, B>, _: &dyn Names) -> Result<Option<Choice>, Box<Mismatch>> {
        if self.faults.first().is_some_and(|step| *step <= self.steps)
            && let Some(fault) = any_fault(choices, &mut self.dice)
        {
            self.faults.pop_first();
            return Ok(Some(fault));
        }
        let mut all = std::mem::take(&mut self.offered);
        offered(choices, &mut all);
        let choice = (!all.is_empty()).then(|| self.pick(&all));
        self.offered = all;
        Ok(choice)
    }
}

#[cfg(test)]
mod tests {
    use crate::explore::toy;
    use crate::kernel::Choice;

    use super::Pct;

    fn sends(count: usize) -> Vec<Choice> {
        let image = toy::image();
        let pids = toy::pids(&image);
        pids.iter().take(count).map(|to| Choice::Deliver { from: pids[0], to: *to }).collect()
    }

    #[test]
    fn without_change_points_the_same_one_always_wins() {
        let offered = sends(3);
        for seed in 0..20 {
            let mut pct = Pct::new(seed, 1, 1_000);
            let first = pct.pick(&offered);
            assert!((0..50).all(|_| pct.pick(&offered) == first));
        }
    }

    #[test]
    fn depth_counts_the_changes_of_mind() {
        let offered = sends(3);
        for (depth, most) in [(2, 1), (3, 2), (4, 3)] {
            let counts = (0..50).map(|seed| {
                let mut pct = Pct::new(seed, depth, 40);
                let picks: Vec<Choice> = (0..60).map(|_| pct.pick(&offered)).collect();
                picks.windows(2).filter(|pair| pair[0] != pair[1]).count()
            });
            assert_eq!(counts.max(), Some(most));
        }
    }

    #[test]
    fn after_its_patience_it_is_fair() {
        let offered = sends(2);
        let mut pct = Pct::new(1, 1, 10);
        let early: Vec<Choice> = (0..80).map(|_| pct.pick(&offered)).collect();
        let late: Vec<Choice> = (0..80).map(|_| pct.pick(&offered)).collect();
        assert!(early.iter().all(|choice| *choice == early[0]));
        let first = late.iter().filter(|choice| **choice == offered[0]).count();
        assert!((20..60).contains(&first), "{first}");
    }
}
