//! How large and how deep a term is: known to it since it was made, so that nobody has to go through a term to learn
//! whether he can.
//!
//! Terms share parts. One that holds another twice, and is held twice itself, is soon larger than anybody can print,
//! compare or hash, and one that is wrapped again and again is deeper than any stack. Neither is ever made: from some
//! size on, [`Term::tuple`](super::Term::tuple) and its like give a term that holds nothing and says that it is too large. Bounds for runs
//! are lower, so a run is over before it meets such a term.

use std::hash::{Hash, Hasher};

/// A term of a run holds no more terms than this, each counted as often as it is in it.
pub const SIZE_MAX: u32 = 100_000;
/// A term of a run is nested no deeper than this. Whatever goes through terms goes down into them.
pub const DEPTH_MAX: u16 = 1_000;

/// What a behaviour may put around a term of a run, and still get what it has asked for.
const ROOM: u16 = 200;

/// So many bytes of a text are one term more.
const TEXT_PART: usize = 16;

/// The size and the depth of a compound term. It fills room that [`Term`](super::Term) has anyway, so its parts are aligned to two
/// bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(Rust, packed(2))]
pub struct Bulk {
    size: u32,
    depth: u16,
}

impl Bulk {
    /// Of what is not made.
    pub(super) const BEYOND: Bulk = Bulk { size: u32::MAX, depth: u16::MAX };

    /// Of what holds nothing.
    pub(super) const LEAF: Bulk = Bulk { size: 1, depth: 1 };

    /// Of a text of so many bytes.
    pub(super) fn text(bytes: usize) -> Bulk {
        let parts = u32::try_from(bytes / TEXT_PART).unwrap_or(u32::MAX);
        Bulk { size: parts.saturating_add(1), depth: 1 }
    }

    /// Of a term around these; none if it is too large to be made.
    pub(super) fn around(terms: impl Iterator<Item = Bulk>) -> Option<Bulk> {
        let (mut size, mut depth) = (1_u32, 0);
        for Bulk { size: more, depth: below } in terms {
            size = size.saturating_add(more);
            depth = depth.max(below);
        }
        let bulk = Bulk { size, depth: depth.saturating_add(1) };
        bulk.fits(2 * SIZE_MAX, DEPTH_MAX + ROOM).then_some(bulk)
    }

    /// How many terms.
    pub(super) fn size(self) -> u32 {
        self.size
    }

    /// How deeply nested.
    pub(super) fn depth(self) -> u16 {
        self.depth
    }

    /// Whether a run may have a term like that.
    pub(super) fn is_bounded(self) -> bool {
        self.fits(SIZE_MAX, DEPTH_MAX)
    }

    fn fits(self, size: u32, depth: u16) -> bool {
        self.size <= size && self.depth <= depth
    }
}

// Terms that are equal are equally large: it would tell nothing more.
impl Hash for Bulk {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}
