//! What a node is asked to do with a global name, and how far it has come with that: one thing after the other.

use std::collections::VecDeque;

use crate::kernel::{Atom, Term};
use crate::otp::message::From;

use super::holding::Holding;

/// A change of a name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Change {
    /// `global:register_name/3`, unless somebody has it.
    Register(Holding),
    /// `global:unregister_name/1`, whoever has it.
    Unregister(Atom),
}

/// What the registrar does at the moment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Doing {
    /// Who waits for it.
    pub(super) from: From,
    pub(super) change: Change,
    /// Whether the other node takes part.
    pub(super) both: bool,
    /// How many nodes have given their lock.
    pub(super) locked: usize,
    /// On how many nodes the change is still to be made, once all are locked.
    pub(super) unwritten: Option<usize>,
    /// The other node has been asked for something, and has not answered.
    pub(super) asks_other: bool,
}

/// The registrar of a node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Registrar {
    pub(super) doing: Option<Doing>,
    pub(super) waiting: VecDeque<(From, Change)>,
}

impl Change {
    /// Reads `{register, Name, Pid, Method}` or `{unregister, Name}`; none if it is nothing like that.
    pub(super) fn of(term: &Term) -> Option<Change> {
        match term.as_tuple()? {
            [Term::Atom(Atom::REGISTER), holding @ ..] => Some(Change::Register(Holding::of(holding)?)),
            [Term::Atom(Atom::UNREGISTER), Term::Atom(name)] => Some(Change::Unregister(*name)),
            _ => None,
        }
    }

    /// The name that it is about.
    pub(super) fn name(&self) -> Atom {
        match self {
            Change::Register(holding) => holding.name,
            Change::Unregister(name) => *name,
        }
    }

    /// As it is sent.
    pub(super) fn term(&self) -> Term {
        match self {
            Change::Register(holding) => {
                Term::tuple([Atom::REGISTER.into()].into_iter().chain(holding.terms()))
            }
            Change::Unregister(name) => Term::tagged(Atom::UNREGISTER, (*name).into()),
        }
    }
}
