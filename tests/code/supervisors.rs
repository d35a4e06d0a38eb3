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

#[test]
fn otps_own_supervisor_does_what_treefalls_does_in_every_order() {
    if !witness::has("erlc") {
        return;
    }
    let folder = TempDir::new().expect("a folder");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/code/supervisors");
    let mut compiler = Command::new("erlc");
    compiler.arg("-o").arg(folder.path()).arg(source.join("tree.erl")).arg(source.join("leaf.erl"));
    let compiled = compiler.output().expect("erlc runs");
    assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stdout));
    let mut seen = std::collections::BTreeSet::new();
    for case in Case::all() {
        let expected = case.expected();
        seen.insert(expected);
        let client = case.client(expected);
        holds(folder.path(), &(case.modelled() + &client));
        holds(folder.path(), &(case.real() + &client));
    }
    assert_eq!(seen.len(), 4, "not all cases are one: {seen:?}");
}
