//! What a run came to.

use crate::kernel::{State, World};

use super::breach::Breach;

/// What a run came to.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// Every property held.
    Held,
    /// These properties were broken, in the order in which it was noticed.
    Broken(Vec<Breach>),
    /// A limit was reached before everything had settled.
    Inconclusive(String),
    /// It needs what is not there, and why it does: no other run will do better.
    Unrunnable(String),
    /// Whoever chooses gave up: a replay that no longer fits.
    Abandoned,
}

/// Whether a run has used up what it may: nothing is known of what it would have come to.
pub(super) fn is_spent<B: State>(world: &World<B>, steps: u64) -> bool {
    world.is_spent(steps)
}

impl Verdict {
    /// What was broken.
    pub fn breaches(&self) -> &[Breach] {
        match self {
            Verdict::Broken(breaches) => breaches,
            Verdict::Held | Verdict::Inconclusive(_) | Verdict::Unrunnable(_) | Verdict::Abandoned => &[],
        }
    }

    /// Why it could not go on, if it needs what is not there.
    pub fn unrunnable(&self) -> Option<&str> {
        match self {
            Verdict::Unrunnable(why) => Some(why),
            _ => None,
        }
    }

    /// Of a run that has broken this by its end.
    pub(super) fn of_end(breaches: Vec<Breach>) -> Self {
        if breaches.is_empty() { Verdict::Held } else { Verdict::Broken(breaches) }
    }
}
