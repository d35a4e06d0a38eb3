//! Where the signals between two processes begin and end: a plain row while few are on their way, a table when many
//! are.
//!
//! A step adds a wire and the next takes it away again, so looking through a handful is cheaper than hashing; and a
//! search copies them with every state. Which comes first is an accident of history.

use std::collections::HashMap;

use super::fingerprint::FixedState;

/// How many wires a row holds before it becomes a table.
const ROW: usize = 16;

/// Between whom: [`Pid::queue_to`](super::pid::Pid::queue_to).
pub(super) type Ends = (u64, u64);

/// The first and the last of the signals between two processes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wire {
    pub(super) head: u32,
    pub(super) tail: u32,
}

/// All wires with a signal on them.
#[derive(Debug)]
pub(super) enum Wires {
    Row(Vec<(Ends, Wire)>),
    Table(HashMap<Ends, Wire, FixedState>),
}

impl Default for Wires {
    fn default() -> Self {
        Wires::Row(Vec::new())
    }
}

impl Clone for Wires {
    fn clone(&self) -> Self {
        match self {
            Wires::Row(row) => Wires::Row(row.clone()),
            Wires::Table(table) => Wires::Table(table.clone()),
        }
    }

    fn clone_from(&mut self, source: &Self) {
        match (self, source) {
            (Wires::Row(mine), Wires::Row(theirs)) => mine.clone_from(theirs),
            (Wires::Table(mine), Wires::Table(theirs)) => mine.clone_from(theirs),
            (mine, theirs) => *mine = theirs.clone(),
        }
    }
}

impl Wires {
    pub(super) fn len(&self) -> usize {
        match self {
            Wires::Row(row) => row.len(),
            Wires::Table(table) => table.len(),
        }
    }

    pub(super) fn get(&self, ends: Ends) -> Option<Wire> {
        match self {
            Wires::Row(row) => row.iter().find(|(other, _)| *other == ends).map(|(_, wire)| *wire),
            Wires::Table(table) => table.get(&ends).copied(),
        }
    }

    pub(super) fn get_mut(&mut self, ends: Ends) -> Option<&mut Wire> {
        match self {
            Wires::Row(row) => row.iter_mut().find(|(other, _)| *other == ends).map(|(_, wire)| wire),
            Wires::Table(table) => table.get_mut(&ends),
        }
    }

    /// Adds one. There is none between these two.
    pub(super) fn insert(&mut self, ends: Ends, wire: Wire) {
        match self {
            Wires::Row(row) if row.len() < ROW => row.push((ends, wire)),
            Wires::Row(row) => {
                *self = Wires::Table(std::mem::take(row).into_iter().chain([(ends, wire)]).collect());
            }
            Wires::Table(table) => drop(table.insert(ends, wire)),
        }
    }

    /// Takes one away.
    pub(super) fn remove(&mut self, ends: Ends) {
        match self {
            Wires::Row(row) => {
                if let Some(place) = row.iter().position(|(other, _)| *other == ends) {
                    row.swap_remove(place);
                }
            }
            Wires::Table(table) => {
                table.remove(&ends);
                if table.is_empty() {
                    *self = Wires::default();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Wire, Wires};

    #[test]
    fn wires_are_found_however_many_there_are() {
        for size in [3, 16, 17, 100] {
            let mut wires = Wires::default();
            for number in 0..size {
                wires.insert((u64::from(number), 7), Wire { head: number, tail: number });
            }
            assert_eq!(wires.len(), size as usize);
            wires.get_mut((2, 7)).expect("it is there").tail = 9;
            assert_eq!(wires.get((2, 7)).map(|wire| (wire.head, wire.tail)), Some((2, 9)));
            wires.remove((1, 7));
            assert!(wires.get((1, 7)).is_none() && wires.get((0, 8)).is_none());
            let mut copy = Wires::default();
            copy.clone_from(&wires);
            assert_eq!(copy.len(), size as usize - 1);
            (0..size).for_each(|number| copy.remove((u64::from(number), 7)));
            assert_eq!(copy.len(), 0);
        }
    }
}
