//! Schedules: recorded, replayed, and refused when they no longer fit.

use crate::explore::RACE;
use crate::sandbox::{BROKEN, HELD, Sandbox, assert_output};

#[test]
fn a_recorded_run_replays_to_the_same_bytes() {
    let sandbox = Sandbox::with(&[("held.kdl", HELD), ("broken.kdl", BROKEN)]);
    for (file, seed) in [("held", ""), ("held", "--seed 4"), ("broken", ""), ("broken", "--seed 4")] {
        let recorded = sandbox.output(&format!("run {file}.kdl {seed} -v --record a.schedule"));
        let replayed = sandbox.output("replay a.schedule -v");
        assert_eq!(replayed.status.code(), recorded.status.code());
        let story = |text: Vec<u8>| {
            let text = String::from_utf8(text).expect("output is UTF-8");
            let (story, verdict) = text.split_once(&format!(": {file}.kdl")).expect("there is a verdict");
            assert!(verdict.contains(" ms"), "{verdict}");
            story.to_owned()
        };
        assert_eq!(story(replayed.stdout), story(recorded.stdout));
    }
}

#[test]
fn a_schedule_is_a_text_file() {
    let sandbox = Sandbox::with(&[("broken.kdl", BROKEN)]);
    let session = sandbox.session(&[
        "run broken.kdl --seed 7 --record a.schedule --trace none",
        "replay a.schedule --trace none",
        "run broken.kdl --schedule a.schedule --trace none",
        "replay a.schedule --trace none --format json",
    ]);
    assert_output!("replay-schedule", sandbox.read("a.schedule"));
    assert_output!("replay", session);
    assert_eq!(sandbox.tree(), ["a.schedule", "broken.kdl"], "nothing else is left behind");
}

#[test]
fn the_rest_of_an_edited_schedule_may_be_calm() {
    let sandbox = Sandbox::with(&[("held.kdl", HELD)]);
    sandbox.run("run held.kdl --seed 1 --record a.schedule");
    let schedule = sandbox.read("a.schedule");
    let first: Vec<&str> = schedule.lines().take(12).collect();
    sandbox.write("a.schedule", format!("// The first steps only.\n{}\ncalm\n", first.join("\n")));
    assert_eq!(sandbox.output("replay a.schedule").status.code(), Some(0));
}

#[test]
fn a_schedule_that_does_not_fit_is_refused() {
    let sandbox = Sandbox::with(&[("broken.kdl", BROKEN)]);
    sandbox.run("run broken.kdl --seed 7 --record a.schedule");
    let schedule = sandbox.read("a.schedule");
    let mut session = Vec::new();
    let mut refused = |schedule: &str, scenario: &str| {
        sandbox.write("a.schedule", schedule);
        sandbox.write("broken.kdl", scenario);
        session.push(sandbox.run("replay a.schedule"));
    };
    refused(&schedule, &BROKEN.replace("counter", "meter"));
    refused(&schedule.replace("run counter\n", "run cuonter\n"), BROKEN);
    let half = schedule.lines().count() / 2;
    refused(&schedule.lines().take(half).collect::<Vec<_>>().join("\n"), BROKEN);
    refused(&format!("{schedule}run boot\n"), BROKEN);
    refused(&schedule.replace("version ", "version 0."), &BROKEN.replace("cast counter crash", "sleep 1"));
    refused(&schedule.replace("run top", "walk top"), BROKEN);
    assert_output!("replay-refused", session.join("\n\n"));
}

#[test]
fn a_schedule_finds_its_scenario_beside_it() {
    let sandbox = Sandbox::with(&[("there/held.kdl", HELD)]);
    sandbox.run("run there/held.kdl --seed 1 --record there/a.schedule");
    std::fs::rename(sandbox.path().join("there"), sandbox.path().join("moved")).expect("it can be moved");
    assert_output!("replay-moved", sandbox.run("replay moved/a.schedule --trace none"));
}

#[test]
fn a_schedule_without_its_scenario_says_what_it_looked_for_and_where() {
    let sandbox = Sandbox::with(&[("here/broken.kdl", BROKEN), ("there/empty.txt", "")]);
    sandbox.run("run here/broken.kdl --seed 7 --record there/a.schedule");
    std::fs::remove_file(sandbox.path().join("here/broken.kdl")).expect("it was there");
    let told = sandbox.run("replay there/a.schedule");
    assert!(told.contains("error: here/broken.kdl: no such file"), "{told}");
    assert!(told.contains("nor in there"), "{told}");
}

/// After an edit a schedule may not fit, may not fail any more, or may do both as before.
#[test]
fn a_schedule_is_repaired_after_an_edit() {
    let sandbox = Sandbox::with(&[("race.kdl", RACE)]);
    sandbox.run("explore race.kdl -q --out .");
    let found = sandbox.tree().into_iter().find(|path| path.ends_with(".schedule")).expect("it was found");
    let repair = format!("replay --repair {found} --trace none");
    let mut session = Vec::new();
    let mut edited = |scenario: &str| {
        sandbox.write("race.kdl", scenario);
        session.push(sandbox.run_and_compare(&repair));
        let repaired = found.replace(".schedule", ".repaired.schedule");
        if sandbox.tree().contains(&repaired) {
            let replayed = sandbox.output(&format!("replay {repaired} -q"));
            assert_eq!(replayed.status.code(), Some(1), "it fits, and it fails");
            sandbox.remove(&repaired);
        }
    };
    edited(RACE);
    edited(&RACE.replace("counter", "tally"));
    edited(&RACE.replace("client one { call", "client one { sleep 1; call"));
    edited(&RACE.replace("worker counter", "worker first; worker counter; worker last"));
    edited(&RACE.replace("expect 1", "expect _").replace("expect 2", "expect _"));
    edited(&RACE.replace("expect 1", "expect"));
    assert_output!("replay-repair", session.join("\n\n"));
}
