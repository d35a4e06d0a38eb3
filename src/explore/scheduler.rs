//! The seam between a run and whoever decides what happens next in it.

use crate::kernel::{Behaviour, Choice, Choices};

/// Picks what happens next.
pub trait Scheduler<B: Behaviour> {
    /// One of the choices, or none when there are none.
    fn choose(&mut self, choices: &Choices<'_, B>) -> Option<Choice>;
}
