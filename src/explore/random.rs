//! The random scheduler: every choice is as likely as every other.

use crate::kernel::{Behaviour, Choice, Choices};

use super::dice::Dice;
use super::scheduler::Scheduler;

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
    fn choose(&mut self, choices: &Choices<'_, B>) -> Option<Choice> {
        match choices.len() {
            // A forced move costs no throw: it is no decision.
            0 | 1 => choices.get(0),
            count => choices.get(self.dice.index(count)),
        }
    }
}
