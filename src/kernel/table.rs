//! A map that remembers the order of insertion: a plain row while it is small, a tree when it is not.
//!
//! Processes hold links, monitors and watchers in it. Most hold one or two, a supervisor may hold a
//! hundred thousand; both must be cheap, and both are walked in the order in which they were made.

use std::collections::BTreeMap;

/// How many entries a row holds before it becomes a tree.
const ROW: usize = 12;

/// A map in insertion order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Table<K, V>(Shape<K, V>);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Shape<K, V> {
    Row(Vec<(K, V)>),
    /// Few are so large, so it lies apart.
    Tree(Box<Tree<K, V>>),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Tree<K, V> {
    /// The number says as which an entry was inserted.
    entries: BTreeMap<K, (u64, V)>,
    inserted: u64,
}

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Table(Shape::Row(Vec::new()))
    }
}

impl<K: Ord + Copy, V> Table<K, V> {
    /// How many entries there are.
    pub fn len(&self) -> usize {
        match &self.0 {
            Shape::Row(row) => row.len(),
            Shape::Tree(tree) => tree.entries.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value under this key.
    pub fn get(&self, key: K) -> Option<&V> {
        match &self.0 {
            Shape::Row(row) => row.iter().find(|(k, _)| *k == key).map(|(_, value)| value),
            Shape::Tree(tree) => tree.entries.get(&key).map(|(_, value)| value),
        }
    }

    /// The value under this key, to change.
    pub fn get_mut(&mut self, key: K) -> Option<&mut V> {
        match &mut self.0 {
            Shape::Row(row) => row.iter_mut().find(|(k, _)| *k == key).map(|(_, value)| value),
            Shape::Tree(tree) => tree.entries.get_mut(&key).map(|(_, value)| value),
        }
    }

    /// Whether there is an entry under this key.
    pub fn contains(&self, key: K) -> bool {
        self.get(key).is_some()
    }

    /// Puts a value under a key. A key that is there keeps its place; its old value is returned.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        if let Some(present) = self.get_mut(key) {
            return Some(std::mem::replace(present, value));
        }
        match &mut self.0 {
            Shape::Row(row) if row.len() < ROW => row.push((key, value)),
            Shape::Row(row) => {
                let mut inserted = 0;
                let mut entries = BTreeMap::new();
                for (key, value) in std::mem::take(row).into_iter().chain([(key, value)]) {
                    entries.insert(key, (inserted, value));
                    inserted += 1;
                }
                self.0 = Shape::Tree(Box::new(Tree { entries, inserted }));
            }
            Shape::Tree(tree) => {
                tree.entries.insert(key, (tree.inserted, value));
                tree.inserted += 1;
            }
        }
        None
    }

    /// The value under this key, to change; what `make` says if there was none.
    pub fn get_or_insert_with(&mut self, key: K, make: impl FnOnce() -> V) -> &mut V {
        let is_row = matches!(self.0, Shape::Row(_));
        if is_row && !self.contains(key) {
            self.insert(key, make());
            return self.get_mut(key).expect("it has just been put in");
        }
        match &mut self.0 {
            Shape::Row(row) => {
                let entry = row.iter_mut().find(|(k, _)| *k == key).expect("it is there");
                &mut entry.1
            }
            Shape::Tree(tree) => {
                let Tree { entries, inserted } = &mut **tree;
                let entry = entries.entry(key).or_insert_with(|| {
                    *inserted += 1;
                    (*inserted - 1, make())
                });
                &mut entry.1
            }
        }
    }

    /// Takes the value under this key out.
    pub fn remove(&mut self, key: K) -> Option<V> {
        match &mut self.0 {
            Shape::Row(row) => {
                let place = row.iter().position(|(k, _)| *k == key)?;
                Some(row.remove(place).1)
            }
            Shape::Tree(tree) => {
                let value = tree.entries.remove(&key).map(|(_, value)| value);
                // An emptied table is the same value whatever it once held.
                if tree.entries.is_empty() {
                    *self = Table::default();
                }
                value
            }
        }
    }

    /// All entries, oldest first.
    pub fn into_entries(self) -> Vec<(K, V)> {
        match self.0 {
            Shape::Row(row) => row,
            Shape::Tree(tree) => {
                let mut all: Vec<_> =
                    tree.entries.into_iter().map(|(key, (nth, value))| (nth, key, value)).collect();
                all.sort_unstable_by_key(|(nth, ..)| *nth);
                all.into_iter().map(|(_, key, value)| (key, value)).collect()
            }
        }
    }

    /// References to all entries, in an order that says nothing.
    pub fn iter(&self) -> impl Iterator<Item = (K, &V)> {
        let (row, tree) = match &self.0 {
            Shape::Row(row) => (Some(row), None),
            Shape::Tree(tree) => (None, Some(&tree.entries)),
        };
        let row = row.into_iter().flatten().map(|(key, value)| (*key, value));
        row.chain(tree.into_iter().flatten().map(|(key, (_, value))| (*key, value)))
    }

    /// References to all entries, oldest first.
    pub fn entries(&self) -> Vec<(K, &V)> {
        match &self.0 {
            Shape::Row(row) => row.iter().map(|(key, value)| (*key, value)).collect(),
            Shape::Tree(tree) => {
                let mut all: Vec<_> =
                    tree.entries.iter().map(|(key, (nth, value))| (*nth, *key, value)).collect();
                all.sort_unstable_by_key(|(nth, ..)| *nth);
                all.into_iter().map(|(_, key, value)| (key, value)).collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Table;

    #[test]
    fn a_table_keeps_the_order_of_insertion_at_any_size() {
        for size in [3_u32, 12, 13, 100] {
            let mut table = Table::default();
            for key in (0..size).rev() {
                table.insert(key, key * 2);
            }
            table.remove(1);
            assert_eq!(*table.get_or_insert_with(1, || 7), 7);
            assert_eq!(*table.get_or_insert_with(2, || 7), 4);
            let keys: Vec<u32> = table.entries().into_iter().map(|(key, _)| key).collect();
            let mut expected: Vec<u32> = (0..size).rev().filter(|key| *key != 1).collect();
            expected.push(1);
            assert_eq!(keys, expected);
            assert_eq!(table.get(1), Some(&7));
            assert_eq!(table.len(), size as usize);
        }
    }
}
