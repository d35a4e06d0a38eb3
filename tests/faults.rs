//! Each fault breaks a tree and leaves another one whole: `scenarios/faults/`, as exploring finds them.

use std::collections::BTreeMap;
use std::process::Command;

const FOLDER: &str = "scenarios/faults";

/// The verdict of `treefall explore` for every scenario of the folder, by its path.
fn explored(arguments: &[&str]) -> BTreeMap<String, String> {
    let out = tempfile::tempdir().expect("a temporary folder");
    let output = Command::new(env!("CARGO_BIN_EXE_treefall"))
        .args(["explore", FOLDER, "--format", "json", "--trace", "none", "--out"])
        .arg(out.path())
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("treefall can be started");
    let objects = String::from_utf8(output.stdout).expect("output is UTF-8");
    let told = |line: &str| {
        let object: serde_json::Value = serde_json::from_str(line).expect("each line is an object");
        let field = |name: &str| object[name].as_str().expect("it is a text").to_owned();
        (field("file"), field("verdict"))
    };
    objects.lines().map(told).collect()
}

fn check(verdicts: &BTreeMap<String, String>) {
    assert!(verdicts.len() >= 22, "{verdicts:#?}");
    let wanted = verdicts.keys().map(|file| {
        let verdict = if file.ends_with(".broken.kdl") { "broken-as-expected" } else { "held" };
        (file.clone(), verdict.to_owned())
    });
    assert_eq!(*verdicts, wanted.collect());
    for file in verdicts.keys() {
        let pair = file.replace(".broken.", ".PAIR.").replace(".survived.", ".PAIR.");
        let there = |kind: &str| verdicts.contains_key(&pair.replace("PAIR", kind));
        assert!(there("broken") && there("survived"), "{file} is half of a pair");
    }
}

#[test]
fn seeds_tell_the_trees_that_survive_from_those_that_do_not() {
    check(&explored(&["--seeds", "0..2000"]));
}

/// With every order tried, what holds does whatever strikes and whenever.
#[test]
fn every_order_tells_them_apart_too() {
    check(&explored(&["--exhaustive"]));
}
