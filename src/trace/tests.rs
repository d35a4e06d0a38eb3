//! Runs, told: what people see, at the widths that terminals have.

use super::{Line, Names, Narrate, Settings, text};
use crate::kernel::{Atom, Term};
use crate::otp::stage::{OTP_29, Played, play};
use crate::otp::toy::{Act, Ask, Start, Worker, ask, atom, atoms, label, name, plain, spec, term, worker};
use crate::otp::{ChildSpec, DynamicOptions, DynamicSupervisorInit, Restart, Return, SupervisorRequest};

/// The toys' notes are transcripts of their own.
impl Narrate for String {
    fn line(&self, _: &Names<'_>) -> Option<Line> {
        None
    }
}

fn told(played: &Played, width: usize) -> String {
    text(&played.events, &Settings { width, ..Settings::plain(atoms()) })
}

fn matches(name: &str, told: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../snapshots/trace");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, told));
}

fn dynamic(max_restarts: u32) -> Act {
    let options =
        DynamicOptions { max_restarts, max_seconds: 5, max_children: None, extra_arguments: Vec::new() };
    let init = DynamicSupervisorInit { module: atom("mod"), result: Ok(options) };
    Act::Start(Start::Dynamic(Box::new(init), Some(atom("sup"))))
}

fn add(spec: ChildSpec<Start>) -> Act {
    ask(SupervisorRequest::StartChild(spec))
}

fn stop(child: &str) -> Act {
    Act::Ask(name("sup"), Ask::TerminatePid(label(child)))
}

fn unnamed(text: &str) -> Worker {
    Worker { registered: false, ..worker(text) }
}

/// Children of a dynamic supervisor are called, crash, are restarted, stopped, and too many restarts end it.
fn coming_and_going() -> Played {
    let server = |text: &str| Start::Server(unnamed(text).into());
    let slow = Start::Server(Worker { trap: true, ending_takes: Some(30), ..unnamed("slow") }.into());
    let temporary = ChildSpec { restart: Restart::Temporary, ..spec("b", plain("b")) };
    play(
        vec![
            dynamic(1),
            add(spec("a", server("a"))),
            add(spec("a", server("a"))),
            add(temporary),
            add(spec("slow", slow)),
            Act::Call(label("a"), Term::tuple([term("toys"), Term::Text("x".into())])),
            Act::Cast(label("a"), term("boom")),
            Act::Settle,
            Act::Tell(label("b"), Term::error(Term::tagged(Atom::BADMATCH, term("x")))),
            Act::Settle,
            stop("slow"),
            Act::Stop(label("a"), Atom::SHUTDOWN.into()),
            Act::Exit(label("a"), Atom::KILL.into()),
            Act::Settle,
        ],
        OTP_29,
    )
}

#[test]
fn children_that_come_and_go() {
    let played = coming_and_going();
    for width in [60, 80, 100, 160] {
        matches(&format!("coming_and_going_{width}"), &told(&played, width));
    }
}

#[test]
fn a_start_that_fails_is_tried_again() {
    let fails = Worker { init_takes: 20, init: Some(Ok(Return::Stop(term("q")))), ..unnamed("y") };
    let start = Start::Nth(0, vec![(1, plain("x")), (4, plain("z"))], Box::new(Start::Server(fails.into())));
    let played = play(
        vec![dynamic(5), add(spec("a", start)), Act::Tell(label("x"), term("boom")), Act::Settle],
        OTP_29,
    );
    matches("tried_again", &told(&played, 100));
}

#[test]
fn thousands_of_children_are_counted() {
    let mut acts = vec![dynamic(1)];
    acts.extend((0..3000).map(|_| add(spec("a", plain("a")))));
    acts.extend([Act::Exit(name("sup"), Atom::SHUTDOWN.into()), Act::Settle]);
    matches("thousands", &told(&play(acts, OTP_29), 100));
}
