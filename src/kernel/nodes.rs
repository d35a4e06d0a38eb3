//! What a world of two nodes has that one without nodes has not.

use super::atom::Atom;
use super::pid::Pid;
use super::unordered::Unordered;

/// What a world of two nodes has more than one without.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Distribution {
    /// What the two are called.
    pub(super) nodes: [Atom; 2],
    /// The names, each with its node.
    pub(super) names: Unordered<(Atom, Atom), Pid>,
    /// Names that a node keeps for processes that may live on the other, as `global` does.
    pub(super) kept: Unordered<(Atom, Atom), Pid>,
    pub(super) connection: Connection,
    /// Where a process that lives on no node starts its next one.
    pub(super) starting: Atom,
}

/// Whether the two nodes can reach each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Connection {
    /// They are connected.
    Up,
    /// They are not, and the next signal connects them again.
    Down,
    /// They are not, and cannot be: the network between them is cut.
    Cut,
}

impl Distribution {
    /// Two nodes that are connected.
    pub(super) fn of(nodes: [Atom; 2]) -> Distribution {
        let (names, kept) = (Unordered::default(), Unordered::default());
        Distribution { nodes, names, kept, connection: Connection::Up, starting: Atom::NONODE }
    }
}
