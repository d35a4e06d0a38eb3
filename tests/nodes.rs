//! Two nodes of the real Erlang, whose connection is lost: they do what scenarios/nodes says that they do.
//!
//! `treefall beam` starts one node, so the rules are asked for here, one line a rule, in the program
//! tests/nodes/treefall_nodes.erl. Each line of tests/nodes/said.txt is what a scenario of that folder expects.

use std::net::TcpListener;
use std::process::{Command, Stdio};

#[test]
fn two_real_nodes_do_what_the_scenarios_say() {
    if Command::new("erl").arg("-version").output().is_err() {
        eprintln!("skipped: `erl` is not installed");
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/nodes/treefall_nodes.erl");
    let compiled = Command::new("erlc").arg(source).current_dir(&folder).output().expect("erlc can be run");
    assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stdout));
    // The other node listens there, so that nobody needs a daemon that knows where nodes are.
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let port = listener.local_addr().expect("it has an address").port().to_string();
    drop(listener);
    let mut erl = Command::new("erl");
    erl.args(["-noshell", "-boot", "start_clean", "-sname", "here@localhost", "-setcookie", "treefall"]);
    erl.args(["-start_epmd", "false", "-dist_listen", "false", "-erl_epmd_port", &port]);
    erl.args(["-s", "treefall_nodes", "main", "-extra", &port]);
    let said = erl.current_dir(&folder).stdin(Stdio::null()).output().expect("erl can be run");
    let said = String::from_utf8_lossy(&said.stdout);
    if said.is_empty() {
        eprintln!("skipped: this Erlang is older than 25, and has no `peer`");
        return;
    }
    assert_eq!(said, include_str!("nodes/said.txt"));
}
