//! Who is who: process identifiers and references, both derived from lineage.
//!
//! A pid is a digest of *where in the tree I was started, and as which process started there*. The place is
//! the path of labels from the first process down, so a restarted supervisor's children are the next
//! incarnations of the same places. Two runs that do the same things in another order therefore give the same process the same pid,
//! and states that have equal futures are equal values. The digest is 64 bits wide: among a
//! million processes two share one with a probability below one in ten million.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

use super::atom::{Atom, Node};
use super::fingerprint::mix;
use super::slot::Slot;

/// A process identifier, 16 bytes, `Copy`.
///
/// The lineage is all there is to it: the slot says where to find the process, and the node follows from the
/// place in the tree.
#[derive(Clone, Copy, Debug)]
pub struct Pid {
    lineage: u64,
    slot: Slot,
    node: Node,
}

/// The labels from the first process down to a place in the tree: where a process is started, however
/// often.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Path(u64);

/// A unique reference: of a monitor, an alias, a timer or a request. Derived from its maker, and where there
/// are nodes its last bits say on which that lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ref(u64);

impl PartialEq for Pid {
    fn eq(&self, other: &Self) -> bool {
        self.lineage == other.lineage
    }
}

impl Eq for Pid {}

impl Hash for Pid {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.lineage);
    }
}

impl PartialOrd for Pid {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Pid {
    fn cmp(&self, other: &Self) -> Ordering {
        self.lineage.cmp(&other.lineage)
    }
}

impl Pid {
    /// The `nth` process (from 1) that is started at a path, to live in `slot` of a node.
    pub(super) fn at(path: Path, nth: u32, slot: u32, node: Node) -> Pid {
        Pid { lineage: digest(path.0, STARTS, u64::from(nth)), slot: Slot(slot), node }
    }

    /// The sender that a timer's message appears to have: nobody, so ordered with nobody's.
    pub(super) fn of_timer(reference: Ref) -> Pid {
        Pid { lineage: reference.0, slot: Slot::NOWHERE, node: Node::NONE }
    }

    /// The address `{Name, Node}`: whoever has the name when a signal arrives.
    pub(super) fn of_name(name: Atom, node: Node) -> Pid {
        Pid { lineage: name.number() ^ mix(node.number()), slot: Slot::NAME, node }
    }

    /// Stands for a whole node.
    pub(super) fn of_node(node: Node) -> Pid {
        Pid::of_name(Atom::NODEDOWN, node)
    }

    /// Whether it stands for a whole node, in whose name others hear that it is gone.
    pub fn is_node(self) -> bool {
        self.as_name() == Some(Atom::NODEDOWN)
    }

    /// The name, if this is no process but the address of one: `{Name, Node}`.
    pub fn as_name(self) -> Option<Atom> {
        self.slot.is_name().then(|| Atom::numbered(self.lineage ^ mix(self.node.number())))
    }

    /// The node that it lives on.
    pub fn node(self) -> Node {
        self.node
    }

    /// Whether what one of them sends to the other goes through a connection. Who lives on no node in
    /// particular is near to everybody.
    pub fn is_remote_from(self, other: Pid) -> bool {
        self.node != other.node && self.node != Node::NONE && other.node != Node::NONE
    }

    /// Which queue what it sends there waits in: that of the two; for another node, that of all it sends there.
    pub fn queue_to(self, to: Pid) -> (u64, u64) {
        match self.is_remote_from(to) {
            false => (self.lineage, to.lineage),
            true => (self.lineage, to.node.number()),
        }
    }

    /// Who sends what nobody has sent, on this node.
    pub(super) fn nobody_on(node: Node) -> Pid {
        Pid { lineage: 0, slot: Slot::NOWHERE, node }
    }

    /// Where the world keeps this process, if it still lives.
    pub(super) fn slot(self) -> usize {
        self.slot.index()
    }

    /// The digest itself: for keys, never for people.
    pub fn lineage(self) -> u64 {
        self.lineage
    }
}

impl Ref {
    /// A reference that nobody makes.
    pub fn unmade(maker: Pid) -> Ref {
        Ref::made_by(maker, 0)
    }

    /// The `nth` reference that this process makes.
    pub(super) fn made_by(maker: Pid, nth: u32) -> Ref {
        let digest = digest(maker.lineage, REFERENCES, u64::from(nth));
        match maker.node {
            Node::NONE => Ref(digest),
            node => Ref(digest & !NODE_BITS | node.number()),
        }
    }

    /// Whether it was made on this node, or there is only one.
    pub(super) fn is_of(self, node: Node) -> bool {
        node == Node::NONE || self.0 & NODE_BITS == node.number()
    }

    /// The digest itself: for keys, never for people.
    pub fn lineage(self) -> u64 {
        self.0
    }
}

impl Path {
    /// The path of a process that nobody spawned.
    pub(super) fn root(label: Atom) -> Path {
        Path(digest(0, label.number(), 0))
    }

    /// The same path as seen from a node.
    pub(super) fn on(self, node: Node) -> Path {
        Path(digest(self.0, NODES, node.number()))
    }

    /// The path of what the process at this path spawns under a label.
    pub(super) fn child(self, label: Atom) -> Path {
        Path(digest(self.0, label.number(), 0))
    }
}

/// Keeps the digests of pids apart from those of paths.
const STARTS: u64 = 0x7374_6172_7473;

/// Keeps the digests of references apart from those of pids.
const REFERENCES: u64 = 0x7265_6665_7265_6e63;

/// Where a reference says on which node it was made.
const NODE_BITS: u64 = 0xffff;

/// Keeps the paths on nodes apart from those of labels.
const NODES: u64 = 0x706c_6163_6573;

/// Three words into one.
fn digest(parent: u64, label: u64, nth: u64) -> u64 {
    [label, nth].into_iter().fold(mix(parent), |state, word| mix(state ^ word))
}
