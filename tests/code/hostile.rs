//! Code that never ends is inconclusive, and code that treefall cannot run is refused: both say why and where.

use std::fs;
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::witness;

const SOURCE: &str = "-module(h).\n-export([endless/0, mail/0, deep/1, nif/0, crowd/0, names/0, could/0, nests/0, grows/0, digest/0, port/0]).\n\
    endless() -> endless().\n\
    mail() -> self() ! x, mail().\n\
    deep(X) -> [X | deep([X])].\n\
    nif() -> crypto:crypto_one_time(aes_128_ecb, <<0:128>>, <<0:128>>, true).\n\
    crowd() -> spawn(?MODULE, crowd, []), receive x -> ok end.\n\
    names() -> {ok, _} = inet:getaddr(\"x\", inet), ok.\n\
    could() -> case self() of 1 -> nif(); _ -> ok end.\n\
    nests() -> nests(1 bsl 60).\n\
    nests(0) -> 0;\n\
    nests(N) -> 1 + nests(N - 1).\n\
    grows() -> grows([]).\n\
    grows(X) -> grows([[X] | X]).\n\
    digest() -> crypto:hash(blake2b, <<1>>).\n\
    port() -> os:cmd(\"true\").\n";

fn folder() -> Option<TempDir> {
    if !witness::has("erlc") {
        return None;
    }
    let folder = TempDir::new().expect("a folder");
    fs::write(folder.path().join("h.erl"), SOURCE).expect("written");
    let compiled = Command::new("erlc").arg("h.erl").current_dir(folder.path()).output().expect("erlc runs");
    assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stdout));
    let module = fs::read(folder.path().join("h.beam")).expect("it was compiled");
    fs::write(folder.path().join("cut.beam"), &module[..module.len() / 2]).expect("written");
    fs::write(folder.path().join("junk.beam"), "junk").expect("written");
    Some(folder)
}

/// Runs a function under a bound on memory.
fn ran(folder: &TempDir, function: &str, command: &str) -> Output {
    fs::write(folder.path().join("x.kdl"), format!("code \".\"\nrun \"{function}\"\n")).expect("written");
    let line = format!("ulimit -v 4000000; exec \"$0\" {command} x.kdl");
    let mut shell = Command::new("bash");
    shell.args(["-c", &line, env!("CARGO_BIN_EXE_treefall")]).env("COLUMNS", "200");
    shell.current_dir(folder.path()).output().expect("bash runs")
}

fn told(output: &Output) -> String {
    let both = [&*output.stdout, &*output.stderr].concat();
    String::from_utf8_lossy(&both)
        .split([' ', '\n', '│'])
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn what_never_ends_is_inconclusive_and_says_where() {
    let Some(folder) = folder() else { return };
    for (function, why) in [
        ("h.endless", "code goes on for ever without waiting, at h.endless/0 (h.erl:3)"),
        ("h.mail", "statements in one step"),
        ("h.nests", "calls nest too deeply, at h.nests/1 (h.erl:"),
        ("h.grows", "a process holds too many terms, at h.grows/1 (h.erl:"),
        ("h.crowd", "processes live at once"),
    ] {
        for command in ["run", "explore --exhaustive"] {
            let output = ran(&folder, function, command);
            let told = told(&output);
            assert_eq!(output.status.code(), Some(3), "{command} {function}: {told}");
            assert!(command != "run" || told.contains(why), "{command} {function}: {told}");
        }
    }
}

#[test]
fn what_is_not_there_is_refused_before_anything_runs() {
    let Some(folder) = folder() else { return };
    for (function, why) in [
        ("h.deep", "h:deep/0 is not exported"),
        ("nobody.there", "there is no module for nobody:there/0 in the folders of `code`"),
        ("cut.there", "cut:there/0 cannot be read"),
        ("junk.there", "it does not begin as a compiled module does"),
    ] {
        for command in ["run", "explore", "check"] {
            let output = ran(&folder, function, command);
            let told = told(&output);
            assert_eq!(output.status.code(), Some(2), "{command} {function}: {told}");
            assert!(told.contains(why) && told.contains("x.kdl:2:1"), "{command} {function}: {told}");
        }
    }
}

#[test]
fn what_the_emulator_has_and_treefall_has_not_is_refused_where_it_is_reached() {
    let Some(folder) = folder() else { return };
    for (function, what, by, help) in [
        (
            "h.nif",
            "crypto:ng_crypto_one_time_nif/5 is a part of the emulator that treefall does not have",
            "for h.nif/0 (h.erl:6)",
            "put a module `crypto` that does without it",
        ),
        (
            "h.names",
            "the process inet_db is a part of Erlang's kernel, and nobody has started it",
            "for h.names/0 (h.erl:8)",
            "put a module `inet` that does without it",
        ),
        (
            "h.digest",
            "crypto:hash/2 is a part of the emulator that treefall does not have",
            "called by h.digest/0 (h.erl:15)",
            "put a module `crypto` that does without it",
        ),
        (
            "h.port",
            "erts_internal:open_port/2 is a part of the emulator that treefall does not have",
            "for h.port/0 (h.erl:16)",
            "put a module `os` that does without it",
        ),
    ] {
        for command in ["run", "explore", "explore --exhaustive", "explore --keep-going", "check"] {
            let output = ran(&folder, function, command);
            let told = told(&output);
            assert_eq!(output.status.code(), Some(2), "{command} {function}: {told}");
            assert!(
                [what, by, help].iter().all(|words| told.contains(words)),
                "{command} {function}: {told}"
            );
            assert!(!told.contains("10001 runs"), "{command} {function}: {told}");
            assert!(!folder.path().join("treefall-failures").exists(), "{command} {function}: {told}");
        }
    }
    // What is never reached stops nobody.
    let output = ran(&folder, "h.could", "explore");
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
}
