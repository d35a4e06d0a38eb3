//! Some choices, and then another scheduler.

use std::slice::Iter;

use crate::kernel::{Behaviour, Choice, Choices};

use super::mismatch::Mismatch;
use super::names::Names;
use super::scheduler::Scheduler;

/// Takes some choices, and leaves the rest of the run to another scheduler.
#[derive(Clone, Debug)]
pub struct Prefixed<'a, S> {
    first: Iter<'a, Choice>,
    then: S,
}

impl<'a, S> Prefixed<'a, S> {
    /// Takes these choices, which must fit, and then what `then` chooses.
    pub fn new(first: &'a [Choice], then: S) -> Self {
        Prefixed { first: first.iter(), then }
    }
}

impl<B: Behaviour, S: Scheduler<B>> Scheduler<B> for Prefixed<'_, S> {
    fn choose(
        &mut self,
        choices: &Choices<'_, B>,
        names: &dyn Names,
    ) -> Result<Option<Choice>, Box<Mismatch>> {
        match self.first.next() {
            Some(choice) => Ok(Some(*choice)),
            None => self.then.choose(choices, names),
        }
    }

    fn finish(&self) -> Result<(), Box<Mismatch>> {
        self.then.finish()
    }
}
