//! The bugs of `scenarios/field/`: each says where it was told and what caused it, is on the page, and is found.

mod explored;

use std::fs;
use std::path::Path;

use explored::explored;

const FOLDER: &str = "scenarios/field";

/// The seeds that each file is explored with.
const SEEDS: [&str; 2] = ["--seeds", "0..2000"];

/// The name and the text of every file, sorted.
fn files() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(FOLDER);
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("there is such a folder") {
        let path = entry.expect("it can be listed").path();
        let name = path.file_name().and_then(|name| name.to_str()).expect("names are UTF-8").to_owned();
        if name.ends_with(".kdl") {
            files.push((name, fs::read_to_string(&path).expect("it can be read")));
        }
    }
    files.sort();
    files
}

/// The comment lines that a file opens with, without their slashes.
fn opening(text: &str) -> Vec<&str> {
    text.lines().map_while(|line| line.strip_prefix("// ")).collect()
}

#[test]
fn each_opens_with_its_thread_what_was_seen_and_the_cause() {
    for (name, text) in files() {
        let opening = opening(&text);
        let causes = opening.iter().rev().take_while(|line| line.starts_with("cause: ")).count();
        assert!((1..=2).contains(&causes), "{name} marks {causes} causes, and one or two were wanted");
        assert!(opening[0].starts_with("http"), "{name} does not begin with the address of its thread");
        assert!(opening.len() >= causes + 2, "{name} does not say what its reporter saw");
    }
}

/// What the page says of a file behind its title: the thread, the property that breaks, and in which run.
#[test]
fn the_page_lists_each() {
    let page = include_str!("../scenarios/field/README.md");
    let rows: Vec<&str> = page.lines().filter(|line| line.starts_with("| [")).collect();
    let files = files();
    for (name, text) in &files {
        let expected = text.lines().find_map(|line| line.strip_prefix("expect-failure "));
        let mut words = expected.expect("every file says what fails").split(' ');
        let property = words.next().expect("a line has a word");
        let run = match words.next().and_then(|word| word.strip_prefix("seed=")) {
            Some(seed) => format!("seed {seed}"),
            None => "the calm run".to_owned(),
        };
        let row = rows.iter().find(|row| row.contains(&format!("]({name}) |")));
        let row = row.unwrap_or_else(|| panic!("{name} is not on the page"));
        let end = format!("]({}) | `{property}` | {run} |", opening(text)[0]);
        assert!(row.ends_with(&end), "{name}: {row}\nshould end with\n{end}");
    }
    assert_eq!(rows.len(), files.len(), "every row has its file");
}

#[test]
fn each_is_found() {
    let verdicts = explored(FOLDER, &SEEDS);
    assert_eq!(verdicts.len(), files().len());
    for (file, verdict) in &verdicts {
        assert_eq!(verdict, "broken-as-expected", "{file}");
    }
}
