//! `treefall tree`.

use crate::sandbox::{HELD, Sandbox, assert_output};

#[test]
fn the_tree_at_the_end_and_at_a_step_and_one_process_of_it() {
    let sandbox = Sandbox::with(&[("held.kdl", HELD)]);
    assert_output!(
        "tree",
        sandbox.session(&[
            "tree held.kdl",
            "tree held.kdl --at 9",
            "tree held.kdl --at 9 --seed 3",
            "tree held.kdl --process top",
            "tree held.kdl --process counter#2 --format json",
        ])
    );
}

#[test]
fn moments_and_processes_that_are_not_there() {
    let sandbox = Sandbox::with(&[("held.kdl", HELD)]);
    assert_output!(
        "tree-errors",
        sandbox.session(&[
            "tree hold.kdl",
            "tree held.kdl --at 9999",
            "tree held.kdl --process cuonter",
            "tree held.kdl --process counter",
            "tree held.kdl --process something-else-entirely",
        ])
    );
}

/// One child is not running, one supervisor is starting again, and somebody has outlived the supervisor before.
const MOMENT: &str = r#"
supervisor top {
    worker a
    worker b restart=transient
    supervisor pool strategy=one_for_all max_restarts=1 { worker d; worker x }
}
dynamic_supervisor sup
process x {
    init_ack ok self
    unlink pool
    hang
}
client {
    start_child sup { worker e }
    start_child sup { worker f }
    stop b
    kill pool
    settle
}
"#;

#[test]
fn a_tree_is_as_wide_as_it_may_be() {
    let sandbox = Sandbox::with(&[("moment.kdl", MOMENT)]);
    let commands = [60, 80, 100, 160].map(|width| format!("tree moment.kdl --at 90 --width {width}"));
    let commands: Vec<&str> = commands.iter().map(String::as_str).collect();
    assert_output!("tree-widths", sandbox.session(&commands));
}
