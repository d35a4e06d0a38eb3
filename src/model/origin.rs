//! Where a run comes from, as far as the text of a model can speak of it.

use crate::explore::SchedulerKind;

/// Where a run comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// It is the calm run.
    Calm,
    /// That of a scheduler under this seed.
    Seed(SchedulerKind, u64),
    /// A search or a hand, perhaps from a seed: texts do not speak of those.
    Elsewhere(Option<u64>),
}

impl Origin {
    /// The seed, if there is one.
    pub fn seed(self) -> Option<u64> {
        match self {
            Origin::Calm => None,
            Origin::Seed(_, seed) => Some(seed),
            Origin::Elsewhere(seed) => seed,
        }
    }
}
