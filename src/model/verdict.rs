//! What a run came to.

use super::breach::Breach;
use super::judge::Judge;
use super::seam::{Model, WorldOf};

/// What a run came to.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// Every property held.
    Held,
    /// These properties were broken, in the order in which it was noticed.
    Broken(Vec<Breach>),
    /// A limit was reached before everything had settled.
    Inconclusive(String),
    /// Whoever chooses gave up: a replay that no longer fits.
    Abandoned,
}

impl Verdict {
    /// What was broken.
    pub fn breaches(&self) -> &[Breach] {
        match self {
            Verdict::Broken(breaches) => breaches,
            Verdict::Held | Verdict::Inconclusive(_) | Verdict::Abandoned => &[],
        }
    }

    /// Of a run that has broken this by its end.
    pub(super) fn of_end(breaches: Vec<Breach>) -> Self {
        if breaches.is_empty() { Verdict::Held } else { Verdict::Broken(breaches) }
    }

    /// Of a run that is not waited for any longer, and why it is not.
    pub(super) fn of_limit<'m, M: Model>(
        why: String,
        model: &'m M,
        judge: &M::Judge<'m>,
        world: &WorldOf<M>,
        steps: u64,
    ) -> Self {
        match judge.so_far() {
            // What ticks for ever does not keep a run from being over.
            [] if model.is_served(world) => Verdict::of_end(judge.clone().settled(world, steps)),
            [] => Verdict::Inconclusive(why),
            broken => Verdict::Broken(broken.to_vec()),
        }
    }
}
