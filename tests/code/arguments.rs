//! Calls on the command line: arguments as Erlang and as Elixir writes them come to the code as they were meant.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::witness;

const ECHO: &str = "-module(echo).\n-export([say/1, say/2]).\n\
    say(One) -> io:format(\"~0p~n\", [One]).\n\
    say(One, Two) -> say({One, Two}).\n";

/// A folder with compiled modules.
fn folder() -> Option<TempDir> {
    if !witness::has("erlc") {
        return None;
    }
    let folder = TempDir::new().expect("a folder");
    fs::write(folder.path().join("echo.erl"), ECHO).expect("written");
    let trees = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/code/supervisors");
    let sources = ["tree.erl", "leaf.erl"].map(|file| trees.join(file));
    let mut erlc = Command::new("erlc");
    let compiled = erlc.arg("echo.erl").args(sources).current_dir(folder.path()).output().expect("erlc runs");
    assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stdout));
    Some(folder)
}

fn treefall(folder: &TempDir, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_treefall"));
    command.args(arguments).current_dir(folder.path()).env("COLUMNS", "200").output().expect("treefall runs")
}

#[test]
fn arguments_are_what_erlang_and_elixir_mean_by_them() {
    let Some(folder) = folder() else { return };
    for (call, said) in [
        ("echo.say([{a, <<\"b c\">>}, 'D e'])", "[{a,<<\"b c\">>},'D e']"),
        (
            ":echo.say(%{id: KV.Registry, \"a\" => :b}, name: KV, max: 3)",
            "{#{id => 'Elixir.KV.Registry',<<\"a\">> => b},[{name,'Elixir.KV'},{max,3}]}",
        ),
    ] {
        let output = treefall(&folder, &["run", "--code", ".", "--client", call]);
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(output.status.success() && told.contains(said), "{call}\n{told}");
    }
    let written = fs::read_dir(folder.path().join("treefall-failures")).expect("it is there");
    let names: Vec<String> =
        written.map(|entry| entry.expect("read").file_name().to_string_lossy().into_owned()).collect();
    assert!(names.iter().all(|name| !name.contains([' ', '(', '\'', '"'])), "a shell minds {names:?}");
}

#[test]
fn a_tree_is_shown_of_what_is_started() {
    let Some(folder) = folder() else { return };
    let shown =
        treefall(&folder, &["tree", "--code", ".", "--start", "tree.start_link(one_for_one, permanent)"]);
    let told = String::from_utf8_lossy(&shown.stdout).into_owned();
    assert!(shown.status.success() && told.contains("top") && told.contains("one_for_one"), "{told}");
}

/// The applications of a folder are started as `mix test` does it, unless somebody says what is.
#[test]
fn whoever_says_what_is_started_starts_nothing_else() {
    let Some(folder) = folder() else { return };
    let programs = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/code/programs");
    let compiled = Command::new("erlc")
        .arg("-o")
        .arg(folder.path())
        .arg(programs.join("kv.erl"))
        .output()
        .expect("erlc runs");
    assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stdout));
    fs::copy(programs.join("kv.app"), folder.path().join("kv.app")).expect("copied");
    for (asked, starts) in [
        (["--client", "erlang.node()"], true),
        (["--app", "kv"], true),
        (["--start", "tree.start_link(one_for_one, permanent)"], false),
    ] {
        let shown = treefall(&folder, &[&["tree", "--code", "."][..], &asked].concat());
        let told = String::from_utf8_lossy(&shown.stdout).into_owned();
        assert!(shown.status.success() && told.contains("kv_sup") == starts, "{asked:?}\n{told}");
    }
}

#[test]
fn code_of_which_nothing_is_asked_is_refused() {
    let Some(folder) = folder() else { return };
    let refused = treefall(&folder, &["run", "--code", "."]);
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(2), "{told}");
    assert!(told.contains("--code says where code is") && told.contains("--test"), "{told}");
}
