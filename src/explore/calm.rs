//! The calm run: what happens when nothing goes wrong.

use crate::kernel::{Behaviour, Choice, Choices};

use super::mismatch::Mismatch;
use super::names::Names;
use super::scheduler::Scheduler;

/// What has waited longest happens first; time passes only when nothing else can happen.
#[derive(Clone, Copy, Debug, Default)]
pub struct Calm;

impl<B: Behaviour> Scheduler<B> for Calm {
    fn choose(&mut self, choices: &Choices<'_, B>, _: &dyn Names) -> Result<Option<Choice>, Box<Mismatch>> {
        Ok(choices.calm())
    }
}
