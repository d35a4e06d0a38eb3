//! The key-value store of Elixir's guide, as its own Elixir compiles it: its test passes calmly, fails in some order,
//! and what treefall says of it is what `docs/code.md` shows.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::witness;

const PAGE: &str = include_str!("../../docs/code.md");

/// A project as mix leaves it behind: compiled modules in `_build`, tests as source.
fn project() -> Option<TempDir> {
    if !witness::has("elixirc") {
        return None;
    }
    let folder = TempDir::new().expect("a folder");
    let ebin = folder.path().join("_build/test/lib/kv/ebin");
    let tests = folder.path().join("test/kv");
    fs::create_dir_all(&ebin).expect("a folder");
    fs::create_dir_all(&tests).expect("a folder");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/code/kv");
    fs::copy(source.join("test/kv/registry_test.exs"), tests.join("registry_test.exs")).expect("it is there");
    fs::copy(source.join("kv.app"), ebin.join("kv.app")).expect("it is there");
    let compiled = Command::new("elixirc").arg("-o").arg(&ebin).arg(source.join("lib/kv.ex")).output();
    let compiled = compiled.expect("elixirc runs");
    assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
    Some(folder)
}

fn treefall(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_treefall"));
    command.args(arguments);
    command.current_dir(folder).env("COLUMNS", "80").output().expect("treefall runs")
}

fn printed(output: &Output) -> String {
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

const CODE: [&str; 4] = ["--code", "_build/test/lib/kv/ebin", "--test", "KV.RegistryTest"];
const RACY: &str = "removes buckets on exit";

/// What stands in the page as the output of a command, without what three dots leave out.
fn shown(command: &str) -> Vec<&'static str> {
    let begin = PAGE.find(&format!("$ {command}\n")).unwrap_or_else(|| panic!("the page shows `{command}`"));
    let lines = PAGE[begin..].lines().skip(1);
    lines.take_while(|line| !line.starts_with("```") && !line.starts_with("$ ")).collect()
}

/// Whether all that the page shows was printed, in this order.
fn assert_shown(command: &str, printed: &str) {
    let mut lines = printed.lines();
    for wanted in shown(command).into_iter().filter(|line| *line != "...") {
        assert!(lines.any(|line| line == wanted), "`{wanted}` is not printed, in its place, in\n{printed}");
    }
}

#[test]
fn the_guides_race_is_found_in_its_own_test_and_explained() {
    let Some(folder) = project() else { return };
    let found = treefall(folder.path(), &[&["explore", "--trace", "none"][..], &CODE].concat());
    assert_eq!(found.status.code(), Some(1), "{found:?}");
    assert_shown(
        "treefall explore --trace none --code _build/test/lib/kv/ebin --test KV.RegistryTest",
        &printed(&found),
    );
    let schedule = "treefall-failures/KV.RegistryTest-exhaustive.schedule";
    let replayed = treefall(folder.path(), &["replay", "--trace", "none", schedule]);
    assert_eq!(replayed.status.code(), Some(1), "{replayed:?}");
    assert!(printed(&replayed).contains("(test/kv/registry_test.exs:23)"), "{replayed:?}");
    let explained = printed(&treefall(folder.path(), &["explain", schedule]));
    assert_shown(&format!("treefall explain {schedule}"), &explained);
    // What is told of a test leaves out those before it.
    let tests = fs::read_to_string(folder.path().join("test/kv/registry_test.exs")).expect("it is there");
    assert!(tests.find("spawns buckets") < tests.find(RACY), "{tests}");
    assert!(explained.contains("test removes buckets on exit  started by"), "{explained}");
    assert!(!explained.contains("spawns buckets"), "{explained}");
}

#[test]
fn a_seed_finds_it_and_makes_the_same_run_again() {
    let Some(folder) = project() else { return };
    let seeds = ["explore", "--trace", "none", "--only", RACY, "--seeds", "0..1000", "--jobs", "1"];
    let found = treefall(folder.path(), &[&seeds[..], &CODE].concat());
    assert_eq!(found.status.code(), Some(1), "{found:?}");
    let again = |_: i32| {
        printed(&treefall(folder.path(), &[&["run", "--only", RACY, "--seed", "7"][..], &CODE].concat()))
    };
    assert_eq!(again(1), again(2));
}

#[test]
fn a_test_without_a_race_holds_in_every_order() {
    let Some(folder) = project() else { return };
    let every = ["explore", "--exhaustive", "--only", "spawns buckets"];
    let proved = treefall(folder.path(), &[&every[..], &CODE].concat());
    assert_eq!(proved.status.code(), Some(0), "{proved:?}");
    assert!(printed(&proved).contains("states, every property holds"), "{proved:?}");
}

#[test]
fn what_is_not_there_is_said() {
    let Some(folder) = project() else { return };
    let nowhere = treefall(folder.path(), &["explore", "--code", "_build", "--test", "KV.OtherTest"]);
    assert_eq!(nowhere.status.code(), Some(2));
    let said = String::from_utf8_lossy(&nowhere.stderr).into_owned();
    assert!(said.contains("there is no module KV.OtherTest in _build"), "{said}");
    let unbuilt =
        treefall(folder.path(), &["explore", "--code", "_build/dev/lib/kv", "--test", "KV.OtherTest"]);
    assert_eq!(unbuilt.status.code(), Some(2));
    let said = String::from_utf8_lossy(&unbuilt.stderr).into_owned();
    assert!(said.contains("error: _build/dev/lib/kv: cannot be read"), "{said}");
    let broken = folder.path().join("test/kv/broken_test.exs");
    fs::write(&broken, "defmodule KV.BrokenTest do\n  use ExUnit.Case\n  test \"x\", do: y\nend\n")
        .expect("written");
    let broken =
        treefall(folder.path(), &["explore", "--code", CODE[1], "--test", "test/kv/broken_test.exs"]);
    assert_eq!(broken.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&broken.stderr).contains("Elixir cannot compile it"));
}
