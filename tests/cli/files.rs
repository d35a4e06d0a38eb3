//! What treefall writes: nothing that it reads, nothing by halves, and no verdict is lost over it.

use std::fs;

use crate::explore::RACE;
use crate::sandbox::{BROKEN, HELD, Sandbox};

/// What a command says on standard error, and its exit status; what it prints.
fn said(sandbox: &Sandbox, arguments: &str) -> (String, Option<i32>, String) {
    let output = sandbox.output(arguments);
    let text = |bytes| String::from_utf8(bytes).expect("output is UTF-8");
    (text(output.stderr), output.status.code(), text(output.stdout))
}

#[test]
fn no_output_is_written_over_an_input() {
    let sandbox = Sandbox::with(&[("a.kdl", HELD), ("b/c.kdl", HELD)]);
    fs::hard_link(sandbox.path().join("a.kdl"), sandbox.path().join("again")).expect("there are hard links");
    sandbox.output("run a.kdl --record a.schedule");
    sandbox.output("check a.kdl --accept");
    let schedule = sandbox.read("a.schedule");
    let before = sandbox.tree();
    for arguments in [
        "run --record a.kdl a.kdl",
        "run --record again a.kdl",
        "run --record b/../a.kdl a.kdl",
        "run --record b/c.kdl b",
        "run --record a.schedule --schedule a.schedule a.kdl",
        "explore --result a.kdl a.kdl",
        "explore --result b/c.kdl a.kdl b",
        "check --junit a.kdl a.kdl",
        "check --junit snapshots/a.kdl.snap a.kdl",
        "beam --table a.kdl a.kdl",
    ] {
        let (complaint, status, printed) = said(&sandbox, arguments);
        assert!(
            complaint.contains("cannot be written: this command reads that file"),
            "{arguments}: {complaint}"
        );
        assert_eq!((status, printed.as_str()), (Some(2), ""), "{arguments}");
    }
    assert_eq!(sandbox.tree(), before);
    assert_eq!((sandbox.read("a.kdl"), sandbox.read("b/c.kdl")), (HELD.to_owned(), HELD.to_owned()));
    assert_eq!(sandbox.read("a.schedule"), schedule);
}

#[cfg(target_os = "linux")]
#[test]
fn devices_and_standard_output_are_written_into() {
    use std::os::unix::fs::FileTypeExt;
    let sandbox = Sandbox::with(&[("a.kdl", HELD)]);
    sandbox.output("run a.kdl --record a.schedule");
    let schedule = sandbox.read("a.schedule");
    for (path, shown) in
        [("/dev/null", ""), ("/dev/stdout", schedule.as_str()), ("/proc/self/fd/1", schedule.as_str())]
    {
        let (complaint, status, printed) = said(&sandbox, &format!("run -q a.kdl --record {path}"));
        assert_eq!((complaint.as_str(), status, printed.as_str()), ("", Some(0), shown), "{path}");
    }
    assert!(fs::metadata("/dev/null").expect("it is there").file_type().is_char_device());
    // A file that output goes to is not replaced under it, and what is printed follows what is written.
    let into = fs::File::create(sandbox.path().join("all")).expect("it can be made");
    let status = sandbox.command("run a.kdl --record /dev/stdout").stdout(into).status().expect("it runs");
    assert!(status.success());
    let all = sandbox.read("all");
    assert!(all.starts_with(&schedule) && all.contains("\nheld: a.kdl"), "{all}");
}

#[cfg(unix)]
#[test]
fn links_are_followed_and_modes_kept() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let sandbox = Sandbox::with(&[("a.kdl", HELD), ("far/target", "old")]);
    let at = |name: &str| sandbox.path().join(name);
    symlink("far/target", at("link")).expect("there are links");
    fs::set_permissions(at("far/target"), fs::Permissions::from_mode(0o600)).expect("it is ours");
    assert_eq!(said(&sandbox, "run -q a.kdl --record link").1, Some(0));
    assert!(sandbox.read("far/target").starts_with("treefall schedule 1"));
    assert!(at("link").is_symlink());
    let mode = fs::metadata(at("far/target")).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_failure_is_told_even_if_its_schedule_cannot_be_written() {
    let sandbox = Sandbox::with(&[("race.kdl", RACE), ("broken.kdl", BROKEN), ("file", "")]);
    sandbox.output("run broken.kdl --record broken.schedule");
    let all = [
        (
            "explore race.kdl --seeds 0..50 --out file/below",
            1,
            "treefall run race.kdl --scheduler swarm --seed 3\n",
        ),
        (
            "explore race.kdl --seeds 0..50 --scheduler pct --out file/below",
            1,
            "treefall run race.kdl --scheduler pct --depth 3 --seed ",
        ),
        (
            "explore race.kdl --seeds 0..50 --scheduler random --out file/below",
            1,
            "treefall run race.kdl --seed ",
        ),
        ("explore broken.kdl --seeds 0..5 --out file/below", 1, "treefall run broken.kdl\n"),
        ("explore race.kdl --exhaustive --out file/below", 1, "treefall explore race.kdl --exhaustive\n"),
        ("shrink broken.schedule --out file/below", 1, "treefall replay broken.schedule\n"),
        ("shrink broken.schedule --scenario --out file/below", 1, "treefall replay broken.schedule\n"),
        #[cfg(target_os = "linux")]
        ("run broken.kdl --record /dev/full", 1, "treefall run broken.kdl\n"),
    ];
    for (arguments, status, again) in all {
        let (complaint, code, printed) = said(&sandbox, arguments);
        assert!(complaint.contains("cannot be written: "), "{arguments}: {complaint}");
        assert_eq!(code, Some(status), "{arguments}");
        assert!(printed.contains("See it again: ") && printed.contains(again), "{arguments}: {printed}");
        assert!(printed.contains("the caller goes down") || printed.contains("broken"), "{arguments}");
        assert!(!printed.contains("Explain it"), "{arguments}: there is nothing to explain");
    }
    let (_, status, printed) =
        said(&sandbox, "explore race.kdl --seeds 0..50 --out file/below --format json");
    assert_eq!(status, Some(1));
    let object: serde_json::Value = serde_json::from_str(&printed).expect("it is JSON");
    assert_eq!((&object["verdict"], &object["schedule"]), (&"broken".into(), &serde_json::Value::Null));
    assert!(object["seed"].is_u64());
    // The command that is offered instead shows the same failure.
    let (_, _, printed) = said(&sandbox, "explore race.kdl --seeds 0..50 --out file/below --trace none");
    let again =
        printed.lines().find_map(|line| line.strip_prefix("See it again: treefall ")).expect("it is offered");
    let (_, status, once_more) = said(&sandbox, &format!("{again} --trace none"));
    assert_eq!(status, Some(1));
    let told = |text: &str| text.lines().find(|line| line.contains("expect")).map(str::to_owned);
    assert_eq!(told(&once_more), told(&printed));
}

#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_written_has_an_exit_status_of_its_own() {
    let sandbox = Sandbox::with(&[("a.kdl", HELD)]);
    for arguments in ["run a.kdl --record /dev/full", "explore a.kdl --seeds 0..5 --result /dev/full"] {
        let (complaint, status, printed) = said(&sandbox, arguments);
        assert!(complaint.starts_with("error: /dev/full: cannot be written: "), "{complaint}");
        assert_eq!(status, Some(4), "{arguments}");
        assert!(printed.contains("held"), "{arguments}: {printed}");
    }
}

#[test]
fn a_result_stays_until_there_is_another() {
    let sandbox = Sandbox::with(&[("a.kdl", HELD)]);
    sandbox.output("explore a.kdl --seeds 0..5 --result r.json");
    let result = sandbox.read("r.json");
    sandbox.write("a.kdl", "supervisr top");
    let (_, status, _) = said(&sandbox, "explore a.kdl --seeds 0..5 --result r.json");
    assert_eq!((status, sandbox.read("r.json")), (Some(2), result));
    assert_eq!(sandbox.tree(), ["a.kdl", "r.json"]);
}
