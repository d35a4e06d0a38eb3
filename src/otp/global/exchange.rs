//! Two nodes that meet tell each other the names that they know, and settle which of two processes keeps one.

use crate::kernel::{Atom, Pid, Term};

use super::holding::Holding;

/// What a node knows of the other.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Peer {
    /// They are not connected.
    Away,
    /// They are, and their names are not yet the same.
    Meeting(Meeting),
    /// They have the same names.
    Synced,
}

/// How far two nodes have come with having the same names.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Meeting {
    /// What this node calls the meeting; what it is told of another is of a connection that is lost.
    pub(super) mine: i64,
    /// What the other node calls it, once that has said so.
    pub(super) his: Option<i64>,
    /// The own node's lock is asked for.
    pub(super) asks: bool,
    /// The own node is locked.
    pub(super) locked: bool,
    /// The names of the other node.
    pub(super) names: Option<Vec<Holding>>,
    /// What this node is to do when the other has said what that has settled.
    pub(super) operations: Option<Vec<Operation>>,
    /// What the other node has settled.
    pub(super) settled: Option<Vec<Operation>>,
}

impl Meeting {
    pub(super) fn new(mine: i64, his: Option<i64>) -> Meeting {
        let (asks, locked) = (false, false);
        Meeting { mine, his, asks, locked, names: None, operations: None, settled: None }
    }
}

/// What is done with a name when two nodes meet.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Operation {
    /// It is this process's.
    Insert(Holding),
    /// It is nobody's.
    Delete(Atom),
}

impl Operation {
    /// As it is sent.
    pub(super) fn term(&self) -> Term {
        match self {
            Operation::Insert(holding) => Term::tuple(holding.terms()),
            Operation::Delete(name) => (*name).into(),
        }
    }

    /// Reads what [`Operation::term`] has written.
    pub(super) fn of(term: &Term) -> Option<Operation> {
        match term {
            Term::Atom(name) => Some(Operation::Delete(*name)),
            other => Holding::of(other.as_tuple()?).map(Operation::Insert),
        }
    }
}

/// What becomes of two processes with one name.
pub(super) enum Resolved {
    /// `random_exit_name/3`: one is killed, the other keeps the name.
    Kill,
    /// `random_notify_name/3`: one is told, the other keeps the name.
    Notify,
    /// `notify_all_name/3`: both are told, and nobody keeps it.
    NotifyAll,
}

impl Resolved {
    /// What a function of `global` does. (Which of two is killed by `random_exit_name` is not random: `minmax/2` of
    /// `global.erl` keeps the one whose node's name is less, OTP 25.)
    pub(super) fn by(method: Atom) -> Resolved {
        match method {
            Atom::RANDOM_NOTIFY_NAME => Resolved::Notify,
            Atom::NOTIFY_ALL_NAME => Resolved::NotifyAll,
            _ => Resolved::Kill,
        }
    }
}

/// `{global_name_conflict, Name}`, or with the other process.
pub(super) fn conflict(name: Term, other: Option<Pid>) -> Term {
    let other = other.map(Term::from);
    Term::tuple([Atom::GLOBAL_NAME_CONFLICT.into(), name].into_iter().chain(other))
}
