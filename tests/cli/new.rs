//! `treefall new`: every template runs and holds, and nothing is written over.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::sandbox::{HELD, Sandbox, assert_output};

/// Of the five minutes in which the README promises a finding, what treefall itself may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// From nothing to a first finding in a tree of one's own: the commands of the README, in an empty folder, by the clock.
#[test]
fn a_first_finding_in_a_tree_of_ones_own_takes_seconds() {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md"));
    let readme = readme.expect("it is there");
    let section = readme.split("## Your own tree\n").nth(1).and_then(|rest| rest.split("\n## ").next());
    let commands: Vec<&str> =
        section.expect("it has that section").lines().filter_map(|line| line.strip_prefix("$ ")).collect();
    assert!(commands.iter().any(|command| command.starts_with("treefall new ")), "{commands:?}");
    let folder = tempfile::tempdir().expect("a folder can be made");
    let program = Path::new(env!("CARGO_BIN_EXE_treefall")).parent().expect("it is in a folder");
    let path = format!("{}:{}", program.display(), std::env::var("PATH").expect("there is a path"));
    let begun = Instant::now();
    let found = commands.iter().map(|command| {
        let mut shell = Command::new("sh");
        shell.args(["-c", command]).env("PATH", &path).current_dir(folder.path());
        shell.output().expect("there is a shell")
    });
    let found: Vec<_> = found.collect();
    let took = begun.elapsed();
    eprintln!("{} commands: {took:.1?}", commands.len());
    let (last, before) = found.split_last().expect("there are commands");
    assert!(before.iter().all(|output| output.status.success()), "{before:?}");
    assert_eq!(last.status.code(), Some(1), "the last one finds something: {last:?}");
    assert!(
        String::from_utf8_lossy(&last.stdout).contains("is alive and nobody but its supervisor can reach it")
    );
    assert!(took < PATIENCE, "it took {took:?}");
}

#[test]
fn every_template_holds_and_says_what_to_try() {
    let sandbox = Sandbox::new();
    for template in ["registry", "pool", "pipeline", "outage", "application"] {
        let made = sandbox.output(&format!("new {template} --template {template}"));
        assert!(made.status.success(), "{made:?}");
        let text = sandbox.read(&format!("{template}.kdl"));
        assert!(text.starts_with(&format!("scenario \"{template}: ")), "{text}");
        assert!(text.contains("// What to try next:"), "{text}");
        let explored = sandbox.output(&format!("explore -q --seeds 0..200 {template}.kdl"));
        assert!(explored.status.success(), "{template}: {explored:?}");
    }
}

/// What the last lines of the templates propose breaks what they say.
#[test]
fn what_they_say_to_try_breaks_them() {
    let sandbox = Sandbox::new();
    for (template, was, becomes) in [
        ("registry", "restart=temporary", "restart=permanent"),
        (
            "pool",
            "    call pool monitor_me self $worker\n    exit reason=careless\n",
            "    exit reason=careless\n",
        ),
        ("outage", "init { send_after 1000 self ping }", "init { send_after 100 self ping }"),
        ("application", "type=permanent", "type=temporary"),
    ] {
        sandbox.output(&format!("new {template} --template {template}"));
        let text = sandbox.read(&format!("{template}.kdl"));
        assert_eq!(text.matches(was).count(), 1, "{template}: {was}");
        sandbox.write("other.kdl", text.replace(was, becomes));
        let explored = sandbox.output("explore -q --trace none other.kdl");
        assert_eq!(explored.status.code(), Some(1), "{template}: {explored:?}");
    }
}

#[test]
fn a_project_is_found_and_no_file_is_written_over() {
    let sandbox = Sandbox::with(&[("held.kdl", HELD)]);
    let app = "{application,shop,[{applications,[kernel,stdlib]},{mod,{'Elixir.Shop',[]}}]}.";
    sandbox.write("mine/_build/test/lib/shop/ebin/shop.app", app);
    sandbox.write("fresh/mix.exs", "");
    sandbox.write("rebar/rebar.config", "");
    let shown = sandbox.session(&[
        "new held",
        "new held.kdl --template pool",
        "new mine/check --template code",
        "new elsewhere --template code",
        "new fresh/check --template code",
        "new rebar/check --template code",
        "new nowhere/x",
        "new .kdl",
        "new x --template cluster",
    ]);
    assert_output!("new", [shown, sandbox.read("mine/check.kdl")].join("\n\n"));
    assert_eq!(sandbox.read("held.kdl"), HELD);
}
