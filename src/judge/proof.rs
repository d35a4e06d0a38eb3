//! Trying every order before any seed, within a budget that is counted in states: it takes the same anywhere.

use crate::explore::{Ending, Order, Search, Watch, search};
use crate::kernel::{Choice, StopFlag};
use crate::model::{self, Cast, Model, Orders, Played, RunState, play_with};
use crate::scenario::{ScriptWorld, Simulation};

use super::counted::{Counted, Counting};

/// What came of trying every order.
#[derive(Debug)]
pub enum Proof {
    /// Every property holds in every order: so many states.
    Holds(u64),
    /// In this one it does not.
    Broken(Box<Played<Simulation>>),
    /// Neither, within the budget.
    Open,
}

/// Tries every order of a scenario, in so many states at most and on one thread, until `stop` is raised.
pub fn proof(simulation: &Simulation, states_max: u64, stop: &StopFlag) -> Proof {
    proof_of(&Counted::of(simulation, Counting::Nothing), states_max, stop)
}

/// The same, of a scenario whose judge counts.
pub(super) fn proof_of(counted: &Counted<'_>, states_max: u64, stop: &StopFlag) -> Proof {
    let how = Search { order: Order::Breadth, exact: false, jobs: 1, states_max, depth_max: u64::MAX };
    let mut watcher = Unserved(false);
    let orders = Orders::of(counted, true).until(stop.clone());
    let searched = search(&orders, &how, &mut watcher);
    counted.note_intensity(&orders.intensity());
    let simulation = counted.simulation();
    let broken = |way: &[Choice], around: &[Choice]| Proof::Broken(Box::new(played(simulation, way, around)));
    match &searched.ending {
        Ending::Complete if searched.covered.limits == 0 && !watcher.0 => {
            Proof::Holds(searched.covered.states)
        }
        _ if stop.is_raised() => Proof::Open,
        Ending::Failed(way) => broken(way, &[]),
        Ending::Endless { to, around } => broken(to, around),
        Ending::Complete | Ending::States | Ending::Depth | Ending::Stopped => Proof::Open,
    }
}

/// Whether a run can go on for ever while clients still wait.
struct Unserved(bool);

impl<'m, M: Model> Watch<Orders<'m, M>> for Unserved {
    fn endless(&mut self, round: &[RunState<'m, M>]) -> bool {
        self.0 |= !round.iter().all(RunState::is_served);
        round.first().is_some_and(|first| first.hopes())
    }
}

/// The run that goes this way, and calmly on from there; or round and round, if that is how it fails.
pub fn played(simulation: &Simulation, way: &[Choice], around: &[Choice]) -> Played<Simulation> {
    let mut left = way.iter().chain(around).copied();
    let endless = !around.is_empty();
    let mut played = play_with(simulation, &mut |world: &ScriptWorld, _: &Cast| match left.next() {
        None if endless => None,
        choice => choice.or_else(|| world.choices().calm()),
    });
    if endless {
        let length = u64::try_from(around.len()).unwrap_or(u64::MAX);
        played.run = model::judged_as_lasso(simulation, played.run, length);
    }
    played
}
