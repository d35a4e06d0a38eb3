//! `treefall check`: a CI for people with no Rust.

use crate::sandbox::{BROKEN, HELD, Sandbox, assert_output};

#[test]
fn from_the_first_snapshot_to_an_orphan() {
    let sandbox = Sandbox::with(&[("pools/b.kdl", HELD), ("a.kdl", HELD), ("readme.md", "no scenario")]);
    let mut session = Vec::new();
    session.push(sandbox.run_and_compare("check ."));
    session.push(sandbox.run_and_compare("check --accept ."));
    session.push(sandbox.run_and_compare("check ."));
    sandbox.write("a.kdl", HELD.replace("add count 1", "add count 2").replace("expect 1", "expect 2"));
    session.push(sandbox.run_and_compare("check ."));
    session.push(sandbox.run_and_compare("check --accept a.kdl"));
    sandbox.remove("pools/b.kdl");
    session.push(sandbox.run_and_compare("check ."));
    session.push(sandbox.run_and_compare("check -q a.kdl"));
    assert_output!("check-workflow", session.join("\n\n"));
    assert_output!("check-snapshot", sandbox.read("snapshots/a.kdl.snap"));
}

#[test]
fn snapshots_may_live_in_a_folder_of_their_own() {
    let sandbox = Sandbox::with(&[("scenarios/pools/b.kdl", HELD), ("scenarios/a.kdl", HELD)]);
    let mut session = Vec::new();
    session.push(sandbox.run_and_compare("check scenarios --snapshots snaps --accept"));
    sandbox.remove("scenarios/a.kdl");
    session.push(sandbox.run_and_compare("check scenarios --snapshots snaps"));
    sandbox.write("more/pools/b.kdl", HELD);
    session.push(sandbox.run_and_compare("check scenarios more --snapshots snaps"));
    assert_output!("check-snapshots-elsewhere", session.join("\n\n"));
}

#[test]
fn what_is_broken_is_never_accepted() {
    let wrong = BROKEN.replacen("\n\n", "\nexpect-failure expect \"nobody catches the exit\"\n\n", 1);
    let sandbox = Sandbox::with(&[("broken.kdl", BROKEN), ("wrong.kdl", &wrong)]);
    assert_output!("check-broken", sandbox.run_and_compare("check --accept ."));
}

#[test]
fn junit_for_a_ci() {
    let sandbox = Sandbox::with(&[
        ("pools/held.kdl", HELD),
        ("pools/broken.kdl", BROKEN),
        ("new.kdl", HELD),
        ("changed.kdl", HELD),
        ("wrong.kdl", "supervisr top\n"),
        ("snapshots/gone.kdl.snap", "---\nsource: treefall check\n---\n"),
    ]);
    sandbox.output("check --accept pools/held.kdl changed.kdl");
    sandbox.write("changed.kdl", HELD.replace("a server", "one server"));
    let check = "check . --junit reports/treefall.xml";
    assert_output!(
        "check-junit",
        [sandbox.run_and_compare(check), sandbox.read("reports/treefall.xml")].join("\n\n")
    );
    let first = sandbox.read("reports/treefall.xml");
    sandbox.run(&format!("{check} -q --width 160 --color always"));
    assert_eq!(sandbox.read("reports/treefall.xml"), first, "it depends on nothing but the results");
    assert!(sandbox.run("check . --junit wrong.kdl/a.xml").ends_with("[exit status: 2]"));
}

#[test]
fn a_race_that_the_calm_run_hides_is_found() {
    // The first cast arrives first, unless the dice say otherwise.
    let race = r#"supervisor top { worker last }
server last {
    var value 0
    on cast set $new { set value $new }
    on call get { reply $value }
}
client one { cast last set 1 }
client two { sleep 1; cast last set 2; call last get; expect 2 }
"#;
    let sandbox = Sandbox::with(&[("race.kdl", race)]);
    assert_output!("check-race", sandbox.run("check --accept race.kdl"));
    assert_output!("check-race-json", sandbox.run("check --accept race.kdl --format json"));
    let none = sandbox.output("check --accept race.kdl --seeds 0..0 --prove 0");
    assert_eq!(none.status.code(), Some(0), "without seeds it holds");
}
