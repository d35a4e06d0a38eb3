//! Litmus tests: small racy programs, each with the exact set of outcomes that the reference manual allows.
//!
//! Every state that any scheduler can reach is visited, once: `outcomes` in the file must be all that can
//! happen, and each of them must.

use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use treefall::cli::Loaded;
use treefall::kernel::Fingerprint;
use treefall::model::Model;
use treefall::scenario::{ScriptEvents, ScriptWorld, Simulation};

/// More states than this make no litmus test.
const STATES_MAX: usize = 200_000;

fn litmus_tests() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/litmus");
    let entries = fs::read_dir(folder).expect("the folder is there");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("it can be listed").path()).collect();
    files.sort();
    files
}

/// Every world in which nothing more can happen.
fn ends(simulation: &Simulation) -> Vec<ScriptWorld> {
    let mut events = ScriptEvents::ignored();
    let mut known = HashSet::new();
    let mut waiting = vec![simulation.start(&mut events)];
    let mut ends = Vec::new();
    while let Some(world) = waiting.pop() {
        if !known.insert(Fingerprint::of(&world)) {
            continue;
        }
        assert!(known.len() <= STATES_MAX, "more than {STATES_MAX} states");
        let choices: Vec<_> = world.choices().iter().collect();
        if world.is_over() {
            ends.push(world);
            continue;
        }
        for choice in choices {
            let mut next = world.clone();
            next.step(choice, simulation.image(), &mut events);
            waiting.push(next);
        }
    }
    ends
}

#[test]
fn each_reaches_exactly_the_outcomes_that_it_lists() {
    let files = litmus_tests();
    assert!(files.len() >= 20, "there are litmus tests");
    let mut wrong = Vec::new();
    for file in files {
        let loaded = Loaded::open(&file).unwrap_or_else(|_| panic!("{} can be read", file.display()));
        let name = file.file_stem().and_then(|stem| stem.to_str()).expect("names are UTF-8");
        let listed = loaded.scenario.outcomes.as_ref().map_or(0, |outcomes| outcomes.rows.len());
        assert!(listed > 0, "{name}: a litmus test lists its outcomes");
        let mut reached = BTreeSet::new();
        for end in ends(&loaded.simulation) {
            if !end.common().failures.is_empty() {
                wrong.push(format!("{name}: a client fails in some run"));
            }
            match loaded.simulation.outcome(&end) {
                Some(outcome) => drop(reached.insert(outcome)),
                None => wrong.push(format!("{name}: a run ends with {:?}", end.common().variables)),
            }
        }
        for outcome in (0..listed).filter(|outcome| !reached.contains(outcome)) {
            wrong.push(format!("{name}: no run ends with outcome {}", outcome + 1));
        }
    }
    wrong.dedup();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
