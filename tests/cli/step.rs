//! `treefall step`: what is typed comes from a pipe.

use crate::explore::FAULT;
use crate::sandbox::{BROKEN, HELD, Sandbox, assert_output};

#[test]
fn steps_are_taken_by_number_calmly_and_back() {
    let sandbox = Sandbox::with(&[("held.kdl", HELD)]);
    assert_output!(
        "step",
        sandbox.typed("step held.kdl", "1\n\ncalm 3\nback 2\nuntil counter ends\ntree\ncalm\n1\n")
    );
    assert_output!("step-help", sandbox.typed("step held.kdl", "help\nquit\n1\n"));
}

#[test]
fn what_is_saved_is_replayed_and_gone_on_with() {
    let sandbox = Sandbox::with(&[("fault.kdl", FAULT)]);
    let typed =
        "until counter starts\ncalm 4\nall\nsave half.schedule\ncalm\nsave whole.schedule\nsave fault.kdl\n";
    let whole = sandbox.typed("step fault.kdl", typed);
    let replayed =
        sandbox.session(&["replay --trace none half.schedule", "replay --trace none whole.schedule"]);
    let on = sandbox.typed("step half.schedule", "process counter\nstory\n");
    assert_output!("step-save", [whole, replayed, on, sandbox.read("half.schedule")].join("\n\n"));
}

/// A kill that the calm run never makes, chosen by hand, fails as it does under a seed.
#[test]
fn a_fault_is_taken_like_anything_else() {
    let sandbox = Sandbox::with(&[("fault.kdl", FAULT)]);
    let offered = sandbox.typed("step fault.kdl", "until one starts\nall\n");
    let kill = offered.lines().find(|line| line.ends_with("counter is killed")).expect("it can be killed");
    let number = kill.split_whitespace().next().expect("it has a number");
    let typed = format!("until one starts\n{number}\ncalm\nsave killed.schedule\n");
    let told = sandbox.typed("step fault.kdl", typed);
    assert!(told.contains("counter is killed"), "{told}");
    let replayed = sandbox.output("replay killed.schedule");
    assert!(String::from_utf8_lossy(&replayed.stdout).contains("killed by a fault"), "{replayed:?}");
}

#[test]
fn nothing_that_is_typed_is_too_strange() {
    let sandbox = Sandbox::with(&[("broken.kdl", BROKEN)]);
    let typed = "jump\n99\n0\n-1\n18446744073709551616\ncalm x\nuntil\nuntil nobody ends\nuntil counetr ends\nback 99\n\
                 process nobody\nprocess\nsave\nsave nowhere/a.schedule\ncalm\ncalm\n\n1\nuntil counter ends\n";
    assert_output!("step-errors", sandbox.typed("step broken.kdl", typed));
    let mut garbage = vec![0xff, 0xfe, b'\n', 0x1b, b'[', b'2', b'J', b'\n'];
    garbage.extend(vec![b'x'; 100_000]);
    let told = sandbox.typed("step broken.kdl", garbage);
    assert!(told.ends_with("[exit status: 0]"), "{told}");
    assert!(!told.contains('\u{1b}'), "{told}");
    assert_output!(
        "step-wrong",
        sandbox.session(&["step nowhere.kdl", "step nowhere.schedule", "step broken.kdl --format json"])
    );
}
