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

fn story(scenario: &str, seed: Option<u64>, width: usize) -> String {
    let (simulation, run) = run(scenario, seed);
    let settings = Settings { width, ..Settings::plain(simulation.atoms()) };
    assert_eq!(settings.verbosity, Verbosity::Story);
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

#[test]
fn a_reply_that_comes_later_is_told_where_it_is_sent() {
    let scenario = r#"
        scenario "a server answers later"
        supervisor top { worker door }
        server door {
            queue waiting
            on call enter from=$from { push waiting $from }
            on call open {
                each waiting $from { reply_to $from welcome }
                reply opened
            }
        }
        process guest { call door enter timeout=infinity }
        client { spawn guest; settle; call door open }
    "#;
    super::matches("late_reply", &story(scenario, None, 80));
}

#[test]
fn applications_start_stop_and_take_the_node_down() {
    let scenario = r#"
        scenario "a permanent application that crashes takes the node down"
        application shop type=permanent { supervisor shop_top { worker till } }
        application bank autostart=#false { supervisor bank_top { worker vault } }
        server till { trap_exit #true }
        server vault { trap_exit #true }
        client {
            start_application bank
            stop_application bank
            start_application bank
            stop shop_top reason=boom
        }
    "#;
    super::matches("applications", &story(scenario, None, 80));
}

#[test]
fn children_that_are_alike_are_reported_by_reason() {
    let scenario = r#"
        scenario "two children end with boom"
        supervisor pool autostart=#false strategy=simple_one_for_one { worker ender }
        server ender {
            args $how
            trap_exit #true
            terminate $reason { exit reason=$how }
        }
        client trap_exit=#true {
            start_link pool as=$pool
            start_child $pool args shutdown
            start_child $pool args boom
            start_child $pool args boom
            exit $pool reason=shutdown
            receive EXIT $pool shutdown
        }
    "#;
    super::matches("alike_stopped", &story(scenario, None, 80));
}

#[test]
fn the_end_of_a_child_is_told_in_one_line() {
    let scenario = r#"
        scenario "a child unlinks and dies" otp=25
        supervisor top { worker runaway }
        server runaway {
            init { unlink top }
            on cast crash { stop reason=boom }
        }
        client { cast runaway crash; settle; terminate_child top runaway }
    "#;
    super::matches("brief_end", &story(scenario, None, 80));
}

#[test]
fn the_exit_of_a_start_that_failed_is_heard() {
    let scenario = r#"
        scenario "before OTP 26 a failed start_link leaves an exit" otp=25
        supervisor broken autostart=#false { worker a }
        server a { init { fail bad } }
        client trap_exit=#true {
            start_link broken
            receive EXIT _ _ timeout=1000
        }
    "#;
    super::matches("exit_of_a_start", &story(scenario, None, 80));
}

#[test]
fn who_outlives_a_killed_supervisor_is_told_to_the_end() {
    let scenario = r#"
        scenario "a supervisor is killed while its child is stopping"
        supervisor top autostart=#false { supervisor hurried shutdown=100 { worker slow } }
        server slow {
            trap_exit #true
            terminate $reason { sleep 1000 }
        }
        client trap_exit=#true {
            start_link top as=$top
            exit $top reason=shutdown
            receive EXIT $top shutdown
        }
    "#;
    super::matches("outliving", &story(scenario, None, 80));
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
