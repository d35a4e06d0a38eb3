//! Code that treefall cannot run, or that never ends: the run is inconclusive, and says why and where.

use std::fs;
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::witness;

const SOURCE: &str = "-module(h).\n-export([endless/0, mail/0, deep/1, nif/0, crowd/0]).\n\
    endless() -> endless().\n\
    mail() -> self() ! x, mail().\n\
    deep(X) -> [X | deep([X])].\n\
    nif() -> crypto:hash(sha256, <<\"x\">>).\n\
    crowd() -> spawn(?MODULE, crowd, []), receive x -> ok end.\n";

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
    let line = format!("ulimit -v 4000000; exec \"$0\" {command} x.kdl --trace none");
    let mut shell = Command::new("bash");
    shell.args(["-c", &line, env!("CARGO_BIN_EXE_treefall")]).env("COLUMNS", "200");
    shell.current_dir(folder.path()).output().expect("bash runs")
}

#[test]
fn what_cannot_be_run_is_inconclusive_and_says_why() {
    let Some(folder) = folder() else { return };
    for (function, why) in [
        ("h.endless", "code goes on for ever without waiting, at h.endless/0 (h.erl:3)"),
        ("h.mail", "statements in one step"),
        ("h.deep", "is not exported"),
        ("h.nif", "which crypto.hash/4 (crypto.erl:"),
        ("h.crowd", "processes live at once"),
        ("nobody.there", "there is no module for nobody:there/0 in the folders of `code`"),
        ("cut.there", "cut:there/0 cannot be read"),
        ("junk.there", "it does not begin as a compiled module does"),
    ] {
        for command in ["run", "explore --exhaustive"] {
            let output = ran(&folder, function, command);
            let told =
                String::from_utf8_lossy(&output.stdout).split_whitespace().collect::<Vec<_>>().join(" ");
            assert_eq!(output.status.code(), Some(3), "{command} {function}: {told}");
            assert!(command != "run" || told.contains(why), "{command} {function}: {told}");
        }
    }
}
