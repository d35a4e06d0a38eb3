//! A schedule followed as far as it fits.

use crate::kernel::{Behaviour, Choice, Choices};

use super::mismatch::Mismatch;
use super::names::{Names, on_offer};
use super::schedule::ScheduleLine;
use super::scheduler::Scheduler;

/// Follows the lines of a schedule; those that do not fit are left out, and the rest of the run is calm.
#[derive(Clone, Debug)]
pub struct Lenient<'a> {
    lines: &'a [ScheduleLine],
    patience: u32,
    waited: u32,
    steps: usize,
    followed: usize,
}

impl<'a> Lenient<'a> {
    /// Before a line is left out, so many calm steps are taken to see whether it fits then.
    pub fn new(lines: &'a [ScheduleLine], patience: u32) -> Self {
        Lenient { lines, patience, waited: 0, steps: 0, followed: 0 }
    }

    /// How many steps had been taken when the last line was followed.
    pub fn followed(&self) -> usize {
        self.followed
    }
}

impl<B: Behaviour> Scheduler<B> for Lenient<'_> {
    /// What the next line says that fits, or else the calm choice.
    fn choose(
        &mut self,
        choices: &Choices<'_, B>,
        names: &dyn Names,
    ) -> Result<Option<Choice>, Box<Mismatch>> {
        let calm = choices.calm();
        self.steps += usize::from(calm.is_some());
        while let Some((line, rest)) = self.lines.split_first() {
            if let Some(choice) = on_offer(&line.text, choices, names) {
                self.lines = rest;
                self.waited = 0;
                self.followed = self.steps;
                return Ok(Some(choice));
            }
            if self.waited < self.patience {
                self.waited += 1;
                return Ok(calm);
            }
            self.lines = rest;
            self.waited = 0;
        }
        Ok(calm)
    }
}
