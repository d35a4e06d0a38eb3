//! The calm run: what happens when nothing goes wrong.

use crate::kernel::{Behaviour, Choice, Choices};

use super::scheduler::Scheduler;

/// What has waited longest happens first; time passes only when nothing else can happen.
#[derive(Clone, Copy, Debug, Default)]
pub struct Calm;

impl<B: Behaviour> Scheduler<B> for Calm {
    fn choose(&mut self, choices: &Choices<'_, B>) -> Option<Choice> {
        choices.calm()
    }
}
