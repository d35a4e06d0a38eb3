//! `simple_one_for_one`.

use crate::kernel::{Atom, Term};
use crate::otp::report::{OffenderPid, Report};
use crate::otp::spec::{AutoShutdown, ChildSpec, Flags, Restart, Shutdown, Strategy};
use crate::otp::stage::{OTP_25, OTP_29, go, play, play_seed, same};
use crate::otp::supervisor::{InitResult, SupervisorInit};
use crate::otp::toy::{Act, Ask, Start, Whom, Worker, ask, atom, label, name, plain, spec, term, worker};
use crate::otp::{ErrorContext, Release, Started, SupervisorRequest};

use super::{init, normal, restart, with_intensity};

fn start_one() -> Act {
    ask(SupervisorRequest::StartWith(Vec::new()))
}

fn ignoring() -> Start {
    Start::Return(Started::Ignore)
}

fn failing() -> Start {
    Start::Return(Started::Error(term("nope")))
}

#[test]
fn surprise_20_dead_pids_live_strangers_and_ids() {
    let terminate = |whom| Act::Ask(name("sup"), Ask::TerminatePid(whom));
    let played = play(
        vec![
            go(init(Strategy::SimpleOneForOne, vec![spec("x", plain("x"))])),
            ask(SupervisorRequest::StartWith(vec![term("a"), term("b")])),
            terminate(Whom::Label(atom("x"))),
            terminate(Whom::Label(atom("test"))),
            ask(SupervisorRequest::TerminateChild(term("x"))),
            ask(SupervisorRequest::RestartChild(term("x"))),
            ask(SupervisorRequest::DeleteChild(term("x"))),
            ask(SupervisorRequest::GetChildspec(term("x"))),
            ask(SupervisorRequest::GetChildspec(term("y"))),
            ask(SupervisorRequest::CountChildren),
            ask(SupervisorRequest::StartChild(spec("y", plain("y")))),
        ],
        OTP_25,
    );
    same(
        &played.said(),
        "{ok,<pid>}
         starting with [a,b]
         {ok,<pid>}
         ok
         {error,not_found}
         {error,simple_one_for_one}
         {error,simple_one_for_one}
         {error,simple_one_for_one}
         {ok,#{id=>x,modules=>[toys],restart=>permanent,shutdown=>5000,significant=>false,start=>{toys,start_link,[x]},type=>worker}}
         {error,not_found}
         [{specs,1},{active,0},{supervisors,0},{workers,0}]
         {error,{'EXIT',{badarg,stacktrace}}}",
    );
}

#[test]
fn a_restart_uses_the_same_arguments() {
    let played = play(
        vec![
            go(init(Strategy::SimpleOneForOne, vec![spec("x", plain("x"))])),
            ask(SupervisorRequest::StartWith(vec![term("a")])),
            Act::Tell(label("x"), term("boom")),
            Act::Settle,
            ask(SupervisorRequest::WhichChildren),
        ],
        OTP_25,
    );
    same(
        &played.logged(),
        "{ok,<pid>}
         starting with [a]
         {ok,<pid>}
         report child_terminated x boom
         starting with [a]
         [{undefined,<pid>,worker,[toys]}]",
    );
}

#[test]
fn surprise_21_a_restart_that_ignores_leaves_a_ghost_before_otp_27() {
    let start = Start::Nth(1, vec![(2, ignoring())], Box::new(plain("x")));
    let story = |release| {
        let acts = vec![
            go(init(Strategy::SimpleOneForOne, vec![spec("x", start.clone())])),
            start_one(),
            Act::Tell(label("x"), term("boom")),
            Act::Settle,
            ask(SupervisorRequest::WhichChildren),
            Act::Exit(name("sup"), Atom::SHUTDOWN.into()),
            Act::Settle,
            Act::Hear,
        ];
        play(acts, release).said()
    };
    same(
        &story(OTP_25),
        "{ok,<pid>}
         {ok,<pid>}
         [{undefined,undefined,worker,[toys]}]
         heard EXIT {function_clause,stacktrace}",
    );
    same(&story(OTP_29), "{ok,<pid>}\n{ok,<pid>}\n[]\nheard EXIT shutdown");
}

#[test]
fn a_start_that_ignores_leaves_a_ghost_only_before_otp_18() {
    // erlang/otp #636: the shutdown crashes, and the children get that as their exit signal.
    let start = Start::Nth(1, vec![(2, ignoring())], Box::new(plain("x")));
    let story = |otp| {
        let acts = vec![
            go(init(Strategy::SimpleOneForOne, vec![spec("x", start.clone())])),
            start_one(),
            start_one(),
            ask(SupervisorRequest::CountChildren),
            Act::Exit(name("sup"), Atom::SHUTDOWN.into()),
            Act::Settle,
            Act::Hear,
        ];
        play(acts, Release { otp, elixir: (1, 5) }).said().split_off(2)
    };
    same(
        &story(17),
        "{ok,undefined}
         [{specs,1},{active,2},{supervisors,0},{workers,2}]
         heard EXIT {function_clause,stacktrace}",
    );
    same(
        &story(18),
        "{ok,undefined}
         [{specs,1},{active,1},{supervisors,0},{workers,1}]
         heard EXIT shutdown",
    );
}

#[test]
fn a_restarting_child_is_terminated_by_its_old_pid() {
    // Seen on OTP 25: the count of restarting children stays, so that `active` becomes negative.
    let slow = Worker {
        init_takes: 20,
        registered: false,
        init: Some(Ok(crate::otp::Return::Stop(term("nope")))),
        ..worker("x")
    };
    let start = Start::Nth(1, vec![(1, plain("x"))], Box::new(Start::Server(slow.into())));
    let played = play(
        vec![
            go(with_intensity(Strategy::SimpleOneForOne, 1000, vec![spec("x", start)])),
            start_one(),
            Act::Keep(label("x")),
            Act::Tell(label("x"), term("boom")),
            Act::Sleep(10),
            ask(SupervisorRequest::WhichChildren),
            ask(SupervisorRequest::CountChildren),
            Act::Ask(name("sup"), Ask::TerminateKept),
            ask(SupervisorRequest::CountChildren),
            Act::Ask(name("sup"), Ask::TerminateKept),
            Act::Ask(name("sup"), Ask::GetKept),
            Act::Sleep(50),
            Act::Exit(name("sup"), Atom::SHUTDOWN.into()),
            Act::Settle,
            Act::Hear,
        ],
        OTP_25,
    );
    let said: Vec<_> = played.said().into_iter().filter(|line| !line.starts_with("start ")).collect();
    same(
        &said,
        "{ok,<pid>}
         {ok,<pid>}
         [{undefined,restarting,worker,[toys]}]
         [{specs,1},{active,0},{supervisors,0},{workers,1}]
         ok
         [{specs,1},{active,-1},{supervisors,0},{workers,0}]
         ok
         {ok,#{id=>x,modules=>[toys],restart=>permanent,shutdown=>5000,significant=>false,start=>{toys,start_link,[x]},type=>worker}}
         heard EXIT shutdown",
    );
}

#[test]
fn failed_restarts_count_and_the_supervisor_gives_up() {
    let start = Start::Nth(1, vec![(1, plain("x"))], Box::new(failing()));
    let played = play(
        vec![
            go(with_intensity(Strategy::SimpleOneForOne, 2, vec![spec("x", start)])),
            start_one(),
            Act::Tell(label("x"), term("boom")),
            Act::Settle,
            Act::Hear,
        ],
        OTP_29,
    );
    same(
        &played.logged(),
        "{ok,<pid>}
         {ok,<pid>}
         report child_terminated x boom
         report start_error x nope
         report start_error x nope
         report shutdown x reached_max_restart_intensity
         heard EXIT shutdown",
    );
}

#[test]
fn what_start_child_returns() {
    let start = Start::Nth(1, vec![(1, failing()), (2, ignoring())], Box::new(plain("x")));
    let played = play(
        vec![
            go(init(Strategy::SimpleOneForOne, vec![spec("x", start)])),
            start_one(),
            start_one(),
            start_one(),
            ask(SupervisorRequest::CountChildren),
        ],
        OTP_25,
    );
    same(
        &played.logged(),
        "{ok,<pid>}
         {error,nope}
         {ok,undefined}
         {ok,<pid>}
         [{specs,1},{active,1},{supervisors,0},{workers,1}]",
    );
}

#[test]
fn errors_at_the_end_are_counted_by_reason() {
    let stubborn = |dies: Option<Term>, takes| {
        Start::Plain(
            Worker { trap: true, registered: false, leaves_with: dies, ending_takes: takes, ..worker("x") }
                .into(),
        )
    };
    let start = Start::Nth(
        1,
        vec![
            (1, stubborn(None, None)),
            (2, stubborn(None, None)),
            (3, stubborn(Some(term("boom")), Some(0))),
        ],
        Box::new(stubborn(None, Some(0))),
    );
    let child =
        ChildSpec { shutdown: Shutdown::Timeout(30), ..restart(Restart::Transient, spec("x", start)) };
    let acts = vec![
        go(init(Strategy::SimpleOneForOne, vec![child])),
        start_one(),
        start_one(),
        start_one(),
        start_one(),
        Act::Settle,
        Act::Exit(name("sup"), Atom::SHUTDOWN.into()),
        Act::Settle,
    ];
    for seed in 0..50 {
        let played = play_seed(acts.clone(), OTP_25, seed);
        let mut errors = played.lines(|report| match report {
            Report::Supervisor { context: ErrorContext::ShutdownError, reason, offender } => {
                match offender.pid {
                    OffenderPid::Children(count) => {
                        Some(format!("{count} {}", crate::otp::toy::show(reason)))
                    }
                    _ => None,
                }
            }
            _ => None,
        });
        errors.sort();
        assert_eq!(errors, ["1 boom", "2 killed"], "seed {seed}");
    }
}

#[test]
fn all_significant_means_that_no_dynamic_child_is_left() {
    let flags = Flags {
        strategy: Strategy::SimpleOneForOne,
        intensity: 1,
        period: 5,
        auto_shutdown: AutoShutdown::AllSignificant,
    };
    let child = ChildSpec { significant: true, ..restart(Restart::Temporary, spec("x", plain("x"))) };
    let result = InitResult::Ok(flags, vec![child]);
    let played = play(
        vec![
            go(SupervisorInit { module: atom("m"), result, table: None }),
            start_one(),
            start_one(),
            Act::Tell(Whom::Nth(atom("x"), 1), normal()),
            Act::Settle,
            ask(SupervisorRequest::CountChildren),
            Act::Tell(Whom::Nth(atom("x"), 2), term("boom")),
            Act::Settle,
            Act::Hear,
        ],
        OTP_25,
    );
    same(
        &played.said().split_off(3),
        "[{specs,1},{active,1},{supervisors,0},{workers,1}]
         heard EXIT shutdown",
    );
}

#[test]
fn the_old_order_also_ends_all_children() {
    let otp_23 = Release { otp: 23, elixir: (1, 10) };
    let slow =
        Start::Plain(Worker { trap: true, registered: false, ending_takes: Some(50), ..worker("x") }.into());
    let played = play(
        vec![
            go(init(Strategy::SimpleOneForOne, vec![spec("x", slow)])),
            start_one(),
            start_one(),
            Act::Settle,
            Act::Exit(name("sup"), Atom::SHUTDOWN.into()),
            Act::Settle,
            Act::Hear,
            Act::Living(vec!["x", "sup"]),
        ],
        otp_23,
    );
    same(&played.logged().split_off(3), "heard EXIT shutdown\nalive: ");
    assert_eq!(played.world.now(), 50);
}
