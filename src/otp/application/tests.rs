//! Applications at work. The expected answers are those of Erlang/OTP 25 unless a test says otherwise.

use std::sync::Arc;

use super::{Application, ApplicationRequest, NodeApplications};
use crate::kernel::{Atom, Term};
use crate::otp::report::{ApplicationReport, Report};
use crate::otp::spec::Restart;
use crate::otp::stage::{OTP_25, OTP_29, Played, play, play_seed};
use crate::otp::start::Started;
use crate::otp::toy::{Act, Start, Toy, Whom, Worker, atom, label, name, plain, show, term, worker};

fn application(name: &str, start: Start) -> Application<Toy> {
    Application {
        name: atom(name),
        module: atom("mod"),
        arguments: Term::list([]),
        start,
        applications: Vec::new(),
        prep_stop: None,
        stop: None,
    }
}

/// A process that traps exits and says when it ends; it exits with what it is sent.
fn top() -> Start {
    Start::Plain(Worker { registered: false, trap: true, ..worker("top") }.into())
}

fn says(text: &'static str) -> Option<Toy> {
    Some(Toy::function(vec![Act::Say(text), Act::Living(vec!["top"]), Act::Finish]))
}

fn node(applications: Vec<Application<Toy>>, boot: &[(&str, Restart)]) -> Act {
    let applications = applications.into_iter().map(Arc::new).collect();
    let boot = boot.iter().map(|(name, restart)| (atom(name), *restart)).collect();
    Act::Start(Start::Node(Box::new(NodeApplications { applications, boot })))
}

fn start(name: &str, restart: Restart) -> Act {
    Act::Application(ApplicationRequest::Start(atom(name), restart))
}

fn stop(name: &str) -> Act {
    Act::Application(ApplicationRequest::Stop(atom(name)))
}

const TYPES: [Restart; 3] = [Restart::Permanent, Restart::Transient, Restart::Temporary];

fn reports(played: &Played) -> Vec<String> {
    played.lines(|report| match report {
        Report::Guest(line) => Some(line.clone()),
        Report::Application(report) => Some(match report {
            ApplicationReport::Started(name) => format!("started {}", show(name)),
            ApplicationReport::NotStarted(name, why) => format!("not started {} {}", show(name), show(why)),
            ApplicationReport::Exited(name, why) => format!("exited {} {}", show(name), show(why)),
            ApplicationReport::Stopping(name) => format!("stopping {}", show(name)),
            ApplicationReport::NodeTerminated(name, why) => {
                format!("node terminated by {} {}", show(name), show(why))
            }
        }),
        _ => None,
    })
}

fn shown(lines: &[String]) -> String {
    lines.join("\n")
}

#[test]
fn what_a_failed_start_is_called() {
    let outcome = |start_function: Start| {
        let acts = vec![
            node(vec![application("a", start_function)], &[]),
            start("a", Restart::Temporary),
            stop("a"),
        ];
        let said = play(acts, OTP_29).said();
        let said: Vec<_> = said.into_iter().filter(|line| !line.starts_with("start ")).collect();
        assert_eq!(said[2], "{error,{not_started,a}}");
        said[1].clone()
    };
    let returns = |started| outcome(Start::Return(started));
    let call = "{mod,start,[normal,[]]}";
    assert_eq!(returns(Started::Error(term("foo"))), format!("{{error,{{foo,{call}}}}}"));
    assert_eq!(returns(Started::Junk(term("junk"))), format!("{{error,{{bad_return,{{{call},junk}}}}}}"));
    assert_eq!(returns(Started::Ignore), format!("{{error,{{bad_return,{{{call},ignore}}}}}}"));
    let raised = returns(Started::Raised(term("foo")));
    assert_eq!(raised, format!("{{error,{{bad_return,{{{call},{{'EXIT',foo}}}}}}}}"));
    let normal = returns(Started::Raised(Atom::NORMAL.into()));
    assert_eq!(normal, format!("{{error,{{{{'EXIT',normal}},{call}}}}}"));
    let fails = Worker { init: Some(Ok(crate::otp::Return::Stop(term("bad")))), ..worker("x") };
    let said = outcome(Start::Server(fails.into()));
    assert_eq!(said, format!("{{error,{{bad,{call}}}}}"));
}

#[test]
fn a_failed_start_ends_the_node_unless_it_is_temporary() {
    let outcome = |restart, started| {
        let fails = application("a", Start::Return(started));
        let acts = vec![node(vec![fails], &[]), start("a", restart), Act::Settle, Act::Living(vec!["ac"])];
        play(acts, OTP_25).said().pop()
    };
    let (up, down) = (Some("alive: ac".to_owned()), Some("alive: ".to_owned()));
    let foo = || Started::Error(term("foo"));
    assert_eq!(TYPES.map(|restart| outcome(restart, foo())), [down.clone(), down.clone(), up.clone()]);
    let normal = || Started::Raised(Atom::NORMAL.into());
    assert_eq!(TYPES.map(|restart| outcome(restart, normal())), [down, up.clone(), up]);
}

#[test]
fn an_application_is_stopped_with_all_its_processes() {
    // The top process starts nothing itself; a process of the group that nobody supervises is started by
    // prep_stop, and is alive in stop.
    let stray = vec![Act::Sleep(1_000_000)];
    let prep =
        vec![Act::Say("prep_stop"), Act::Spawn(stray), Act::Living(vec!["top", "helper"]), Act::Finish];
    let end = vec![Act::Say("stop"), Act::Living(vec!["top", "helper"]), Act::Finish];
    let a = Application {
        prep_stop: Some(Toy::function(prep)),
        stop: Some(Toy::function(end)),
        ..application("a", top())
    };
    let acts = vec![
        node(vec![a], &[]),
        start("a", Restart::Permanent),
        start("a", Restart::Permanent),
        stop("a"),
        Act::Living(vec!["top", "helper", "ac"]),
        stop("a"),
        start("b", Restart::Permanent),
        start("a", Restart::Temporary),
        Act::Tell(label("top"), term("boom")),
        Act::Settle,
        Act::Living(vec!["top", "helper", "ac"]),
        stop("a"),
        stop("a"),
    ];
    insta::assert_snapshot!(shown(&reports(&play(acts, OTP_25))), @r#"
    {ok,<pid>}
    started a
    ok
    {error,{already_started,a}}
    stopping a
    prep_stop
    alive: top helper
    stop
    alive: helper
    exited a stopped
    ok
    alive: ac
    {error,{not_started,a}}
    {error,{not_loaded,b}}
    started a
    ok
    prep_stop
    alive: helper
    stop
    alive: helper
    exited a boom
    alive: ac
    ok
    {error,{not_started,a}}
    "#);
}

#[test]
fn a_node_starts_in_order_and_stops_in_the_reverse_one() {
    let a = Application { stop: says("stop a"), ..application("a", plain("x")) };
    let b = Application {
        applications: vec![atom("a")],
        prep_stop: says("prep_stop b"),
        stop: says("stop b"),
        ..application("b", top())
    };
    let all = [("a", Restart::Permanent), ("b", Restart::Permanent)];
    let acts = vec![
        node(vec![a.clone(), b.clone()], &all),
        Act::Exit(name("ac"), Atom::SHUTDOWN.into()),
        Act::Settle,
        Act::Hear,
    ];
    let played = play(acts, OTP_25);
    assert_eq!(played.world.processes().count(), 1);
    insta::assert_snapshot!(shown(&reports(&played)), @r#"
    started a
    started b
    {ok,<pid>}
    stopping b
    prep_stop b
    alive: top
    stop b
    alive: 
    stopping a
    stop a
    alive: 
    heard EXIT shutdown
    "#);
    // In the wrong order the second is not even tried.
    let swapped = [("b", Restart::Permanent), ("a", Restart::Permanent)];
    let acts = vec![node(vec![a, b], &swapped), Act::Settle, Act::Hear];
    insta::assert_snapshot!(shown(&reports(&play(acts, OTP_25))), @r#"
    not started b {not_started,a}
    node terminated by b {not_started,a}
    {error,{application_start_failure,b,{not_started,a}}}
    heard EXIT {application_start_failure,b,{not_started,a}}
    "#);
}

#[test]
fn an_application_that_has_ended_is_started_but_does_not_run() {
    let b = Application { applications: vec![atom("a")], ..application("b", plain("x")) };
    let acts = vec![
        node(vec![application("a", top()), b], &[]),
        start("b", Restart::Temporary),
        start("a", Restart::Temporary),
        Act::Tell(label("top"), term("boom")),
        Act::Settle,
        start("b", Restart::Temporary),
        start("a", Restart::Temporary),
        start("b", Restart::Temporary),
    ];
    let said = play(acts, OTP_25).said();
    assert_eq!(said[1..], ["{error,{not_started,a}}", "ok", "{error,{not_running,a}}", "ok", "ok"]);
}

#[test]
fn a_killed_master_takes_its_application_along() {
    let a = Application { stop: says("stop a"), ..application("a", top()) };
    let acts = vec![
        node(vec![a], &[("a", Restart::Temporary)]),
        Act::Exit(Whom::Label(atom("a")), Atom::KILL.into()),
        Act::Settle,
        Act::Living(vec!["ac"]),
    ];
    assert_eq!(reports(&play(acts, OTP_25))[2..], ["exited a killed", "stop a", "alive: ", "alive: ac"]);
}

#[test]
fn under_any_schedule_a_node_comes_up_and_goes_down() {
    let slow = Worker { registered: false, trap: true, ending_takes: Some(3), ..worker("top") };
    let a = application("a", Start::Plain(slow.into()));
    let b =
        Application { applications: vec![atom("a")], stop: says("stop b"), ..application("b", plain("x")) };
    let c = application("c", Start::Return(Started::Error(term("nope"))));
    for restart in TYPES {
        let mut acts = vec![
            node(vec![a.clone(), b.clone(), c.clone()], &[("a", Restart::Temporary)]),
            Act::Spawn(vec![start("b", restart), start("b", restart), stop("b")]),
            Act::Spawn(vec![
                Act::Tell(label("top"), term("boom")),
                start("c", Restart::Temporary),
                stop("a"),
            ]),
            Act::Sleep(20),
        ];
        if restart == Restart::Temporary {
            acts.push(Act::Exit(name("ac"), Atom::SHUTDOWN.into()));
        }
        let (mut up, mut down) = (0, 0);
        for seed in 0..150 {
            let played = play_seed(acts.clone(), OTP_29, seed);
            let alive: Vec<_> = played.world.processes().map(|process| process.label).collect();
            if alive.contains(&atom("ac")) {
                up += 1;
                continue;
            }
            down += 1;
            let drivers = [atom("test"), atom("helper")];
            assert!(alive.iter().all(|label| drivers.contains(label)), "seed {seed}");
        }
        // The application that `b` needs may end first, which ends the node unless `b` is temporary.
        assert!(down > 0 && (up > 0) == (restart != Restart::Temporary), "{restart:?}: {up} up, {down} down");
    }
}
