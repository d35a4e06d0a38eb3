//! How code ends that does not return, and what a process dies of then.

use crate::kernel::{Atom, Term};

/// An uncaught exception.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Raise {
    /// What `exit(Reason)` raises.
    Exit(Term),
    /// What `error(Term)` raises, and a failed match.
    Error(Term),
    /// `throw(Term)`: in a callback, the same as returning it.
    Throw(Term),
}

impl Raise {
    /// The reason of a process that dies of it.
    pub fn reason(self) -> Term {
        match self {
            Raise::Exit(reason) => reason,
            Raise::Error(term) => Term::error(term),
            Raise::Throw(term) => Term::error(Term::tagged(Atom::NOCATCH, term)),
        }
    }
}
