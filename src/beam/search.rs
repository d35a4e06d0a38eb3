//! Looking for what treefall's runs can come to: for a run that comes to what the real Erlang did, or for all.
//!
//! Seeds show what is likely. A run on a busy machine can be unlikely, and then no number of seeds says that
//! it is impossible. So a run is looked for that tells just that: one that departs from the real story is
//! given up at once, and one that stands where another has stood, having told as much, is not gone on with.
//! If nothing is left to try, treefall cannot do what the real Erlang did, and that is a fact and no guess.

use std::collections::BTreeSet;

use crate::kernel::{Choice, Fingerprint, StopFlag};
use crate::model::Model;
use crate::scenario::{ScriptEvents, ScriptWorld, Simulation};

use super::cast::Roles;
use super::outcome::{Account, Outcomes};
use super::simulated::Teller;

/// Whether treefall can do what the real Erlang did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Some run comes to it.
    Reached,
    /// No run does: all were tried, as far as each agreed with it.
    Unreachable,
    /// None of those tried so far.
    Unfinished,
}

/// An attempt to find a run begins with this many steps. Who has made a wrong choice early can be long in
/// coming back to it, so many short attempts, each in an order of its own, find more than a long one.
const ATTEMPT_STEPS: u64 = 500;
/// After so many attempts the next ones get twice as many steps: what is far away, or nowhere, needs them.
const ATTEMPTS_ALIKE: u64 = 8;

/// Looks for a run that comes to what a real one did, in so many steps at most, and until `stop` is raised.
///
/// `cast` is who takes part in the scenario; `line_of` says on which line of the file a byte is.
pub fn reach(
    simulation: &Simulation,
    cast: &Roles,
    line_of: &dyn Fn(usize) -> usize,
    real: &Account,
    (steps_max, stop): (u64, &StopFlag),
) -> Reach {
    let tale = real.tale();
    let (mut attempt, mut left) = (0, steps_max);
    while left > 0 && !stop.is_raised() {
        let steps = (ATTEMPT_STEPS << (attempt / ATTEMPTS_ALIKE).min(32)).min(left);
        let mut reached = false;
        let all = search(simulation, cast, attempt, (steps, stop), &mut |visit| match visit {
            Visit::Told(teller) => teller.story().begins(&tale),
            Visit::Over(teller, world) => {
                reached = real.agrees(&teller.outcome(world, line_of));
                !reached
            }
        });
        match (reached, all) {
            (true, _) => return Reach::Reached,
            (false, true) => return Reach::Unreachable,
            (false, false) => (),
        }
        attempt += 1;
        left -= steps;
    }
    Reach::Unfinished
}

/// All that treefall's runs can come to; none if they have not all been seen after so many steps,
/// or when `stop` is raised.
///
/// `cast` is who takes part in the scenario; `line_of` says on which line of the file a byte is.
pub fn every_outcome(
    simulation: &Simulation,
    cast: &Roles,
    line_of: &dyn Fn(usize) -> usize,
    (steps_max, stop): (u64, &StopFlag),
) -> Option<Outcomes> {
    let mut outcomes = Outcomes::default();
    let all = search(simulation, cast, 0, (steps_max, stop), &mut |visit| {
        if let Visit::Over(teller, world) = visit {
            outcomes.add(teller.outcome(world, line_of));
        }
        true
    });
    all.then_some(outcomes)
}

/// What a search has come upon.
enum Visit<'a> {
    /// A step that made the story longer. Whether to go on with this run.
    Told(&'a Teller<'a>),
    /// The end of a run. Whether to go on with others.
    Over(Box<Teller<'a>>, &'a ScriptWorld),
}

/// A point from which some choices have not been taken yet.
struct Branch<'a> {
    world: ScriptWorld,
    teller: Teller<'a>,
    /// In the order in which they are taken, the first at the end.
    left: Vec<Choice>,
}

/// Takes all choices everywhere; whether that was done before the steps had run out. Attempt 0 takes the calm
/// choice first, the others have each an order of their own.
fn search<'a>(
    simulation: &'a Simulation,
    cast: &'a Roles,
    attempt: u64,
    (steps_max, stop): (u64, &StopFlag),
    visit: &mut dyn FnMut(Visit<'_>) -> bool,
) -> bool {
    let mut events = ScriptEvents::recorded().until(stop);
    let world = simulation.start(&mut events);
    let mut teller = Teller::new(simulation, cast);
    events.drain().iter().for_each(|event| teller.hear(event));
    let mut seen = BTreeSet::new();
    let left = choices(&world, attempt, 0);
    let mut branches = vec![Branch { world, teller, left }];
    let mut steps: u64 = 0;
    // What goes on for ever is not looked into, and then nobody knows what it comes to.
    let mut beyond = false;
    while let Some(branch) = branches.last_mut() {
        let Some(choice) = branch.left.pop() else {
            branches.pop();
            continue;
        };
        if steps == steps_max {
            return false;
        }
        steps += 1;
        let (mut world, mut teller) = match branch.left.is_empty() {
            true => match branches.pop() {
                Some(last) => (last.world, last.teller),
                None => return true,
            },
            false => (branch.world.clone(), branch.teller.clone()),
        };
        let told = teller.story().len();
        world.step(choice, simulation.image(), &mut events);
        if events.is_stopped() {
            return false;
        }
        events.list().iter().for_each(|event| teller.hear(event));
        events.clear();
        if teller.story().len() != told && !visit(Visit::Told(&teller)) {
            continue;
        }
        if !seen.insert(Fingerprint::of(&(&world, teller.fingerprint()))) {
            continue;
        }
        if simulation.is_beyond_horizon(&world) {
            beyond = true;
            continue;
        }
        if world.is_over() || world.common().halted.is_some() {
            if !visit(Visit::Over(Box::new(teller), &world)) {
                return false;
            }
            continue;
        }
        let left = choices(&world, attempt, steps);
        branches.push(Branch { world, teller, left });
    }
    !beyond
}

/// All that can happen next, what is taken first at the end.
fn choices(world: &ScriptWorld, attempt: u64, steps: u64) -> Vec<Choice> {
    let choices = world.choices();
    let calm = choices.calm();
    let mut all: Vec<Choice> = choices.iter().filter(|choice| Some(*choice) != calm).collect();
    all.extend(calm);
    if attempt > 0 {
        all.sort_by_cached_key(|choice| Fingerprint::of(&(attempt, steps, choice)));
    }
    all
}
