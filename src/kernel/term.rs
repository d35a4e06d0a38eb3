//! Erlang terms: the values that exit reasons, child ids and names are made of.
//!
//! Terms know nothing of processes beyond their pids.

use std::sync::Arc;

use super::atom::Atom;
use super::bulk::Bulk;
use super::pid::{Pid, Ref};

/// An Erlang term.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Term {
    /// A name standing for itself.
    Atom(Atom),
    /// An integer of 64 bits.
    Int(i64),
    /// A string, as Elixir's binaries are.
    Text(Arc<str>),
    /// A process identifier.
    Pid(Pid),
    /// A reference: a monitor, a timer, a request.
    Ref(Ref),
    /// Several terms in a fixed order: `{a, 1}`.
    #[non_exhaustive]
    Tuple(Arc<[Term]>, Bulk),
    /// A proper list.
    #[non_exhaustive]
    List(Arc<[Term]>, Bulk),
    /// A map, its pairs sorted by key.
    #[non_exhaustive]
    Map(Arc<[(Term, Term)]>, Bulk),
}

impl Term {
    /// The tuple of these terms.
    pub fn tuple(terms: impl IntoIterator<Item = Term>) -> Term {
        let terms: Arc<[Term]> = terms.into_iter().collect();
        match Bulk::around(terms.iter().map(Term::bulk)) {
            Some(bulk) => Term::Tuple(terms, bulk),
            None => Term::too_large(),
        }
    }

    /// The list of these terms.
    pub fn list(terms: impl IntoIterator<Item = Term>) -> Term {
        let terms: Arc<[Term]> = terms.into_iter().collect();
        match Bulk::around(terms.iter().map(Term::bulk)) {
            Some(bulk) => Term::List(terms, bulk),
            None => Term::too_large(),
        }
    }

    /// The map of these pairs; of two with the same key the later one stays, as in Erlang.
    pub fn map(pairs: impl IntoIterator<Item = (Term, Term)>) -> Term {
        let sorted: std::collections::BTreeMap<Term, Term> = pairs.into_iter().collect();
        let pairs: Arc<[(Term, Term)]> = sorted.into_iter().collect();
        match Bulk::around(pairs.iter().flat_map(|(key, value)| [key.bulk(), value.bulk()])) {
            Some(bulk) => Term::Map(pairs, bulk),
            None => Term::too_large(),
        }
    }

    /// How many terms it is, with all that it holds, each counted as often as it is in it. A long text is more than
    /// one.
    pub fn size(&self) -> u32 {
        self.bulk().size()
    }

    /// Whether it holds no other and is as small as any.
    pub fn is_leaf(&self) -> bool {
        matches!(self, Term::Atom(_) | Term::Int(_) | Term::Pid(_) | Term::Ref(_))
    }

    /// How deeply it is nested: 1 if it holds nothing.
    pub fn depth(&self) -> u16 {
        self.bulk().depth()
    }

    /// Whether it is small and flat enough for a run.
    pub fn is_bounded(&self) -> bool {
        self.bulk().is_bounded()
    }

    fn bulk(&self) -> Bulk {
        match self {
            Term::Atom(_) | Term::Int(_) | Term::Pid(_) | Term::Ref(_) => Bulk::LEAF,
            Term::Text(text) => Bulk::text(text.len()),
            Term::Tuple(_, bulk) | Term::List(_, bulk) | Term::Map(_, bulk) => *bulk,
        }
    }

    /// What stands where a term would be too large to be looked at.
    fn too_large() -> Term {
        Term::Tuple(Arc::default(), Bulk::BEYOND)
    }

    /// The pair of a tag and a value: `{tag, value}`.
    pub fn tagged(tag: Atom, value: Term) -> Term {
        Term::tuple([Term::Atom(tag), value])
    }

    /// `true` or `false`.
    pub fn boolean(value: bool) -> Term {
        Term::Atom(if value { Atom::TRUE } else { Atom::FALSE })
    }

    /// Whether this is the given atom.
    pub fn is(&self, atom: Atom) -> bool {
        matches!(self, Term::Atom(a) if *a == atom)
    }

    /// The atom, if it is one.
    pub fn as_atom(&self) -> Option<Atom> {
        match self {
            Term::Atom(atom) => Some(*atom),
            _ => None,
        }
    }

    /// The pid, if it is one.
    pub fn as_pid(&self) -> Option<Pid> {
        match self {
            Term::Pid(pid) => Some(*pid),
            _ => None,
        }
    }

    /// The elements, if it is a tuple.
    pub fn as_tuple(&self) -> Option<&[Term]> {
        match self {
            Term::Tuple(terms, _) => Some(terms),
            _ => None,
        }
    }

    /// The payload of `{tag, payload}`.
    pub fn untag(&self, tag: Atom) -> Option<&Term> {
        match self.as_tuple() {
            Some([first, payload]) if first.is(tag) => Some(payload),
            _ => None,
        }
    }

    /// The value under an atom key, if it is a map that has it.
    pub fn field(&self, key: Atom) -> Option<&Term> {
        match self {
            Term::Map(pairs, _) => pairs.iter().find(|(k, _)| k.is(key)).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The reason of a process that calls `error(term)` and is not caught: `{term, stacktrace}`.
    ///
    /// The model has no stack; the atom `stacktrace` stands for it.
    pub fn error(term: Term) -> Term {
        Term::tuple([term, Term::Atom(Atom::STACKTRACE)])
    }
}

impl From<Atom> for Term {
    fn from(atom: Atom) -> Self {
        Term::Atom(atom)
    }
}

impl From<Pid> for Term {
    fn from(pid: Pid) -> Self {
        Term::Pid(pid)
    }
}

impl From<Ref> for Term {
    fn from(reference: Ref) -> Self {
        Term::Ref(reference)
    }
}

impl From<i64> for Term {
    fn from(value: i64) -> Self {
        Term::Int(value)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::hash_map::DefaultHasher;
    use std::hash::{Hash, Hasher};

    use super::super::atom::{Atom, Atoms};
    use super::super::bulk::{DEPTH_MAX, SIZE_MAX};
    use super::Term;

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
