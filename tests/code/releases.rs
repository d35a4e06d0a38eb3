//! Other releases of Erlang than the installed one, if there are any: their own libraries are run, with no virtual machine
//! of theirs. `target/releases`, or the folder that `TREEFALL_RELEASES` names, holds a folder of each, as
//! `erl` is found in its `bin` and the libraries in its `lib`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::programs::ASK_SAMPLES;
use crate::witness;

/// The folders of releases that are there.
fn releases() -> Vec<PathBuf> {
    let unpacked = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/releases");
    let folder = std::env::var_os("TREEFALL_RELEASES").map_or(unpacked, PathBuf::from);
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut releases: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    releases.retain(|release| release.join("bin/erl").is_file());
    releases.sort();
    if releases.is_empty() {
        eprintln!("no other release is tried, since none is there");
    }
    releases
}

/// Compiled programs, by the compiler that is installed.
fn folder() -> TempDir {
    let folder = TempDir::new().expect("a folder");
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/code");
    let files = ["supervisors/tree.erl", "supervisors/leaf.erl", "programs/kv.erl", "programs/samples.erl"];
    let mut erlc = Command::new("erlc");
    let compiled = erlc.arg("-o").arg(folder.path()).args(files.map(|file| tests.join(file))).output();
    assert!(compiled.expect("erlc runs").status.success());
    fs::copy(tests.join("programs/kv.app"), folder.path().join("kv.app")).expect("it is there");
    folder
}

/// Whether this holds with the libraries of a release, in every order or in the calm run.
fn holds(release: &Path, folder: &TempDir, command: &[&str], scenario: &str) {
    fs::write(folder.path().join("x.kdl"), format!("code \".\"\n{scenario}")).expect("written");
    let mut treefall = Command::new(env!("CARGO_BIN_EXE_treefall"));
    treefall.args(command).args(["--trace", "none", "x.kdl"]).current_dir(folder.path());
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::iter::once(release.join("bin")).chain(std::env::split_paths(&path));
    treefall.env("PATH", std::env::join_paths(path).expect("folders")).env("COLUMNS", "200");
    let output = treefall.output().expect("treefall runs");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(0), "{}: {scenario}\n{told}", release.display());
}

#[test]
fn libraries_of_other_releases_do_what_the_installed_ones_do() {
    let releases = releases();
    if releases.is_empty() || !witness::has("erlc") {
        return;
    }
    let folder = folder();
    for release in &releases {
        for (strategy, a, c) in [
            ("one_for_one", "is $a", "is $c"),
            ("rest_for_one", "is $a", "is_not $c"),
            ("one_for_all", "is_not $a", "is_not $c"),
        ] {
            let before =
                ["a", "b", "c"].map(|name| format!("whereis (term)\"{name}\" as=${name}; ")).concat();
            let look = |name: &str, is: &str| {
                format!("whereis (term)\"{name}\" as=$now; expect $now is_not undefined; expect $now {is}; ")
            };
            let after = look("a", a) + &look("b", "is_not $b") + &look("c", c);
            let client = format!("client {{ {before}cast (term)\"b\" boom; settle; {after}}}\n");
            let start = format!("start \"tree.start_link\" {strategy} permanent\n");
            holds(release, &folder, &["explore", "--exhaustive"], &(start + &client));
        }
        let application = "start \"application.ensure_all_started\" kv\nrun \"kv.used\"\n";
        holds(release, &folder, &["run"], application);
        // What the samples come to its own emulator says, if it can run here.
        let mut erl = Command::new(release.join("bin/erl"));
        let asked = erl.args(["-noshell", "-eval", ASK_SAMPLES]).current_dir(folder.path()).output();
        if asked.is_ok_and(|asked| asked.status.success()) {
            let compiled = Command::new("erlc").arg("expected.erl").current_dir(folder.path()).output();
            assert!(compiled.expect("erlc runs").status.success());
            holds(release, &folder, &["run"], "allow orphans\nrun \"expected.holds\"\n");
        }
    }
}
