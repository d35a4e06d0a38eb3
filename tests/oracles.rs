//! Every oracle and every kind of property has a scenario that breaks it, and one that nearly does.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use treefall::scenario::ast::{FailureOf, Oracle, Scenario};

/// What `expect-failure` and breaches call the other properties, by the kinds of the language.
const KINDS: [&str; 5] = ["always", "finally", "eventually", "sometimes", "expect"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn file(name: &str, which: &str) -> String {
    format!("scenarios/oracles/{}.{which}.kdl", name.replace('-', "_"))
}

fn names() -> Vec<&'static str> {
    Oracle::all().map(Oracle::word).chain(KINDS).collect()
}

fn parsed(path: &str) -> Scenario {
    let source = std::fs::read_to_string(root().join(path)).unwrap_or_else(|_| panic!("there is no {path}"));
    treefall::scenario::parse(path, &source).unwrap_or_else(|_| panic!("{path} has mistakes"))
}

/// What `treefall explore` says of each file, by its name.
fn explored(extra: &[&str]) -> Vec<Value> {
    let out = tempfile::tempdir().expect("a temporary folder");
    let output = Command::new(env!("CARGO_BIN_EXE_treefall"))
        .args(["explore", "scenarios/oracles", "--format", "json", "--trace", "none", "--out"])
        .arg(out.path())
        .args(extra)
        .current_dir(root())
        .output()
        .expect("treefall can be started");
    let told = String::from_utf8(output.stdout).expect("output is UTF-8");
    told.lines().map(|line| serde_json::from_str(line).expect("each line is an object")).collect()
}

#[test]
fn every_oracle_and_every_kind_of_property_has_its_pair() {
    let mut known: BTreeSet<String> = BTreeSet::new();
    for name in names() {
        for which in ["broken", "nearly"] {
            let path = file(name, which);
            let scenario = parsed(&path);
            assert_eq!(
                scenario.expected_failures.len(),
                usize::from(which == "broken" && name != "sometimes")
            );
            if let [expected] = scenario.expected_failures.as_slice() {
                let breaks = match &expected.property.value {
                    FailureOf::Oracle(oracle) => oracle.word(),
                    FailureOf::Expect => "expect",
                    FailureOf::Conditions(_) => "conditions",
                };
                let of_conditions =
                    breaks == "conditions" && ["always", "finally", "eventually"].contains(&name);
                assert!(breaks == name || of_conditions, "{path} breaks {breaks}");
            }
            known.insert(path);
        }
    }
    for entry in std::fs::read_dir(root().join("scenarios/oracles")).expect("there is such a folder") {
        let name = entry.expect("it can be listed").file_name().into_string().expect("names are UTF-8");
        assert!(known.contains(&format!("scenarios/oracles/{name}")), "{name} is of no oracle");
    }
}

#[test]
fn what_breaks_is_found_and_what_nearly_breaks_holds() {
    let mut seen = 0;
    for result in explored(&["--seeds", "0..300"]) {
        let file = result["file"].as_str().expect("it is a text");
        let expected = match file {
            "scenarios/oracles/sometimes.broken.kdl" => "inconclusive",
            _ if file.ends_with(".broken.kdl") => "broken-as-expected",
            _ => "held",
        };
        assert_eq!(result["verdict"], expected, "{file}: {}", result["why"]);
        seen += 1;
    }
    assert_eq!(seen, 2 * names().len());
}

/// A sentence of evidence, and not the remark that there is none.
#[test]
fn whatever_breaks_says_so_in_a_sentence() {
    for result in explored(&["--seeds", "0..300"]) {
        let file = result["file"].as_str().expect("it is a text");
        if file.ends_with(".broken.kdl") {
            let why = result["why"].as_str().expect("it is a text");
            assert!(why.len() > 20 && !why.contains("the condition does not hold"), "{file}: {why}");
        }
    }
}

#[test]
fn the_reference_has_a_row_for_every_oracle_in_their_order() {
    let page = include_str!("../docs/scenario.md");
    let section = page.split_once("### Oracles\n").expect("it has the section").1;
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    let rows: Vec<&str> = rows.map(|(name, _)| name).take(Oracle::all().count()).collect();
    assert_eq!(rows, Oracle::all().map(Oracle::word).collect::<Vec<_>>());
}
