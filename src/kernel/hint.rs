//! Where something is kept, as opposed to what it is.

use std::hash::{Hash, Hasher};

/// An index that speeds up a look-up and is no part of the value that holds it: all hints are equal.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hint(pub(super) u32);

impl Hint {
    /// Points to nothing.
    pub(super) const NOWHERE: Hint = Hint(u32::MAX);

    /// Points to nothing, and says that it belongs to a name.
    pub(super) const NAME: Hint = Hint(u32::MAX - 1);

    pub(super) fn is_name(self) -> bool {
        self.0 == Hint::NAME.0
    }

    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

impl PartialEq for Hint {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Hint {}

impl Hash for Hint {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}
