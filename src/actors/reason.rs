//! Why processes end.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::kernel::{Atom, Atoms, Term};
use crate::trace::{Directory, Names, Notation};

use super::data::Data;

/// An exit reason. Printed, it is what Erlang would print.
///
/// # Examples
///
/// ```
/// use treefall::actors::Reason;
///
/// assert_eq!(format!("{:?}", Reason::from("boom")), "boom");
/// assert_eq!(Reason::from("normal"), Reason::NORMAL);
/// assert!(Reason::SHUTDOWN.is("shutdown") && !Reason::from("boom").is("shutdown"));
/// assert_eq!(Reason::of(Reason::KILL.term().clone()), Reason::KILL);
/// ```
#[derive(Clone)]
pub struct Reason(Term, Text);

/// A term knows its atoms by their digests alone, so a reason keeps what it says.
#[derive(Clone)]
enum Text {
    Named(&'static str),
    Read(Arc<str>),
    Unread,
}

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
    pub const NORMAL: Reason = Reason(Term::Atom(Atom::NORMAL), Text::Named("normal"));
    /// `shutdown`: it was told to end.
    pub const SHUTDOWN: Reason = Reason(Term::Atom(Atom::SHUTDOWN), Text::Named("shutdown"));
    /// `kill`, which nobody survives.
    pub const KILL: Reason = Reason(Term::Atom(Atom::KILL), Text::Named("kill"));

    /// The reason that is this term.
    ///
    /// # Examples
    ///
    /// See [`Reason`].
    pub fn of(term: Term) -> Reason {
        Reason(term, Text::Unread)
    }

    /// The same, to be read by people.
    pub(super) fn read(term: Term, atoms: &Atoms) -> Reason {
        let directory = Directory::default();
        let names = Names { atoms, directory: &directory, notation: Notation::Erlang };
        let text = names.term(&term).into();
        Reason(term, Text::Read(text))
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
        if let Text::Named(name) = self.1 {
            atoms.intern(name);
        }
        self.0.clone()
    }
}

impl From<&'static str> for Reason {
    fn from(name: &'static str) -> Self {
        Reason(Atom::of(name).into(), Text::Named(name))
    }
}

impl fmt::Debug for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.1 {
            Text::Named(text) => f.write_str(text),
            Text::Read(text) => f.write_str(text),
            Text::Unread => write!(f, "{:?}", self.0),
        }
    }
}

impl Data for Reason {
    fn to_term(&self, atoms: &Atoms) -> Term {
        self.known(atoms)
    }

    fn from_term(term: &Term, atoms: &Atoms) -> Option<Self> {
        Some(Reason::read(term.clone(), atoms))
    }
}
