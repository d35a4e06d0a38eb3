//! Which steps depend on what other processes have shared: switches, counters, and tables.
//!
//! A write is seen by comparing what is shared before a step and after it. A read cannot be seen, so it is
//! asked: had the last write not been, would the step have done the same? If not, it depends on the write.

use std::collections::{BTreeMap, BTreeSet};

use crate::kernel::{Choice, Term};

use super::super::seam::{EventsOf, Model, SharedPlace, WorldOf};
use super::super::span::Span;

/// When something was last written, and what was there before.
#[derive(Clone, Debug)]
struct Write {
    step: u64,
    before: Option<Term>,
}

/// What a run has shared so far.
#[derive(Debug, Default)]
pub(super) struct Shared {
    /// The last of each place.
    writes: BTreeMap<SharedPlace, Write>,
    /// All of them, in order.
    all: Vec<(SharedPlace, u64)>,
    /// Steps, and the writes that they depend on.
    pub(super) links: Vec<(u64, u64)>,
}

impl Shared {
    /// A choice is about to be taken as this step.
    pub(super) fn watch<M: Model>(&mut self, model: &M, world: &WorldOf<M>, choice: Choice, step: u64) {
        if !matches!(choice, Choice::Run(_)) {
            return;
        }
        let done = Done::of(model, world.clone(), choice);
        if !done.looked {
            return;
        }
        let changed = model.shared_changes(world.common(), done.world.common());
        for (place, write) in &self.writes {
            let otherwise = world.supposing(|common| model.put_shared(common, place, write.before.clone()));
            let tried = Done::of(model, otherwise, choice);
            if tried.differs(model, &done, place, changed.contains_key(place)) {
                self.links.push((step, write.step));
            }
        }
        for (place, before) in changed {
            self.all.push((place.clone(), step));
            self.writes.insert(place, Write { step, before });
        }
    }

    /// The last writes, up to a step, of all that a property speaks of.
    pub(super) fn spoken_of<M: Model>(&self, model: &M, property: Span, until: u64) -> BTreeSet<u64> {
        let before = self.all.iter().filter(|(_, step)| *step <= until);
        let spoken = before.filter(|(place, _)| model.speaks_of(property, place));
        let last: BTreeMap<&SharedPlace, u64> = spoken.map(|(place, step)| (place, *step)).collect();
        last.into_values().collect()
    }
}

/// A step that was tried.
struct Done<M: Model> {
    choice: Choice,
    world: WorldOf<M>,
    events: EventsOf<M>,
    looked: bool,
}

impl<M: Model> Done<M> {
    fn of(model: &M, mut world: WorldOf<M>, choice: Choice) -> Self {
        let mut events = EventsOf::<M>::recorded();
        world.step(choice, model.image(), &mut events);
        let looked = events.looked_around();
        Done { choice, world, events, looked }
    }

    /// Whether it has come to something else than another did, for what was shared at this place was
    /// something else. What is there afterwards counts only if the step has changed it.
    fn differs(&self, model: &M, other: &Self, place: &SharedPlace, changes_it: bool) -> bool {
        let Choice::Run(pid) = self.choice else { return false };
        let state = |done: &Self| done.world.process(pid).map(|process| process.behaviour().clone());
        if self.events.list() != other.events.list() || state(self) != state(other) {
            return true;
        }
        let changes = model.shared_changes(self.world.common(), other.world.common());
        changes.keys().any(|there| there != place || changes_it)
    }
}
