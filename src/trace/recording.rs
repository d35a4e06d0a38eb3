//! A recorded run as data: its events by their numbers, who is who in it, and what each event follows from.
//!
//! The story, the signals, the JSON and the explanation read this and learn nothing anew. That an event follows
//! from another is Lamport's happening before, one step of it: what a process does follows from what it did
//! before, what arrives from its sending, what is taken from its arrival, and what it sees (a name, a table, who
//! lives) from what has made that so.

use std::collections::BTreeSet;

use crate::kernel::{Event, EventKind};
use crate::otp::{Actor, Guest};

use super::learner::{Causes, Learner};
use super::names::Directory;

/// A recorded run, from its first event on.
#[derive(Debug)]
pub struct Recording<'r, G: Guest> {
    events: &'r [Event<Actor<G>>],
    directory: &'r Directory,
    /// What each event follows from.
    causes: Vec<Causes>,
}

impl<'r, G: Guest> Recording<'r, G> {
    /// What was recorded, with who is who in it.
    ///
    /// # Panics
    ///
    /// When these are not the first events of a run: each has its place as its number.
    pub fn of(events: &'r [Event<Actor<G>>], directory: &'r Directory) -> Self {
        let mut learner = Learner::default();
        let mut causes = Vec::with_capacity(events.len());
        for (place, event) in events.iter().enumerate() {
            assert_eq!(event.number, place as u64 + 1, "a recording begins with the first event");
            causes.push(learner.hear(event));
        }
        Recording { events, directory, causes }
    }

    /// Everything that happened, in order.
    pub fn events(&self) -> &'r [Event<Actor<G>>] {
        self.events
    }

    /// Who is who.
    pub fn directory(&self) -> &'r Directory {
        self.directory
    }

    /// The event with this number.
    pub fn event(&self, number: u64) -> Option<&'r Event<Actor<G>>> {
        self.events.get(usize::try_from(number.checked_sub(1)?).ok()?)
    }

    /// What happened in this step.
    pub fn step(&self, step: u64) -> &'r [Event<Actor<G>>] {
        let begin = self.events.partition_point(|event| event.step < step);
        let end = self.events.partition_point(|event| event.step <= step);
        &self.events[begin..end]
    }

    /// The events that this one directly follows from, in order: what its process did before, and whatever else.
    pub fn causes(&self, number: u64) -> impl Iterator<Item = u64> + use<'_, 'r, G> {
        let mut causes: Vec<u64> = self
            .found(number)
            .iter()
            .flat_map(|found| found.before.into_iter().chain(found.others()))
            .collect();
        causes.sort_unstable();
        causes.dedup();
        causes.into_iter()
    }

    /// The events that this one follows from, beside what its process did before.
    pub fn others(&self, number: u64) -> impl Iterator<Item = u64> + use<'_, 'r, G> {
        self.found(number).into_iter().flat_map(Causes::others)
    }

    /// The event that sent what is taken with this one, perhaps for the second time.
    pub fn sent(&self, took: &Event<Actor<G>>) -> Option<&'r Event<Actor<G>>> {
        let origin = self.event(took.origin?)?;
        match origin.kind {
            EventKind::Arrived { .. } => self.event(origin.origin?),
            _ => self.sent(origin),
        }
    }

    /// These events and all that they follow from.
    pub fn past(&self, of: impl IntoIterator<Item = u64>) -> BTreeSet<u64> {
        let mut open: Vec<u64> = of.into_iter().collect();
        let mut past = BTreeSet::new();
        while let Some(number) = open.pop() {
            if past.insert(number) {
                open.extend(self.causes(number));
            }
        }
        past
    }

    /// What the process of this event did before.
    pub fn before(&self, number: u64) -> Option<u64> {
        self.found(number)?.before
    }

    fn found(&self, number: u64) -> Option<&Causes> {
        self.causes.get(usize::try_from(number.checked_sub(1)?).ok()?)
    }
}
