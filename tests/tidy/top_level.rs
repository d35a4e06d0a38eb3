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
    "scenarios",
    "snapshots",
    "src",
    "tests",
];

/// The names in a folder that the top level of the project should not hold, sorted.
pub fn strange(folder: &Path) -> Vec<String> {
    let ignored = include_str!("../../.gitignore");
    let mut strange: Vec<String> = fs::read_dir(folder)
        .expect("the folder can be read")
        .map(|entry| entry.expect("it can be listed").file_name().to_string_lossy().into_owned())
        .filter(|name| !name.starts_with('.') && !KEPT.contains(&name.as_str()))
        .filter(|name| !ignored.lines().any(|line| line.trim_end_matches('/') == format!("/{name}")))
        .collect();
    strange.sort();
    strange
}
