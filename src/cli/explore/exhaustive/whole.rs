//! All orders of a scenario for programs: every final state, and the first failure.

use crate::explore::{Ending, Order, Search, Searched, Watch, search};
use crate::model::{Orders, RunState};
use crate::scenario::{ScriptWorld, Simulation};

/// Why the final states of a scenario are not all known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfinished(
    /// In a sentence.
    pub String,
);

/// Visits every final state of a scenario, in every order of events, each at least once: the world at the
/// end, whatever its clients expected. Gives up beyond `states_max` states; says how many there are.
///
/// Final worlds can be compared, and so can what clients ended with: `world.common().clients`, and its
/// variables and tables.
///
/// # Errors
///
/// When not all of them could be visited.
pub fn every_end(
    simulation: &Simulation,
    states_max: u64,
    visit: &mut dyn FnMut(&ScriptWorld),
) -> Result<u64, Unfinished> {
    struct Ends<'a>(&'a mut dyn FnMut(&ScriptWorld));
    impl<'s> Watch<Orders<'s, Simulation>> for Ends<'_> {
        fn ended(&mut self, state: &RunState<'s, Simulation>) {
            (self.0)(state.world());
        }
        fn endless(&mut self, _: &[RunState<'s, Simulation>]) -> bool {
            true
        }
    }
    let how = Search { order: Order::Depth, exact: false, jobs: 1, states_max, depth_max: u64::MAX };
    let searched = search(&Orders::of(simulation, true).to_all_ends(), &how, &mut Ends(visit));
    match searched.ending {
        Ending::Complete if searched.covered.limits == 0 => Ok(searched.covered.states),
        Ending::Complete => Err(Unfinished("some runs go on beyond the horizon".to_owned())),
        Ending::Endless { .. } => Err(Unfinished("some runs never end".to_owned())),
        Ending::States => Err(Unfinished(format!("there are more than {states_max} states"))),
        Ending::Failed(_) | Ending::Depth | Ending::Stopped => {
            Err(Unfinished("the search was left".to_owned()))
        }
    }
}

/// Searches all orders of a scenario breadth-first, on one thread, up to the first failure or `states_max`
/// states.
pub fn every_order(simulation: &Simulation, states_max: u64) -> Searched {
    struct Silent;
    impl<'s> Watch<Orders<'s, Simulation>> for Silent {
        fn endless(&mut self, round: &[RunState<'s, Simulation>]) -> bool {
            round.first().is_some_and(|first| first.hopes())
        }
    }
    let how = Search { order: Order::Breadth, exact: false, jobs: 1, states_max, depth_max: u64::MAX };
    search(&Orders::of(simulation, true), &how, &mut Silent)
}
