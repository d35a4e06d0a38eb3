//! Where something is kept, as opposed to what it is.

use std::hash::{Hash, Hasher};

/// An index that speeds up a look-up and is no part of the value that holds it: all slots are equal.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot(pub(super) u32);

impl Slot {
    /// Points to nothing.
    pub(super) const NOWHERE: Slot = Slot(u32::MAX);

    /// Points to nothing, and says that it belongs to a name.
    pub(super) const NAME: Slot = Slot(u32::MAX - 1);

    pub(super) fn is_name(self) -> bool {
        self.0 == Slot::NAME.0
    }

    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

impl PartialEq for Slot {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Slot {}

impl Hash for Slot {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}
