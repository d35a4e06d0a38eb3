//! How large and how deep a term is: known to it since it was made, so that nobody has to go through a term to learn
//! whether he can.
//!
//! Terms share parts. One that holds another twice, and is held twice itself, is soon larger than anybody can print,
//! compare or hash, and one that is wrapped again and again is deeper than any stack. Neither is ever made: from some
//! size on, [`Term::tuple`] and its like give a term that holds nothing and says that it is too large. Bounds for runs
//! are lower, so a run is over before it meets such a term.

use std::hash::{Hash, Hasher};

use super::term::Term;

/// A term of a run holds no more terms than this, each counted as often as it is in it.
pub const SIZE_MAX: u32 = 100_000;
/// A term of a run is nested no deeper than this. Whatever goes through terms goes down into them.
pub const DEPTH_MAX: u16 = 1_000;

/// What a behaviour may put around a term of a run, and still get what it has asked for.
const ROOM: u16 = 200;

/// So many bytes of a text are one term more.
const TEXT_PART: usize = 16;

/// The size and the depth of a compound term. It fills room that [`Term`] has anyway, so its parts are aligned to two
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

    /// Of a term around these; none if it is too large to be made.
    pub(super) fn around<'t>(terms: impl Iterator<Item = &'t Term>) -> Option<Bulk> {
        let (mut size, mut depth) = (1_u32, 0);
        for term in terms {
            let Bulk { size: more, depth: below } = term.bulk();
            size = size.saturating_add(more);
            depth = depth.max(below);
        }
        let bulk = Bulk { size, depth: depth.saturating_add(1) };
        bulk.fits(2 * SIZE_MAX, DEPTH_MAX + ROOM).then_some(bulk)
    }

    fn fits(self, size: u32, depth: u16) -> bool {
        self.size <= size && self.depth <= depth
    }
}

// Terms that are equal are equally large: it would tell nothing more.
impl Hash for Bulk {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

impl Term {
    /// How many terms it is, with all that it holds, each counted as often as it is in it. A long text is more than
    /// one.
    pub fn size(&self) -> u32 {
        self.bulk().size
    }

    /// How deeply it is nested: 1 if it holds nothing.
    pub fn depth(&self) -> u16 {
        self.bulk().depth
    }

    /// Whether it is small and flat enough for a run.
    pub fn is_bounded(&self) -> bool {
        self.bulk().fits(SIZE_MAX, DEPTH_MAX)
    }

    fn bulk(&self) -> Bulk {
        match self {
            Term::Atom(_) | Term::Int(_) | Term::Pid(_) | Term::Ref(_) => Bulk { size: 1, depth: 1 },
            Term::Text(text) => {
                let parts = u32::try_from(text.len() / TEXT_PART).unwrap_or(u32::MAX);
                Bulk { size: parts.saturating_add(1), depth: 1 }
            }
            Term::Tuple(_, bulk) | Term::List(_, bulk) | Term::Map(_, bulk) => *bulk,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::hash_map::DefaultHasher;
    use std::hash::{Hash, Hasher};

    use super::super::atom::{Atom, Atoms};
    use super::super::term::Term;
    use super::{DEPTH_MAX, SIZE_MAX};

    /// Wraps a term again and again, and gives all of them.
    fn wrapped(times: usize, wrap: fn(Term) -> Term) -> Vec<Term> {
        std::iter::successors(Some(Term::Atom(Atom::OK)), |term| Some(wrap(term.clone())))
            .take(times)
            .collect()
    }

    fn digest(term: &Term) -> u64 {
        let mut hasher = DefaultHasher::new();
        term.hash(&mut hasher);
        hasher.finish()
    }

    #[test]
    fn a_term_has_no_room_for_more() {
        assert_eq!(std::mem::size_of::<Term>(), 24);
    }

    #[test]
    fn a_term_knows_its_size_and_depth() {
        let text = Term::Text("x".repeat(160).into());
        let tuple = Term::tuple([Term::Int(1), Term::list([Term::Int(2), text.clone()])]);
        let map = Term::map([(Term::Int(1), tuple.clone()), (Term::Int(2), Term::list([]))]);
        assert_eq!((Term::Int(1).size(), Term::Int(1).depth()), (1, 1));
        assert_eq!((text.size(), text.depth()), (11, 1));
        assert_eq!((tuple.size(), tuple.depth()), (15, 3));
        assert_eq!((map.size(), map.depth()), (19, 4));
    }

    // In threads with as small a stack as any that treefall starts.
    #[test]
    fn whatever_is_wrapped_or_shared_can_be_compared_hashed_and_dropped() {
        let ways: [fn(Term) -> Term; 5] = [
            |term| Term::tuple([term]),
            |term| Term::list([term]),
            |term| Term::map([(term.clone(), Term::Int(1)), (Term::Int(1), term)]),
            |term| Term::tuple([term.clone(), term]),
            |term| Term::list([Term::Int(1), term.clone(), term]),
        ];
        for wrap in ways {
            let compared = std::thread::Builder::new().stack_size(2 << 20).spawn(move || {
                let atoms = Atoms::default();
                let (left, right) = (wrapped(30_000, wrap), wrapped(30_000, wrap));
                let bounded = left.iter().take_while(|term| term.is_bounded()).count();
                let made = left.iter().take_while(|term| term.size() < u32::MAX).count();
                assert!(bounded > 10 && made > bounded && made < 2_000, "{bounded} {made}");
                for place in [bounded - 1, made - 1, 29_999] {
                    let (left, right) = (&left[place], &right[place]);
                    assert_eq!(left, right);
                    assert!(left.cmp(right).is_eq() && left.compare(right, &atoms).is_eq());
                    assert_eq!(digest(left), digest(right));
                    assert!(!format!("{left:?}").is_empty());
                }
                let last = &left[bounded - 1];
                assert!(last.size() > SIZE_MAX / 4 || last.depth() == DEPTH_MAX);
            });
            compared.expect("a thread can be started").join().expect("nothing overflows");
        }
    }
}
