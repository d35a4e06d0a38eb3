//! All states that can be reached, each once.
//!
//! It knows nothing of what a state is: whoever searches says which choices one has, what they lead to, how
//! it stands, and a number by which to know it again. What is left out because it makes no difference is
//! left out by them as well, in [`StateSpace::step`].
//!
//! Breadth-first finds the fewest choices that lead to a failure; depth-first keeps no more states at once
//! than a run has. Threads share the work of one level and their results are put together in order, so
//! nothing depends on how many there are.

mod breadth;
mod cycles;
mod depth;
mod seen;
mod worker;

use crate::kernel::Choice;

use seen::{Found, Seen};

/// What is searched.
pub trait StateSpace: Sync {
    /// A state. Going back to one by `clone_from` should cost what has changed.
    type State: Clone + Eq + Send + Sync;

    /// What taking a step needs beside the state, to be used again for the next.
    type Scratch: Default + Send;

    /// The first state; `taken` gets the choices that have been taken to reach it.
    fn start(&self, taken: &mut Vec<Choice>) -> Self::State;

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
    fn reached(&mut self, what: usize);

    /// A new state is an end.
    fn ended(&mut self, state: &S::State);

    /// Whether a run that goes round and round here for ever is wrong. All states of the round are shown.
    fn endless(&mut self, round: &[S::State]) -> bool;

    /// How far it is, now and then. Whoever returns false has had enough.
    fn progress(&mut self, covered: &Covered) -> bool;
}

/// How many states are gone on from before whoever watches is asked.
const BLOCK: usize = 256;

/// Goes every way from the first state, as far as the limits let it.
pub fn search<S: StateSpace>(space: &S, how: &Search, watch: &mut dyn Watch<S>) -> Searched {
    let mut record = Record::new(how);
    let mut taken = Vec::new();
    let start = space.start(&mut taken);
    let ending = match how.order {
        Order::Breadth => breadth::search(space, how, start, &mut record, watch),
        Order::Depth => depth::search(space, start, &mut record, watch),
    };
    let ending = match ending {
        Some(Stop::Failed(node)) => Ending::Failed(record.way(space, node).0),
        Some(Stop::States) => Ending::States,
        Some(Stop::Enough) => Ending::Stopped,
        Some(Stop::Depth) => Ending::Depth,
        None => cycles::look(space, &mut record, watch),
    };
    Searched { ending, covered: record.covered }
}

/// Why the search of all states was left.
enum Stop {
    Failed(u32),
    States,
    Depth,
    Enough,
}

/// The states found so far, but for what they are.
struct Record<S: StateSpace> {
    covered: Covered,
    seen: Seen,
    /// By state: the state before it, and by which of its choices.
    nodes: Vec<(u32, u32)>,
    /// From which state a choice leads to which.
    edges: Vec<(u32, u32)>,
    /// Every state whole, if that was asked for.
    kept: Option<Vec<S::State>>,
    states_max: u64,
    depth_max: u64,
    /// Something lies beyond the depth.
    deeper: bool,
}

/// What has become of a state.
enum Entered {
    /// It is new, and has this number.
    New(u32),
    /// It is known.
    Known(u32),
    /// There is no room.
    Full,
}

impl<S: StateSpace> Record<S> {
    fn new(how: &Search) -> Self {
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
    fn find(&self, state: &S::State, fingerprint: u64) -> Option<u32> {
        match self.look_up(state, fingerprint) {
            Found::Known(number) => Some(number),
            Found::New(_) => None,
        }
    }

    fn look_up(&self, state: &S::State, fingerprint: u64) -> Found {
        self.seen.find(fingerprint, |number| match &self.kept {
            Some(kept) => kept[number as usize] == *state,
            None => true,
        })
    }

    fn enter(&mut self, state: &S::State, fingerprint: u64, from: (u32, u32), stands: Stands) -> Entered {
        let place = match self.look_up(state, fingerprint) {
            Found::Known(number) => return Entered::Known(number),
            Found::New(place) => place,
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
    fn way(&self, space: &S, node: u32) -> (Vec<Choice>, S::State) {
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
