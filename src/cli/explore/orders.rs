//! All orders of a scenario, as something that can be searched.

use std::sync::{Mutex, PoisonError};

use crate::explore::{Space, Stands};
use crate::kernel::{Atom, Choice};
use crate::scenario::{Room, Simulation, Standing, Strain, Strains, Walk, Walker};

/// All orders of a scenario.
#[derive(Debug)]
pub(super) struct Orders<'a> {
    walker: Walker<'a>,
    /// What is broken is gone on from, to its end.
    to_all_ends: bool,
    /// How close supervisors have come to giving up, in all states that were looked at.
    strains: Mutex<Strains>,
}

/// What taking a step needs, and which strains its thread has told: threads meet only over new ones.
#[derive(Debug, Default)]
pub(super) struct Desk<'a> {
    room: Room<'a>,
    told: Strains,
}

impl<'a> Orders<'a> {
    /// Up to what is broken.
    pub(super) fn of(simulation: &'a Simulation, reduced: bool) -> Self {
        Orders { walker: Walker::of(simulation, reduced), to_all_ends: false, strains: Mutex::default() }
    }

    /// How close supervisors have come to giving up. It is the most there is, so it does not matter who has
    /// looked first.
    pub(super) fn strains(&self) -> Strains {
        self.strains.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Tells how close supervisors have come on the way to a state, but for what is known at this desk.
    fn tell_strains(&self, state: &Walk<'_>, told: &mut Strains) {
        let known = |(path, strain): (&Vec<Atom>, &Strain)| {
            told.get(path).is_some_and(|most: &Strain| !strain.exceeds(most))
        };
        if state.strains().iter().all(known) {
            return;
        }
        let mut strains = self.strains.lock().unwrap_or_else(PoisonError::into_inner);
        for (path, strain) in state.strains() {
            strain.note(path, told);
            strain.note(path, &mut strains);
        }
    }

    /// To the end of every run, whether it is broken or not.
    pub(super) fn to_all_ends(simulation: &'a Simulation) -> Self {
        Orders { walker: Walker::of(simulation, true), to_all_ends: true, strains: Mutex::default() }
    }
}

impl<'a> Space for Orders<'a> {
    type State = Walk<'a>;
    type Room = Desk<'a>;

    fn start(&self, taken: &mut Vec<Choice>) -> Walk<'a> {
        let start = self.walker.start(taken);
        self.tell_strains(&start, &mut Strains::new());
        start
    }

    fn choices(&self, state: &Walk<'a>) -> Vec<Choice> {
        state.world().choices().iter().collect()
    }

    fn step(&self, state: &mut Walk<'a>, choice: Choice, taken: &mut Vec<Choice>, desk: &mut Desk<'a>) {
        self.walker.step(state, choice, taken, &mut desk.room);
        self.tell_strains(state, &mut desk.told);
    }

    fn fingerprint(&self, state: &Walk<'a>) -> u64 {
        state.fingerprint()
    }

    fn standing(&self, state: &Walk<'a>) -> Stands {
        match self.walker.standing(state) {
            Standing::Going => Stands::Going,
            Standing::Held => Stands::End,
            Standing::BeyondHorizon => Stands::Limit,
            Standing::Broken if !self.to_all_ends => Stands::Failed,
            Standing::Broken if state.is_over() => Stands::End,
            Standing::Broken => Stands::Going,
        }
    }

    fn reached(&self, state: &Walk<'a>, tell: &mut dyn FnMut(usize)) {
        state.reached().for_each(tell);
    }
}
