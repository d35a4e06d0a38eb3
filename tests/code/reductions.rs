//! What makes no difference to bytecode is left out by exhaustive search, and nothing else: random small programs,
//! compiled by the installed compiler, end in as many ways with the reductions as without.

use std::fs;
use std::process::Command;

use tempfile::TempDir;

use crate::witness::{self, Dice};

/// How many programs are tried.
const PROGRAMS: u64 = 12;

/// What one of two processes does, which others may notice or decide.
fn action(dice: &mut Dice, me: &str, other: &str) -> String {
    let key = dice.below(2);
    match dice.below(9) {
        0 => format!("M ! {{{me}, {key}}}"),
        1 => format!("ets:insert(t, {{{key}, {me}}})"),
        2 => format!("M ! {{{me}, ets:lookup(t, {key})}}"),
        3 => format!("M ! {{{me}, receive {key} -> {key} after 0 -> none end}}"),
        4 => format!("catch {other} ! {key}"),
        5 => format!("M ! {{{me}, whereis({other}) =/= undefined}}"),
        6 => format!("put({key}, {me})"),
        7 => format!("M ! {{{me}, receive {key} -> {key} after 20 -> late end}}"),
        _ => format!("M ! {{{me}, ets:update_counter(t, count, 1)}}"),
    }
}

/// A module: two processes, and one that hears how they end and writes down what it was told, in that order.
fn program(dice: &mut Dice) -> String {
    let body = |dice: &mut Dice, me: &str, other: &str| {
        let actions: Vec<String> = (0..2 + dice.below(2)).map(|_| action(dice, me, other)).collect();
        format!("register({me}, self()), {}", actions.join(", "))
    };
    let (a, b) = (body(dice, "a", "b"), body(dice, "b", "a"));
    format!(
        "-module(p).\n-export([begins/0, runs/0]).\n\
         begins() -> ets:new(t, [named_table, public]), ets:insert(t, {{count, 0}}), ok.\n\
         runs() -> M = self(),\n\
         {{_, A}} = spawn_monitor(fun() -> {a} end),\n\
         {{_, B}} = spawn_monitor(fun() -> {b} end),\n\
         L = heard([A, B], []), ets:insert(t, {{heard, L}}), ok.\n\
         heard([], L) -> L;\n\
         heard(Left, L) -> receive {{'DOWN', R, _, _, Why}} -> heard(lists:delete(R, Left), [Why | L]); X -> heard(Left, [X | L]) end.\n"
    )
}

/// How many ends there are in all orders, and how many states were looked at.
fn ends(folder: &TempDir, options: &[&str]) -> (u64, u64) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_treefall"));
    command.args(["explore", "x.kdl", "--exhaustive", "--format", "json", "--jobs", "1"]).args(options);
    let output = command.current_dir(folder.path()).output().expect("treefall runs");
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).expect("it prints one object");
    assert_eq!(told["complete"], true, "{told}");
    let number = |field: &str| told[field].as_u64().expect("a number");
    (number("final_states"), number("states"))
}

#[test]
fn what_is_left_out_makes_no_difference() {
    if !witness::has("erlc") {
        return;
    }
    let folder = TempDir::new().expect("a folder");
    fs::write(folder.path().join("x.kdl"), "code \".\"\nstart \"p.begins\"\nrun \"p.runs\"\n")
        .expect("written");
    let (mut fewer, mut racy) = (0, 0);
    for seed in 0..PROGRAMS {
        let text = program(&mut Dice::new(seed));
        fs::write(folder.path().join("p.erl"), &text).expect("written");
        let compiled =
            Command::new("erlc").arg("p.erl").current_dir(folder.path()).output().expect("erlc runs");
        assert!(compiled.status.success(), "{}\n{text}", String::from_utf8_lossy(&compiled.stdout));
        let (reduced, whole) = (ends(&folder, &[]), ends(&folder, &["--no-reduction"]));
        assert_eq!(reduced.0, whole.0, "{text}");
        fewer += u64::from(reduced.1 < whole.1);
        racy += u64::from(whole.0 > 1);
    }
    assert!(fewer == PROGRAMS && racy > PROGRAMS / 2, "{fewer} were reduced, {racy} have races");
}
