//! `treefall explore --exhaustive`.

use crate::explore::{FAULT, RACE};
use crate::sandbox::{BROKEN, HELD, Sandbox, assert_output};

/// Two processes that throw a ball for ever.
const ENDLESS: &str = r#"scenario "a ball that nobody drops"

shared dropped no

supervisor top { worker ping; worker pong }

server ping { on info ball { send pong ball } }
server pong { on info ball { send ping ball } }

client test { send ping ball }
"#;

/// A property that no state has.
const UNREACHED: &str =
    "supervisor top { worker a }\nshared hits 0\nclient test { call a x }\nsometimes { $hits is 1 }\n";

/// More states than anybody waits for.
#[cfg(target_os = "linux")]
const LONG: &str = r#"scenario "a counter that many ask"

supervisor top { worker counter }

server counter {
    var count 0
    on call next { add count 1; reply $count }
}

client a { repeat 3 { whereis counter as=$pid; call $pid next } }
client b { repeat 3 { whereis counter as=$pid; call $pid next } }
client c { repeat 3 { whereis counter as=$pid; call $pid next } }
client d { repeat 3 { whereis counter as=$pid; call $pid next } }
client e { repeat 3 { whereis counter as=$pid; call $pid next } }
client f { repeat 3 { whereis counter as=$pid; call $pid next } }
"#;

#[test]
fn every_order_is_tried() {
    let sandbox = Sandbox::with(&[
        ("held.kdl", HELD),
        ("race.kdl", RACE),
        ("broken.kdl", BROKEN),
        ("fault.kdl", FAULT),
    ]);
    assert_output!("exhaustive", sandbox.run("explore --exhaustive held.kdl race.kdl broken.kdl fault.kdl"));
    assert_output!("exhaustive-held", sandbox.run("explore --exhaustive held.kdl"));
    assert_output!(
        "exhaustive-replay",
        sandbox.run("replay --trace none treefall-failures/race-exhaustive.schedule")
    );
    assert_eq!(sandbox.output("explore -q --exhaustive held.kdl").stdout, b"");
}

#[test]
fn neither_threads_nor_exactness_show() {
    for flags in ["", "--exact", "--order depth", "--no-reduction"] {
        let outputs = [1, 2, 5].map(|jobs| {
            let sandbox = Sandbox::with(&[("race.kdl", RACE), ("fault.kdl", FAULT), ("held.kdl", HELD)]);
            sandbox.run(&format!("explore --exhaustive race.kdl fault.kdl held.kdl {flags} --jobs {jobs}"))
        });
        let one = outputs[0].replace("--jobs 1", "--jobs N");
        for (output, jobs) in outputs.iter().zip([1, 2, 5]) {
            assert_eq!(output.replace(&format!("--jobs {jobs}"), "--jobs N"), one, "{flags}");
        }
    }
}

#[test]
fn limits_are_inconclusive() {
    let sandbox = Sandbox::with(&[("held.kdl", HELD), ("unreached.kdl", UNREACHED)]);
    assert_output!("exhaustive-states", sandbox.run("explore --exhaustive held.kdl --max-states 20"));
    assert_output!("exhaustive-depth", sandbox.run("explore --exhaustive held.kdl --max-depth 5"));
    assert_output!("exhaustive-unreached", sandbox.run("explore --exhaustive unreached.kdl"));
}

/// How far it came when time or memory ran out depends on the machine: that it says so does not.
#[cfg(target_os = "linux")]
#[test]
fn whoever_runs_out_of_time_or_memory_says_how_far_it_came() {
    let sandbox = Sandbox::with(&[("long.kdl", LONG)]);
    for (limit, why) in [
        ("--for 1ms", "the time is up (--for)"),
        ("--max-memory 1", "it would need more than 1 MiB (--max-memory)"),
    ] {
        for (order, far) in
            [("breadth", "nothing is broken within "), ("depth", "nothing was broken so far\n")]
        {
            let told = sandbox.run(&format!("explore --exhaustive long.kdl {limit} --order {order}"));
            let lines: Vec<&str> = told.lines().collect();
            let summary = lines[1].strip_prefix("inconclusive long.kdl  exhaustive: ");
            // A machine that was busy elsewhere came no further than the first state, which is told as one.
            let states = summary.and_then(|told| told.strip_suffix(", and there are more"));
            assert!(states.is_some_and(|told| told == "1 state" || told.ends_with(" states")), "{told}");
            assert_eq!(lines[2], format!("  {why}"), "{told}");
            assert!(format!("{}\n", lines[3]).starts_with(&format!("  {far}")), "{told}");
            assert!(lines[4].ends_with(" to be gone on from"), "{told}");
            assert_eq!(lines[5..], ["[exit status: 3]"], "{told}");
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn an_interruption_says_how_far_it_came() {
    let sandbox = Sandbox::with(&[("held.kdl", HELD), ("long.kdl", LONG), ("third.kdl", HELD)]);
    // The first file has too few states at once for more than one thread. When there are three, the second one is
    // being searched: the first thread, the one that waits for Ctrl-C, and one that helps.
    let command = "explore --exhaustive held.kdl long.kdl third.kdl --jobs 3 --max-memory 1000";
    let printed = sandbox.interrupted(command, "held".len(), 3);
    assert!(printed.starts_with("held         held.kdl"), "{printed}");
    let at = printed.find("interrupted  long.kdl").unwrap_or_else(|| panic!("{printed}"));
    let lines: Vec<&str> = printed[at..].lines().collect();
    assert!(lines[0].ends_with(", and there are more"), "{printed}");
    assert_eq!(lines[1], "  it was interrupted", "{printed}");
    assert!(lines[2].starts_with("  nothing is broken within "), "{printed}");
    assert!(lines[3].ends_with(" to be gone on from"), "{printed}");
    assert!(!printed.contains("third.kdl"), "the third file is not begun: {printed}");
}

#[test]
fn runs_without_an_end_are_found() {
    let sandbox = Sandbox::with(&[
        ("endless.kdl", ENDLESS),
        ("hopeless.kdl", &format!("{ENDLESS}\neventually {{ $dropped is yes }}\n")),
    ]);
    assert_output!("exhaustive-endless", sandbox.run("explore --exhaustive endless.kdl"));
    assert_output!("exhaustive-hopeless", sandbox.run("explore --exhaustive --trace none hopeless.kdl"));
}

#[test]
fn what_does_not_go_together_is_refused() {
    let sandbox = Sandbox::with(&[("held.kdl", HELD)]);
    for flags in ["--exhaustive --seeds 0..3", "--exhaustive --scheduler pos", "--exact", "--max-states 5"] {
        assert_eq!(sandbox.output(&format!("explore held.kdl {flags}")).status.code(), Some(2), "{flags}");
    }
}

#[test]
fn programs_get_an_object() {
    let sandbox = Sandbox::with(&[("held.kdl", HELD)]);
    let output = sandbox.output("explore --exhaustive held.kdl --format json").stdout;
    let told: serde_json::Value = serde_json::from_slice(&output).expect("it is one object");
    assert_eq!((&told["verdict"], &told["complete"]), (&"held".into(), &true.into()));
    assert!(told["states"].as_u64() > Some(10) && told["runs"].is_null(), "{told}");
}
