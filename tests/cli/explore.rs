//! `treefall explore`.

use std::path::Path;

use crate::sandbox::{BROKEN, HELD, Sandbox, assert_output};

/// Two clients ask for a number, and one of them expects to be first.
pub(crate) const RACE: &str = r#"scenario "two clients and one counter"

supervisor top { worker counter }

server counter {
    var count 0
    on call next { add count 1; reply $count }
}

client one { call counter next; expect 1 }
client two { call counter next; expect 2 }
"#;

/// One server may be killed, and only one order of things minds.
pub(crate) const FAULT: &str = r#"scenario "a kill that nobody catches"

fault kill counter times=2

supervisor top max_restarts=1 { worker counter }

server counter {
    on call next { reply ok }
}

client one { sleep 20; eventually { call counter next; expect ok } }
finally no-meltdown
"#;

fn expected(text: &str, line: &str) -> String {
    text.replacen("\n\n", &format!("\n{line}\n\n"), 1)
}

fn guide(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/guide").join(file);
    std::fs::read_to_string(path).expect("it is part of the project")
}

#[test]
fn a_file_that_holds_and_one_that_breaks() {
    let sandbox = Sandbox::with(&[("held.kdl", HELD), ("race.kdl", RACE), ("broken.kdl", BROKEN)]);
    assert_output!("explore", sandbox.run("explore held.kdl race.kdl broken.kdl --seeds 0..50"));
    assert_eq!(
        sandbox.tree(),
        [
            "broken.kdl",
            "held.kdl",
            "race.kdl",
            "treefall-failures/broken-calm.schedule",
            "treefall-failures/race-swarm-3.schedule"
        ]
    );
    assert_output!("explore-quiet", sandbox.run("explore -q held.kdl race.kdl --seeds 0..50"));
}

#[test]
fn the_races_of_the_guide_are_found() {
    let names = ["09_two_tests_share_a_bucket_supervisor.kdl", "12a_the_test_as_it_is_written.kdl"];
    let files = names.map(|name| (name, guide(name)));
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let sandbox = Sandbox::with(&files);
    for scheduler in ["random", "pct", "pos", "swarm"] {
        let arguments = format!("explore {} --scheduler {scheduler} -q --seeds 0..200", names.join(" "));
        assert_eq!(sandbox.output(&arguments).status.code(), Some(0), "{scheduler}");
    }
    assert_output!("explore-guide", sandbox.run(&format!("explore {} --trace none", names.join(" "))));
}

#[test]
fn the_number_of_threads_does_not_show() {
    for flags in ["", "--keep-going", "--scheduler random", "--scheduler pct --depth 2", "--scheduler pos"] {
        let outputs = [1, 2, 7].map(|jobs| {
            let sandbox = Sandbox::with(&[("race.kdl", RACE), ("fault.kdl", FAULT), ("held.kdl", HELD)]);
            let arguments =
                format!("explore race.kdl fault.kdl held.kdl {flags} --seeds 0..300 --jobs {jobs}");
            let output = sandbox.output(&arguments);
            let files: Vec<(String, String)> =
                sandbox.tree().into_iter().map(|path| (sandbox.read(&path), path)).collect();
            (String::from_utf8(output.stdout).expect("output is UTF-8"), output.status.code(), files)
        });
        assert_eq!(outputs[0], outputs[1], "{flags}");
        assert_eq!(outputs[0], outputs[2], "{flags}");
        assert_eq!(outputs[0].1, Some(1));
    }
}

#[test]
fn a_saved_failure_replays() {
    for scheduler in ["random", "pct", "pos", "swarm"] {
        let sandbox = Sandbox::with(&[("race.kdl", RACE), ("fault.kdl", FAULT)]);
        let explored =
            sandbox.run(&format!("explore race.kdl fault.kdl --scheduler {scheduler} --out found"));
        let schedules: Vec<String> =
            sandbox.tree().into_iter().filter(|path| path.starts_with("found/")).collect();
        assert_eq!(schedules.len(), 2, "{schedules:?}");
        for schedule in schedules {
            let again = format!("See it again: treefall replay {schedule}\n");
            assert!(explored.contains(&again), "{explored}");
            let replayed = sandbox.run(&format!("replay {schedule}"));
            assert!(replayed.ends_with("[exit status: 1]"), "{replayed}");
            let breach = replayed.split_once("  1) ").and_then(|(_, rest)| rest.split_once("See it"));
            let (breach, _) = breach.expect("it is broken again");
            assert!(explored.contains(breach), "{replayed}");
            // What the failure says of its seed is the same run: the same story, the same verdict.
            let stem = if schedule.starts_with("found/race") { "race.kdl" } else { "fault.kdl" };
            let mut by_seed =
                explored.lines().filter_map(|line| line.strip_prefix("By its seed:  treefall "));
            let command = by_seed.find(|command| command.contains(stem)).expect("each says its seed");
            assert_eq!(scheduler != "random", command.contains(&format!("--scheduler {scheduler} ")));
            assert_eq!(without_its_name(&sandbox.run(command)), without_its_name(&replayed), "{command}");
        }
    }
}

/// What a run printed, but for what the run is called.
fn without_its_name(output: &str) -> Vec<&str> {
    let names = ["$ ", "broken: ", "See it again: "];
    output.lines().filter(|line| !names.iter().any(|name| line.starts_with(name))).collect()
}

#[test]
fn nothing_is_overwritten() {
    let sandbox = Sandbox::with(&[("race.kdl", RACE)]);
    let explore = "explore race.kdl -q --scheduler random --out found";
    sandbox.run(explore);
    let first = sandbox.read("found/race-1.schedule");
    assert_eq!(sandbox.run_and_compare(explore), sandbox.run(explore), "the same schedule once");
    sandbox.write("found/race-1.schedule", "notes of mine");
    assert!(sandbox.run_and_compare(explore).ends_with("+ found/race-1-2.schedule"));
    assert_eq!(sandbox.read("found/race-1.schedule"), "notes of mine");
    assert_eq!(sandbox.read("found/race-1-2.schedule"), first);
    sandbox.write("file", "");
    assert!(sandbox.run("explore race.kdl -q --out file").ends_with("[exit status: 1]"));
}

#[test]
fn a_file_may_say_what_will_be_found() {
    let sandbox = Sandbox::with(&[
        ("race.kdl", &expected(RACE, "expect-failure expect seed=1 \"two comes first\"")),
        ("held.kdl", &expected(HELD, "expect-failure expect seed=1 \"it was so once\"")),
        ("other.kdl", &expected(RACE, "expect-failure no-deadlock seed=1")),
        ("wrong.kdl", &expected(BROKEN, "expect-failure expect \"nobody catches the exit\"")),
        ("cured.kdl", &expected(HELD, "expect-failure expect \"it was so once\"")),
    ]);
    let files = ["race", "held", "other", "wrong", "cured"];
    let explored = files.map(|file| sandbox.run(&format!("explore {file}.kdl --trace none --seeds 0..50")));
    assert_output!("explore-expected-failure", explored.join("\n\n"));
    let named = sandbox.run("explore held.kdl --trace none --scheduler random --seeds 0..50");
    assert_output!("explore-expected-seed", named);
}

#[test]
fn all_kinds_of_failures() {
    let sandbox = Sandbox::with(&[("fault.kdl", FAULT), ("race.kdl", RACE)]);
    assert_output!(
        "explore-keep-going",
        sandbox.run("explore race.kdl fault.kdl --keep-going --seeds 0..200")
    );
}

#[test]
fn an_object_a_file_for_programs() {
    let sandbox = Sandbox::with(&[("held.kdl", HELD), ("race.kdl", RACE)]);
    let output = sandbox.output("explore held.kdl race.kdl --seeds 0..50 --format json");
    let text = String::from_utf8(output.stdout).expect("output is UTF-8");
    let objects = text.lines().map(|line| {
        let mut object: serde_json::Value = serde_json::from_str(line).expect("each line is an object");
        assert!(object["seconds"].is_f64());
        object["seconds"] = "…".into();
        serde_json::to_string_pretty(&object).expect("it was read from JSON")
    });
    assert_output!("explore-json", objects.collect::<Vec<_>>().join("\n"));
}

#[test]
fn what_must_happen_sometimes_must_happen_in_some_run() {
    let file = |number: u8| {
        format!(
            "scenario \"who comes first\"\n\nshared turn 0\nsupervisor top {{ worker counter }}\n\
             server counter {{ var count 0; on call next {{ add count 1; reply $count }} }}\n\
             client one {{ call counter next as=$n; set turn $n }}\nclient two {{ call counter next }}\n\
             sometimes {{ $turn is {number} }}\n"
        )
    };
    let sandbox = Sandbox::with(&[("reached.kdl", &file(2)), ("not.kdl", &file(3))]);
    assert_output!("explore-sometimes", sandbox.run("explore reached.kdl not.kdl --seeds 0..50"));
}

/// Two restarts in the calm run, and one more where the fault strikes.
const STRAINED: &str = r#"scenario "restarts that are allowed"

supervisor top {
    supervisor pool max_restarts=3 max_seconds=10 { worker a }
    supervisor calm max_restarts=10 { worker b }
}

client {
    repeat 2 { exit a reason=boom; settle }
    exit b reason=boom
}

server a { on call hello { reply ok } }

fault crash_start a nth=2
"#;

#[test]
fn how_close_supervisors_came_to_giving_up() {
    let sandbox = Sandbox::with(&[("strained.kdl", STRAINED)]);
    let shown = sandbox.session(&[
        "explore strained.kdl --seeds 0..100",
        "explore strained.kdl --exhaustive",
        "explore strained.kdl --seeds 0..1 --scheduler pct",
    ]);
    assert_output!("explore-intensity", shown);
    for how in ["--seeds 0..100", "--exhaustive"] {
        let intensity = |jobs: u8| {
            let told = sandbox.run(&format!("explore strained.kdl {how} --jobs {jobs} --format json"));
            let object = told.lines().find(|line| line.starts_with('{')).expect("there is an object");
            let object: serde_json::Value = serde_json::from_str(object).expect("it is JSON");
            object["intensity"].clone()
        };
        let alone = intensity(1);
        assert_eq!(alone[0]["supervisor"], "pool");
        assert_eq!(alone[0]["used"], 3);
        assert_eq!(alone[1]["used"], 1);
        assert_eq!(alone, intensity(2), "{how}");
    }
}

#[test]
fn time_may_be_the_limit() {
    let sandbox = Sandbox::with(&[("held.kdl", HELD)]);
    let shown = sandbox.run("explore held.kdl --for 200ms");
    assert!(shown.contains("held         held.kdl  ") && shown.ends_with("[exit status: 0]"), "{shown}");
    let runs = shown.split("held.kdl  ").nth(1).and_then(|rest| rest.split(' ').next());
    assert!(runs.and_then(|runs| runs.parse::<u64>().ok()).is_some_and(|runs| runs > 1), "{shown}");
}

#[test]
fn command_lines_that_make_no_sense() {
    let sandbox = Sandbox::with(&[("a.kdl", HELD)]);
    assert_output!(
        "explore-errors",
        sandbox.session(&[
            "explore",
            "explore a.kdl --seeds 5..5",
            "explore a.kdl --for 5",
            "explore a.kdl --seeds 0..5 --for 5s",
            "explore a.kdl --depth 2",
            "explore a.kdl --scheduler fair",
            "explore nothing.kdl a.kdl --seeds 0..5",
        ])
    );
}

#[cfg(target_os = "linux")]
#[test]
fn an_interruption_prints_what_was_found() {
    let sandbox = Sandbox::with(&[("held.kdl", HELD), ("race.kdl", RACE), ("third.kdl", RACE)]);
    // The first file is printed as soon as it is done, and its threads are gone by then. When there are three
    // again, beside the first one and the one that waits for Ctrl-C, the second file is being explored.
    let command = "explore race.kdl held.kdl third.kdl --trace none --for 1h --jobs 3";
    let printed = sandbox.interrupted(command, "broken".len(), 5);
    assert!(printed.starts_with("broken       race.kdl"), "{printed}");
    assert_eq!(printed.matches("interrupted  held.kdl").count(), 1, "{printed}");
    assert_eq!(printed.matches("broken       ").count(), 1, "the third file is not begun: {printed}");
}

/// Whatever becomes of the output, the schedule is there.
#[test]
fn a_failure_is_written_down_before_it_is_shown() {
    let sandbox = Sandbox::with(&[("race.kdl", RACE)]);
    let mut command = sandbox.command("explore race.kdl --seeds 0..100");
    let mut child = command
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("treefall can be started");
    // Nobody listens: the first line that is printed is the last.
    drop(child.stdout.take());
    child.wait().expect("it ends");
    let schedule = sandbox.read("treefall-failures/race-swarm-3.schedule");
    assert!(schedule.ends_with('\n') && schedule.lines().count() > 10, "it is whole: {schedule}");
}

/// Ten thousand runs of which each takes as long as a run may would take an hour to say what eight of them say.
#[test]
fn what_never_ends_is_not_tried_under_every_seed() {
    let sandbox = Sandbox::with(&[(
        "talks.kdl",
        "process p { repeat 100000 { send self x; receive x } }\nclient { spawn p }\n",
    )]);
    let all: Vec<String> =
        ["1", "3"].map(|jobs| sandbox.run(&format!("explore talks.kdl --prove 0 --jobs {jobs}"))).into();
    assert!(all[0].contains("9 runs, 900000 steps") && all[0].contains("exit status: 3"), "{}", all[0]);
    assert!(
        all[0].contains("no run has come to a verdict, so the seeds from 8 on are not tried"),
        "{}",
        all[0]
    );
    assert_eq!(all[0].replace("--jobs 1", ""), all[1].replace("--jobs 3", ""));
    // Whoever asks for them has them.
    let asked = sandbox.run("explore talks.kdl --seeds 0..10");
    assert!(asked.contains("11 runs") && !asked.contains("not tried"), "{asked}");
}
