//! The seam between a run and whoever decides what happens next in it.

use crate::kernel::{Behaviour, Choice, Choices};

use super::mismatch::Mismatch;
use super::names::Names;

/// Picks what happens next.
pub trait Scheduler<B: Behaviour> {
    /// One of the choices, or none when there are none or the run is to end here. Whoever has a run in mind that
    /// people have written down asks who is who.
    ///
    /// # Errors
    ///
    /// When it has something in mind that cannot happen here.
    fn choose(
        &mut self,
        choices: &Choices<'_, B>,
        names: &dyn Names,
    ) -> Result<Option<Choice>, Box<Mismatch>>;

    /// To be asked when the run has ended.
    ///
    /// # Errors
    ///
    /// When it has more in mind than has happened.
    fn finish(&self) -> Result<(), Box<Mismatch>> {
        Ok(())
    }
}

impl<B: Behaviour, S: Scheduler<B> + ?Sized> Scheduler<B> for Box<S> {
    fn choose(
        &mut self,
        choices: &Choices<'_, B>,
        names: &dyn Names,
    ) -> Result<Option<Choice>, Box<Mismatch>> {
        (**self).choose(choices, names)
    }

    fn finish(&self) -> Result<(), Box<Mismatch>> {
        (**self).finish()
    }
}
