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
    let told = sandbox.run("explore --sweep broken.kdl --exhaustive");
    assert!(told.ends_with("[exit status: 2]"), "{told}");
}

/// A supervisor that does all that supervisors do, and in its turn.
const BUSY: &str = r#"scenario "all that a supervisor does"

supervisor top max_restarts=10 {
    supervisor pool max_restarts=10 { worker a }
    dynamic_supervisor sessions max_restarts=10
}

server b { trap_exit #true; terminate _ { sleep 5 } }

client {
    start_child pool { worker b }
    terminate_child pool b
    exit a reason=boom
    settle
    start_child sessions a as=$a
    kill $a
    settle
    which_children sessions as=$left
    stop top
}

server a { terminate _ { log "bye" } }
"#;

#[test]
fn a_supervisor_is_killed_in_all_that_it_does() {
    let sandbox = Sandbox::with(&[("busy.kdl", BUSY)]);
    let printed = sandbox.output("explore --sweep busy.kdl --format json").stdout;
    let object: serde_json::Value = serde_json::from_slice(&printed).expect("it is JSON");
    let cells = object["cells"].as_array().expect("it lists them");
    let kills = |process: &str, phase: &str| {
        let cell = cells.iter().find(|cell| cell["process"] == process && cell["phase"] == phase);
        cell.and_then(|cell| cell["kills"].as_u64())
    };
    for phase in ["starting", "idle", "adding", "removing", "restarting", "stopping"] {
        assert!(kills("pool", phase).is_some_and(|kills| kills > 0), "{phase}: {object}");
    }
    for phase in ["starting", "idle", "adding", "restarting", "stopping"] {
        assert!(kills("sessions", phase).is_some_and(|kills| kills > 0), "{phase}: {object}");
    }
    assert_eq!(kills("sessions", "removing"), Some(0), "nobody asks it to: {object}");
    assert!(kills("a", "restarting").is_some_and(|kills| kills > 0), "{object}");
    assert_eq!(kills("a", "adding"), None, "only supervisors do that: {object}");
}

/// One crash is within the intensity, and two are not.
const FRAGILE: &str = r#"scenario "two are one too many"

supervisor top max_restarts=1 {
    worker a
    worker b
}

client { sleep 20 }

always no-meltdown
"#;

#[test]
fn pairs_of_kills_find_what_one_does_not() {
    let sandbox = Sandbox::with(&[("fragile.kdl", FRAGILE)]);
    let single = sandbox.run("explore --sweep fragile.kdl");
    assert!(single.ends_with("[exit status: 0]"), "{single}");
    let told = sandbox.run_and_compare("explore --sweep --pairs fragile.kdl --trace none --jobs 1");
    let again = sandbox.run("explore --sweep --pairs fragile.kdl --trace none --jobs 2");
    assert!(told.starts_with(&again.replace("--jobs 2", "--jobs 1")), "{told}\n{again}");
    let path = sandbox.tree().into_iter().find(|path| path.ends_with(".schedule")).expect("it is saved");
    let replayed = sandbox.run(&format!("replay {path} -q"));
    assert!(replayed.contains("no-meltdown"), "{replayed}");
    assert_output!("sweep-pairs", told);
}

#[test]
fn a_bound_on_the_runs_is_no_secret() {
    let sandbox = Sandbox::with(&[("held.kdl", HELD)]);
    let whole = sandbox.run("explore --sweep held.kdl");
    assert!(whole.ends_with("[exit status: 0]"), "{whole}");
    let told = sandbox.run("explore --sweep held.kdl --max-runs 10");
    let again = sandbox.run("explore --sweep held.kdl --max-runs 10 --jobs 2");
    assert_eq!(told.lines().skip(1).collect::<Vec<_>>(), again.lines().skip(1).collect::<Vec<_>>());
    assert!(told.contains("one in") && told.ends_with("[exit status: 3]"), "{told}");
    let told = sandbox.run("explore --sweep --pairs held.kdl --max-runs 10");
    assert!(told.contains("None of the pairs") && told.ends_with("[exit status: 3]"), "{told}");
    let printed = sandbox.output("explore --sweep --pairs held.kdl --max-runs 200 --format json").stdout;
    let object: serde_json::Value = serde_json::from_slice(&printed).expect("it is JSON");
    assert_eq!(object["verdict"], "inconclusive", "{object}");
    assert_eq!(object["kills_tried"]["every"], 1, "{object}");
    assert!(object["pairs_tried"]["every"].as_u64() > Some(1), "{object}");
    let number = |key: &str| object[key].as_u64().expect("it is a number");
    assert!(number("kills") + number("pairs") <= 200 && number("pairs") > 0, "{object}");
    assert_eq!(number("kills") + number("pairs") + 1, number("runs"), "{object}");
}

#[test]
fn the_runs_of_seeds_are_swept_too() {
    let sandbox = Sandbox::with(&[("locked.kdl", LOCKED)]);
    let arguments = "explore --sweep --seeds 0..3 --scheduler random locked.kdl --trace none --jobs";
    let told = sandbox.run_and_compare(&format!("{arguments} 1"));
    let again = sandbox.run(&format!("{arguments} 2"));
    assert!(told.starts_with(&again.replace("--jobs 2", "--jobs 1")), "{told}\n{again}");
    let kills = |text: &str| {
        text.lines().find_map(|line| line.split_once(" kills,")).map(|(before, _)| {
            before.rsplit(' ').next().and_then(|number| number.parse::<u64>().ok()).expect("it is a number")
        })
    };
    let calm = kills(&sandbox.run("explore --sweep locked.kdl --trace none"));
    assert!(kills(&told) > calm.map(|calm| 3 * calm), "{told}");
}

#[test]
fn what_no_run_of_a_sweep_reaches_is_told() {
    let never = format!("{HELD}\nsometimes {{ dead top; alive top }}\n");
    let sandbox = Sandbox::with(&[("never.kdl", never.as_str())]);
    let told = sandbox.run("explore --sweep never.kdl");
    assert!(told.contains("reached `sometimes") && told.ends_with("[exit status: 3]"), "{told}");
}

/// Ctrl-C, as a terminal sends it, while pairs are tried.
#[cfg(target_os = "linux")]
#[test]
fn an_interrupted_sweep_prints_what_it_has_found() {
    use std::io::Read;
    use std::process::{Command, Stdio};

    let long = LOCKED.replace("call teller pay 5; expect ok", "repeat 40 { call teller pay 5; expect ok }");
    let sandbox = Sandbox::with(&[("held.kdl", HELD), ("long.kdl", &long)]);
    let mut child = sandbox
        .command("explore --sweep --pairs --max-runs 100000000 held.kdl long.kdl --trace none --jobs 3")
        .stdout(Stdio::piped())
        .spawn()
        .expect("treefall can be started");
    let mut stdout = child.stdout.take().expect("it is piped");
    // The first file is done when it is printed; when there are three more threads again, the second is not.
    let mut shown = vec![0; 4];
    stdout.read_exact(&mut shown).expect("it prints");
    let threads = format!("/proc/{}/task", child.id());
    while std::fs::read_dir(&threads).expect("it runs").count() < 5 {
        std::thread::yield_now();
    }
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(sent.expect("there is a kill").success());
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).expect("output is UTF-8");
    assert_eq!(child.wait().expect("it ends").code(), Some(130), "{rest}");
    assert!(rest.contains("Interrupted: what is shown is what was tried before."), "{rest}");
}

/// Runs of seeds have kills of their own, and a burst allows several: each is paid for by what the file says, so that the
/// kill of the sweep is left.
#[test]
fn a_run_with_a_burst_of_kills_is_swept_too() {
    let sandbox = Sandbox::with(&[(
        "burst.kdl",
        "supervisor top { worker a }\n\
         client { repeat 20 { sleep 50 } }\n\
         fault burst a crashes=4 within=1000\n\
         allow meltdown\n",
    )]);
    let swept = sandbox.run("explore burst.kdl --sweep --seeds 0..20");
    assert!(swept.contains(" kills") && swept.ends_with("[exit status: 0]"), "{swept}");
}
