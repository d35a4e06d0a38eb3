//! When a child is restarted, how often, and when the supervisor gives up or shuts down by itself.

use crate::kernel::{Atom, Term};
use crate::otp::report::Report;
use crate::otp::spec::{AutoShutdown, ChildSpec, Flags, Restart, Strategy};
use crate::otp::stage::{OTP_25, OTP_29, go, play, same};
use crate::otp::supervisor::{InitResult, SupervisorInit};
use crate::otp::toy::{Act, Start, Worker, ask, atom, label, name, plain, server, show, spec, term, worker};
use crate::otp::{Decision, Return, Started, SupervisorRequest};

use super::{init, normal, restart, with_intensity};

fn tagged() -> Term {
    Term::tagged(Atom::SHUTDOWN, term("q"))
}

fn shutdown() -> Term {
    Atom::SHUTDOWN.into()
}

fn failing() -> Start {
    Start::Return(Started::Error(term("nope")))
}

/// A child whose start fails from the second time on.
fn once(id: &str) -> Start {
    Start::Nth(1, vec![(1, plain(id))], Box::new(failing()))
}

#[test]
fn surprise_12_the_window_is_whole_seconds_inclusive() {
    for (offset, gap, end) in
        [(50, 1850, "alive: "), (950, 1100, "alive: x"), (50, 1000, "alive: "), (50, 2000, "alive: x")]
    {
        let flags = Flags {
            strategy: Strategy::OneForOne,
            intensity: 1,
            period: 1,
            auto_shutdown: AutoShutdown::Never,
        };
        let result = InitResult::Ok(flags, vec![spec("x", plain("x"))]);
        let played = play(
            vec![
                Act::Sleep(1000 + offset),
                go(SupervisorInit { module: atom("m"), result, table: None }),
                Act::Tell(label("x"), term("boom")),
                Act::Sleep(gap),
                Act::Tell(label("x"), term("boom")),
                Act::Settle,
                Act::Living(vec!["x"]),
            ],
            OTP_25,
        );
        assert_eq!(played.said().last().map(String::as_str), Some(end), "{offset} {gap}");
    }
}

#[test]
fn surprise_13_every_failed_attempt_counts() {
    for release in [OTP_25, OTP_29] {
        let played = play(
            vec![
                go(with_intensity(Strategy::OneForOne, 5, vec![spec("x", once("x"))])),
                Act::Tell(label("x"), term("boom")),
                Act::Settle,
                Act::Hear,
            ],
            release,
        );
        assert_eq!(played.world.common().0[&1], 6);
        same(
            &played.logged(),
            "progress x
             {ok,<pid>}
             report child_terminated x boom
             report start_error x nope
             report start_error x nope
             report start_error x nope
             report start_error x nope
             report start_error x nope
             report shutdown x reached_max_restart_intensity
             heard EXIT shutdown",
        );
        let used: Vec<_> = played
            .decisions()
            .into_iter()
            .filter_map(|decision| match decision {
                Decision::Restarting { used, again, reason, .. } => Some((*used, *again, show(reason))),
                _ => None,
            })
            .collect();
        let again = |used| (used, true, "nope".to_owned());
        assert_eq!(used, [(1, false, "boom".to_owned()), again(2), again(3), again(4), again(5)]);
    }
}

#[test]
fn surprise_14_a_restarting_child_and_the_api() {
    // The start function takes its time, so the supervisor's mailbox fills between two attempts.
    let slow = Start::Server(
        Worker { init_takes: 20, init: Some(Ok(Return::Stop(term("nope")))), ..worker("x") }.into(),
    );
    let start = Start::Nth(1, vec![(1, plain("x"))], Box::new(slow));
    for release in [OTP_25, OTP_29] {
        let played = play(
            vec![
                go(with_intensity(Strategy::OneForOne, 1000, vec![spec("x", start.clone())])),
                Act::Tell(label("x"), term("boom")),
                Act::Sleep(10),
                ask(SupervisorRequest::WhichChildren),
                ask(SupervisorRequest::CountChildren),
                ask(SupervisorRequest::RestartChild(term("x"))),
                ask(SupervisorRequest::DeleteChild(term("x"))),
                ask(SupervisorRequest::StartChild(spec("x", plain("x")))),
                ask(SupervisorRequest::TerminateChild(term("x"))),
                Act::Say("-- cancelled"),
                Act::Settle,
                ask(SupervisorRequest::WhichChildren),
                ask(SupervisorRequest::DeleteChild(term("x"))),
            ],
            release,
        );
        let said: Vec<_> = played.said().into_iter().filter(|line| !line.starts_with("start ")).collect();
        same(
            &said,
            "{ok,<pid>}
             [{x,restarting,worker,[toys]}]
             [{specs,1},{active,0},{supervisors,0},{workers,1}]
             {error,restarting}
             {error,restarting}
             {error,already_present}
             ok
             -- cancelled
             [{x,undefined,worker,[toys]}]
             ok",
        );
    }
}

#[test]
fn a_stale_note_matches_a_newer_failure_before_otp_29() {
    // x fails twice to start, taking 20 ms each time; y crashes during the first of these. The note of the
    // first failure then lies before a query in the mailbox, the note of the second behind it.
    for (release, shown) in [(OTP_25, "<pid>"), (OTP_29, "restarting")] {
        let slow = Worker {
            init_takes: 20,
            init: Some(Ok(Return::Stop(term("nope")))),
            registered: false,
            ..worker("x")
        };
        let slow = Start::Server(slow.into());
        let start = Start::Nth(1, vec![(2, slow.clone()), (3, slow)], Box::new(plain("x")));
        let specs = vec![spec("y", plain("y")), spec("x", start)];
        let played = play(
            vec![
                go(with_intensity(Strategy::OneForAll, 9, specs)),
                Act::Tell(label("x"), term("boom")),
                Act::Sleep(5),
                Act::Tell(label("y"), term("boom")),
                Act::Sleep(20),
                ask(SupervisorRequest::WhichChildren),
                Act::Settle,
                ask(SupervisorRequest::WhichChildren),
            ],
            release,
        );
        let said: Vec<_> = played.said().into_iter().filter(|line| !line.starts_with("start ")).collect();
        let children = |x| format!("[{{x,{x},worker,[toys]}},{{y,<pid>,worker,[toys]}}]");
        assert_eq!(said[1..], [children(shown), children("<pid>")]);
        assert_eq!(played.world.common().0[&1], 4);
    }
}

#[test]
fn surprise_16_restart_type_by_exit_reason() {
    let rows = [
        (Restart::Permanent, ["restarted", "restarted", "restarted", "restarted"]),
        (Restart::Transient, ["kept", "kept", "kept", "restarted"]),
        (Restart::Temporary, ["removed", "removed", "removed", "removed"]),
    ];
    for (kind, row) in rows {
        for (reason, expected) in [normal(), shutdown(), tagged(), term("boom")].into_iter().zip(row) {
            let played = play(
                vec![
                    go(init(Strategy::OneForOne, vec![restart(kind, spec("x", plain("x")))])),
                    Act::Tell(label("x"), reason.clone()),
                    Act::Settle,
                    ask(SupervisorRequest::WhichChildren),
                ],
                OTP_25,
            );
            let children = match expected {
                "restarted" => "[{x,<pid>,worker,[toys]}]",
                "kept" => "[{x,undefined,worker,[toys]}]",
                _ => "[]",
            };
            assert_eq!(played.said().last().map(String::as_str), Some(children), "{kind:?} {reason:?}");
            let reported = played.logged().iter().any(|line| line.starts_with("report child_terminated"));
            let quiet = reason != term("boom") && kind != Restart::Permanent;
            assert_eq!(reported, !quiet, "{kind:?} {reason:?}");
        }
    }
}

#[test]
fn surprise_19_junk_messages() {
    for (act, ends) in [
        (Act::Tell(name("sup"), term("junk")), false),
        (Act::Exit(name("sup"), term("foo")), false),
        (Act::Cast(name("sup"), term("junk")), true),
        (Act::Call(name("sup"), term("junk")), true),
    ] {
        // Not the parent, so that its exit signal is a message like any other.
        let played = play(
            vec![
                go(init(Strategy::OneForOne, vec![spec("a", server("a"))])),
                Act::Spawn(vec![act.clone()]),
                Act::Settle,
                Act::Living(vec!["sup", "a"]),
                Act::Hear,
            ],
            OTP_25,
        );
        let said = played.said();
        let alive = if ends { "alive: " } else { "alive: sup a" };
        assert!(said.iter().any(|line| line == alive), "{act:?}: {said:?}");
        assert_eq!(said.iter().any(|line| line == "heard EXIT {function_clause,stacktrace}"), ends);
        let unexpected = played.lines(|report| match report {
            Report::Unexpected { message } => Some(show(message)),
            _ => None,
        });
        assert_eq!(unexpected.is_empty(), !matches!(act, Act::Tell(..)));
        if let Act::Call(..) = act {
            let called = "exit {{function_clause,stacktrace},{gen_server,call,[sup,junk,infinity]}}";
            assert!(said.iter().any(|line| line == called), "{said:?}");
        }
    }
}

#[test]
fn surprise_23_a_burnt_out_transient_supervisor_has_finished() {
    for (kind, children) in [
        (Restart::Permanent, "[{sub,<pid>,worker,[toys]}]"),
        (Restart::Transient, "[{sub,undefined,worker,[toys]}]"),
        (Restart::Temporary, "[]"),
    ] {
        let sub = with_intensity(Strategy::OneForOne, 0, vec![spec("x", plain("x"))]);
        let start = Start::Supervisor(Box::new(sub), None);
        let played = play(
            vec![
                go(with_intensity(Strategy::OneForOne, 3, vec![restart(kind, spec("sub", start))])),
                Act::Tell(label("x"), term("boom")),
                Act::Settle,
                ask(SupervisorRequest::WhichChildren),
            ],
            OTP_25,
        );
        assert_eq!(played.said().last().map(String::as_str), Some(children), "{kind:?}");
    }
}

#[test]
fn surprise_24_auto_shutdown() {
    enum Deed {
        Ends(&'static str, Term),
        Terminate(&'static str),
    }
    use Deed::{Ends, Terminate};
    let any = AutoShutdown::AnySignificant;
    let all = AutoShutdown::AllSignificant;
    for (auto_shutdown, deeds, ends) in [
        (any, vec![Ends("c", normal())], false),
        (any, vec![Terminate("a")], false),
        (any, vec![Ends("a", term("boom"))], false),
        (any, vec![Ends("a", normal())], true),
        (all, vec![Ends("a", normal())], false),
        (all, vec![Ends("a", normal()), Ends("b", tagged())], true),
        (all, vec![Terminate("a"), Ends("b", normal())], true),
        (all, vec![Ends("b", normal()), Terminate("a")], false),
    ] {
        let flags = Flags { strategy: Strategy::OneForOne, intensity: 1, period: 5, auto_shutdown };
        let specs = [("a", true), ("b", true), ("c", false)].map(|(id, significant)| ChildSpec {
            significant,
            ..restart(Restart::Transient, spec(id, plain(id)))
        });
        let result = InitResult::Ok(flags, specs.to_vec());
        let mut acts = vec![go(SupervisorInit { module: atom("m"), result, table: None })];
        for deed in deeds {
            match deed {
                Ends(child, reason) => acts.push(Act::Tell(label(child), reason)),
                Terminate(child) => acts.push(ask(SupervisorRequest::TerminateChild(term(child)))),
            }
            acts.push(Act::Settle);
        }
        acts.push(Act::Hear);
        let played = play(acts, OTP_25);
        let heard = played.said().iter().any(|line| line == "heard EXIT shutdown");
        assert_eq!(heard, ends, "{auto_shutdown:?}: {:?}", played.said());
        let decided = played.decisions().iter().any(|one| matches!(one, Decision::AutoShutdown { .. }));
        assert_eq!(decided, ends);
    }
}

#[test]
fn slow_shutdowns_keep_the_intensity_from_ever_being_reached() {
    // erlang/otp #1287: each restart takes longer than the window lets three of them fit in.
    let outcome = |sibling_takes| {
        let crasher = Start::Nth(
            1,
            vec![(20, plain("b"))],
            Box::new(Start::Plain(
                Worker { registered: false, dies: Some(term("boom")), ..worker("b") }.into(),
            )),
        );
        let sibling =
            Start::Server(Worker { trap: true, ending_takes: Some(sibling_takes), ..worker("a") }.into());
        let specs = vec![spec("a", sibling), spec("b", crasher)];
        let played = play(vec![go(with_intensity(Strategy::OneForAll, 3, specs)), Act::Settle], OTP_25);
        played.world.common().0[&1]
    };
    assert_eq!(outcome(4000), 20);
    assert_eq!(outcome(0), 4);
}
