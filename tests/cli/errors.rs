//! What is wrong with the command line or a file is said on standard error, with exit status 2.

use crate::sandbox::{BROKEN, HELD, Sandbox, assert_output};

#[test]
fn files_that_are_no_scenarios() {
    let sandbox = Sandbox::with(&[("pool.kdl", HELD), ("folder/a.kdl", HELD)]);
    sandbox.write("latin1.kdl", b"scenario \"caf\xe9\"\n");
    sandbox
        .write("mistakes.kdl", "supervisr top {\n    worker a restart=sometimes\n}\nclient { cal a get }\n");
    assert_output!(
        "errors-files",
        sandbox.session(&[
            "run poool.kdl",
            "run missing/folder",
            "run latin1.kdl",
            "run mistakes.kdl --width 70",
            "run nothing.kdl latin1.kdl pool.kdl --trace none",
            "check nothing.kdl pool.kdl --accept",
        ])
    );
}

#[test]
fn command_lines_that_make_no_sense() {
    let sandbox = Sandbox::with(&[("a.kdl", HELD), ("b.kdl", BROKEN)]);
    sandbox.write("empty/readme", "");
    assert_output!(
        "errors-command-line",
        sandbox.session(&[
            "",
            "rum a.kdl",
            "run",
            "run a.kdl --seed x",
            "run a.kdl --seed 1 --schedule s",
            "run a.kdl b.kdl --record s",
            "run a.kdl b.kdl --schedule s",
            "run a.kdl --record missing/s -q",
            "run a.kdl --width 7",
            "replay nothing.schedule",
            "replay empty",
            "replay a.kdl",
            "check empty",
            "run empty",
            "explore empty",
            "tree empty",
            "beam empty",
            "check a.kdl --seeds 3",
        ])
    );
}
