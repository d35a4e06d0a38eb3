//! What may lie at the top level: what the project keeps there, and what git is told to leave alone.

use std::fs;
use std::path::Path;

const KEPT: &[&str] = &[
    "Cargo.toml",
    "Cargo.lock",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "benches",
    "docs",
    "integrations",
    "scenarios",
    "snapshots",
    "src",
    "tests",
];

/// The names in a folder that the top level of the project should not hold, sorted.
pub fn strange(folder: &Path) -> Vec<String> {
    let mut strange: Vec<String> = fs::read_dir(folder)
        .expect("the folder can be read")
        .map(|entry| entry.expect("it can be listed").file_name().to_string_lossy().into_owned())
        .filter(|name| !name.starts_with('.') && !KEPT.contains(&name.as_str()) && !is_ignored(name))
        .collect();
    strange.sort();
    strange
}

/// Whether `.gitignore` has a line for this path. It is one from the project's root, in which a star stands for
/// any part of a name.
pub fn is_ignored(path: &str) -> bool {
    let lines = include_str!("../../.gitignore").lines();
    lines.filter_map(|line| line.strip_prefix('/')).map(|line| line.trim_end_matches('/')).any(|line| {
        match line.split_once('*') {
            None => path == line,
            Some((before, after)) => path
                .strip_prefix(before)
                .and_then(|rest| rest.strip_suffix(after))
                .is_some_and(|name| !name.contains('/')),
        }
    })
}
