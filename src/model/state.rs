//! A run that can be forked: a world and its judge at one point, to be taken on by whoever tries all orders.

use std::fmt;
use std::hash::{Hash, Hasher};

use crate::kernel::{Choice, Fingerprint};

use super::breach::Breach;
use super::intensity::IntensityUses;
use super::judge::Judge;
use super::seam::{EventsOf, Model, WorldOf};
use super::verdict::Verdict;

/// A run at one point. Two are equal if their worlds are and their judges will agree from here on.
pub struct RunState<'m, M: Model> {
    model: &'m M,
    world: WorldOf<M>,
    judge: M::Judge<'m>,
    steps: u64,
}

impl<M: Model> PartialEq for RunState<'_, M> {
    fn eq(&self, other: &Self) -> bool {
        self.is_at(&other.world, &other.judge)
    }
}

impl<M: Model> Eq for RunState<'_, M> {}

impl<M: Model> Hash for RunState<'_, M> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.world.hash(state);
        self.judge.memory(&self.world).hash(state);
    }
}

impl<M: Model> Clone for RunState<'_, M> {
    fn clone(&self) -> Self {
        RunState {
            model: self.model,
            world: self.world.clone(),
            judge: self.judge.clone(),
            steps: self.steps,
        }
    }

    fn clone_from(&mut self, source: &Self) {
        let RunState { model, world, judge, steps } = source;
        self.model = model;
        self.world.clone_from(world);
        self.judge.clone_from(judge);
        self.steps = *steps;
    }
}

impl<M: Model> fmt::Debug for RunState<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunState").field("world", &self.world).field("steps", &self.steps).finish()
    }
}

impl<'m, M: Model> RunState<'m, M> {
    /// A run that has come so far.
    pub(super) fn at(model: &'m M, world: WorldOf<M>, judge: M::Judge<'m>, steps: u64) -> Self {
        RunState { model, world, judge, steps }
    }

    /// A run before its first step.
    pub(super) fn start(model: &'m M) -> Self {
        let mut events = model.events();
        let world = model.start(&mut events);
        let mut judge = model.judge();
        judge.observe(events.list(), &world, 0);
        RunState { model, world, judge, steps: 0 }
    }

    /// A run that has taken these choices.
    pub(super) fn after(model: &'m M, choices: &[Choice]) -> Self {
        let mut state = RunState::start(model);
        let mut events = EventsOf::<M>::of_lives();
        choices.iter().for_each(|choice| state.take(*choice, &mut events));
        state
    }

    /// Takes a choice. `events` may be used again, for any run.
    pub(super) fn take(&mut self, choice: Choice, events: &mut EventsOf<M>) {
        events.turn_to(self.steps);
        if self.model.hears_messages() {
            events.hear_messages();
        }
        self.judge.takes(choice);
        self.world.step(choice, self.model.image(), events);
        self.steps += 1;
        self.judge.observe(events.list(), &self.world, self.steps);
    }

    /// Takes two such states for one that differ in nothing but how long something has waited, where that is
    /// nobody's business. The last state of a run is what it is.
    pub(super) fn forget_how_long(&mut self, shortest_timer: Option<u64>) {
        if !self.is_over() {
            self.world.forget_how_long(shortest_timer);
        }
    }

    /// Whether another run stands at the same point.
    pub(super) fn is_at(&self, world: &WorldOf<M>, judge: &M::Judge<'m>) -> bool {
        self.world == *world && self.judge.memory(&self.world) == judge.memory(world)
    }

    /// The run that ends here.
    pub(super) fn into_parts(self) -> (WorldOf<M>, M::Judge<'m>, u64) {
        (self.world, self.judge, self.steps)
    }

    /// The world at this point.
    pub fn world(&self) -> &WorldOf<M> {
        &self.world
    }

    /// How many steps it has taken.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Its digest: equal for equal states.
    pub fn fingerprint(&self) -> u64 {
        Fingerprint::of(self)
    }

    /// What the run came to, if this is its end.
    pub fn verdict(&self) -> Verdict {
        Verdict::of_end(self.judge.clone().settled(&self.world, self.steps))
    }

    /// Whether something in it is worth a note beside the verdict, if this is its end.
    pub fn is_noteworthy(&self) -> bool {
        !self.judge.notes(&self.world).is_empty()
    }

    /// What has been broken so far.
    pub fn broken(&self) -> &[Breach] {
        self.judge.so_far()
    }

    /// Whether it still hopes for something that has not been seen.
    pub fn hopes(&self) -> bool {
        self.judge.hopes()
    }

    /// The numbers of what some run should reach and it has.
    pub fn reached(&self) -> impl Iterator<Item = usize> {
        self.judge.reached()
    }

    /// How close supervisors have come to giving up on the way here.
    pub fn intensity(&self) -> &IntensityUses {
        self.judge.intensity()
    }

    /// Whether everybody who had something to do has done it, or died.
    pub fn is_served(&self) -> bool {
        self.model.is_served(&self.world)
    }

    /// Whether nothing can happen any more but faults.
    pub fn is_over(&self) -> bool {
        self.world.is_over() || self.model.has_halted(&self.world)
    }
}
