//! Pending timers by when they fire: a plain row while they are few, a tree when they are many.
//!
//! Most worlds hold a handful at a time, and set and cancel one with every call; a search copies them whenever
//! one of them changes.

use std::collections::BTreeMap;

use super::instant::Instant;
use super::pid::{Pid, Ref};
use super::signal::Target;

/// How many timers a row holds before it becomes a tree.
const ROW: usize = 12;

/// When a timer fires, and as which of those of that instant.
pub(super) type TimerKey = (u64, u32);

/// What a timer does when it fires.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Timer<M> {
    /// The `after` of a receive.
    Wait(Pid),
    /// The patience of a process that waits for quiet.
    Patience(Pid),
    /// A message is sent then: `erlang:send_after/3`.
    Send { reference: Ref, target: Target, body: M },
}

/// Timers, soonest first.
#[derive(Clone, Debug)]
pub(super) struct Timers<M>(Shape<M>);

#[derive(Clone, Debug)]
enum Shape<M> {
    Row(Vec<(TimerKey, Timer<M>)>),
    Tree {
        timers: BTreeMap<TimerKey, Timer<M>>,
        /// Which timers fire at each instant.
        instants: BTreeMap<u64, Instant>,
    },
}

impl<M> Default for Timers<M> {
    fn default() -> Self {
        Timers(Shape::Row(Vec::new()))
    }
}

impl<M> Timers<M> {
    pub(super) fn len(&self) -> usize {
        match &self.0 {
            Shape::Row(row) => row.len(),
            Shape::Tree { timers, .. } => timers.len(),
        }
    }

    /// The earliest instant at which one fires, and how many do.
    pub(super) fn earliest(&self) -> Option<(u64, usize)> {
        match &self.0 {
            Shape::Row(row) => {
                let due = row.first()?.0.0;
                Some((due, row.iter().take_while(|((at, _), _)| *at == due).count()))
            }
            Shape::Tree { instants, .. } => {
                instants.first_key_value().map(|(due, instant)| (*due, instant.len()))
            }
        }
    }

    /// The key of the one at this place among those of the earliest instant.
    pub(super) fn of_earliest(&self, place: usize) -> Option<TimerKey> {
        match &self.0 {
            Shape::Row(row) => {
                let due = row.first()?.0.0;
                row.get(place).map(|(key, _)| *key).filter(|(at, _)| *at == due)
            }
            Shape::Tree { instants, .. } => {
                let (due, instant) = instants.first_key_value()?;
                Some((*due, instant.at(place)?))
            }
        }
    }

    /// As which of its instant the next one is set.
    pub(super) fn next_nth(&self, due: u64) -> u32 {
        let last = match &self.0 {
            Shape::Row(row) => row.iter().rev().find(|((at, _), _)| *at == due).map(|(key, _)| key),
            Shape::Tree { timers, .. } => {
                timers.range((due, 0)..=(due, u32::MAX)).next_back().map(|(key, _)| key)
            }
        };
        last.map_or(0, |(_, nth)| nth + 1)
    }

    /// Adds one. No other has its key.
    pub(super) fn insert(&mut self, key: TimerKey, timer: Timer<M>) {
        match &mut self.0 {
            Shape::Row(row) if row.len() < ROW => {
                let later = row.iter().rev().take_while(|(other, _)| *other > key).count();
                row.insert(row.len() - later, (key, timer));
            }
            Shape::Row(row) => {
                let mut tree = Shape::Tree { timers: BTreeMap::new(), instants: BTreeMap::new() };
                for (key, timer) in std::mem::take(row).into_iter().chain([(key, timer)]) {
                    tree.insert(key, timer);
                }
                self.0 = tree;
            }
            tree @ Shape::Tree { .. } => tree.insert(key, timer),
        }
    }

    /// Takes one out.
    pub(super) fn remove(&mut self, key: TimerKey) -> Option<Timer<M>> {
        match &mut self.0 {
            Shape::Row(row) => {
                let place = row.iter().position(|(other, _)| *other == key)?;
                Some(row.remove(place).1)
            }
            Shape::Tree { timers, instants } => {
                let timer = timers.remove(&key)?;
                if !instants.get_mut(&key.0).is_some_and(|instant| instant.remove(key.1)) {
                    instants.remove(&key.0);
                }
                if timers.is_empty() {
                    *self = Timers::default();
                }
                Some(timer)
            }
        }
    }

    /// The one with this key.
    pub(super) fn get(&self, key: TimerKey) -> Option<&Timer<M>> {
        match &self.0 {
            Shape::Row(row) => row.iter().find(|(other, _)| *other == key).map(|(_, timer)| timer),
            Shape::Tree { timers, .. } => timers.get(&key),
        }
    }

    /// All of them, soonest first.
    pub(super) fn iter(&self) -> impl Iterator<Item = (TimerKey, &Timer<M>)> {
        let (row, tree) = match &self.0 {
            Shape::Row(row) => (row.as_slice(), None),
            Shape::Tree { timers, .. } => (&[][..], Some(timers)),
        };
        row.iter()
            .map(|(key, timer)| (*key, timer))
            .chain(tree.into_iter().flatten().map(|(key, timer)| (*key, timer)))
    }

    /// Those of one instant.
    pub(super) fn at(&self, due: u64) -> impl Iterator<Item = &Timer<M>> {
        let (row, tree) = match &self.0 {
            Shape::Row(row) => (row.as_slice(), None),
            Shape::Tree { timers, .. } => (&[][..], Some(timers.range((due, 0)..=(due, u32::MAX)))),
        };
        let row = row.iter().filter(move |((at, _), _)| *at == due).map(|(_, timer)| timer);
        row.chain(tree.into_iter().flatten().map(|(_, timer)| timer))
    }
}

impl<M> Shape<M> {
    /// Adds one to a tree.
    fn insert(&mut self, key: TimerKey, timer: Timer<M>) {
        if let Shape::Tree { timers, instants } = self {
            timers.insert(key, timer);
            match instants.get_mut(&key.0) {
                Some(instant) => instant.push(key.1),
                None => drop(instants.insert(key.0, Instant::One(key.1))),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::atom::Node;
    use super::super::pid::Pid;
    use super::{Timer, Timers};

    #[test]
    fn timers_come_soonest_first_and_in_the_order_of_setting_however_many_there_are() {
        for size in [5_u64, 12, 13, 100] {
            let mut timers = Timers::<()>::default();
            let mut set = Vec::new();
            for number in 0..size {
                let due = (number * 7) % 5;
                let key = (due, timers.next_nth(due));
                timers.insert(key, Timer::Wait(Pid::nobody_on(Node::NONE)));
                set.push(key);
            }
            assert!(timers.remove((2, 0)).is_some());
            assert!(timers.remove((2, 0)).is_none());
            set.retain(|key| *key != (2, 0));
            set.sort_unstable();
            assert_eq!(timers.iter().map(|(key, _)| key).collect::<Vec<_>>(), set);
            assert_eq!(timers.len(), set.len());
            for due in 0..5 {
                let count = set.iter().filter(|(at, _)| *at == due).count();
                assert_eq!(timers.at(due).count(), count);
            }
            let first = set[0].0;
            let count = timers.at(first).count();
            assert_eq!(timers.earliest(), Some((first, count)));
            let places = (0..=count).map(|place| timers.of_earliest(place));
            let firsts = set.iter().copied().take(count).map(Some).chain([None]);
            assert!(places.eq(firsts), "{size}");
            assert!(set.iter().all(|key| timers.remove(*key).is_some()));
            assert_eq!(timers.earliest(), None);
        }
    }
}
