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
        match Bulk::around(terms.iter()) {
            Some(bulk) => Term::Tuple(terms, bulk),
            None => Term::too_large(),
        }
    }

    /// The list of these terms.
    pub fn list(terms: impl IntoIterator<Item = Term>) -> Term {
        let terms: Arc<[Term]> = terms.into_iter().collect();
        match Bulk::around(terms.iter()) {
            Some(bulk) => Term::List(terms, bulk),
            None => Term::too_large(),
        }
    }

    /// The map of these pairs; of two with the same key the later one stays, as in Erlang.
    pub fn map(pairs: impl IntoIterator<Item = (Term, Term)>) -> Term {
        let sorted: std::collections::BTreeMap<Term, Term> = pairs.into_iter().collect();
        let pairs: Arc<[(Term, Term)]> = sorted.into_iter().collect();
        match Bulk::around(pairs.iter().flat_map(|(key, value)| [key, value])) {
            Some(bulk) => Term::Map(pairs, bulk),
            None => Term::too_large(),
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
