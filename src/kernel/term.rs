//! Erlang terms: the values that exit reasons, child ids and names are made of.
//!
//! Terms know nothing of processes beyond their pids.

use std::sync::Arc;

use super::atom::Atom;
use super::pid::{Pid, Ref};

/// An Erlang term.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Term {
    /// A name standing for itself.
    Atom(Atom),
    /// An integer.
    Int(i64),
    /// A string, as Elixir's binaries are.
    Text(Arc<str>),
    /// A process identifier.
    Pid(Pid),
    /// A reference: a monitor, a timer, a request.
    Ref(Ref),
    /// A tuple.
    Tuple(Arc<[Term]>),
    /// A proper list.
    List(Arc<[Term]>),
    /// A map, its pairs sorted by key.
    Map(Arc<[(Term, Term)]>),
}

/// A term holds no more terms than this, each counted as often as it is in it.
pub const SIZE_MAX: u32 = 100_000;
/// A term is nested no deeper than this. Whatever goes through terms goes down into them.
pub const DEPTH_MAX: u32 = 1_000;

impl Term {
    /// Whether it is small and flat enough to be compared, hashed and written down.
    pub fn is_bounded(&self) -> bool {
        let mut left = SIZE_MAX;
        self.fits(DEPTH_MAX, &mut left)
    }

    fn fits(&self, depth: u32, left: &mut u32) -> bool {
        let Some(rest) = left.checked_sub(1) else { return false };
        *left = rest;
        let Some(below) = depth.checked_sub(1) else { return false };
        match self {
            Term::Atom(_) | Term::Int(_) | Term::Text(_) | Term::Pid(_) | Term::Ref(_) => true,
            Term::Tuple(terms) | Term::List(terms) => terms.iter().all(|term| term.fits(below, left)),
            Term::Map(pairs) => {
                pairs.iter().all(|(key, value)| key.fits(below, left) && value.fits(below, left))
            }
        }
    }
}

impl Term {
    /// The tuple of these terms.
    pub fn tuple(terms: impl IntoIterator<Item = Term>) -> Term {
        Term::Tuple(terms.into_iter().collect())
    }

    /// The list of these terms.
    pub fn list(terms: impl IntoIterator<Item = Term>) -> Term {
        Term::List(terms.into_iter().collect())
    }

    /// The map of these pairs; of two with the same key the later one stays, as in Erlang.
    pub fn map(pairs: impl IntoIterator<Item = (Term, Term)>) -> Term {
        let sorted: std::collections::BTreeMap<Term, Term> = pairs.into_iter().collect();
        Term::Map(sorted.into_iter().collect())
    }

    /// `{tag, value}`.
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
            Term::Tuple(terms) => Some(terms),
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
            Term::Map(pairs) => pairs.iter().find(|(k, _)| k.is(key)).map(|(_, value)| value),
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
