//! Scenarios, told: what a reader must not be misled about.

use std::fs;

use crate::explore::{Calm, Random, Scheduler};
use crate::kernel::Choice;
use crate::scenario::{Run, ScriptEvent, ScriptWorld, Simulation, parse};
use crate::trace::{Settings, Verbosity, text};

/// A run of a scenario, under a seed or calmly.
pub(in crate::trace) fn run(text: &str, seed: Option<u64>) -> (Simulation, Run) {
    let scenario = parse("test.kdl", text).expect("the scenario has no mistakes");
    let simulation = Simulation::of(&scenario);
    let mut scheduler: Box<dyn Scheduler<_>> = match seed {
        Some(seed) => Box::new(Random::new(seed)),
        None => Box::new(Calm),
    };
    let run = simulation.run(true, &mut |world: &ScriptWorld, _: &[ScriptEvent]| -> Option<Choice> {
        scheduler.choose(&world.choices())
    });
    (simulation, run)
}

pub(in crate::trace) fn guide(name: &str) -> String {
    let path = format!("{}/scenarios/guide/{name}.kdl", env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(path).expect("the scenario is there")
}

fn story(scenario: &str, seed: Option<u64>, width: usize) -> String {
    let (simulation, run) = run(scenario, seed);
    let settings = Settings { width, ..Settings::plain(simulation.atoms()) };
    assert_eq!(settings.verbosity, Verbosity::Story);
    text(&run.events, &settings)
}

#[test]
fn a_down_that_a_call_overtakes_is_told_after_it() {
    super::matches("late_down", &story(&guide("12a_the_test_as_it_is_written"), Some(27), 100));
}
