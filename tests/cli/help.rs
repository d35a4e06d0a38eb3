//! Every help text. The doc comments of the arguments are its source.

use crate::sandbox::{Sandbox, assert_output};

#[test]
fn help_of_every_command() {
    let sandbox = Sandbox::new();
    assert_output!("help", sandbox.run("--help"));
    assert_output!("help-short", sandbox.run("-h"));
    assert_output!("help-run", sandbox.run("run --help"));
    assert_output!("help-explore", sandbox.run("explore --help"));
    assert_output!("help-judge", sandbox.run("judge --help"));
    assert_output!("help-merge", sandbox.run("merge --help"));
    assert_output!("help-replay", sandbox.run("replay --help"));
    assert_output!("help-shrink", sandbox.run("shrink --help"));
    assert_output!("help-explain", sandbox.run("explain --help"));
    assert_output!("help-tree", sandbox.run("tree --help"));
    assert_output!("help-view", sandbox.run("view --help"));
    assert_output!("help-observe", sandbox.run("observe --help"));
    assert_output!("help-step", sandbox.run("step --help"));
    assert_output!("help-check", sandbox.run("check --help"));
    assert_output!("help-beam", sandbox.run("beam --help"));
    assert_output!("help-new", sandbox.run("new --help"));
    assert_output!("help-completions", sandbox.run("completions --help"));
    assert_output!("help-man", sandbox.run("man --help"));
}

#[test]
fn a_command_without_help_of_its_own_is_noticed() {
    let help = String::from_utf8(Sandbox::new().output("-h").stdout).expect("output is UTF-8");
    let commands = help.split("Commands:\n").nth(1).and_then(|rest| rest.split("\n\n").next());
    let commands: Vec<&str> = commands
        .expect("there are commands")
        .lines()
        // What a command is about may go on in a second line.
        .filter_map(|line| line.strip_prefix("  ").filter(|line| !line.starts_with(' ')))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert_eq!(
        commands,
        [
            "run",
            "explore",
            "merge",
            "replay",
            "shrink",
            "explain",
            "judge",
            "tree",
            "view",
            "observe",
            "step",
            "check",
            "beam",
            "new",
            "completions",
            "man",
        ],
        "add its help to the test above"
    );
}
