//! A scheduler that another chooses for wherever something can be chosen: what can make no difference is taken
//! without asking it.
//!
//! It takes what exhaustive search takes at once too, as far as that can be told without a look at all that can happen
//! (docs/design.md, "All orders, without those that make no difference"): the arrival of a signal of which nobody ever
//! notices when it is, and that of a request right behind that of its monitor. What is taken is a choice like any
//! other to whoever writes the run down.

use crate::kernel::{Behaviour, Choice, Choices};

use super::mismatch::Mismatch;
use super::names::Names;
use super::scheduler::Scheduler;

/// Asks another scheduler only where it matters.
#[derive(Clone, Debug)]
pub struct Sparing<S> {
    asks: S,
    /// It asks wherever anything can be chosen.
    everywhere: bool,
    /// The request right behind the monitor that has just arrived.
    behind: Option<Choice>,
    /// How many times it has asked.
    asked: u64,
}

impl<S> Sparing<S> {
    /// Asks this one.
    pub fn new(asks: S) -> Self {
        Sparing { asks, everywhere: false, behind: None, asked: 0 }
    }

    /// The same, asking even where it can make no difference, if that is wanted.
    pub fn everywhere(self, everywhere: bool) -> Self {
        Sparing { everywhere, ..self }
    }

    /// Whom it asks.
    pub fn asks(&self) -> &S {
        &self.asks
    }

    /// How many times it has asked so far.
    pub fn asked(&self) -> u64 {
        self.asked
    }
}

impl<B: Behaviour, S: Scheduler<B>> Scheduler<B> for Sparing<S> {
    fn choose(
        &mut self,
        choices: &Choices<'_, B>,
        names: &dyn Names,
    ) -> Result<Option<Choice>, Box<Mismatch>> {
        if self.everywhere {
            self.asked += 1;
            return self.asks.choose(choices, names);
        }
        // Whoever drives the run may have put something else in between: a kill, say.
        if let Some(behind) = self.behind.take()
            && choices.contains(behind)
        {
            return Ok(Some(behind));
        }
        if let Some(unnoticed) = choices.unnoticed() {
            return Ok(Some(unnoticed));
        }
        self.asked += 1;
        let choice = self.asks.choose(choices, names)?;
        self.behind = choice.filter(|choice| choices.is_monitor_of_request(*choice));
        Ok(choice)
    }

    fn finish(&self) -> Result<(), Box<Mismatch>> {
        self.asks.finish()
    }
}
