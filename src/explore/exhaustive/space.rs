//! What is searched, how, who watches, and what it comes to.

use crate::kernel::Choice;

/// What is searched.
pub trait StateSpace: Sync {
    /// A state. Going back to one by `clone_from` should cost what has changed.
    type State: Clone + Eq + Send + Sync;

    /// What taking a step needs beside the state, to be used again for the next.
    type Scratch: Default + Send;

    /// The first state; `taken` gets the choices that have been taken to reach it.
    fn start(&self, taken: &mut Vec<Choice>) -> Self::State;

    /// What the steps of the search itself are taken with: they may break off when it is left.
    fn scratch(&self) -> Self::Scratch {
        Self::Scratch::default()
    }

    /// Whether the search is to be left, and what steps have led to since is no state.
    fn is_left(&self) -> bool {
        false
    }

    /// What can happen next, in an order that the way there alone decides.
    fn choices(&self, state: &Self::State) -> Vec<Choice>;

    /// Takes a choice, and others after it that make no difference; `taken` gets each.
    fn step(
        &self,
        state: &mut Self::State,
        choice: Choice,
        taken: &mut Vec<Choice>,
        scratch: &mut Self::Scratch,
    );

    /// A number by which to know a state again: the same for equal states.
    fn fingerprint(&self, state: &Self::State) -> u64;

    /// How a state stands.
    fn standing(&self, state: &Self::State) -> Stands;

    /// Says what some state should reach and this one does, by numbers.
    fn reached(&self, state: &Self::State, tell: &mut dyn FnMut(usize));
}

/// How a state stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stands {
    /// It can go on.
    Going,
    /// It is an end, as it should be.
    End,
    /// Something is wrong: it is not gone on from.
    Failed,
    /// It is not gone on from, and nobody knows what would have come.
    Limit,
}

/// In which order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// All states that one choice leads to, then all that two do.
    Breadth,
    /// On and on, and back.
    Depth,
}

/// How to search.
#[derive(Clone, Copy, Debug)]
pub struct Search {
    /// In which order.
    pub order: Order,
    /// Keeps every state whole, and takes two for the same only if they are equal.
    pub exact: bool,
    /// On how many threads.
    pub jobs: usize,
    /// No more states than this.
    pub states_max: u64,
    /// No further from the start than so many choices.
    pub depth_max: u64,
}

/// How far it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Covered {
    /// How many states there are so far.
    pub states: u64,
    /// How many times a choice was taken.
    pub steps: u64,
    /// How many of the states are ends.
    pub ends: u64,
    /// How many states are at a limit.
    pub limits: u64,
    /// How many choices the furthest state is away.
    pub depth: u64,
    /// How many states are still to be gone on from.
    pub waiting: u64,
}

/// Why a search has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// There are no more states.
    Complete,
    /// Something is wrong in the last state of this way there.
    Failed(Vec<Choice>),
    /// A run can go on for ever, and those who watch will hear of it in vain: the way there, and what repeats.
    Endless {
        /// The way to a state that comes again and again.
        to: Vec<Choice>,
        /// The choices from there back to it.
        around: Vec<Choice>,
    },
    /// There are more states than were asked for.
    States,
    /// There are states further away than was asked for.
    Depth,
    /// Whoever watches has had enough.
    Stopped,
}

/// What a search came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Searched {
    /// Why it has ended.
    pub ending: Ending,
    /// How far it came.
    pub covered: Covered,
}

/// Who hears of what is found.
pub trait Watch<S: StateSpace> {
    /// Some state has reached this. Told at the end, and more than once.
    fn reached(&mut self, _what: usize) {}

    /// A new state is an end.
    fn ended(&mut self, _state: &S::State) {}

    /// Whether a run that goes round and round here for ever is wrong, which it is not by itself. All states of the round
    /// are shown.
    fn endless(&mut self, _round: &[S::State]) -> bool {
        false
    }

    /// How far it is, now and then. Whoever returns false has had enough.
    fn progress(&mut self, _covered: &Covered) -> bool {
        true
    }
}
