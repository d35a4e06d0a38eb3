//! The random scheduler: every choice is as likely as every other, but for faults, which are rare.

use crate::kernel::{Behaviour, Choice, Choices};

use super::dice::Dice;
use super::mismatch::Mismatch;
use super::names::Names;
use super::scheduler::Scheduler;

/// While a fault is allowed, one strikes about once in so many steps.
const STEPS_PER_FAULT: u64 = 32;

/// Throws the dice over all choices.
#[derive(Clone, Debug)]
pub struct Random {
    dice: Dice,
}

impl Random {
    /// The scheduler of this seed. The same seed meets the same choices with the same picks.
    pub fn new(seed: u64) -> Self {
        Random { dice: Dice::new(seed) }
    }
}

impl<B: Behaviour> Scheduler<B> for Random {
    fn choose(&mut self, choices: &Choices<'_, B>, _: &dyn Names) -> Result<Option<Choice>, Box<Mismatch>> {
        let (going, all) = (choices.without_faults(), choices.len());
        // Were a fault as likely as a step, none would strike later than the first few.
        if all > going && self.dice.chance(1, STEPS_PER_FAULT) {
            return Ok(choices.get(going + self.dice.index(all - going)));
        }
        Ok(match going {
            // A forced move costs no throw: it is no decision.
            0 => None,
            1 => choices.get(0),
            count => choices.get(self.dice.index(count)),
        })
    }
}
