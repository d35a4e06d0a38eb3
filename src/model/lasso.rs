//! Runs that go round: they come back to a state that they have been in, and can do the same again for ever. What
//! leads there and goes round once is called a lasso.

use std::collections::BTreeSet;

use crate::kernel::{Choice, World};
use crate::otp::{Actor, Guest};

use super::judge::Judge;
use super::seam::{EventsOf, Model, WorldOf};
use super::state::RunState;
use super::verdict::Verdict;

/// Whether a part of a run lets everybody go on who could all the time.
#[derive(Debug)]
pub(super) struct Fairness {
    /// What could have happened all the time.
    always: Vec<Choice>,
    /// What has happened.
    taken: BTreeSet<Choice>,
    /// How many could have been looked for since they were.
    unseen: usize,
}

/// How many choices are looked for in a step.
const LOOKED_FOR: usize = 64;

impl Fairness {
    /// From here on; nobody waits for a fault.
    pub(super) fn from<G: Guest>(world: &World<Actor<G>>) -> Self {
        let mut always = Vec::new();
        world.choices().list_without_faults(&mut always);
        Fairness { always, taken: BTreeSet::new(), unseen: 0 }
    }

    /// Notes that this was chosen.
    pub(super) fn takes(&mut self, choice: Choice) {
        self.taken.insert(choice);
    }

    /// The run stands here.
    pub(super) fn sees<G: Guest>(&mut self, world: &World<Actor<G>>) {
        // Of very many choices not all are looked for at every step: some may count as offered all the time that were
        // not, and then a circle is not called one.
        self.unseen += LOOKED_FOR;
        if self.unseen < self.always.len() {
            return;
        }
        self.unseen = 0;
        let choices = world.choices();
        self.always.retain(|choice| choices.contains(*choice));
    }

    /// Whether nothing has waited all the time in vain.
    pub(super) fn is_kept(&self) -> bool {
        self.always.iter().all(|choice| self.taken.contains(choice))
    }
}

/// What a run comes to that can repeat its last `length` steps for ever.
pub(super) fn verdict<'m, M: Model>(
    model: &'m M,
    judge: &M::Judge<'m>,
    world: &WorldOf<M>,
    steps: u64,
    length: u64,
) -> Verdict {
    let mut breaches = judge.so_far().to_vec();
    breaches.extend(judge.in_vain(world, steps, length));
    if !breaches.is_empty() {
        return Verdict::Broken(breaches);
    }
    match model.is_served(world) {
        // What goes round for ever does not keep a run from being over.
        true => Verdict::of_end(judge.clone().settled(world, steps)),
        false => Verdict::Inconclusive(format!(
            "{} can repeat for ever, and a client still waits",
            last_steps(length)
        )),
    }
}

/// `the last 4 steps`
pub fn last_steps(length: u64) -> String {
    if length == 1 { "the last step".to_owned() } else { format!("the last {length} steps") }
}

/// Where a run that goes round has done so for the first time: a story is told once.
pub(super) fn first<'m, M: Model>(model: &'m M, choices: &[Choice], length: u64) -> RunState<'m, M> {
    let cycle = usize::try_from(length).unwrap_or(usize::MAX);
    let mut events = EventsOf::<M>::of_lives();
    let (mut behind, mut ahead) = (RunState::start(model), RunState::after(model, &choices[..cycle]));
    for (choice, window) in choices[cycle..].iter().zip(choices.windows(cycle)) {
        if behind == ahead && is_fair(&behind, window) {
            break;
        }
        behind.take(window[0], &mut events);
        ahead.take(*choice, &mut events);
    }
    ahead
}

/// Where a run stands after these choices, and whether the last `length` of them lead back to where they began.
pub(super) fn closes<'m, M: Model>(model: &'m M, choices: &[Choice], length: u64) -> (RunState<'m, M>, bool) {
    let begins = choices.len().saturating_sub(usize::try_from(length).unwrap_or(usize::MAX));
    let end = RunState::after(model, choices);
    let (mut before, mut after) = (RunState::after(model, &choices[..begins]), end.clone());
    if model.is_reducible() {
        before.forget_how_long(model.shortest_timer());
        after.forget_how_long(model.shortest_timer());
    }
    (end, before == after)
}

/// Whether nothing waits in vain while a run goes round once.
fn is_fair<M: Model>(from: &RunState<'_, M>, cycle: &[Choice]) -> bool {
    let (mut state, mut events) = (from.clone(), EventsOf::<M>::of_lives());
    let mut fairness = Fairness::from(state.world());
    for choice in cycle {
        fairness.takes(*choice);
        state.take(*choice, &mut events);
        fairness.sees(state.world());
    }
    fairness.is_kept()
}
