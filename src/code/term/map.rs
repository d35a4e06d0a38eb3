//! Maps: up to 32 pairs side by side in Erlang's order of their keys, as the emulator keeps them; more in a tree that
//! shares what it can with the map it was made from.

use std::sync::Arc;

use rpds::RedBlackTreeMapSync;

use crate::kernel::Atoms;

use super::Term;

/// How many pairs a map keeps side by side (erts, erl_map.h, `MAP_SMALL_MAP_LIMIT`).
pub const SMALL_MAX: usize = 32;

/// A map. It is small exactly when it holds no more than 32 pairs, so that equal maps are equal values.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Map {
    /// In the order of their keys.
    Small(Arc<[(Term, Term)]>),
    /// In an order of its own.
    Large(RedBlackTreeMapSync<Term, Term>),
}

impl Map {
    /// The map of these pairs; of two with the same key the later one stays.
    pub fn of(pairs: impl IntoIterator<Item = (Term, Term)>, atoms: &Atoms) -> Map {
        let mut map: RedBlackTreeMapSync<Term, Term> = RedBlackTreeMapSync::new_sync();
        for (key, value) in pairs {
            map.insert_mut(key, value);
        }
        Map::settled(map, atoms)
    }

    /// How many pairs it has.
    pub fn len(&self) -> usize {
        match self {
            Map::Small(pairs) => pairs.len(),
            Map::Large(pairs) => pairs.size(),
        }
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value of a key.
    pub fn get(&self, key: &Term) -> Option<&Term> {
        match self {
            Map::Small(pairs) => pairs.iter().find(|(k, _)| k == key).map(|(_, value)| value),
            Map::Large(pairs) => pairs.get(key),
        }
    }

    /// The key as the map has it, and its value.
    pub fn entry(&self, key: &Term) -> Option<(&Term, &Term)> {
        match self {
            Map::Small(pairs) => pairs.iter().find(|(k, _)| k == key).map(|(key, value)| (key, value)),
            Map::Large(pairs) => pairs.get_key_value(key),
        }
    }

    /// All pairs: of a small map in Erlang's order of keys.
    pub fn iter(&self) -> Box<dyn Iterator<Item = (&Term, &Term)> + '_> {
        match self {
            Map::Small(pairs) => Box::new(pairs.iter().map(|(key, value)| (key, value))),
            Map::Large(pairs) => Box::new(pairs.iter()),
        }
    }

    /// All pairs in Erlang's order of keys.
    pub fn in_order(&self, atoms: &Atoms) -> Vec<(&Term, &Term)> {
        let mut pairs: Vec<(&Term, &Term)> = self.iter().collect();
        if let Map::Large(_) = self {
            pairs.sort_by(|(left, _), (right, _)| left.compare_keys(right, atoms));
        }
        pairs
    }

    /// The map with a key set.
    pub fn put(&self, key: Term, value: Term, atoms: &Atoms) -> Map {
        let pairs = match self {
            Map::Large(pairs) => return Map::Large(pairs.insert(key, value)),
            Map::Small(pairs) => pairs,
        };
        if let Some(place) = pairs.iter().position(|(k, _)| *k == key) {
            let mut pairs = pairs.clone();
            Arc::make_mut(&mut pairs)[place].1 = value;
            return Map::Small(pairs);
        }
        if pairs.len() == SMALL_MAX {
            let large: RedBlackTreeMapSync<Term, Term> = pairs.iter().cloned().collect();
            return Map::Large(large.insert(key, value));
        }
        let place = pairs.partition_point(|(k, _)| k.compare_keys(&key, atoms).is_lt());
        let (before, after) = pairs.split_at(place);
        Map::Small(before.iter().cloned().chain([(key, value)]).chain(after.iter().cloned()).collect())
    }

    /// The map without a key.
    pub fn without(&self, key: &Term, atoms: &Atoms) -> Map {
        match self {
            Map::Small(pairs) => match pairs.iter().position(|(k, _)| k == key) {
                Some(place) => {
                    let (before, after) = pairs.split_at(place);
                    Map::Small(before.iter().chain(&after[1..]).cloned().collect())
                }
                None => self.clone(),
            },
            Map::Large(pairs) => Map::settled(pairs.remove(key), atoms),
        }
    }

    fn settled(map: RedBlackTreeMapSync<Term, Term>, atoms: &Atoms) -> Map {
        if map.size() > SMALL_MAX {
            return Map::Large(map);
        }
        let mut pairs: Vec<(Term, Term)> =
            map.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
        pairs.sort_by(|(left, _), (right, _)| left.compare_keys(right, atoms));
        Map::Small(pairs.into())
    }
}
