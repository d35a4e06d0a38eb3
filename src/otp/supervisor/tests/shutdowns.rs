//! Stopping children: in which order, how, and what is said about it.

use crate::kernel::{Atom, Term};
use crate::otp::spec::{ChildSpec, Restart, Shutdown, Strategy};
use crate::otp::stage::{OTP_25, OTP_29, go, play, play_seed, same};
use crate::otp::toy::{Act, Start, Worker, ask, label, name, server, spec, term, worker};
use crate::otp::{Release, SupervisorRequest};

use super::{init, normal, restart};

fn plain_worker(id: &str) -> Worker {
    Worker { registered: false, ..worker(id) }
}

fn shut(shutdown: Shutdown, spec: ChildSpec<Start>) -> ChildSpec<Start> {
    ChildSpec { shutdown, ..spec }
}

fn shutdown() -> Term {
    Atom::SHUTDOWN.into()
}

#[test]
fn surprise_18_which_ends_are_shutdown_errors() {
    let tagged = || Term::tagged(Atom::SHUTDOWN, term("q"));
    let gentle = Shutdown::Timeout(500);
    let short = Shutdown::Timeout(20);
    let brutal = Shutdown::BrutalKill;
    let fine = "";
    for release in [OTP_25, OTP_29] {
        for (leaves_with, takes, how, permanent, other) in [
            (Some(shutdown()), Some(0), gentle, fine, fine),
            (Some(normal()), Some(0), gentle, "normal", fine),
            (Some(tagged()), Some(0), gentle, "{shutdown,q}", fine),
            (Some(term("boom")), Some(0), gentle, "boom", "boom"),
            (None, None, short, "killed", "killed"),
            (None, Some(0), brutal, fine, fine),
        ] {
            for (kind, expected) in
                [(Restart::Permanent, permanent), (Restart::Transient, other), (Restart::Temporary, other)]
            {
                let toy = Worker {
                    trap: true,
                    leaves_with: leaves_with.clone(),
                    ending_takes: takes,
                    ..plain_worker("x")
                };
                let child = shut(how, restart(kind, spec("x", Start::Plain(toy.into()))));
                let played = play(
                    vec![
                        go(init(Strategy::OneForOne, vec![child])),
                        Act::Settle,
                        ask(SupervisorRequest::TerminateChild(term("x"))),
                    ],
                    release,
                );
                assert_eq!(played.said().last().map(String::as_str), Some("ok"));
                let reports: Vec<_> =
                    played.logged().into_iter().filter(|line| line.starts_with("report")).collect();
                let expected = match expected {
                    "" => Vec::new(),
                    reason => vec![format!("report shutdown_error x {reason}")],
                };
                assert_eq!(reports, expected, "{kind:?} {how:?} {leaves_with:?}");
            }
        }
    }
}

#[test]
fn surprise_27_a_child_that_unlinks_dies_unnoticed() {
    for (release, reason) in [(OTP_25, "noproc"), (OTP_29, "child_process_unlinked")] {
        let naughty = Worker { unlinks: true, dies: Some(term("boom")), ..plain_worker("x") };
        let played = play(
            vec![
                go(init(Strategy::OneForOne, vec![spec("x", Start::Plain(naughty.into()))])),
                Act::Settle,
                ask(SupervisorRequest::WhichChildren),
                ask(SupervisorRequest::CountChildren),
                ask(SupervisorRequest::RestartChild(term("x"))),
                ask(SupervisorRequest::TerminateChild(term("x"))),
            ],
            release,
        );
        same(
            &played.logged(),
            &format!(
                "progress x
                 {{ok,<pid>}}
                 [{{x,<pid>,worker,[toys]}}]
                 [{{specs,1}},{{active,0}},{{supervisors,0}},{{workers,1}}]
                 {{error,running}}
                 report shutdown_error x {reason}
                 ok"
            ),
        );
    }
}

#[test]
fn surprise_28_in_parallel_or_one_after_another() {
    let slow =
        |id: &str| Start::Plain(Worker { trap: true, ending_takes: Some(100), ..plain_worker(id) }.into());
    let mut simple = vec![go(init(Strategy::SimpleOneForOne, vec![spec("x", slow("x"))]))];
    simple.extend((0..5).map(|_| ask(SupervisorRequest::StartWith(Vec::new()))));
    let specs = ["a", "b", "c", "d", "e"].map(|id| spec(id, slow(id))).to_vec();
    for (mut acts, took) in [(simple, 100), (vec![go(init(Strategy::OneForOne, specs))], 500)] {
        acts.extend([Act::Settle, Act::Exit(name("sup"), shutdown()), Act::Settle, Act::Hear]);
        let played = play(acts, OTP_25);
        assert_eq!(played.said().last().map(String::as_str), Some("heard EXIT shutdown"));
        assert_eq!(played.world.now(), took);
    }
}

#[test]
fn surprise_29_a_killed_supervisor_terminates_nobody() {
    let trapping = Start::Server(Worker { trap: true, ..worker("a") }.into());
    let played = play(
        vec![
            go(init(Strategy::OneForOne, vec![spec("a", trapping), spec("b", server("b"))])),
            Act::Exit(name("sup"), Atom::KILL.into()),
            Act::Settle,
            Act::Living(vec!["a", "b"]),
        ],
        OTP_25,
    );
    same(
        &played.said(),
        "start a ok
         start b ok
         {ok,<pid>}
         terminate a killed
         alive: ",
    );
}

#[test]
fn shutdown_zero_tells_and_kills_at_once() {
    let hanging = Start::Plain(Worker { trap: true, ending_takes: None, ..plain_worker("x") }.into());
    let played = play(
        vec![
            go(init(Strategy::OneForOne, vec![shut(Shutdown::Timeout(0), spec("x", hanging))])),
            Act::Settle,
            ask(SupervisorRequest::TerminateChild(term("x"))),
        ],
        OTP_25,
    );
    assert_eq!(played.world.now(), 0);
    assert!(played.logged().contains(&"report shutdown_error x killed".to_owned()));
}

#[test]
fn supervisor_stop_is_answered_before_the_children_stop() {
    let trapping = |id: &str| Start::Server(Worker { trap: true, ..worker(id) }.into());
    let played = play(
        vec![
            go(init(Strategy::OneForOne, vec![spec("a", trapping("a")), spec("b", trapping("b"))])),
            Act::Stop(name("sup"), normal()),
            Act::Living(vec!["sup", "a", "b"]),
        ],
        OTP_25,
    );
    same(
        &played.said(),
        "start a ok
         start b ok
         {ok,<pid>}
         terminate b shutdown
         terminate a shutdown
         ok
         alive: ",
    );
}

/// Runs a story under many schedules: how many of them say this.
fn schedules_that(release: Release, acts: &[Act], line: &str) -> usize {
    (0..300)
        .filter(|seed| play_seed(acts.to_vec(), release, *seed).logged().iter().any(|said| said == line))
        .count()
}

#[test]
fn a_child_that_ends_while_it_is_terminated_has_its_real_reason_since_otp_27() {
    // erlang/otp #5193.
    let child = restart(Restart::Temporary, spec("x", server("x")));
    let acts = [
        go(init(Strategy::OneForOne, vec![child])),
        Act::Cast(label("x"), normal()),
        ask(SupervisorRequest::TerminateChild(term("x"))),
    ];
    assert!(schedules_that(OTP_25, &acts, "report shutdown_error x noproc") > 0);
    assert_eq!(schedules_that(OTP_29, &acts, "report shutdown_error x noproc"), 0);
    assert_eq!(schedules_that(OTP_29, &acts, "report shutdown_error x child_process_unlinked"), 0);
}

#[test]
fn a_supervisor_killed_between_unlink_and_exit_orphans_its_child_before_otp_24() {
    // erlang/otp #3670: top gives mid 5 ms; mid is about to tell its worker.
    let otp_23 = Release { otp: 23, elixir: (1, 10) };
    let slow = Start::Plain(Worker { trap: true, ending_takes: Some(50), ..plain_worker("w1") }.into());
    let mid = Start::Supervisor(Box::new(init(Strategy::OneForOne, vec![spec("w1", slow)])), None);
    let acts = [
        go(init(Strategy::OneForOne, vec![shut(Shutdown::Timeout(5), spec("sub", mid))])),
        Act::Settle,
        Act::Exit(name("sup"), shutdown()),
        Act::Sleep(1000),
        Act::Living(vec!["w1"]),
    ];
    assert!(schedules_that(otp_23, &acts, "alive: w1") > 0);
    assert_eq!(schedules_that(OTP_25, &acts, "alive: w1"), 0);
    assert_eq!(schedules_that(OTP_29, &acts, "alive: w1"), 0);
}
