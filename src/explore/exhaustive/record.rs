//! The states that a search has found.

use crate::kernel::Choice;

use super::seen::{Seen, Slot};
use super::space::{Covered, Search, Stands, StateSpace};

/// How many states are gone on from before whoever watches is asked.
pub(super) const BLOCK: usize = 256;

/// Why the search of all states was left.
pub(super) enum Stop {
    Failed(u32),
    States,
    Depth,
    Enough,
}

/// The states found so far, but for what they are.
pub(super) struct Record<S: StateSpace> {
    pub(super) covered: Covered,
    pub(super) seen: Seen,
    /// By state: the state before it, and by which of its choices.
    pub(super) nodes: Vec<(u32, u32)>,
    /// From which state a choice leads to which.
    pub(super) edges: Vec<(u32, u32)>,
    /// Every state whole, if that was asked for.
    pub(super) kept: Option<Vec<S::State>>,
    pub(super) states_max: u64,
    pub(super) depth_max: u64,
    /// Something lies beyond the depth.
    pub(super) deeper: bool,
}

/// What has become of a state.
pub(super) enum Entered {
    /// It is new, and has this number.
    New(u32),
    /// It is known.
    Known(u32),
    /// There is no room.
    Full,
}

impl<S: StateSpace> Record<S> {
    pub(super) fn new(how: &Search) -> Self {
        Record {
            covered: Covered::default(),
            seen: Seen::default(),
            nodes: Vec::new(),
            edges: Vec::new(),
            kept: how.exact.then(Vec::new),
            states_max: how.states_max.min(u64::from(u32::MAX) - 1),
            depth_max: how.depth_max,
            deeper: false,
        }
    }

    /// The number of a state that is known already.
    pub(super) fn find(&self, state: &S::State, fingerprint: u64) -> Option<u32> {
        match self.look_up(state, fingerprint) {
            Slot::Known(number) => Some(number),
            Slot::New(_) => None,
        }
    }

    fn look_up(&self, state: &S::State, fingerprint: u64) -> Slot {
        self.seen.find(fingerprint, |number| match &self.kept {
            Some(kept) => kept[number as usize] == *state,
            None => true,
        })
    }

    pub(super) fn enter(
        &mut self,
        state: &S::State,
        fingerprint: u64,
        from: (u32, u32),
        stands: Stands,
    ) -> Entered {
        let place = match self.look_up(state, fingerprint) {
            Slot::Known(number) => return Entered::Known(number),
            Slot::New(place) => place,
        };
        if self.covered.states >= self.states_max {
            return Entered::Full;
        }
        let number = u32::try_from(self.nodes.len()).expect("there are fewer states than numbers");
        self.seen.insert(place, fingerprint, number);
        self.nodes.push(from);
        if let Some(kept) = &mut self.kept {
            kept.push(state.clone());
        }
        self.covered.states += 1;
        match stands {
            Stands::Going | Stands::Failed => (),
            Stands::End => self.covered.ends += 1,
            Stands::Limit => self.covered.limits += 1,
        }
        Entered::New(number)
    }

    /// The choices that lead to a state, and the state.
    pub(super) fn way(&self, space: &S, node: u32) -> (Vec<Choice>, S::State) {
        let mut back = Vec::new();
        let mut at = node;
        while at != 0 {
            let (before, nth) = self.nodes[at as usize];
            back.push(nth);
            at = before;
        }
        let (mut taken, mut scratch) = (Vec::new(), S::Scratch::default());
        let mut state = space.start(&mut taken);
        for nth in back.into_iter().rev() {
            let choice = space.choices(&state)[nth as usize];
            space.step(&mut state, choice, &mut taken, &mut scratch);
        }
        (taken, state)
    }
}
