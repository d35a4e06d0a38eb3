//! The suites of scenarios/conformance: that no case is forgotten, and that the page about them is of today.
//!
//! Whether the cases agree with the real Erlang is seen by running `treefall beam` where there is one.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A line of a `cases.txt`: the case, and why it cannot be said if it cannot.
type Case = (String, Option<String>);

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn names_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut names: Vec<String> = entries
        .map(|entry| {
            entry.expect("a folder can be listed").file_name().into_string().expect("names are UTF-8")
        })
        .collect();
    names.sort();
    names
}

fn suites() -> Vec<(String, PathBuf)> {
    let folder = root().join("scenarios/conformance");
    let all = names_in(&folder).into_iter().map(|name| (name.clone(), folder.join(name)));
    all.filter(|(_, suite)| suite.is_dir()).collect()
}

fn cases(folder: &Path) -> Vec<Case> {
    let text = fs::read_to_string(folder.join("cases.txt")).unwrap_or_else(|error| {
        panic!("{}: a suite lists its cases in cases.txt: {error}", folder.display())
    });
    let lines = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    lines
        .map(|line| match line.split_once(':') {
            Some((name, why)) => (name.trim().to_owned(), Some(why.trim().to_owned())),
            None => (line.trim().to_owned(), None),
        })
        .collect()
}

#[test]
fn every_case_has_a_scenario_or_a_reason_and_every_scenario_a_case() {
    let mut wrong = Vec::new();
    for (suite, folder) in suites() {
        let cases = cases(&folder);
        let mut known = BTreeSet::new();
        for (case, why_not) in &cases {
            if !known.insert(case.as_str()) {
                wrong.push(format!("{suite}: {case} is listed twice"));
            }
            let said = names_in(&folder).iter().any(|name| is_of(name, case));
            match why_not {
                None if !said => wrong.push(format!("{suite}: {case} has neither a scenario nor a reason")),
                Some(_) if said => wrong.push(format!("{suite}: {case} has a scenario and a reason why not")),
                Some(why) if why.is_empty() => wrong.push(format!("{suite}: {case} has an empty reason")),
                None | Some(_) => (),
            }
        }
        for name in names_in(&folder).iter().filter(|name| name.ends_with(".kdl")) {
            if !cases.iter().any(|(case, _)| is_of(name, case)) {
                wrong.push(format!("{suite}: {name} is of no case in cases.txt"));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn the_page_names_every_scenario_and_every_reason() {
    let page = fs::read_to_string(root().join("docs/conformance.md")).expect("the page is there");
    let mut missing = Vec::new();
    for (suite, folder) in suites() {
        for name in names_in(&folder).iter().filter(|name| name.ends_with(".kdl")) {
            let text = fs::read_to_string(folder.join(name)).expect("a scenario is text");
            let scenario = treefall::scenario::parse(name, &text)
                .unwrap_or_else(|mistakes| panic!("{}", mistakes.render(100, false)));
            let title = scenario.header.title.map_or(String::new(), |title| title.value.replace('|', "\\|"));
            if title.is_empty() {
                missing.push(format!("{suite}/{name} does not say in a title what it proves"));
            }
            let row = format!("(../scenarios/conformance/{suite}/{name}) | {title} | holds |");
            if !page.contains(&row) {
                missing.push(format!("{suite}/{name}: {title}"));
            }
        }
        for (case, why) in cases(&folder) {
            if let Some(why) = why
                && !page.contains(&format!("| {case} | {} |", why.replace('|', "\\|")))
            {
                missing.push(format!("{suite}: {case}: {why}"));
            }
        }
    }
    assert_eq!(
        missing,
        Vec::<String>::new(),
        "make the page again: treefall beam scenarios/conformance --table docs/conformance.md"
    );
}

/// `tests/code/conformance.rs` writes down what came of them with the compiled code of OTP and Elixir.
#[test]
fn the_page_says_what_came_of_the_compiled_code() {
    let page = fs::read_to_string(root().join("docs/conformance.md")).expect("the page is there");
    let list = fs::read_to_string(root().join("scenarios/conformance/compiled.txt")).expect("it is there");
    let lines: Vec<&str> = list.lines().filter(|line| !line.starts_with('#')).collect();
    let missing = lines.iter().filter(|line| {
        let (name, how) = line.split_once(": ").expect("a name and what came of it");
        let how = if how == "samples" { "the same in samples" } else { "the same in every order" };
        let link = format!("(../scenarios/conformance/{name}.kdl)");
        !page.lines().any(|row| row.contains(&link) && row.ends_with(&format!("| {how} |")))
    });
    let missing: Vec<_> = missing.collect();
    assert!(missing.is_empty() && lines.len() >= 200, "{missing:?}");
    let said = page.lines().filter(|row| row.ends_with(" samples |") || row.ends_with(" every order |"));
    assert_eq!(said.count(), lines.len(), "the page says it of others too");
}

fn is_of(name: &str, case: &str) -> bool {
    name.ends_with(".kdl") && name.strip_prefix(case).is_some_and(|rest| rest.starts_with('.'))
}
