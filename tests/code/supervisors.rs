//! OTP's own `supervisor` as a witness against treefall's: for every strategy, restart type and reason, what becomes of
//! each child is the same, and in every order. No Erlang runs; its file does.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;
use treefall::explore::Calm;
use treefall::kernel::Atom;
use treefall::model::run_under;
use treefall::scenario::{Simulation, parse};

use crate::witness;

const CHILDREN: [&str; 3] = ["a", "b", "c"];

/// One design and what happens to `b`.
#[derive(Clone, Copy, Debug)]
struct Case {
    strategy: &'static str,
    restart: &'static str,
    reason: &'static str,
}

impl Case {
    fn all() -> impl Iterator<Item = Case> {
        ["one_for_one", "rest_for_one", "one_for_all"].into_iter().flat_map(|strategy| {
            ["permanent", "transient", "temporary"].into_iter().flat_map(move |restart| {
                ["normal", "shutdown", "boom"].into_iter().map(move |reason| Case {
                    strategy,
                    restart,
                    reason,
                })
            })
        })
    }

    /// The scenario with treefall's supervisor, without its client.
    fn modelled(self) -> String {
        let Case { strategy, restart, .. } = self;
        let servers =
            CHILDREN.map(|name| format!("server {name} {{ on cast $why {{ stop reason=$why }} }}\n"));
        let workers = CHILDREN.map(|name| format!("worker {name} restart={restart}; "));
        format!("supervisor top strategy={strategy} {{ {} }}\n{}", workers.concat(), servers.concat())
    }

    /// The scenario with OTP's, without its client.
    fn real(self) -> String {
        let Case { strategy, restart, .. } = self;
        format!("code \".\"\nstart \"tree.start_link\" {strategy} {restart}\n")
    }

    /// The scenario with Elixir's `DynamicSupervisor`, if it can be one.
    fn dynamic(self) -> Option<String> {
        let Case { strategy, restart, .. } = self;
        (strategy == "one_for_one").then(|| format!("code \".\"\nstart \"dyn.start_link\" {restart}\n"))
    }

    /// The client that stops `b` and then looks at everybody.
    fn client(self, expected: [&str; 3]) -> String {
        let before = CHILDREN.map(|name| format!("whereis (term)\"{name}\" as=${name}; "));
        let after = CHILDREN.iter().zip(expected).map(|(name, is)| {
            let look = format!("whereis (term)\"{name}\" as=$now; ");
            look + &match is {
                "dead" => "expect $now is undefined; ".to_owned(),
                "untouched" => format!("expect $now is ${name}; "),
                _ => format!("expect $now is_not undefined; expect $now is_not ${name}; "),
            }
        });
        let after: String = after.collect();
        format!("client {{ {}cast (term)\"b\" {}; settle; {after}}}\n", before.concat(), self.reason)
    }

    /// What becomes of the children under treefall's supervisor.
    fn expected(self) -> [&'static str; 3] {
        let stops = format!("client {{ cast b {}; settle }}\n", self.reason);
        let scenario = parse("case.kdl", &(self.modelled() + &stops)).expect("it parses");
        let run = run_under(&Simulation::of(&scenario), &mut Calm);
        CHILDREN.map(|name| {
            let process = run.world.whereis(Atom::of(name)).and_then(|pid| run.world.process(pid));
            match process.map(|process| process.nth) {
                None => "dead",
                Some(1) => "untouched",
                Some(_) => "restarted",
            }
        })
    }
}

/// Asks whether this holds in every order.
fn holds(folder: &Path, text: &str) {
    fs::write(folder.join("case.kdl"), text).expect("written");
    let mut treefall = Command::new(env!("CARGO_BIN_EXE_treefall"));
    treefall.args(["explore", "case.kdl", "--exhaustive", "--trace", "none"]).current_dir(folder);
    let output = treefall.output().expect("treefall runs");
    assert_eq!(output.status.code(), Some(0), "{text}\n{}", String::from_utf8_lossy(&output.stdout));
}

/// The modules of the trees, compiled.
fn folder() -> Option<TempDir> {
    if !witness::has("erlc") {
        return None;
    }
    let folder = TempDir::new().expect("a folder");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/code/supervisors");
    let files = ["tree.erl", "leaf.erl", "dyn.erl"].map(|file| source.join(file));
    let compiled = Command::new("erlc").arg("-o").arg(folder.path()).args(files).output().expect("erlc runs");
    assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stdout));
    Some(folder)
}

/// What treefall prints of a scenario.
fn printed(folder: &Path, command: &str, text: &str) -> String {
    fs::write(folder.join("told.kdl"), text).expect("written");
    let mut treefall = Command::new(env!("CARGO_BIN_EXE_treefall"));
    let output = treefall.args([command, "told.kdl"]).current_dir(folder).env("COLUMNS", "120").output();
    String::from_utf8_lossy(&output.expect("treefall runs").stdout).into_owned()
}

/// A compiled supervisor's decisions are told in the words that tell those of treefall's own, and it is shown as one.
#[test]
fn decisions_of_compiled_supervisors_are_told_as_those_of_treefalls() {
    let Some(folder) = folder() else { return };
    let case = Case { strategy: "rest_for_one", restart: "permanent", reason: "boom" };
    let decisions = |scenario: String| {
        let client = "client { cast (term)\"b\" boom; settle; cast (term)\"a\" boom; settle }\n";
        let told = printed(folder.path(), "run", &(scenario + client)).replace('│', " ");
        let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
        let restarts = told.split(" restarts ").skip(1).filter_map(|rest| rest.split_once(" in 5 s"));
        restarts.map(|(restart, _)| restart.to_owned()).collect::<Vec<_>>()
    };
    let modelled = decisions(case.modelled());
    assert_eq!(modelled.len(), 2, "{modelled:?}");
    assert_eq!(decisions(case.real()), modelled);
    let tree = printed(folder.path(), "tree", &case.real());
    assert!(tree.lines().any(|line| line.contains("top") && line.contains("rest_for_one")), "{tree}");
    assert!(tree.lines().filter(|line| line.contains("permanent")).count() == 3, "{tree}");
    let given_up = (0..4).map(|_| "cast (term)\"b\" boom; settle; ").collect::<String>();
    let told = printed(folder.path(), "run", &format!("{}client {{ {given_up} }}\n", case.real()));
    assert!(told.contains("gives up"), "{told}");
}

#[test]
fn otps_own_supervisor_does_what_treefalls_does_in_every_order() {
    let Some(folder) = folder() else { return };
    let has_elixir = witness::has("elixir");
    let mut seen = std::collections::BTreeSet::new();
    for case in Case::all() {
        let expected = case.expected();
        seen.insert(expected);
        let client = case.client(expected);
        holds(folder.path(), &(case.modelled() + &client));
        holds(folder.path(), &(case.real() + &client));
        if let Some(dynamic) = case.dynamic().filter(|_| has_elixir) {
            holds(folder.path(), &(dynamic + &client));
        }
    }
    assert_eq!(seen.len(), 4, "not all cases are one: {seen:?}");
}
