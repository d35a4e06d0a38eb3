//! The ways in which the start of a supervisor fails.

use crate::kernel::{Atom, Term};
use crate::otp::spec::{AutoShutdown, ChildSpec, Flags, Restart, Strategy};
use crate::otp::stage::{OTP_25, OTP_29, go, play, same};
use crate::otp::supervisor::{InitResult, SupervisorInit};
use crate::otp::toy::{Act, Start, Worker, atom, name, plain, server, spec, term, worker};
use crate::otp::{Release, Return, Started};

use super::{init, restart};

fn raw(term: Term) -> SupervisorInit<crate::otp::toy::Toy> {
    SupervisorInit { module: atom("m"), result: InitResult::Raw(term), table: None }
}

fn ok(flags: Term, specs: Vec<Term>) -> Term {
    Term::tagged(Atom::OK, Term::tuple([flags, Term::list(specs)]))
}

fn map<const N: usize>(pairs: [(&str, Term); N]) -> Term {
    Term::map(pairs.map(|(key, value)| (term(key), value)))
}

fn raw_child(id: &str) -> Term {
    let mfa = Term::tuple([term("ch"), term("sl"), Term::list([term(id)])]);
    map([("id", term(id)), ("start", mfa)])
}

#[test]
fn what_a_start_link_returns() {
    let none = || Term::map([]);
    let simple = || map([("strategy", term("simple_one_for_one"))]);
    let cases = [
        (ok(none(), vec![raw_child("a")]), "{ok,<pid>}"),
        (term("ignore"), "ignore"),
        (term("junk"), "{error,{bad_return,{m,init,junk}}}"),
        (Term::tagged(Atom::OK, term("junk")), "{error,{bad_return,{m,init,{ok,junk}}}}"),
        (
            ok(map([("strategy", term("one_for_al"))]), vec![]),
            "{error,{supervisor_data,{invalid_strategy,one_for_al}}}",
        ),
        (ok(none(), vec![raw_child("a"), none()]), "{error,{start_spec,missing_id}}"),
        (ok(none(), vec![raw_child("a"), raw_child("a")]), "{error,{start_spec,{duplicate_child_name,a}}}"),
        (ok(simple(), vec![]), "{error,{bad_start_spec,[]}}"),
        (Term::tagged(Atom::OK, Term::tuple([simple(), term("junk")])), "{error,{bad_start_spec,junk}}"),
        (Term::tagged(Atom::OK, Term::tuple([none(), term("junk")])), "{error,{function_clause,stacktrace}}"),
        (ok(simple(), vec![none()]), "{error,{start_spec,missing_id}}"),
    ];
    for (returned, expected) in cases {
        for release in [OTP_25, OTP_29] {
            let acts = vec![go(raw(returned.clone())), Act::Living(vec!["a", "sup"]), Act::Settle, Act::Hear];
            let said = play(acts, release).said();
            let lines: Vec<_> = said.iter().filter(|line| !line.starts_with("start ")).collect();
            assert_eq!(lines[0], expected);
            let fine = expected.starts_with("{ok");
            // Checked before anything starts.
            let alive = if fine { "alive: a sup" } else { "alive: " };
            if fine || release.failed_start_is_synchronous() {
                assert_eq!(lines[1], alive, "{expected}");
            }
            // Before OTP 26 a trapping caller also gets the exit signal.
            let heard = lines.iter().any(|line| line.starts_with("heard EXIT"));
            assert_eq!(heard, !fine && !release.failed_start_is_synchronous(), "{expected}");
        }
    }
}

#[test]
fn surprise_26_a_child_that_fails_at_start() {
    let trapping = |id: &str| Start::Server(Worker { trap: true, ..worker(id) }.into());
    let bad = Start::Server(Worker { init: Some(Ok(Return::Stop(term("bad")))), ..worker("c") }.into());
    let specs =
        vec![spec("a", trapping("a")), spec("b", trapping("b")), spec("c", bad), spec("d", server("d"))];
    for release in [OTP_25, OTP_29] {
        let played = play(vec![go(init(Strategy::OneForOne, specs.clone()))], release);
        same(
            &played.logged(),
            "start a ok
             progress a
             start b ok
             progress b
             start c {stop,bad}
             report start_error c bad
             terminate b shutdown
             terminate a shutdown
             {error,{shutdown,{failed_to_start_child,c,bad}}}",
        );
    }
}

#[test]
fn the_name_is_free_again_when_the_starter_hears_of_the_failure() {
    let failing = || vec![spec("a", Start::Return(Started::Error(term("nope"))))];
    let played = play(
        vec![
            go(init(Strategy::OneForOne, failing())),
            go(init(Strategy::OneForOne, vec![spec("a", plain("a"))])),
            go(init(Strategy::OneForOne, vec![])),
            Act::Living(vec!["a"]),
        ],
        OTP_25,
    );
    same(
        &played.said(),
        "{error,{shutdown,{failed_to_start_child,a,nope}}}
         {ok,<pid>}
         {error,{already_started,<pid>}}
         alive: a",
    );
}

#[test]
fn an_unknown_start_function_fails_when_it_is_called() {
    let mfa = Term::tuple([term("gone"), term("what"), Term::list([])]);
    let child = map([("id", term("x")), ("start", mfa)]);
    let played = play(vec![go(raw(ok(Term::map([]), vec![child])))], OTP_25);
    same(&played.said(), "{error,{shutdown,{failed_to_start_child,x,{'EXIT',{undef,stacktrace}}}}}");
}

#[test]
fn children_that_ignore_at_start() {
    let ignoring = |id: &str| spec(id, Start::Return(Started::Ignore));
    let specs = vec![ignoring("a"), restart(Restart::Temporary, ignoring("b")), spec("c", plain("c"))];
    let played = play(
        vec![
            go(init(Strategy::OneForOne, specs)),
            crate::otp::toy::ask(crate::otp::SupervisorRequest::WhichChildren),
        ],
        OTP_25,
    );
    same(
        &played.logged(),
        "progress c
         {ok,<pid>}
         [{c,<pid>,worker,[toys]},{a,undefined,worker,[toys]}]",
    );
}

#[test]
fn a_parent_that_ends_while_children_start_is_heard_after_that() {
    let slow = Start::Server(Worker { init_takes: 20, trap: true, ..worker("a") }.into());
    let sub =
        Start::Supervisor(Box::new(init(Strategy::OneForOne, vec![spec("a", slow)])), Some(atom("sub")));
    let played = play(
        vec![
            go(init(Strategy::OneForOne, vec![])),
            Act::Spawn(vec![crate::otp::toy::ask(crate::otp::SupervisorRequest::StartChild(spec(
                "sub", sub,
            )))]),
            Act::Sleep(5),
            Act::Exit(name("sup"), term("shutdown")),
            Act::Settle,
            Act::Living(vec!["sup", "sub", "a"]),
        ],
        OTP_25,
    );
    same(
        &played.said(),
        "{ok,<pid>}
         start a ok
         {ok,<pid>}
         terminate a shutdown
         alive: ",
    );
}

#[test]
fn combinations_that_depend_on_the_release() {
    let flags = Flags {
        strategy: Strategy::SimpleOneForOne,
        intensity: 1,
        period: 5,
        auto_shutdown: AutoShutdown::AnySignificant,
    };
    let child = ChildSpec { significant: true, ..restart(Restart::Transient, spec("x", plain("x"))) };
    let start = || SupervisorInit {
        module: atom("m"),
        result: InitResult::Ok(flags, vec![child.clone()]),
        table: None,
    };
    let otp_23 = Release { otp: 23, elixir: (1, 10) };
    for (release, expected) in [
        (otp_23, "{ok,<pid>}"),
        (OTP_25, "{ok,<pid>}"),
        (
            OTP_29,
            "{error,{supervisor_data,{bad_combination,[{auto_shutdown,any_significant},{strategy,simple_one_for_one}]}}}",
        ),
    ] {
        same(&play(vec![go(start())], release).said(), expected);
    }
}
