//! Why processes end.

use std::fmt;
use std::hash::{Hash, Hasher};

use crate::kernel::{Atom, Atoms, Term};

use super::data::Data;

/// An exit reason.
///
/// # Examples
///
/// ```
/// use treefall::actors::Reason;
///
/// assert_eq!(Reason::from("normal"), Reason::NORMAL);
/// assert!(Reason::SHUTDOWN.is("shutdown") && !Reason::from("boom").is("shutdown"));
/// assert_eq!(Reason::of(Reason::KILL.term().clone()), Reason::KILL);
/// ```
#[derive(Clone)]
pub struct Reason(Term, &'static str);

impl PartialEq for Reason {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for Reason {}

impl Hash for Reason {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl Reason {
    /// `normal`: it is done.
    pub const NORMAL: Reason = Reason(Term::Atom(Atom::NORMAL), "normal");
    /// `shutdown`: it was told to end.
    pub const SHUTDOWN: Reason = Reason(Term::Atom(Atom::SHUTDOWN), "shutdown");
    /// `kill`, which nobody survives.
    pub const KILL: Reason = Reason(Term::Atom(Atom::KILL), "kill");

    /// The reason that is this term.
    ///
    /// # Examples
    ///
    /// See [`Reason`].
    pub fn of(term: Term) -> Reason {
        Reason(term, "")
    }

    /// Whether it is this atom.
    ///
    /// # Examples
    ///
    /// See [`Reason`].
    pub fn is(&self, name: &str) -> bool {
        self.0.is(Atom::of(name))
    }

    /// The reason as a term.
    ///
    /// # Examples
    ///
    /// See [`Reason`].
    pub fn term(&self) -> &Term {
        &self.0
    }

    /// The same; its text is known to the table from now on.
    pub(super) fn known(&self, atoms: &Atoms) -> Term {
        if !self.1.is_empty() {
            atoms.intern(self.1);
        }
        self.0.clone()
    }
}

impl From<&'static str> for Reason {
    fn from(name: &'static str) -> Self {
        Reason(Atom::of(name).into(), name)
    }
}

impl fmt::Debug for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.1 {
            "" => write!(f, "{:?}", self.0),
            text => f.write_str(text),
        }
    }
}

impl Data for Reason {
    fn to_term(&self, atoms: &Atoms) -> Term {
        self.known(atoms)
    }

    fn from_term(term: &Term, _: &Atoms) -> Option<Self> {
        Some(Reason::of(term.clone()))
    }
}
