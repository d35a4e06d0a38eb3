//! Tables whose order is an accident of history: two that hold the same are the same.
//!
//! Who made a link first decides nothing that a process could tell: the exits go to different receivers.

use std::hash::{Hash, Hasher};
use std::ops::{Deref, DerefMut};

use super::fingerprint::Fingerprint;
use super::table::Table;

/// A table that is equal to another whatever the order of insertion was.
#[derive(Clone, Debug)]
pub struct Unordered<K, V>(Table<K, V>);

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
        // Most are, and a search asks it of every process that a step has changed.
        if self.0.is_empty() {
            return state.write_u64(0);
        }
        state.write_u64(self.0.iter().fold(0, |sum: u64, entry| sum.wrapping_add(Fingerprint::of(&entry))));
    }
}
