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
    let memory = sandbox.output("explore --exhaustive held.kdl --max-memory 0");
    assert_eq!(memory.status.code(), Some(3));
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
