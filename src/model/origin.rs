//! Where a run comes from, as far as the text of a model can speak of it.

/// Where a run comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// It is the calm run.
    Calm,
    /// Plain dice of this seed.
    Seed(u64),
    /// Another scheduler, with its seed, or a hand: texts do not speak of those.
    Elsewhere(Option<u64>),
}

impl Origin {
    /// The seed, if there is one.
    pub fn seed(self) -> Option<u64> {
        match self {
            Origin::Calm => None,
            Origin::Seed(seed) => Some(seed),
            Origin::Elsewhere(seed) => seed,
        }
    }
}
