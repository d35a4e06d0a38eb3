//! What one thread works with, and uses again for every step: states are large, and most of those that are
//! made turn out to be known.

use std::collections::BTreeSet;

use crate::kernel::Choice;

use super::space::StateSpace;

/// More states than this are not kept to be used again.
const SPARE_MAX: usize = 1_024;

/// What one thread works with.
pub(super) struct Worker<S: StateSpace> {
    scratch: S::Scratch,
    taken: Vec<Choice>,
    /// Each in a box, as all states are that are handed around: they are large.
    spare: Vec<Box<S::State>>,
    /// What it has seen reached.
    pub(super) reached: BTreeSet<usize>,
}

impl<S: StateSpace> Worker<S> {
    /// Somebody who has seen nothing yet.
    pub(super) fn of(space: &S) -> Self {
        Worker { scratch: space.scratch(), taken: Vec::new(), spare: Vec::new(), reached: BTreeSet::new() }
    }

    /// Where a choice leads, and its fingerprint.
    pub(super) fn step(&mut self, space: &S, from: &S::State, choice: Choice) -> (Box<S::State>, u64) {
        let mut state = match self.spare.pop() {
            Some(mut state) => {
                S::State::clone_from(&mut state, from);
                state
            }
            None => Box::new(from.clone()),
        };
        self.taken.clear();
        space.step(&mut state, choice, &mut self.taken, &mut self.scratch);
        self.pass(space, &state);
        let fingerprint = space.fingerprint(&state);
        (state, fingerprint)
    }

    /// Notes what a state reaches.
    pub(super) fn pass(&mut self, space: &S, state: &S::State) {
        space.reached(state, &mut |what| {
            self.reached.insert(what);
        });
    }

    /// Takes back a state that nobody needs any more.
    pub(super) fn take_back(&mut self, state: Box<S::State>) {
        if self.spare.len() < SPARE_MAX {
            self.spare.push(state);
        }
    }
}
