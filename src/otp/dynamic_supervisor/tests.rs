//! Dynamic supervisors at work. The expected lines are what Elixir 1.14 prints unless a test says otherwise.

use super::{DynamicOptions, DynamicSupervisorInit};
use crate::kernel::{Atom, EventKind, Pid, Term};
use crate::otp::stage::{OTP_25, OTP_29, Played, play, play_seed};
use crate::otp::toy::{Act, Ask, Start, Whom, Worker, ask, atom, label, name, plain, spec, term, worker};
use crate::otp::{
    ChildSpec, ChildType, Raise, Release, Restart, Return, Shutdown, Started, SupervisorRequest,
};

/// Elixir as it was when `DynamicSupervisor` was new.
const ELIXIR_1_6: Release = Release { otp: 25, elixir: (1, 6) };

fn options() -> DynamicOptions {
    DynamicOptions { max_restarts: 3, max_seconds: 5, max_children: None, extra_arguments: Vec::new() }
}

/// `DynamicSupervisor.start_link`, registered as `sup`.
fn go(options: DynamicOptions) -> Act {
    start(Ok(options))
}

fn start(result: Result<DynamicOptions, Term>) -> Act {
    let init = DynamicSupervisorInit { module: atom("mod"), tasks: false, result };
    Act::Start(Start::Dynamic(Box::new(init), Some(atom("sup"))))
}

fn add(spec: ChildSpec<Start>) -> Act {
    ask(SupervisorRequest::StartChild(spec))
}

fn stop(child: &str) -> Act {
    Act::Ask(name("sup"), Ask::TerminatePid(label(child)))
}

fn which() -> Act {
    ask(SupervisorRequest::WhichChildren)
}

fn count() -> Act {
    ask(SupervisorRequest::CountChildren)
}

fn end() -> Act {
    Act::Exit(name("sup"), Atom::SHUTDOWN.into())
}

fn tell(child: &str, what: &str) -> Act {
    Act::Tell(label(child), term(what))
}

fn returns(started: Started) -> Start {
    Start::Return(started)
}

fn shown(lines: &[String]) -> String {
    lines.join("\n")
}

/// The pid that the first process of this label has in every run of the same script.
fn first(child: &str, played: &Played) -> Pid {
    let is_first = |kind: &EventKind<_>| matches!(kind, EventKind::Spawned { label, nth: 1, .. } if *label == atom(child));
    played.events.iter().find(|event| is_first(&event.kind)).expect("it was spawned").pid
}

#[test]
fn a_restarting_child_fills_max_children_and_is_cancelled_by_its_old_pid() {
    let fails = Worker { init_takes: 20, init: Some(Ok(Return::Stop(term("q")))), ..worker("y") };
    let start = Start::Nth(0, vec![(1, plain("x"))], Box::new(Start::Server(fails.into())));
    let options = DynamicOptions {
        max_restarts: 1000,
        max_children: Some(1),
        extra_arguments: vec![term("extra_one")],
        ..options()
    };
    let mut acts = vec![go(options), add(spec("a", start)), tell("x", "boom"), Act::Sleep(10)];
    let old = first("x", &play(acts[..2].to_vec(), OTP_25));
    let cancel = ask(SupervisorRequest::TerminateChild(old.into()));
    acts.extend([which(), count(), add(spec("a", plain("z")))]);
    acts.extend([cancel.clone(), cancel, count()]);
    let results = [Started::Ignore, Started::Error(term("e")), Started::Junk(term("junk"))];
    acts.extend(results.map(|started| add(spec("a", returns(started)))));
    let lines = play(acts, OTP_25).said();
    let lines: Vec<_> = lines.into_iter().filter(|line| !line.starts_with("start")).collect();
    insta::assert_snapshot!(shown(&lines), @r#"
    {ok,<pid>}
    {ok,<pid>}
    [{undefined,restarting,worker,[toys]}]
    #{active=>0,specs=>1,supervisors=>0,workers=>1}
    {error,max_children}
    ok
    {error,not_found}
    #{active=>0,specs=>0,supervisors=>0,workers=>0}
    ignore
    {error,e}
    {error,junk}
    "#);
}

#[test]
fn start_child_returns_what_the_start_function_does() {
    let info = Worker { info: Some(term("info")), ..worker("b") };
    let raises = Worker { init: Some(Err(Raise::Error(term("why")))), ..worker("c") };
    let exits = Worker { init: Some(Err(Raise::Exit(term("why")))), ..worker("d") };
    let mut acts = vec![go(options())];
    acts.extend(
        [plain("a"), Start::Server(info.into()), Start::Server(raises.into())].map(|s| add(spec("a", s))),
    );
    acts.extend([Start::Server(exits.into())].map(|s| add(spec("a", s))));
    let thrown = Term::error(Term::tagged(Atom::NOCATCH, term("e")));
    let started = [
        Started::Ignore,
        Started::Error(term("e")),
        Started::Junk(Term::tuple([Atom::OK.into(), term("junk")])),
        Started::Raised(Term::error(term("e"))),
        Started::Raised(thrown),
        Started::Raised(term("e")),
    ];
    acts.extend(started.map(|started| add(spec("a", returns(started)))));
    acts.push(count());
    let said: Vec<_> =
        play(acts, OTP_25).said().into_iter().filter(|line| !line.starts_with("start")).collect();
    insta::assert_snapshot!(shown(&said), @r#"
    {ok,<pid>}
    {ok,<pid>}
    {ok,<pid>,info}
    {error,{why,stacktrace}}
    {error,why}
    ignore
    {error,e}
    {error,{ok,junk}}
    {error,{e,stacktrace}}
    {error,{{nocatch,e},stacktrace}}
    {error,e}
    #{active=>2,specs=>2,supervisors=>0,workers=>2}
    "#);
}

#[test]
fn max_children_may_be_none_at_all() {
    let options = DynamicOptions { max_children: Some(0), ..options() };
    assert_eq!(play(vec![go(options), add(spec("a", plain("x")))], OTP_25).said()[1], "{error,max_children}");
}

#[test]
fn nothing_is_kept_of_a_child_that_is_not_restarted() {
    let outcome = |restart, why: Term| {
        let child = ChildSpec { restart, ..spec("a", plain("x")) };
        let acts = vec![go(options()), add(child), Act::Tell(label("x"), why), Act::Settle, which()];
        let played = play(acts, OTP_25);
        let reported =
            played.logged().iter().any(|line| line.starts_with("report child_terminated undefined"));
        let kept = played.said().last().expect("an answer") != "[]";
        match (kept, reported) {
            (true, true) => "restarted, reported",
            (true, false) => "restarted",
            (false, true) => "removed, reported",
            (false, false) => "removed",
        }
    };
    let reasons = || {
        let orderly = Term::tagged(Atom::SHUTDOWN, term("q"));
        [Atom::NORMAL.into(), Atom::SHUTDOWN.into(), orderly, term("boom")]
    };
    let row = |restart| reasons().map(|why| outcome(restart, why));
    assert_eq!(row(Restart::Permanent), ["restarted, reported"; 4]);
    assert_eq!(row(Restart::Transient), ["removed", "removed", "removed", "restarted, reported"]);
    assert_eq!(row(Restart::Temporary), ["removed", "removed", "removed", "removed, reported"]);
}

#[test]
fn too_many_restarts_end_the_supervisor_and_the_other_children() {
    let options = DynamicOptions { max_restarts: 1, ..options() };
    let acts = vec![
        go(options),
        add(spec("a", Start::Server(Worker { trap: true, ..worker("a") }.into()))),
        add(spec("b", plain("x"))),
        tell("x", "boom"),
        Act::Sleep(5_900),
        tell("x", "bad"),
        Act::Settle,
        Act::Hear,
    ];
    insta::assert_snapshot!(shown(&play(acts, OTP_25).logged()), @r#"
    {ok,<pid>}
    start a ok
    {ok,<pid>}
    {ok,<pid>}
    report child_terminated undefined boom
    report child_terminated undefined bad
    report shutdown undefined reached_max_restart_intensity
    terminate a shutdown
    heard EXIT shutdown
    "#);
}

#[test]
fn every_attempt_of_a_restart_counts() {
    let start = Start::Nth(0, vec![(1, plain("x"))], Box::new(returns(Started::Error(term("nope")))));
    let acts = vec![go(options()), add(spec("a", start)), tell("x", "boom"), Act::Settle, Act::Hear];
    insta::assert_snapshot!(shown(&play(acts, OTP_25).logged()), @r#"
    {ok,<pid>}
    {ok,<pid>}
    report child_terminated undefined boom
    report start_error undefined nope
    report start_error undefined nope
    report start_error undefined nope
    report shutdown undefined reached_max_restart_intensity
    heard EXIT shutdown
    "#);
}

#[test]
fn a_restart_may_return_anything() {
    let restarted_as = |started| {
        let start = Start::Nth(0, vec![(1, plain("x"))], Box::new(returns(started)));
        let slow = Worker { init_takes: 5, ..worker("slow") };
        // The busy supervisor gets the crash and the question in this order.
        let question = vec![tell("x", "boom"), Act::Sleep(1), which(), count()];
        let acts = vec![
            go(options()),
            add(spec("a", start)),
            Act::Spawn(question),
            add(spec("b", Start::Server(slow.into()))),
            Act::Settle,
        ];
        let said = play(acts, OTP_25).said();
        said.into_iter().find(|line| line.starts_with('[')).expect("an answer")
    };
    let ok = Started::Ok {
        pid: first("x", &play(vec![Act::Spawn(vec![]), Act::Start(plain("x"))], OTP_25)),
        info: Some(term("info")),
    };
    assert_eq!(restarted_as(ok), "[{undefined,<pid>,worker,[toys]},{undefined,<pid>,worker,[toys]}]");
    assert_eq!(restarted_as(Started::Ignore), "[{undefined,<pid>,worker,[toys]}]");
    let restarting = "[{undefined,restarting,worker,[toys]},{undefined,<pid>,worker,[toys]}]";
    assert_eq!(restarted_as(Started::Error(term("e"))), restarting);
    assert_eq!(restarted_as(Started::Junk(term("junk"))), restarting);
    assert_eq!(restarted_as(Started::Raised(term("e"))), restarting);
}

/// elixir-lang/elixir #7369.
#[test]
fn a_child_is_restarted_with_the_extra_arguments() {
    let options = DynamicOptions { extra_arguments: vec![term("extra_one")], ..options() };
    let acts = vec![go(options), add(spec("a", plain("x"))), tell("x", "boom"), Act::Settle];
    let starts = |release| {
        play(acts.clone(), release).said().iter().filter(|line| *line == "starting with [extra_one]").count()
    };
    assert_eq!(starts(OTP_25), 2);
    assert_eq!(starts(ELIXIR_1_6), 1);
}

/// elixir-lang/elixir #7655.
#[test]
fn a_restarted_child_counts_towards_max_children() {
    let options = DynamicOptions { max_children: Some(1), ..options() };
    let acts = vec![
        go(options),
        add(spec("a", plain("x"))),
        tell("x", "boom"),
        Act::Settle,
        add(spec("b", plain("y"))),
        add(spec("b", plain("y"))),
    ];
    assert_eq!(play(acts.clone(), OTP_25).said()[2..], ["{error,max_children}", "{error,max_children}"]);
    assert_eq!(play(acts, ELIXIR_1_6).said()[2..], ["{ok,<pid>}", "{error,max_children}"]);
}

/// A child that traps exits and ends so.
fn ending(id: &str, restart: Restart, shutdown: Shutdown, takes: Option<u64>, with: Option<Term>) -> Act {
    let worker =
        Worker { trap: true, registered: false, ending_takes: takes, leaves_with: with, ..worker(id) };
    add(ChildSpec { restart, shutdown, ..spec(id, Start::Plain(worker.into())) })
}

#[test]
fn which_ends_are_errors_when_a_child_is_stopped() {
    let outcome = |restart, shutdown, takes, with: Option<Term>| {
        let acts =
            vec![go(options()), ending("x", restart, shutdown, takes, with), Act::Settle, stop("x"), which()];
        let lines = play(acts, OTP_25).logged();
        assert_eq!(lines[lines.len() - 2..], ["ok", "[]"]);
        lines
            .into_iter()
            .find_map(|line| line.strip_prefix("report shutdown_error undefined ").map(str::to_owned))
    };
    let orderly = || Term::tagged(Atom::SHUTDOWN, term("q"));
    let patient = Shutdown::Timeout(100);
    for restart in [Restart::Permanent, Restart::Transient, Restart::Temporary] {
        for shutdown in [patient, Shutdown::Infinity] {
            assert_eq!(outcome(restart, shutdown, Some(50), None), None);
            assert_eq!(outcome(restart, shutdown, Some(0), Some(orderly())), None);
            assert_eq!(outcome(restart, shutdown, Some(0), Some(term("boom"))), Some("boom".into()));
            let normal = (restart == Restart::Permanent).then(|| "normal".to_owned());
            assert_eq!(outcome(restart, shutdown, Some(0), Some(Atom::NORMAL.into())), normal);
        }
        assert_eq!(outcome(restart, patient, None, None), Some("killed".into()));
        assert_eq!(outcome(restart, Shutdown::BrutalKill, None, None), None);
    }
}

#[test]
fn all_children_are_stopped_at_once_each_with_its_own_patience() {
    let all = Restart::Temporary;
    let mut acts = vec![go(options())];
    acts.extend((0..5).map(|_| ending("x", all, Shutdown::Infinity, Some(100), None)));
    acts.extend((0..2).map(|_| ending("y", all, Shutdown::Timeout(30), None, None)));
    acts.extend([ending("z", all, Shutdown::Timeout(60), None, None)]);
    acts.extend([ending("a", all, Shutdown::BrutalKill, None, None)]);
    acts.extend([Act::Settle, end(), Act::Settle, Act::Hear]);
    let played = play(acts, OTP_25);
    let ends: Vec<_> = played
        .events
        .iter()
        .filter_map(|event| match &event.kind {
            EventKind::Exited { reason, .. } => Some((event.at, crate::otp::toy::show(reason))),
            _ => None,
        })
        .collect();
    let killed = |at| (at, "killed".to_owned());
    let shutdown = (100, "shutdown".to_owned());
    let mut expected = vec![killed(0), killed(30), killed(30), killed(60)];
    expected.extend(std::iter::repeat_n(shutdown, 6));
    assert_eq!(ends, expected);
    let reports =
        played.logged().iter().filter(|line| *line == "report shutdown_error undefined killed").count();
    assert_eq!(reports, 3);
}

#[test]
fn an_exit_that_is_queued_already_is_the_final_reason() {
    let final_reason = |restart, why: Term| {
        let slow = Worker { init_takes: 50, ..worker("slow") };
        let child = ChildSpec { restart, ..spec("a", plain("x")) };
        let meanwhile = vec![Act::Exit(name("sup"), Atom::SHUTDOWN.into())];
        let start_slow = vec![add(spec("b", Start::Server(slow.into())))];
        let mut acts = vec![go(options()), add(child), Act::Spawn(start_slow), Act::Sleep(1)];
        acts.extend(meanwhile);
        acts.extend([Act::Sleep(1), Act::Tell(label("x"), why), Act::Settle]);
        let lines = play(acts, OTP_25).logged();
        lines.into_iter().find_map(|line| line.strip_prefix("report ").map(str::to_owned))
    };
    let normal = || Atom::NORMAL.into();
    let error = |reason: &str| Some(format!("shutdown_error undefined {reason}"));
    assert_eq!(final_reason(Restart::Transient, term("boom")), error("boom"));
    // Unlike that of one who was told to stop.
    assert_eq!(final_reason(Restart::Transient, Atom::SHUTDOWN.into()), error("shutdown"));
    assert_eq!(final_reason(Restart::Transient, normal()), None);
    assert_eq!(final_reason(Restart::Permanent, normal()), error("normal"));
}

#[test]
fn what_it_does_not_understand() {
    let unknown = |act| {
        let acts = vec![go(options()), act, Act::Settle, Act::Hear, Act::Living(vec!["sup"])];
        play(acts, OTP_25).logged()[1..].join(", ")
    };
    assert_eq!(unknown(Act::Tell(name("sup"), term("junk"))), "unexpected junk, alive: sup");
    assert_eq!(unknown(Act::Cast(name("sup"), term("junk"))), "alive: sup");
    let crash = "terminating {function_clause,stacktrace}, \
                 exit {{function_clause,stacktrace},{gen_server,call,[sup,junk,infinity]}}, \
                 heard EXIT {function_clause,stacktrace}, alive: ";
    assert_eq!(unknown(Act::Call(name("sup"), term("junk"))), crash);
    assert_eq!(unknown(Act::Stop(name("sup"), Atom::NORMAL.into())), "ok, heard EXIT normal, alive: ");
}

#[test]
fn what_init_returns_is_checked() {
    let result = |term| play(vec![start(Err(term)), Act::Settle, Act::Hear], OTP_29).said().join(", ");
    let flags = |pairs: &[(Atom, Term)]| {
        let pairs = pairs.iter().map(|(key, value)| ((*key).into(), value.clone()));
        Term::tagged(Atom::OK, Term::map(pairs))
    };
    assert_eq!(result(Atom::IGNORE.into()), "ignore");
    assert_eq!(result(flags(&[])), "{ok,<pid>}");
    let cases = [
        (Atom::STRATEGY, term("any"), "invalid_strategy,any"),
        (Atom::INTENSITY, Term::Int(-1), "invalid_intensity,-1"),
        (Atom::PERIOD, Term::Int(0), "invalid_period,0"),
        (Atom::MAX_CHILDREN, term("any"), "invalid_max_children,any"),
        (Atom::EXTRA_ARGUMENTS, term("any"), "invalid_extra_arguments,any"),
        (Atom::AUTO_SHUTDOWN, term("any"), "invalid_auto_shutdown,any"),
    ];
    for (key, value, error) in cases {
        assert_eq!(result(flags(&[(key, value)])), format!("{{error,{{supervisor_data,{{{error}}}}}}}"));
    }
    assert_eq!(result(term("junk")), "{error,{bad_return,{mod,init,junk}}}");
}

#[test]
fn a_name_is_taken_once() {
    assert_eq!(play(vec![go(options()), go(options())], OTP_25).said()[1], "{error,{already_started,<pid>}}");
}

#[test]
fn under_any_schedule_everything_settles() {
    let by = |nth: usize| -> Act {
        let takes = if nth.is_multiple_of(5) { None } else { Some(nth as u64 % 7) };
        let restart = [Restart::Permanent, Restart::Transient, Restart::Temporary][nth % 3];
        let shutdown = [Shutdown::Timeout(20), Shutdown::BrutalKill, Shutdown::Timeout(40)][nth % 3];
        let leaves = [None, Some(term("boom")), Some(Atom::NORMAL.into())][nth % 3].clone();
        ending(&format!("n{nth}"), restart, shutdown, takes, leaves)
    };
    let mut acts = vec![go(DynamicOptions { max_children: Some(9), max_restarts: 5, ..options() })];
    acts.push(Act::Spawn((0..10).map(by).collect()));
    acts.push(Act::Spawn(vec![Act::Sleep(3), count(), which(), Act::Sleep(4), count()]));
    acts.extend([Act::Sleep(5), Act::Exit(Whom::Label(atom("test")), term("never_mind"))]);
    acts.extend([by(11), Act::Sleep(2), end(), Act::Sleep(1), end()]);
    for seed in 0..300 {
        let played = play_seed(acts.clone(), OTP_29, seed);
        let alive: Vec<_> = played.world.processes().map(|process| process.label).collect();
        let drivers = [atom("test"), atom("helper")];
        assert!(alive.iter().all(|label| drivers.contains(label)), "seed {seed}: {alive:?}");
    }
}

#[test]
fn thousands_of_children_start_and_stop() {
    let mut acts = vec![go(options())];
    acts.extend((0..2_000).map(|_| ending("x", Restart::Permanent, Shutdown::Timeout(50), Some(10), None)));
    acts.extend([count(), end(), Act::Settle, Act::Hear]);
    let played = play(acts, OTP_25);
    let said = played.said();
    assert_eq!(
        said[said.len() - 2..],
        ["#{active=>2000,specs=>2000,supervisors=>0,workers=>2000}", "heard EXIT shutdown"]
    );
    assert_eq!(played.world.processes().count(), 1);
    let last = played.events.last().map(|event| event.at);
    assert_eq!(last, Some(10));
}

#[test]
fn supervisors_are_counted_as_such() {
    let pool =
        ChildSpec { kind: ChildType::Supervisor, shutdown: Shutdown::Infinity, ..spec("pool", plain("x")) };
    let acts = vec![go(options()), add(pool), count(), which()];
    let said = play(acts, OTP_25).said();
    assert_eq!(said[2], "#{active=>1,specs=>1,supervisors=>1,workers=>0}");
    assert_eq!(said[3], "[{undefined,<pid>,supervisor,[toys]}]");
}
