//! Scenarios, told: what a reader must not be misled about.

use std::fs;

use crate::explore::{Calm, Random, Scheduler};
use crate::model::{Model, Run, play_under};
use crate::scenario::{Simulation, parse};
use crate::trace::{Directory, Recording, Settings, Verbosity, text};

/// A run of a scenario, under a seed or calmly.
pub(in crate::trace) fn run(text: &str, seed: Option<u64>) -> (Simulation, Run<Simulation>) {
    let scenario = parse("test.kdl", text).expect("the scenario has no mistakes");
    let simulation = Simulation::of(&scenario);
    let mut scheduler: Box<dyn Scheduler<_>> = match seed {
        Some(seed) => Box::new(Random::new(seed)),
        None => Box::new(Calm),
    };
    let run = play_under(&simulation, &mut *scheduler).run;
    (simulation, run)
}

pub(in crate::trace) fn guide(name: &str) -> String {
    let path = format!("{}/scenarios/guide/{name}.kdl", env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(path).expect("the scenario is there")
}

pub(super) fn story(scenario: &str, seed: Option<u64>, width: usize) -> String {
    told(scenario, seed, width, Verbosity::Story)
}

fn told(scenario: &str, seed: Option<u64>, width: usize, verbosity: Verbosity) -> String {
    let (simulation, run) = run(scenario, seed);
    let settings = Settings { width, verbosity, ..Settings::plain(simulation.atoms()) };
    let directory = Directory::of(&run.events, simulation.atoms());
    text(&Recording::of(&run.events, &directory), &settings)
}

#[test]
fn a_down_that_a_call_overtakes_is_told_after_it() {
    super::matches("late_down", &story(&guide("12a_the_test_as_it_is_written"), Some(27), 100));
}

/// The first screen of the guide's last store, as narrow and as wide as terminals are.
#[test]
fn the_store_that_holds() {
    let scenario = guide("08_one_for_all_holds");
    for width in [60, 80, 100, 160] {
        super::matches(&format!("one_for_all_holds_{width}"), &story(&scenario, None, width));
    }
}

#[test]
fn a_call_is_told_where_it_is_taken_and_a_message_says_that_it_is_late() {
    let scenario = r#"
        scenario "a reply overtakes the message that caused it"
        supervisor top { worker log; worker registry }
        server log {
            var lines 0
            on cast line { add lines 1 }
            on call lines { reply $lines }
        }
        server registry { on call create { cast log line; reply ok } }
        client { call registry create; call log lines }
    "#;
    let late = (0..50).map(|seed| story(scenario, Some(seed), 80)).find(|told| told.contains("(late)"));
    super::matches("late_message", &late.expect("some seed shows it"));
}

/// What a supervisor makes of a death is told later if it was busy, and then says whose death.
#[test]
fn a_supervisor_that_was_busy_says_whom_it_does_not_restart() {
    let scenario = r#"
        scenario "two children die at once"
        supervisor top { worker a restart=temporary; worker b restart=temporary }
        server a { trap_exit #true }
        server b { trap_exit #true }
        client { exit a reason=kill; exit b reason=kill }
    "#;
    let told = (0..200).map(|seed| story(scenario, Some(seed), 80));
    let late = told
        .into_iter()
        .find(|told| told.contains("does not restart a") || told.contains("does not restart b"));
    super::matches("late_decision", &late.expect("some seed shows it"));
}

#[test]
fn every_signal_and_its_fate() {
    let scenario = r#"
        scenario "a call and a crash"
        supervisor top { worker a }
        server a {
            on call x { reply x }
            on cast boom { stop reason=boom }
        }
        client test { call a x; cast a boom }
    "#;
    for width in [60, 80, 100, 160] {
        super::matches(&format!("signals_{width}"), &told(scenario, None, width, Verbosity::Signals));
    }
}
