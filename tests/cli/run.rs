//! `treefall run`.

use std::process::Stdio;

use crate::sandbox::{BROKEN, HELD, Sandbox, assert_output};

fn sandbox() -> Sandbox {
    Sandbox::with(&[("held.kdl", HELD), ("broken.kdl", BROKEN)])
}

/// What every command does with a folder: the scenarios below it, sorted, each once.
#[test]
fn a_folder_stands_for_its_scenarios() {
    let sandbox =
        Sandbox::with(&[("b/z.kdl", HELD), ("b/deep/a.kdl", HELD), ("c.kdl", HELD), ("b/notes.md", "")]);
    assert_output!(
        "folders",
        sandbox.session(&[
            "run c.kdl b ./b/z.kdl b/z.kdl --trace none",
            "explore c.kdl b --seeds 0..5",
            "tree b --at 3",
        ])
    );
}

#[test]
fn a_run_that_holds_and_one_that_breaks() {
    let sandbox = sandbox();
    assert_output!("run-held", sandbox.run("run held.kdl"));
    assert_output!("run-broken", sandbox.run("run broken.kdl --seed 7"));
    assert_output!("run-both", sandbox.run("run broken.kdl held.kdl --trace none"));
    assert_output!("run-quiet", sandbox.run("run -q broken.kdl held.kdl"));
    assert_output!("run-narrow", sandbox.run("run broken.kdl --width 50"));
    assert_output!("run-verbose", sandbox.run("run broken.kdl -v --width 120"));
    assert_output!("run-json", sandbox.run("run broken.kdl --format json"));
    assert_output!("run-json-verdict", sandbox.run("run broken.kdl --seed 7 --format json --trace none"));
    assert_output!("run-color", sandbox.run("run broken.kdl --color always").replace('\u{1b}', "␛"));
}

#[test]
fn the_same_command_prints_the_same_bytes() {
    for arguments in
        ["held.kdl", "broken.kdl --seed 3", "held.kdl --seed 3 -v", "held.kdl --seed 5 --format json"]
    {
        let arguments = format!("run {arguments}");
        assert_eq!(sandbox().run(&arguments), sandbox().run(&arguments));
    }
}

#[test]
fn seeds_lead_to_different_runs() {
    let sandbox = sandbox();
    let runs: std::collections::BTreeSet<String> =
        (0..8).map(|seed| sandbox.run(&format!("run held.kdl --seed {seed} --format json"))).collect();
    assert_eq!(runs.len(), 8);
}

#[test]
fn a_file_may_say_what_is_wrong_with_its_design() {
    let wrong = BROKEN.replacen("\n\n", "\nexpect-failure expect \"nobody catches the exit\"\n\n", 1);
    let cured = HELD.replacen("\n\n", "\nexpect-failure expect \"it was so once\"\n\n", 1);
    let more = format!("{wrong}\nfinally calm {{ reports top child_terminated is 0 }}\n");
    let sandbox = Sandbox::with(&[("wrong.kdl", &wrong), ("cured.kdl", &cured), ("more.kdl", &more)]);
    assert_output!(
        "run-expected-failure",
        sandbox.session(&[
            "run wrong.kdl --trace none",
            "run more.kdl --trace none",
            "run cured.kdl --trace none",
            "run wrong.kdl cured.kdl -q"
        ])
    );
}

/// The verdict lists what has been asked for. What it calls alike stands there once.
#[test]
fn what_the_verdict_calls_alike_is_told_once_with_a_count() {
    let asked = "supervisor top { worker a }\nfinally { alive a }\nalways no-leaks\nfinally { alive top }\n";
    let printed = Sandbox::with(&[("asked.kdl", asked)]).run("run asked.kdl --trace none");
    let lines: Vec<&str> = printed.lines().map(str::trim).collect();
    let told = |line: &str| lines.iter().filter(|told| **told == line).count();
    assert_eq!(told("finally  (2 times)"), 1, "{printed}");
    assert_eq!((told("finally"), told("always no-leaks")), (0, 1), "{printed}");
}

#[test]
fn a_failure_that_is_expected_of_a_seed_is_none_that_is_expected_of_the_calm_run() {
    let asked = "expect-failure no-meltdown seed=3\nsupervisor top max_restarts=0 { worker a }\n\
                 client { exit a reason=boom }\n";
    let printed = Sandbox::with(&[("asked.kdl", asked)]).run("run asked.kdl --trace none");
    let said = "this file says that a seed breaks it, and that the calm run holds: expect-failure no-meltdown seed=3";
    let words = printed.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains(said), "{printed}");
}

#[test]
fn a_run_that_never_ends_is_inconclusive() {
    let endless = r#"supervisor top { worker clock }
server clock {
    init { send_after 100 self tick }
    on info tick { send_after 100 self tick }
}
client test {
    receive never timeout=infinity
}
scenario "it ticks" horizon=1000
"#;
    // The `scenario` line comes first.
    let lines: Vec<&str> = endless.lines().collect();
    let endless = [&lines[lines.len() - 1..], &lines[..lines.len() - 1]].concat().join("\n");
    let sandbox = Sandbox::with(&[("endless.kdl", &endless)]);
    assert_output!("run-inconclusive", sandbox.run("run endless.kdl --trace none"));
}

#[test]
fn a_reader_who_has_seen_enough_is_forgiven() {
    let sandbox = sandbox();
    let mut child = sandbox
        .command("run held.kdl --format json")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("treefall can be started");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
}
