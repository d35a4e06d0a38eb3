//! Order of starting and stopping, and what each strategy restarts.

use std::sync::Arc;

use crate::kernel::{Atom, Term};
use crate::otp::spec::{Restart, Strategy};
use crate::otp::stage::{OTP_25, go, play, same};
use crate::otp::toy::{Act, Start, Worker, ask, label, name, plain, server, show, spec, term, worker};
use crate::otp::{Decision, Return, SupervisorRequest};

use super::{init, restart, with_intensity};

fn trapping(text: &str) -> Start {
    Start::Server(Arc::new(Worker { trap: true, ..worker(text) }))
}

fn stopping(text: &str, reason: Term) -> Start {
    Start::Server(Arc::new(Worker { trap: true, init: Some(Ok(Return::Stop(reason))), ..worker(text) }))
}

#[test]
fn surprise_11_start_left_to_right_stop_right_to_left() {
    let specs = vec![spec("a", trapping("a")), spec("b", trapping("b"))];
    let played = play(
        vec![
            go(init(Strategy::OneForOne, specs)),
            ask(SupervisorRequest::StartChild(spec("c", trapping("c")))),
            ask(SupervisorRequest::WhichChildren),
            Act::Exit(name("sup"), Atom::NORMAL.into()),
            Act::Settle,
            Act::Hear,
        ],
        OTP_25,
    );
    same(
        &played.said(),
        "start a ok
         start b ok
         {ok,<pid>}
         start c ok
         {ok,<pid>}
         [{c,<pid>,worker,[toys]},{b,<pid>,worker,[toys]},{a,<pid>,worker,[toys]}]
         terminate c shutdown
         terminate b shutdown
         terminate a shutdown
         heard EXIT normal",
    );
}

#[test]
fn surprise_15_a_later_sibling_fails_while_restarting() {
    let story = |strategy| {
        let failing = Start::Nth(1, vec![(2, stopping("b", term("nope")))], Box::new(server("b")));
        let specs = vec![spec("a", trapping("a")), spec("b", failing)];
        let acts = vec![
            go(with_intensity(strategy, 5, specs)),
            Act::Say("-- kill a"),
            Act::Exit(label("a"), Atom::KILL.into()),
            Act::Settle,
            Act::Say("-- done"),
        ];
        play(acts, OTP_25).said()
    };
    same(
        &story(Strategy::OneForAll),
        "start a ok
         start b ok
         {ok,<pid>}
         -- kill a
         start a ok
         start b {stop,nope}
         terminate a shutdown
         start a ok
         start b ok
         -- done",
    );
    same(
        &story(Strategy::RestForOne),
        "start a ok
         start b ok
         {ok,<pid>}
         -- kill a
         start a ok
         start b {stop,nope}
         start b ok
         -- done",
    );
}

#[test]
fn surprise_17_one_for_all_restarts_all_kept_specifications() {
    let kinds = [
        ("a", Restart::Permanent),
        ("tr", Restart::Transient),
        ("man", Restart::Permanent),
        ("tmp", Restart::Temporary),
    ];
    let specs = kinds.map(|(id, kind)| restart(kind, spec(id, plain(id)))).to_vec();
    let played = play(
        vec![
            go(init(Strategy::OneForAll, specs)),
            Act::Tell(label("tr"), Atom::NORMAL.into()),
            Act::Settle,
            ask(SupervisorRequest::TerminateChild(term("man"))),
            ask(SupervisorRequest::WhichChildren),
            Act::Tell(label("a"), term("boom")),
            Act::Settle,
            ask(SupervisorRequest::WhichChildren),
        ],
        OTP_25,
    );
    same(
        &played.said(),
        "{ok,<pid>}
         ok
         [{tmp,<pid>,worker,[toys]},{man,undefined,worker,[toys]},{tr,undefined,worker,[toys]},{a,<pid>,worker,[toys]}]
         [{man,<pid>,worker,[toys]},{tr,<pid>,worker,[toys]},{a,<pid>,worker,[toys]}]",
    );
}

#[test]
fn surprise_25_two_children_dead_at_once() {
    for (strategy, end) in [
        (Strategy::OneForOne, "alive: "),
        (Strategy::RestForOne, "alive: a b"),
        (Strategy::OneForAll, "alive: a b"),
    ] {
        let slow = Start::Server(Arc::new(Worker { init_takes: 20, ..worker("slow") }));
        let specs = vec![spec("a", plain("a")), spec("b", plain("b"))];
        let played = play(
            vec![
                go(init(strategy, specs)),
                // While it starts a slow child, the supervisor is deaf.
                Act::Spawn(vec![ask(SupervisorRequest::StartChild(spec("slow", slow)))]),
                Act::Sleep(5),
                Act::Tell(label("a"), term("boom")),
                Act::Tell(label("b"), term("boom")),
                Act::Settle,
                Act::Living(vec!["a", "b"]),
            ],
            OTP_25,
        );
        let said = played.said();
        assert_eq!(said.last().map(String::as_str), Some(end), "{strategy:?}: {said:?}");
        let logged = played.logged();
        let of_b = logged.iter().filter(|line| line.starts_with("report") && line.contains(" b "));
        let of_b: Vec<_> = of_b.cloned().collect();
        match strategy {
            // Both are counted; the second is one too many.
            Strategy::OneForOne => same(
                &of_b,
                "report child_terminated b boom
                 report shutdown b reached_max_restart_intensity",
            ),
            // The second death is consumed by the shutdown, with its real reason.
            _ => same(&of_b, "report shutdown_error b boom"),
        }
    }
}

#[test]
fn a_restart_keeps_the_place_and_says_what_it_does() {
    for (strategy, stop, start) in [
        (Strategy::OneForOne, "", "b"),
        (Strategy::RestForOne, "d c", "b c d"),
        (Strategy::OneForAll, "d c a", "a b c d"),
    ] {
        let specs = ["a", "b", "c", "d"].map(|id| spec(id, plain(id))).to_vec();
        let played = play(
            vec![
                go(init(strategy, specs)),
                Act::Tell(label("b"), term("boom")),
                Act::Settle,
                ask(SupervisorRequest::WhichChildren),
            ],
            OTP_25,
        );
        let words = |terms: &[Term]| terms.iter().map(show).collect::<Vec<_>>().join(" ");
        let told = played.decisions().into_iter().find_map(|decision| match decision {
            Decision::Restarting { stop, start, used, again, .. } => {
                Some((words(stop), words(start), *used, *again))
            }
            _ => None,
        });
        assert_eq!(told, Some((stop.to_owned(), start.to_owned(), 1, false)), "{strategy:?}");
        let said = played.said();
        let children = "[{d,<pid>,worker,[toys]},{c,<pid>,worker,[toys]},{b,<pid>,worker,[toys]},{a,<pid>,worker,[toys]}]";
        assert_eq!(said.last().map(String::as_str), Some(children), "{strategy:?}");
    }
}

#[test]
fn hundred_children_are_indexed_and_keep_their_order() {
    let names: Vec<String> = (0..100).map(|number| format!("n{number}")).collect();
    let specs: Vec<_> = names.iter().map(|id| restart(Restart::Transient, spec(id, plain(id)))).collect();
    let mut acts = vec![go(init(Strategy::OneForOne, specs))];
    for number in 0..80 {
        let id = term(&format!("n{number}"));
        acts.push(ask(SupervisorRequest::TerminateChild(id.clone())));
        acts.push(ask(SupervisorRequest::DeleteChild(id)));
    }
    acts.push(ask(SupervisorRequest::StartChild(spec("late", plain("late")))));
    acts.push(Act::Tell(label("n90"), term("boom")));
    acts.push(Act::Settle);
    acts.push(ask(SupervisorRequest::TerminateChild(term("n95"))));
    acts.push(ask(SupervisorRequest::WhichChildren));
    let said = play(acts, OTP_25).said();
    let children = said.last().expect("an answer");
    let mut expected = vec!["{late,<pid>,worker,[toys]}".to_owned()];
    for number in (80..100).rev() {
        let pid = if number == 95 { "undefined" } else { "<pid>" };
        expected.push(format!("{{n{number},{pid},worker,[toys]}}"));
    }
    assert_eq!(*children, format!("[{}]", expected.join(",")));
    assert_eq!(said.iter().filter(|line| *line == "ok").count(), 161);
}
