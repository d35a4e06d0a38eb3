//! `treefall explore --sweep`.

use crate::sandbox::{BROKEN, HELD, Sandbox, assert_output};

/// A server whose lock nobody releases if it dies between two of its calls.
const LOCKED: &str = r#"scenario "a lock that dies with nobody"

supervisor top max_restarts=5 {
    worker ledger
    worker teller
}

server ledger {
    on call note $amount { sleep 20; reply ok }
}

server teller {
    on call pay $amount {
        acquire till
        call ledger note $amount
        release till
        reply ok
    }
}

client test { call teller pay 5; expect ok }
"#;

#[test]
fn every_process_is_killed_once_at_every_step_of_the_calm_run() {
    let sandbox = Sandbox::with(&[("held.kdl", HELD), ("locked.kdl", LOCKED)]);
    let swept = sandbox.run_and_compare("explore --sweep held.kdl locked.kdl --trace none --jobs 1");
    let again = sandbox.run("explore --sweep held.kdl locked.kdl --trace none --jobs 2");
    assert!(swept.starts_with(&again.replace("--jobs 2", "--jobs 1")), "{again}");
    let replayed = sandbox.run("replay treefall-failures/locked-sweep.schedule");
    assert!(replayed.contains("no-held-resources"), "{replayed}");
    assert_output!("sweep", format!("{swept}\n\n{replayed}"));
}

/// Each cell is there, whether the calm run reaches it or not, and the cells make up the whole.
#[test]
fn no_cell_is_left_out_in_silence() {
    let sandbox = Sandbox::with(&[("locked.kdl", LOCKED)]);
    let printed = sandbox.output("explore --sweep locked.kdl --format json").stdout;
    let object: serde_json::Value = serde_json::from_slice(&printed).expect("it is JSON");
    let cells = object["cells"].as_array().expect("it lists them");
    assert_eq!(cells.len(), 3 * 6, "{object}");
    let number = |cell: &serde_json::Value, key: &str| cell[key].as_u64().expect("it is a number");
    for cell in cells {
        let outcomes = ["held", "noticed", "as_expected", "broken", "inconclusive"];
        let sum: u64 = outcomes.iter().map(|outcome| number(cell, outcome)).sum();
        assert_eq!(sum, number(cell, "kills"), "{cell}");
    }
    let kills: u64 = cells.iter().map(|cell| number(cell, "kills")).sum();
    assert_eq!((kills, kills + 1), (number(&object, "kills"), number(&object, "runs")));
    let of = |process: &str, phase: &str| {
        cells.iter().find(|cell| cell["process"] == process && cell["phase"] == phase).expect("it is there")
    };
    assert!(number(of("teller", "in a call"), "broken") > 0, "the till stays taken: {object}");
    assert_eq!(number(of("teller", "in a call"), "held"), 0, "{object}");
    assert_eq!(number(of("teller", "idle"), "broken"), 0, "it holds nothing then: {object}");
    assert!(number(of("ledger", "handling"), "kills") > 0, "it sleeps in its callback: {object}");
}

/// The schedule of a sweep may kill whom the scenario does not let be killed; another one may not.
#[test]
fn only_the_schedule_of_a_sweep_kills_anybody() {
    let sandbox = Sandbox::with(&[("locked.kdl", LOCKED)]);
    sandbox.run("explore --sweep locked.kdl -q");
    let path = "treefall-failures/locked-sweep.schedule";
    let text = sandbox.read(path);
    assert!(text.contains("\nseed none sweep\n") && text.ends_with("\ncalm\n"), "{text}");
    assert!(text.lines().rev().nth(1).is_some_and(|line| line.starts_with("kill ")), "{text}");
    sandbox.write("plain.schedule", text.replace("seed none sweep", "seed none"));
    let refused = sandbox.run("replay plain.schedule");
    assert!(
        refused.contains("which cannot happen there") && refused.ends_with("[exit status: 2]"),
        "{refused}"
    );
    let run = sandbox.run(&format!("run locked.kdl --schedule {path} -q"));
    assert!(run.contains("no-held-resources"), "{run}");
    let shrunk = sandbox.run(&format!("shrink {path} --trace none"));
    assert!(shrunk.contains("no-held-resources"), "{shrunk}");
}

#[test]
fn a_sweep_begins_with_a_calm_run_that_is_as_the_file_says() {
    let sandbox = Sandbox::with(&[("broken.kdl", BROKEN)]);
    let told = sandbox.run("explore --sweep broken.kdl");
    assert!(told.contains("Nobody was killed") && told.ends_with("[exit status: 1]"), "{told}");
    let told = sandbox.run("explore --sweep broken.kdl --seeds 0..3");
    assert!(told.ends_with("[exit status: 2]"), "{told}");
}
