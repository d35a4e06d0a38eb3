//! poolboy, as Debian packages it: two of its bugs are found, and the repair of a third is proved in every order.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::witness;

const PAGE: &str = include_str!("../../docs/code.md");

/// Where poolboy is installed, if it is.
fn poolboy() -> Option<PathBuf> {
    let libraries = fs::read_dir("/usr/lib/erlang/lib").ok()?;
    let mut found = libraries.filter_map(|entry| Some(entry.ok()?.path()));
    found.find(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("poolboy-")))
}

/// A folder with the worker and the clients compiled, and a scenario.
fn scenario(lines: &str) -> Option<TempDir> {
    let Some(poolboy) = poolboy().filter(|_| witness::has("erlc")) else {
        eprintln!("poolboy is not tried, since it is not installed here");
        return None;
    };
    let folder = TempDir::new().expect("a folder");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/code/poolboy");
    let mut compiler = Command::new("erlc");
    compiler.arg("-pa").arg(poolboy.join("ebin")).arg("-o").arg(folder.path());
    let compiled = compiler.current_dir(&source).args(["pw.erl", "pb.erl"]).output().expect("erlc runs");
    assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stdout));
    fs::write(folder.path().join("pool.kdl"), format!("code \".\"\n{lines}")).expect("written");
    Some(folder)
}

fn explored(folder: &TempDir) -> (Option<i32>, String) {
    let mut treefall = Command::new(env!("CARGO_BIN_EXE_treefall"));
    treefall.args(["explore", "pool.kdl", "--exhaustive", "--trace", "none"]).env("COLUMNS", "200");
    let output = treefall.current_dir(folder.path()).output().expect("treefall runs");
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
}

/// It fails with a sentence that the page has too.
fn assert_fails(lines: &str, sentence: &str) {
    let Some(folder) = scenario(lines) else { return };
    let (status, told) = explored(&folder);
    assert_eq!(status, Some(1), "{told}");
    let on_one_line = told.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(on_one_line.contains(sentence), "{told}");
    assert!(PAGE.contains(sentence), "the page says {sentence}");
}

#[test]
fn a_worker_that_dies_as_it_is_returned_is_handed_out() {
    let sentence = "pb.returned_dead failed: {noproc, {gen_server, call, [<pw>, ping]}} (pb.erl:12)";
    assert_fails("start \"pb.start\"\nrun \"pb.returned_dead\"\n", sentence);
}

#[test]
fn an_overflow_worker_that_cannot_start_takes_the_others_down() {
    let sentence = "pb.overflow failed: {badmatch, false} (pb.erl:17)";
    assert_fails("start \"pb.start\" 1 1\nrun \"pb.overflow\"\n", sentence);
}

#[test]
fn a_checkout_whose_time_is_up_leaks_no_worker() {
    let lines = "start \"pb.start\"\nrun \"pb.holder\"\nrun \"pb.hasty\"\n\
                 client { settle; call (term)\"pool\" status; expect (term)\"{ready, 1, 0, 0}\" }\n";
    let Some(folder) = scenario(lines) else { return };
    let (status, told) = explored(&folder);
    assert_eq!(status, Some(0), "{told}");
    assert!(told.contains("states, every property holds"), "{told}");
}
