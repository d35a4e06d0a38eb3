//! Partial order sampling: Yuan, Yang and Gu, "Partial order aware concurrency sampling", CAV 2018.
//!
//! Every single event gets a priority of its own, the highest happens, and what races with it draws again.
//! Plain dice favour some orders of the same racing events over others by how much else is going on; here
//! what is independent does not disturb. Two events race when they happen at the same process; time, which
//! happens everywhere, races with time only.

use crate::kernel::{Behaviour, Choice, Choices, Pid, Table};

use super::dice::Dice;
use super::mismatch::Mismatch;
use super::names::Names;
use super::party::{Party, any_fault, offered};
use super::scheduler::Scheduler;

/// While a fault is allowed, one strikes about once in so many steps.
const STEPS_PER_FAULT: u64 = 32;

/// Samples orders of racing events.
#[derive(Clone, Debug)]
pub struct Pos {
    dice: Dice,
    /// By the process at which they happen, or time: the next event of each party, and its priority.
    priorities: Table<Option<Pid>, Vec<(Party, u64)>>,
    offered: Vec<Choice>,
}

impl Pos {
    /// The scheduler of this seed.
    pub fn new(seed: u64) -> Self {
        Pos::with(Dice::new(seed))
    }

    /// The same, from dice that have been thrown before.
    pub(super) fn with(dice: Dice) -> Self {
        Pos { dice, priorities: Table::default(), offered: Vec::new() }
    }

    /// One of these choices, of which there must be one at least and none may be a fault.
    pub(super) fn pick(&mut self, offered: &[Choice]) -> Choice {
        let mut best: Option<(Choice, u64)> = None;
        for choice in offered {
            let Some(party) = Party::of(*choice) else { continue };
            let racing = self.priorities.get_or_insert_with(party.place(), Vec::new);
            let priority = match racing.iter().find(|(who, _)| *who == party) {
                Some((_, priority)) => *priority,
                None => {
                    racing.push((party, self.dice.throw(u64::MAX)));
                    racing[racing.len() - 1].1
                }
            };
            if best.is_none_or(|(_, highest)| priority > highest) {
                best = Some((*choice, priority));
            }
        }
        let (choice, _) = best.expect("there is a choice, and it is no fault");
        // What has happened, and what raced with it: whoever looks next draws for them anew.
        if let Some(racing) = self.priorities.get_mut(Party::of(choice).and_then(Party::place)) {
            racing.clear();
        }
        choice
    }
}

impl<B: Behaviour> Scheduler<B> for Pos {
    fn choose(&mut self, choices: &Choices<'_, B>, _: &dyn Names) -> Result<Option<Choice>, Box<Mismatch>> {
        if choices.len() > choices.without_faults() && self.dice.chance(1, STEPS_PER_FAULT) {
            return Ok(any_fault(choices, &mut self.dice));
        }
        let mut all = std::mem::take(&mut self.offered);
        offered(choices, &mut all);
        let choice = (!all.is_empty()).then(|| self.pick(&all));
        self.offered = all;
        Ok(choice)
    }
}
