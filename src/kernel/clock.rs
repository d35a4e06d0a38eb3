//! Virtual time and the timers that are set on it.

use std::hash::{Hash, Hasher};

use super::copy_on_write::CopyOnWrite;
use super::fingerprint::Fingerprint;
use super::pid::Ref;
use super::table::Table;
use super::timers::{Timer, TimerKey, Timers};

/// The timer of a process that waits. As which of its instant it was set is an accident of history.
#[derive(Clone, Copy, Debug)]
pub(super) struct Waiting(pub(super) TimerKey);

/// The clock of a world.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Clock<M> {
    pub(super) now: u64,
    pending: CopyOnWrite<Pending<M>>,
}

/// The timers that have not fired.
#[derive(Clone, Debug)]
struct Pending<M> {
    timers: Timers<M>,
    keys: Table<Ref, TimerKey>,
    /// How many timers are patience: they are all that may be pending when the world is quiet.
    patience: usize,
}

impl<M> Clone for Clock<M> {
    fn clone(&self) -> Self {
        Clock { now: self.now, pending: self.pending.clone() }
    }

    fn clone_from(&mut self, source: &Self) {
        let Clock { now, pending } = source;
        self.now = *now;
        self.pending.clone_from(pending);
    }
}

impl<M> Default for Clock<M> {
    fn default() -> Self {
        Clock { now: 0, pending: CopyOnWrite::default() }
    }
}

impl<M> Default for Pending<M> {
    fn default() -> Self {
        Pending { timers: Timers::default(), keys: Table::default(), patience: 0 }
    }
}

impl<M: Clone> Clock<M> {
    /// Sets a timer `after` milliseconds from now. Those of one instant fire in the order of setting.
    pub(super) fn set(&mut self, after: u64, timer: Timer<M>) -> TimerKey {
        self.pending.get_mut().set(self.now.saturating_add(after), timer)
    }

    /// Takes a timer away, fired or cancelled.
    pub(super) fn remove(&mut self, key: TimerKey) -> Option<Timer<M>> {
        self.pending.get_mut().remove(key)
    }
}

impl<M> Clock<M> {
    /// How many timers there are that send something.
    pub(super) fn sent_later(&self) -> usize {
        self.pending.keys.len()
    }

    /// Where the timer with this reference is, if it has not fired.
    pub(super) fn key(&self, reference: Ref) -> Option<TimerKey> {
        self.pending.keys.get(reference).copied()
    }

    /// The timer that is kept here.
    pub(super) fn at(&self, key: TimerKey) -> Option<&Timer<M>> {
        self.pending.timers.get(key)
    }

    /// The timers of the earliest instant.
    pub(super) fn earliest(&self) -> impl Iterator<Item = (TimerKey, &Timer<M>)> {
        let count = self.pending.timers.earliest().map_or(0, |(_, count)| count);
        self.pending.timers.iter().take(count)
    }

    /// Where the timer at this place among those of the earliest instant is.
    pub(super) fn of_earliest(&self, place: usize) -> Option<TimerKey> {
        self.pending.timers.of_earliest(place)
    }

    /// The earliest instant at which a timer fires, and how many do.
    pub(super) fn earliest_instant(&self) -> Option<(u64, usize)> {
        self.pending.timers.earliest()
    }

    /// How many timers are pending.
    pub(super) fn len(&self) -> usize {
        self.pending.timers.len()
    }

    /// Whether no timer is pending.
    pub(super) fn is_empty(&self) -> bool {
        self.pending.timers.len() == 0
    }

    /// Whether nothing but patience is pending.
    pub(super) fn only_patience(&self) -> bool {
        self.pending.timers.len() == self.pending.patience
    }

    /// All pending timers, soonest first.
    pub(super) fn pending(&self) -> impl Iterator<Item = (TimerKey, &Timer<M>)> {
        self.pending.timers.iter()
    }
}

impl<M> Pending<M> {
    fn set(&mut self, due: u64, timer: Timer<M>) -> TimerKey {
        let key = (due, self.timers.next_nth(due));
        match &timer {
            Timer::Send { reference, .. } => drop(self.keys.insert(*reference, key)),
            Timer::Patience(_) => self.patience += 1,
            Timer::Wait(_) => (),
        }
        self.timers.insert(key, timer);
        key
    }

    fn remove(&mut self, key: TimerKey) -> Option<Timer<M>> {
        let timer = self.timers.remove(key)?;
        match &timer {
            Timer::Send { reference, .. } => drop(self.keys.remove(*reference)),
            Timer::Patience(_) => self.patience -= 1,
            Timer::Wait(_) => (),
        }
        Some(timer)
    }
}

impl PartialEq for Waiting {
    fn eq(&self, other: &Self) -> bool {
        self.0.0 == other.0.0
    }
}

impl Eq for Waiting {}

impl Hash for Waiting {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.0.hash(state);
    }
}

// Any of the timers of one instant may fire first, so it is the same if the same timers are due at the same
// instants: in which order they were set is no part of the value.
impl<M: PartialEq> PartialEq for Pending<M> {
    fn eq(&self, other: &Self) -> bool {
        let count = |pending: &Self, due: u64, wanted: &Timer<M>| {
            pending.timers.at(due).filter(|timer| *timer == wanted).count()
        };
        self.timers.len() == other.timers.len()
            && self.timers.iter().all(|((due, _), timer)| count(self, due, timer) == count(other, due, timer))
    }
}

impl<M: Eq> Eq for Pending<M> {}

impl<M: Hash> Hash for Pending<M> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let timers = self.timers.iter().map(|((due, _), timer)| Fingerprint::of(&(due, timer)));
        state.write_u64(timers.fold(0, u64::wrapping_add));
    }
}
