//! The scenarios of the public test suites as Erlang: the interpreter that `treefall beam` has for the real emulator is
//! compiled and run by treefall, with OTP's and Elixir's own supervisors and servers under it. What holds with
//! treefall's own behaviours, and on the real emulator, must hold there.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;
use treefall::beam::{Installed, Timing, lower, obstacle, uses_elixir};
use treefall::scenario::parse;

use crate::witness;

/// The suites whose subjects are modules of OTP and Elixir.
const SUITES: &[&str] = &[
    "dynamic_supervisor_test",
    "erl_link_SUITE",
    "gen_server_SUITE",
    "monitor_SUITE",
    "proc_lib_SUITE",
    "process_SUITE",
    "register_SUITE",
    "supervisor_SUITE",
    "supervisor_test",
    "task_supervisor_test",
];

/// The modules of the driver that are compiled as they are.
const DRIVER: &[&str] = &[
    "mailbox", "messages", "nodes", "quiet", "registry", "script", "server", "start", "spec", "task", "value",
];

/// How many of them hold, at least.
const HOLD_MIN: usize = 240;

/// Those that do not, and why.
const KNOWN: &[(&str, &str)] = &[
    ("monitor_tag", "spawn_opt takes no tag for its monitor"),
    ("spec_init_local_registered_parent.renamed", "nobody has started `global`"),
    ("process_info_parent", "process_info knows no parent"),
    // The end of a task is told by the stream's monitor, and its value by itself: nothing orders the two.
    (
        "async_stream_streams_an_enumerable_with_slowest_first",
        "under a seed a value comes behind the end of its task",
    ),
    ("async_stream_with_callers", "under a seed a value comes behind the end of its task"),
];

/// What one is called, and the term that says what it is.
struct Program {
    name: String,
    term: String,
}

fn files() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/conformance");
    let mut files: Vec<PathBuf> = SUITES
        .iter()
        .flat_map(|suite| fs::read_dir(root.join(suite)).expect("the suite is there"))
        .map(|entry| entry.expect("it can be read").path())
        .collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "kdl"));
    files.sort();
    files
}

/// The program of a scenario, if it is one of the installed release and of one node.
fn program(file: &Path, has_elixir: bool) -> Option<Program> {
    let text = fs::read_to_string(file).expect("it can be read");
    let name = file.file_stem()?.to_str()?.to_owned();
    let scenario = parse(&name, &text).expect("it parses");
    let elixir = uses_elixir(&scenario);
    let release = scenario.header.elixir_minor.as_ref().is_none_or(|minor| minor.value == 14);
    let installed = Installed { otp: 25, elixir: None };
    let is_compared = elixir && scenario.faults.is_empty() || obstacle(&scenario, &installed).is_none();
    let otp = scenario.header.otp.as_ref().is_none_or(|otp| otp.value == 25);
    let nodes = scenario.nodes.names.is_empty();
    // Generated specifications need Elixir's compiler, and applications OTP's controller.
    let plain = text.lines().all(|line| !line.trim_start().starts_with("application "))
        && !text.contains("child_spec");
    // Nobody has started `global`.
    let reports = text.contains("reports") || text.contains("global") || text.contains("settle within");
    let wanted = otp && nodes && release && plain && !reports && is_compared && (has_elixir || !elixir);
    wanted.then(|| {
        let term = lower(&scenario, Timing { align: false, limit_ms: 600_000 });
        Program { name, term: term.trim_end().trim_end_matches('.').to_owned() }
    })
}

fn compiled(folder: &Path, programs: &[Program]) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let write =
        |name: &str, text: &str| fs::write(folder.join(format!("{name}.erl")), text).expect("written");
    for name in DRIVER {
        let name = format!("treefall_{name}");
        let source = root.join("src/beam/driver").join(format!("{name}.erl"));
        let source = fs::read_to_string(source).expect("it can be read");
        // The modules that a scenario defines are written into the folder, and not loaded.
        let loads = "{module, Module} = code:load_binary(Module, \"treefall\", Binary)";
        write(
            &name,
            &source.replace(loads, "ok = file:write_file(atom_to_list(Module) ++ \".beam\", Binary)"),
        );
    }
    for name in ["treefall_driver", "treefall_trace", "treefall_chaos"] {
        let source = root.join("tests/code/conformance").join(format!("{name}.erl"));
        write(name, &fs::read_to_string(source).expect("it can be read"));
    }
    let clauses: Vec<String> = programs
        .iter()
        .enumerate()
        .map(|(nth, program)| format!("program({nth}) -> {}", program.term))
        .collect();
    let count = programs.len() - 1;
    let text = format!(
        "-module(programs).\n-export([program/1, shims/0]).\n\
         shims() -> lists:usort(lists:append([maps:get(shims, program(N)) || N <- lists:seq(0, {count})])).\n{}.\n",
        clauses.join(";\n")
    );
    fs::write(folder.join("programs.erl"), format!("%% coding: utf-8\n{text}")).expect("written");
    let run = "[{ok, _} = compile:file(F, [report_errors]) || F <- filelib:wildcard(\"*.erl\")], \
               treefall_start:define(programs:shims()), halt().";
    let erl =
        Command::new("erl").args(["-noshell", "-eval", run]).current_dir(folder).output().expect("erl runs");
    assert!(erl.status.success(), "{}", String::from_utf8_lossy(&erl.stdout));
}

#[test]
fn scenarios_of_public_suites_hold_with_the_code_that_they_are_about() {
    if !witness::has("erlc") {
        return;
    }
    let has_elixir = witness::has("elixir");
    let programs: Vec<Program> = files().iter().filter_map(|file| program(file, has_elixir)).collect();
    let folder = TempDir::new().expect("a folder");
    compiled(folder.path(), &programs);
    let cases = folder.path().join("cases");
    fs::create_dir(&cases).expect("a folder");
    for (nth, Program { name, .. }) in programs.iter().enumerate() {
        let text = format!(
            "scenario {name:?} otp=25 max_delay=0\ncode \"..\"\nallow orphans\nallow deadlock\nallow overlap\nallow held-resources\n\
             run \"treefall_driver.main\" {nth}\n"
        );
        fs::write(cases.join(format!("{name}.kdl")), text).expect("written");
    }
    let mut treefall = Command::new(env!("CARGO_BIN_EXE_treefall"));
    treefall.args(["explore", "cases", "--seeds", "0..3", "--prove", "0", "--trace", "none"]);
    let output = treefall.current_dir(folder.path()).env("COLUMNS", "300").output().expect("treefall runs");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let held = told.lines().filter(|line| line.starts_with("held ")).count();
    eprintln!("{held} of {} scenarios hold with the code that they are about", programs.len());
    assert!(held >= HOLD_MIN, "{held}: {told}{}", String::from_utf8_lossy(&output.stderr));
    let others: Vec<&str> = told
        .lines()
        .filter(|line| ["broken ", "wrong ", "inconclusive "].iter().any(|word| line.starts_with(word)))
        .collect();
    let name = |line: &str| Some(line.split_once("cases/")?.1.split_once(".kdl")?.0.to_owned());
    let others: Vec<String> = others.into_iter().filter_map(name).collect();
    let known: BTreeSet<String> = KNOWN.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(others.into_iter().collect::<BTreeSet<_>>(), known, "{told}");
}
