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
