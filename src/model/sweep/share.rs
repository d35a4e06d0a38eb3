//! How many of the attempts of a sweep are tried, if not all of them may be.

/// How many of the attempts that there are were tried.
#[derive(Clone, Copy, Debug, Default)]
pub struct Share {
    /// How many there are.
    pub all: u64,
    /// One in so many was tried; 0 if none was.
    pub every: u64,
}

impl Share {
    /// So that no more than `most` are tried: each one, or one in several of all of them.
    pub(super) fn of(all: u64, most: u64) -> Self {
        let every = if most == 0 { 0 } else { all.div_ceil(most).max(1) };
        Share { all, every: if all == 0 { 1 } else { every } }
    }

    /// Whether the attempt of this number, from 0, is tried.
    pub(super) fn has(self, number: u64) -> bool {
        self.every > 0 && number.is_multiple_of(self.every)
    }

    /// Whether some were left out.
    pub fn is_cut(self) -> bool {
        self.every != 1
    }
}
