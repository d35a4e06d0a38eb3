//! All orders of a model, as something that can be searched.

use std::sync::{Mutex, PoisonError};

use crate::explore::{Stands, StateSpace};
use crate::kernel::{Atom, Choice, StopFlag};

use super::intensity::{IntensityUse, IntensityUses};
use super::seam::Model;
use super::state::RunState;
use super::stepper::{Scratch, Standing, Stepper};

/// All orders of a model.
#[derive(Debug)]
pub struct Orders<'m, M: Model> {
    stepper: Stepper<'m, M>,
    /// What is broken is gone on from, to its end.
    to_all_ends: bool,
    stop: StopFlag,
    /// How close supervisors have come to giving up, in all states that were looked at.
    intensity: Mutex<IntensityUses>,
}

/// What taking a step needs, and what its thread has told of supervisors: threads meet only over what is new.
#[derive(Debug)]
pub struct Workplace<'m, M: Model> {
    scratch: Scratch<'m, M>,
    told: IntensityUses,
}

impl<M: Model> Default for Workplace<'_, M> {
    fn default() -> Self {
        Workplace { scratch: Scratch::default(), told: IntensityUses::new() }
    }
}

impl<'m, M: Model> Orders<'m, M> {
    /// Up to what is broken. `reduced` leaves out orders that make no difference.
    pub fn of(model: &'m M, reduced: bool) -> Self {
        let (stop, intensity) = (StopFlag::default(), Mutex::default());
        Orders { stepper: Stepper::of(model, reduced), to_all_ends: false, stop, intensity }
    }

    /// To the end of every run, whether it is broken or not.
    pub fn to_all_ends(self) -> Self {
        Orders { to_all_ends: true, ..self }
    }

    /// The search is left as soon as this is raised.
    pub fn until(self, stop: StopFlag) -> Self {
        Orders { stop, ..self }
    }

    /// How close supervisors have come to giving up. It is the most there is, so it does not matter who has
    /// looked first.
    pub fn intensity(&self) -> IntensityUses {
        self.intensity.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Tells how close supervisors have come on the way to a state, but for what this thread has told.
    fn tell_intensity(&self, state: &RunState<'m, M>, told: &mut IntensityUses) {
        let known = |(path, counted): (&Vec<Atom>, &IntensityUse)| {
            told.get(path).is_some_and(|most: &IntensityUse| !counted.exceeds(most))
        };
        if state.intensity().iter().all(known) {
            return;
        }
        let mut all = self.intensity.lock().unwrap_or_else(PoisonError::into_inner);
        for (path, counted) in state.intensity() {
            counted.note(path, told);
            counted.note(path, &mut all);
        }
    }
}

impl<'m, M: Model> StateSpace for Orders<'m, M> {
    type State = RunState<'m, M>;
    type Scratch = Workplace<'m, M>;

    fn start(&self, taken: &mut Vec<Choice>) -> RunState<'m, M> {
        let start = self.stepper.start(taken);
        self.tell_intensity(&start, &mut IntensityUses::new());
        start
    }

    fn scratch(&self) -> Workplace<'m, M> {
        Workplace { scratch: Scratch::until(&self.stop), told: IntensityUses::new() }
    }

    fn is_left(&self) -> bool {
        self.stop.is_raised()
    }

    fn choices(&self, state: &RunState<'m, M>) -> Vec<Choice> {
        state.world().choices().iter().collect()
    }

    fn step(
        &self,
        state: &mut RunState<'m, M>,
        choice: Choice,
        taken: &mut Vec<Choice>,
        workplace: &mut Workplace<'m, M>,
    ) {
        self.stepper.step(state, choice, taken, &mut workplace.scratch);
        self.tell_intensity(state, &mut workplace.told);
    }

    fn fingerprint(&self, state: &RunState<'m, M>) -> u64 {
        state.fingerprint()
    }

    fn standing(&self, state: &RunState<'m, M>) -> Stands {
        match self.stepper.standing(state) {
            Standing::Going => Stands::Going,
            Standing::Held => Stands::End,
            Standing::BeyondHorizon => Stands::Limit,
            Standing::Broken if !self.to_all_ends => Stands::Failed,
            Standing::Broken if state.is_over() => Stands::End,
            Standing::Broken => Stands::Going,
        }
    }

    fn reached(&self, state: &RunState<'m, M>, tell: &mut dyn FnMut(usize)) {
        state.reached().for_each(tell);
    }
}
