//! All orders of a scenario, as something that can be searched.

use std::sync::{Mutex, PoisonError};

use crate::explore::{Space, Stands};
use crate::kernel::Choice;
use crate::scenario::{Room, Simulation, Standing, Strains, Walk, Walker};

/// All orders of a scenario.
#[derive(Debug)]
pub(super) struct Orders<'a> {
    walker: Walker<'a>,
    /// What is broken is gone on from, to its end.
    to_all_ends: bool,
    /// How close supervisors have come to giving up, in all states that were looked at.
    strains: Mutex<Strains>,
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

    /// To the end of every run, whether it is broken or not.
    pub(super) fn to_all_ends(simulation: &'a Simulation) -> Self {
        Orders { walker: Walker::of(simulation, true), to_all_ends: true, strains: Mutex::default() }
    }
}

impl<'a> Space for Orders<'a> {
    type State = Walk<'a>;
    type Room = Room<'a>;

    fn start(&self, taken: &mut Vec<Choice>) -> Walk<'a> {
        self.walker.start(taken)
    }

    fn choices(&self, state: &Walk<'a>) -> Vec<Choice> {
        state.world().choices().iter().collect()
    }

    fn step(&self, state: &mut Walk<'a>, choice: Choice, taken: &mut Vec<Choice>, room: &mut Room<'a>) {
        self.walker.step(state, choice, taken, room);
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
        if !state.strains().is_empty() {
            let mut strains = self.strains.lock().unwrap_or_else(PoisonError::into_inner);
            state.strains().iter().for_each(|(path, strain)| strain.note(path, &mut strains));
        }
    }
}
