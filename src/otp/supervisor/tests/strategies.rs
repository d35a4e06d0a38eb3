//! Order of starting and stopping, and what each strategy restarts.

use std::sync::Arc;

use crate::kernel::{Atom, Term};
use crate::otp::spec::{Restart, Strategy};
use crate::otp::stage::{OTP_25, go, play, same};
use crate::otp::toy::{Act, Start, Worker, ask, label, name, plain, spec, term, worker};
use crate::otp::{Return, SupervisorRequest};

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
    for strategy in [Strategy::OneForAll, Strategy::RestForOne] {
        let failing =
            Start::Nth(1, vec![(2, stopping("b", term("nope")))], Box::new(crate::otp::toy::server("b")));
        let specs = vec![spec("a", trapping("a")), spec("b", failing)];
        let played = play(
            vec![
                go(with_intensity(strategy, 5, specs)),
                Act::Say("-- kill a"),
                Act::Exit(label("a"), Atom::KILL.into()),
                Act::Settle,
                Act::Say("-- done"),
            ],
            OTP_25,
        );
        println!("{}", played.logged().join("\n"));
    }
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
