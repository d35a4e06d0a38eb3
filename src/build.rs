//! Says which commit a release is built from, for `--version`. It refuses to know it for other builds: a new commit
//! would compile all of them anew.

use std::env;
use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=src/build.rs");
    println!("cargo:rerun-if-env-changed=TREEFALL_COMMIT");
    let is_release = env::var("PROFILE").is_ok_and(|profile| profile == "release");
    if !is_release || env::var_os("TREEFALL_COMMIT").is_some() {
        return;
    }
    if let Some(commit) = commit() {
        println!("cargo:rustc-env=TREEFALL_COMMIT={commit}");
    }
}

/// The commit of the checkout that this is; none of a package, which has no history, or where there is no git.
fn commit() -> Option<String> {
    if !Path::new(".git").exists() {
        return None;
    }
    for moves in [".git/HEAD", ".git/logs/HEAD"] {
        println!("cargo:rerun-if-changed={moves}");
    }
    let output = Command::new("git").args(["rev-parse", "HEAD"]).output().ok()?;
    let commit = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| commit.trim().to_owned())
}
