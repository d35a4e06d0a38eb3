//! A run that somebody has in mind and that cannot be made.

use std::fmt;

use super::schedule::ScheduleLine;

/// A schedule that does not fit the run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// The step at which it does not, from 1.
    pub step: usize,
    /// What the schedule wants there; none when it has ended and the run has not.
    pub wanted: Option<ScheduleLine>,
    /// What can happen there; empty when the run has ended and the schedule has not.
    pub offered: Vec<String>,
    /// The first process of the wanted choice that this run has not had so far.
    pub unknown: Option<String>,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let step = self.step;
        match &self.wanted {
            None => write!(f, "the schedule ends before step {step}, and the run goes on")?,
            Some(wanted) if self.offered.is_empty() => {
                write!(f, "the run ends before step {step}, and the schedule goes on: `{}`", wanted.text)?;
            }
            Some(wanted) => write!(f, "step {step} wants `{}`, which cannot happen there", wanted.text)?,
        }
        if let Some(unknown) = &self.unknown {
            write!(f, "\n  nobody has been called `{unknown}` so far")?;
        }
        for (place, offered) in self.offered.iter().enumerate() {
            let margin = if place == 0 { "on offer:" } else { "         " };
            write!(f, "\n  {margin} {offered}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Mismatch {}
