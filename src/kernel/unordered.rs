//! Tables whose order is an accident of history: two that hold the same are the same.
//!
//! Who made a link first decides nothing that a process could tell: the exits go to different receivers.
//! Only where several entries send to one receiver does their order matter.

use std::hash::{Hash, Hasher};
use std::ops::{Deref, DerefMut};

use super::fingerprint::Fingerprint;
use super::pid::{Pid, Ref};
use super::process::Monitor;
use super::table::Table;

/// A table that is equal to another whatever the order of insertion was.
#[derive(Clone, Debug)]
pub struct Unordered<K, V>(Table<K, V>);

/// Who monitors a process: the order matters among the monitors of one process alone.
#[derive(Clone, Debug, Default)]
pub struct Watchers(Table<Ref, Monitor>);

impl<K, V> Default for Unordered<K, V> {
    fn default() -> Self {
        Unordered(Table::default())
    }
}

impl<K, V> Unordered<K, V> {
    /// The table itself.
    pub(super) fn into_inner(self) -> Table<K, V> {
        self.0
    }
}

impl<K, V> Deref for Unordered<K, V> {
    type Target = Table<K, V>;

    fn deref(&self) -> &Table<K, V> {
        &self.0
    }
}

impl<K, V> DerefMut for Unordered<K, V> {
    fn deref_mut(&mut self) -> &mut Table<K, V> {
        &mut self.0
    }
}

impl<K: Ord + Copy, V: PartialEq> PartialEq for Unordered<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.0.iter().all(|(key, value)| other.get(key) == Some(value))
    }
}

impl<K: Ord + Copy, V: Eq> Eq for Unordered<K, V> {}

impl<K: Ord + Copy + Hash, V: Hash> Hash for Unordered<K, V> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.0.iter().fold(0, |sum: u64, entry| sum.wrapping_add(Fingerprint::of(&entry))));
    }
}

impl Watchers {
    /// The table itself.
    pub(super) fn into_inner(self) -> Table<Ref, Monitor> {
        self.0
    }

    /// By who watches, and for each of them in the order in which they were made.
    fn by_watcher(&self) -> Vec<(Pid, Ref, &Monitor)> {
        let mut all: Vec<_> = self
            .0
            .entries()
            .into_iter()
            .map(|(reference, monitor)| (monitor.pid, reference, monitor))
            .collect();
        all.sort_by_key(|(pid, ..)| *pid);
        all
    }
}

impl Deref for Watchers {
    type Target = Table<Ref, Monitor>;

    fn deref(&self) -> &Table<Ref, Monitor> {
        &self.0
    }
}

impl DerefMut for Watchers {
    fn deref_mut(&mut self) -> &mut Table<Ref, Monitor> {
        &mut self.0
    }
}

impl PartialEq for Watchers {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.by_watcher() == other.by_watcher()
    }
}

impl Eq for Watchers {}

impl Hash for Watchers {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.by_watcher().hash(state);
    }
}
