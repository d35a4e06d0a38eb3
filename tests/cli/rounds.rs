//! Runs that never end: they are told once round, and not waited for.

use crate::sandbox::{Sandbox, assert_output};

/// Two servers pass a ball, and somebody waits for it.
const BALL: &str = r#"
shared caught no
supervisor top { worker ann; worker bob; worker cleo }
server ann { on cast ball { cast bob ball } }
server bob { on cast ball { cast ann ball } }
server cleo { on cast ball { set caught yes } }
client { cast ann ball }
eventually cleo-gets-it { $caught is yes }
"#;

/// The same, with a call that nobody answers and a count of how often: no state comes again.
const COUNTED: &str = r#"
shared passes 0
supervisor top { worker ann; worker bob; worker cleo }
server ann { on cast ball { add passes 1; cast bob ball } }
server bob { on cast ball { cast ann ball } }
server cleo { on call ball { } }
client { cast ann ball; call cleo ball timeout=infinity }
"#;

#[test]
fn a_run_that_goes_round_is_told_once() {
    let sandbox = Sandbox::with(&[("ball.kdl", BALL)]);
    assert_output!("round", sandbox.run("run ball.kdl --record ball.schedule"));
    assert_output!("round-schedule", sandbox.read("ball.schedule"));
    assert_output!("round-replayed", sandbox.run("replay ball.schedule --trace none"));
    assert_output!("round-explored", sandbox.run("explore ball.kdl --seeds 0..100 --trace none"));
    assert_output!("round-explained", sandbox.run("explain treefall-failures/ball-calm.schedule"));
    assert_output!("round-shrunk", sandbox.run("shrink treefall-failures/ball-calm.schedule --trace none"));
}

#[test]
fn a_round_that_leads_elsewhere_is_none() {
    let sandbox = Sandbox::with(&[("ball.kdl", BALL)]);
    sandbox.run("run ball.kdl --record ball.schedule");
    let text = sandbox.read("ball.schedule").replace("repeat 4", "repeat 3");
    sandbox.write("ball.schedule", &text);
    assert_output!("round-elsewhere", sandbox.run("replay ball.schedule --trace none"));
}

#[test]
fn a_run_in_which_time_stands_still_is_given_up_and_its_beginning_told() {
    let sandbox = Sandbox::with(&[("counted.kdl", COUNTED)]);
    let told = sandbox.run("run counted.kdl");
    assert!(told.lines().count() < 3_000, "it has {} lines", told.lines().count());
    assert_output!("time-stands-still", sandbox.run("run counted.kdl --trace none"));
}
