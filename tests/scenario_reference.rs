//! The examples of the language reference are scenario files, and leave no word out.

use std::collections::BTreeSet;

use treefall::scenario::{parse, words};

const REFERENCE: &str = include_str!("../docs/scenario.md");

/// The KDL blocks of the reference, each with the line that it starts on.
fn examples() -> Vec<(usize, String)> {
    let mut examples = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (index, line) in REFERENCE.lines().enumerate() {
        match (&mut open, line) {
            (None, "```kdl") => open = Some((index + 2, String::new())),
            (Some(_), "```") => examples.extend(open.take()),
            (Some((_, text)), line) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, _) => (),
        }
    }
    examples
}

/// The words of an example, without those in comments and strings.
fn words_of(text: &str) -> BTreeSet<String> {
    let mut bare = String::new();
    for line in text.lines() {
        let code = line.split("//").next().unwrap_or_default();
        // Every second piece between quotes is inside of them; no example escapes a quote.
        for piece in code.split('"').step_by(2) {
            bare.push_str(piece);
            bare.push(' ');
        }
    }
    bare.split(|character: char| character.is_whitespace() || "{}();=".contains(character))
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_example_is_a_scenario() {
    let examples = examples();
    assert!(examples.len() > 20, "the reference has examples");
    let mut wrong = String::new();
    for (line, text) in &examples {
        if let Err(mistakes) = parse(&format!("the example on line {line}"), text) {
            wrong.push_str(&mistakes.render(100, false));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn every_word_is_shown() {
    let shown: BTreeSet<String> = examples().iter().flat_map(|(_, text)| words_of(text)).collect();
    let missing: Vec<&str> = words().into_iter().filter(|word| !shown.contains(*word)).collect();
    assert!(missing.is_empty(), "no example shows {missing:?}");
}
