//! A campaign's seeds are the runs that they would be alone, though it takes once what many of them begin with.

use std::fs;

use treefall::explore::SchedulerKind;
use treefall::kernel::StopFlag;
use treefall::model::campaign::{self, Campaign, Failure, Found, Progress, Watch};
use treefall::model::{Source, calm_length, run_under};
use treefall::scenario::{Simulation, parse};

struct Nobody;

impl Watch for Nobody {
    fn progress(&mut self, _: Progress) {}

    fn failed(&mut self, _: &mut Failure) {}
}

/// Among them one with faults, one with two nodes, and one whose run goes round.
const SCENARIOS: &[&str] = &[
    "bench/small_run.kdl",
    "guide/11_observer_watches_and_kills.kdl",
    "guide/12a_the_test_as_it_is_written.kdl",
    "bugs/checkout_races_its_timeout.broken.kdl",
    "oracles/no_deadlock.broken.kdl",
    "faults/burst.broken.kdl",
    "nodes/heals.kdl",
];

#[test]
fn each_seed_is_the_run_that_it_would_be_alone() {
    for path in SCENARIOS {
        let text = fs::read_to_string(format!("scenarios/{path}")).expect("the scenario is there");
        let simulation = Simulation::of(&parse(path, &text).expect("the scenario is right"));
        for (word, kind) in SchedulerKind::WORDS {
            let of = Campaign { scheduler: *kind, seeds: 0..60, jobs: 1, keep_going: true, patience: None };
            let together = campaign::run(&simulation, &of, &StopFlag::default(), &mut Nobody).seeds;
            let length = calm_length(&simulation, *kind, &StopFlag::default());
            let mut alone = Found { parties: together.parties, ..Found::default() };
            for seed in of.seeds {
                let run = run_under(&simulation, &mut *kind.scheduler(seed, length));
                alone.add(&run, Source::Seed { of: *kind, seed }.origin(), &simulation);
            }
            assert_eq!(together, alone, "{path} under {word}");
        }
    }
}
