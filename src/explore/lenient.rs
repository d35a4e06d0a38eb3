//! A schedule followed as far as it fits.

use crate::kernel::{Behaviour, Choice, Choices};

use super::names::{Names, describe, recognise};
use super::schedule::Line;

/// Follows the lines of a schedule; those that do not fit are left out, and the rest of the run is calm.
#[derive(Clone, Debug)]
pub struct Lenient<'a> {
    lines: &'a [Line],
    patience: u32,
    waited: u32,
    steps: usize,
    followed: usize,
}

impl<'a> Lenient<'a> {
    /// Before a line is left out, so many calm steps are taken to see whether it fits then.
    pub fn new(lines: &'a [Line], patience: u32) -> Self {
        Lenient { lines, patience, waited: 0, steps: 0, followed: 0 }
    }

    /// How many steps had been taken when the last line was followed.
    pub fn followed(&self) -> usize {
        self.followed
    }

    /// What the next line says that fits, or else the calm choice.
    pub fn choose<B: Behaviour>(&mut self, choices: &Choices<'_, B>, names: &dyn Names) -> Option<Choice> {
        let calm = choices.calm();
        self.steps += usize::from(calm.is_some());
        while let Some((line, rest)) = self.lines.split_first() {
            if let Some(choice) = on_offer(&line.text, choices, names) {
                self.lines = rest;
                self.waited = 0;
                self.followed = self.steps;
                return Some(choice);
            }
            if self.waited < self.patience {
                self.waited += 1;
                return calm;
            }
            self.lines = rest;
            self.waited = 0;
        }
        calm
    }
}

/// The choice that a line of a schedule names, if it can happen now.
pub(super) fn on_offer<B: Behaviour>(
    line: &str,
    choices: &Choices<'_, B>,
    names: &dyn Names,
) -> Option<Choice> {
    // Most lines name their choice at once; the rest is looked for among all that can happen.
    let likely =
        recognise(line, names).filter(|choice| choices.contains(*choice) && describe(*choice, names) == line);
    likely.or_else(|| choices.iter().find(|choice| describe(*choice, names) == line))
}
