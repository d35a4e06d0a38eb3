//! Each fault breaks a tree and leaves another one whole: `scenarios/faults/`, as exploring finds them.

mod explored;

use std::collections::BTreeMap;

use explored::explored;

const FOLDER: &str = "scenarios/faults";

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
    check(&explored(FOLDER, &["--seeds", "0..2000"]));
}

/// With every order tried, what holds does whatever strikes and whenever.
#[test]
fn every_order_tells_them_apart_too() {
    check(&explored(FOLDER, &["--exhaustive"]));
}
