//! `treefall check --watch`: nobody waits for a time, only for what is printed.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use crate::sandbox::{BROKEN, HELD, Sandbox};

/// What is printed up to where it waits for a change.
fn until_it_watches(lines: &mut impl Iterator<Item = std::io::Result<String>>) -> String {
    let mut told = String::new();
    for line in lines {
        let line = line.expect("output is UTF-8");
        if line.starts_with("watching") {
            return told;
        }
        told.push_str(&line);
        told.push('\n');
    }
    panic!("it has ended: {told}");
}

#[cfg(unix)]
#[test]
fn a_file_that_changes_is_checked_again() {
    let sandbox = Sandbox::with(&[("a.kdl", HELD)]);
    sandbox.output("check --accept a.kdl");
    // At once, as an editor does: half a file would be checked too.
    let replace = |text: &str| {
        sandbox.write("next", text);
        std::fs::rename(sandbox.path().join("next"), sandbox.path().join("a.kdl"))
            .expect("it can be renamed");
    };
    let mut command = sandbox.command("check --watch a.kdl");
    let mut child = command.stdout(Stdio::piped()).spawn().expect("treefall can be started");
    let mut lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
    assert!(until_it_watches(&mut lines).contains("1 ok"));
    replace(BROKEN);
    assert!(until_it_watches(&mut lines).contains("1 broken"));
    replace(HELD);
    assert!(until_it_watches(&mut lines).contains("1 ok"));
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(sent.expect("there is a kill").success());
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
}
