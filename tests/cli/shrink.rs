//! `treefall shrink`.

use crate::explore::{FAULT, RACE};
use crate::sandbox::{HELD, Sandbox, assert_output};

#[test]
fn a_smaller_schedule_fails_in_the_same_way() {
    let sandbox = Sandbox::with(&[("fault.kdl", FAULT), ("race.kdl", RACE)]);
    sandbox.run("explore fault.kdl race.kdl -q --scheduler random --out found");
    let [fault, race] = ["found/fault", "found/race"].map(|name| {
        let schedules = sandbox.tree().into_iter().find(|path| path.starts_with(name));
        schedules.expect("it has been found")
    });
    assert_output!(
        "shrink",
        sandbox.session(&[&format!("shrink {fault}"), &format!("shrink {race} --trace none")])
    );
    assert_output!("shrink-json", sandbox.run(&format!("shrink {race} --format json --out small")));
    for schedule in [fault, race].map(|path| path.replace(".schedule", ".shrunk.schedule")) {
        let text = sandbox.read(&schedule);
        assert!(text.ends_with("\ncalm\n"), "{text}");
        let replayed = sandbox.run(&format!("replay {schedule} --trace none"));
        assert!(
            replayed.starts_with(&format!("$ treefall replay {schedule} --trace none\nbroken: ")),
            "{replayed}"
        );
        // What is as small as it can be stays as it is.
        let again = sandbox.run_and_compare(&format!("shrink {schedule} -q"));
        assert!(again.contains(&format!("replay {schedule}\n\n[exit status: 1]")), "{again}");
        assert!(!again.contains("\n+ "), "{again}");
    }
}

/// Every decision that is left is needed: with the calm one in its place the run does not fail.
#[test]
fn none_of_the_decisions_can_be_left_out() {
    let sandbox = Sandbox::with(&[("race.kdl", RACE)]);
    for seed in [0, 2, 3, 5, 8] {
        let recorded = sandbox.run(&format!("run race.kdl --seed {seed} --record {seed}.schedule -q"));
        if recorded.ends_with("[exit status: 0]") {
            continue;
        }
        let shown = sandbox.run(&format!("shrink {seed}.schedule --format json"));
        let object = shown.lines().find(|line| line.starts_with('{')).expect("there is an object");
        let object: serde_json::Value = serde_json::from_str(object).expect("it is JSON");
        let decisions = object["decisions"].as_array().expect("it lists them");
        assert!(!decisions.is_empty(), "the calm run holds");
        let schedule = sandbox.read(&format!("{seed}.shrunk.schedule"));
        for decision in decisions {
            let step =
                usize::try_from(decision["step"].as_u64().expect("it has a step")).expect("it is small");
            // The lines before the decision, and then the calm run: the later ones alone do not make it fail.
            let header = schedule.lines().position(str::is_empty).expect("a header ends") + 1;
            let before: Vec<&str> = schedule.lines().take(header + step - 1).collect();
            sandbox.write("cut.schedule", format!("{}\ncalm\n", before.join("\n")));
            assert_eq!(sandbox.output("replay cut.schedule -q").status.code(), Some(0), "{decision}");
        }
    }
}

#[test]
fn what_cannot_be_shrunk() {
    let sandbox = Sandbox::with(&[("held.kdl", HELD)]);
    sandbox.run("run held.kdl --seed 1 --record held.schedule");
    sandbox.write("other.schedule", sandbox.read("held.schedule").replace("run top", "run tap"));
    assert_output!(
        "shrink-errors",
        sandbox.session(&[
            "shrink",
            "shrink nothing.schedule",
            "shrink held.schedule",
            "shrink other.schedule"
        ])
    );
}
