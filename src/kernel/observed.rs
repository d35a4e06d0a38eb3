//! What a process sees of others without a signal, and what it changes for them: told to who records a run, and to
//! nobody else.

use super::atom::Atom;
use super::pid::Pid;
use super::term::Term;

/// What a process has looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Observed {
    /// Whether a process lives.
    Life(Pid),
    /// Who has a name.
    Name(Atom),
    /// Who has a name or is called so by his parent.
    Called(Atom),
    /// What a process is like inside.
    Inside(Pid),
    /// What stands somewhere that all share.
    Shared(SharedPlace),
}

/// A place in what all processes share, as those who share it call it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SharedPlace {
    /// A variable or a table.
    pub name: Atom,
    /// Of a table, under which key; none is a variable, or all that a table has.
    pub key: Option<Term>,
}
