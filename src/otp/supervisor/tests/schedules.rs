//! What must hold under every schedule.

use crate::kernel::{Atom, EventKind, Term};
use crate::otp::spec::{ChildSpec, Restart, Shutdown, Strategy};
use crate::otp::stage::{OTP_25, OTP_29, go, play_seed};
use crate::otp::toy::{Act, Start, Worker, ask, label, name, plain, spec, term, worker};
use crate::otp::{Release, Report, SupervisorRequest};

use super::with_intensity;

/// A tree with a slow, a stubborn and a flaky child under a supervisor that starts more and is ended.
fn story(strategy: Strategy) -> Vec<Act> {
    let trapping =
        |id: &str, takes| Start::Server(Worker { trap: true, ending_takes: takes, ..worker(id) }.into());
    let flaky = Start::Nth(
        1,
        vec![(2, Start::Return(crate::otp::Started::Error(term("nope"))))],
        Box::new(plain("c")),
    );
    let inner =
        with_intensity(Strategy::OneForAll, 2, vec![spec("w1", plain("w1")), spec("w2", plain("w2"))]);
    let sub =
        ChildSpec { shutdown: Shutdown::Infinity, ..spec("sub", Start::Supervisor(Box::new(inner), None)) };
    let specs = vec![
        spec("a", trapping("a", Some(30))),
        ChildSpec { shutdown: Shutdown::Timeout(20), ..spec("b", trapping("b", None)) },
        spec("c", flaky),
        ChildSpec { restart: Restart::Temporary, ..spec("d", plain("d")) },
        sub,
    ];
    vec![
        go(with_intensity(strategy, 6, specs)),
        Act::Spawn(vec![
            ask(SupervisorRequest::StartChild(spec("e", trapping("e", Some(5))))),
            ask(SupervisorRequest::TerminateChild(term("a"))),
            ask(SupervisorRequest::RestartChild(term("a"))),
        ]),
        Act::Tell(label("c"), term("boom")),
        Act::Tell(label("w1"), term("boom")),
        Act::Tell(label("d"), term("boom")),
        Act::Settle,
        Act::Exit(name("sup"), Atom::SHUTDOWN.into()),
        Act::Settle,
        Act::Hear,
    ]
}

#[test]
fn nobody_outlives_the_supervisor_and_nothing_is_lost() {
    for release in [Release { otp: 23, elixir: (1, 10) }, OTP_25, OTP_29] {
        for strategy in [Strategy::OneForOne, Strategy::RestForOne, Strategy::OneForAll] {
            for seed in 0..60 {
                let played = play_seed(story(strategy), release, seed);
                let left: Vec<_> = played.world.processes().map(|process| process.label).collect();
                let test = crate::otp::toy::atom("test");
                let helper = crate::otp::toy::atom("helper");
                assert!(
                    left.iter().all(|label| [test, helper].contains(label)),
                    "{strategy:?} seed {seed}: {left:?}"
                );
                let said = played.said();
                assert_eq!(said.last().map(String::as_str), Some("heard EXIT shutdown"), "seed {seed}");
                let unexpected = played
                    .events
                    .iter()
                    .any(|event| matches!(event.kind, EventKind::Reported(Report::Unexpected { .. })));
                assert!(!unexpected, "seed {seed}");
            }
        }
    }
}

#[test]
fn the_same_seed_is_the_same_run() {
    for seed in 0..10 {
        let one = play_seed(story(Strategy::OneForAll), OTP_29, seed);
        let other = play_seed(story(Strategy::OneForAll), OTP_29, seed);
        assert_eq!(one.events, other.events);
        assert_eq!(one.world, other.world);
    }
}

#[test]
fn one_incarnation_at_a_time() {
    for seed in 0..100 {
        let acts = vec![
            go(with_intensity(
                Strategy::OneForAll,
                9,
                vec![
                    spec(
                        "a",
                        Start::Plain(
                            Worker { trap: true, registered: false, ending_takes: Some(8), ..worker("a") }
                                .into(),
                        ),
                    ),
                    spec("b", plain("b")),
                ],
            )),
            Act::Tell(label("b"), term("boom")),
            Act::Exit(label("a"), Atom::KILL.into()),
            Act::Settle,
            ask(SupervisorRequest::CountChildren),
        ];
        let played = play_seed(acts, OTP_29, seed);
        let mut alive: Vec<Term> = Vec::new();
        for event in &played.events {
            match &event.kind {
                EventKind::Spawned { label, .. } => alive.push((*label).into()),
                EventKind::Exited { .. } => {
                    let label = played
                        .events
                        .iter()
                        .find_map(|other| match other.kind {
                            EventKind::Spawned { label, .. } if other.pid == event.pid => Some(label),
                            _ => None,
                        })
                        .expect("who exits was spawned");
                    let place = alive.iter().position(|one| one.is(label)).expect("it was alive");
                    alive.remove(place);
                }
                _ => (),
            }
            for id in ["a", "b"] {
                assert!(alive.iter().filter(|one| **one == term(id)).count() <= 1, "seed {seed}");
            }
        }
        let counts = "[{specs,2},{active,2},{supervisors,0},{workers,2}]";
        assert_eq!(played.said().last().map(String::as_str), Some(counts), "seed {seed}");
    }
}
