//! Runs, told: what people see, at the widths that terminals have.

mod causes;
mod documents;
pub(in crate::trace) mod stories;
mod words;

use super::{Directory, Line, Names, Narrate, Recording, Settings, Verbosity, page, text, tree};
use crate::kernel::{Atom, Term};
use crate::otp::stage::{OTP_29, Played, play};
use crate::otp::toy::{
    Act, Ask, Start, Worker, ask, atom, atoms, label, name, plain, server, spec, term, worker,
};
use crate::otp::{
    AutoShutdown, ChildSpec, ChildType, DynamicOptions, DynamicSupervisorInit, Flags, InitResult, Restart,
    Return, Shutdown, Strategy, SupervisorInit, SupervisorRequest,
};

/// The toys' notes are transcripts of their own.
impl Narrate for String {
    fn line(&self, _: &Names<'_>) -> Option<Line> {
        None
    }
}

fn told(played: &Played, width: usize) -> String {
    told_in(played, &Settings { width, ..Settings::plain(atoms()) })
}

fn told_in(played: &Played, settings: &Settings<'_>) -> String {
    let directory = Directory::of(&played.events, atoms());
    text(&Recording::of(&played.events, &directory), settings)
}

fn matches(name: &str, told: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../../snapshots/trace");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, told));
}

fn dynamic(max_restarts: u32) -> Act {
    let options =
        DynamicOptions { max_restarts, max_seconds: 5, max_children: None, extra_arguments: Vec::new() };
    let init = DynamicSupervisorInit { module: atom("mod"), tasks: false, result: Ok(options) };
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

fn flags(strategy: Strategy, intensity: u32) -> Flags {
    Flags { strategy, intensity, period: 5, auto_shutdown: AutoShutdown::Never }
}

fn supervisor(name: &str, flags: Flags, specs: Vec<ChildSpec<Start>>) -> Start {
    let init = SupervisorInit { module: atom("m"), result: InitResult::Ok(flags, specs), table: None };
    Start::Supervisor(Box::new(init), Some(atom(name)))
}

fn nested(name: &str, flags: Flags, specs: Vec<ChildSpec<Start>>) -> ChildSpec<Start> {
    let start = supervisor(name, flags, specs);
    ChildSpec { kind: ChildType::Supervisor, shutdown: Shutdown::Infinity, ..spec(name, start) }
}

/// A tree of two levels: `b` crashes twice, so that `pool` and `slow` are stopped and started again.
fn rest_for_one() -> Played {
    let stubborn = Worker { trap: true, ending_takes: None, ..worker("slow") };
    let slow = ChildSpec { shutdown: Shutdown::Timeout(100), ..spec("slow", Start::Server(stubborn.into())) };
    let brutal = ChildSpec { shutdown: Shutdown::BrutalKill, ..spec("e", server("e")) };
    let late = Worker { init_takes: 7, ..worker("d") };
    let pool =
        nested("pool", flags(Strategy::OneForOne, 1), vec![spec("d", Start::Server(late.into())), brutal]);
    let specs = vec![spec("a", server("a")), spec("b", server("b")), slow, pool];
    play(
        vec![
            Act::Start(supervisor("top", flags(Strategy::RestForOne, 2), specs)),
            Act::Exit(label("b"), term("boom")),
            Act::Settle,
            Act::Cast(label("e"), Term::tagged(Atom::SHUTDOWN, term("q"))),
            Act::Settle,
            Act::Exit(label("d"), Atom::KILL.into()),
            Act::Settle,
            Act::Exit(label("a"), term("boom")),
            Act::Settle,
        ],
        OTP_29,
    )
}

#[test]
fn those_started_later_go_down_and_come_back() {
    let played = rest_for_one();
    for width in [60, 80, 100, 160] {
        matches(&format!("rest_for_one_{width}"), &told(&played, width));
    }
}

#[test]
fn a_supervisor_that_cannot_start_says_why() {
    let fails = Worker { init: Some(Ok(Return::Stop(term("nope")))), ..worker("c") };
    let specs = vec![spec("a", server("a")), spec("b", server("b")), spec("c", Start::Server(fails.into()))];
    let played =
        play(vec![Act::Start(supervisor("top", flags(Strategy::OneForOne, 1), specs)), Act::Settle], OTP_29);
    matches("cannot_start", &told(&played, 100));
}

#[test]
fn a_significant_child_takes_its_supervisor_along() {
    let flags = Flags { auto_shutdown: AutoShutdown::AnySignificant, ..flags(Strategy::OneForAll, 1) };
    let significant = ChildSpec { significant: true, restart: Restart::Transient, ..spec("b", server("b")) };
    let specs = vec![spec("a", server("a")), significant];
    let played = play(
        vec![
            Act::Start(supervisor("top", flags, specs)),
            Act::Stop(label("b"), Atom::NORMAL.into()),
            Act::Settle,
        ],
        OTP_29,
    );
    matches("significant", &told(&played, 100));
}

#[test]
fn the_supervisor_of_a_supervisor_that_gives_up_takes_over() {
    let fails = Worker { init: Some(Ok(Return::Stop(term("q")))), ..worker("b") };
    let start =
        Start::Nth(0, vec![(1, server("b")), (5, server("b"))], Box::new(Start::Server(fails.into())));
    let pool = nested("pool", flags(Strategy::OneForAll, 2), vec![spec("a", server("a")), spec("b", start)]);
    let played = play(
        vec![
            Act::Start(supervisor("top", flags(Strategy::OneForOne, 3), vec![pool])),
            Act::Call(label("b"), term("x")),
            Act::Cast(label("b"), Term::error(term("boom"))),
            Act::Settle,
        ],
        OTP_29,
    );
    matches("escalation", &told(&played, 100));
}

/// A tree in the middle of its life: one child is slow to stop, one is restarting, one is an orphan.
#[test]
fn a_tree_at_a_moment() {
    let slow = Worker { trap: true, ending_takes: None, ..worker("slow") };
    let loose = Worker { unlinks: true, ..unnamed("x") };
    let finished = ChildSpec { restart: Restart::Transient, ..spec("b", server("b")) };
    let specs = vec![
        spec("a", server("a")),
        finished,
        spec("slow", Start::Server(slow.into())),
        nested(
            "pool",
            flags(Strategy::OneForAll, 1),
            vec![spec("d", server("d")), spec("x", Start::Plain(loose.into()))],
        ),
    ];
    let played = play(
        vec![
            Act::Start(supervisor("top", flags(Strategy::OneForOne, 3), specs)),
            dynamic(1),
            add(spec("e", Start::Server(unnamed("e").into()))),
            add(spec("f", Start::Server(unnamed("e").into()))),
            Act::Stop(label("b"), Atom::NORMAL.into()),
            Act::Exit(name("pool"), Atom::KILL.into()),
            Act::Settle,
            Act::Spawn(vec![Act::Call(name("slow"), term("busy"))]),
            Act::Cast(name("slow"), term("boom")),
            Act::Cast(name("slow"), term("why")),
            Act::Sleep(3),
        ],
        OTP_29,
    );
    let directory = Directory::of(&played.events, atoms());
    for width in [60, 80, 100, 160] {
        let settings = Settings { width, ..Settings::plain(atoms()) };
        matches(&format!("tree_{width}"), &tree(&played.world, &directory, &settings));
    }
    let mut pages = String::new();
    for name in ["top", "slow"] {
        let pid = played.world.whereis(atom(name)).expect("it is registered");
        pages += &page(&played.world, pid, &directory, &Settings::plain(atoms())).expect("it is alive");
        pages.push('\n');
    }
    matches("pages", &pages);
}

#[test]
fn every_signal_and_its_fate() {
    let played = play(
        vec![
            Act::Start(supervisor("top", flags(Strategy::OneForOne, 3), vec![spec("a", server("a"))])),
            Act::Call(name("a"), term("x")),
            Act::Cast(name("a"), term("boom")),
            Act::Settle,
        ],
        OTP_29,
    );
    for width in [60, 80, 100, 160] {
        let settings = Settings { width, verbosity: Verbosity::Signals, ..Settings::plain(atoms()) };
        matches(&format!("signals_{width}"), &told_in(&played, &settings));
    }
}
