//! What the requests of a static supervisor return.

use crate::kernel::{Atom, Term};
use crate::otp::spec::{ChildSpec, ChildType, Restart, Shutdown, Strategy};
use crate::otp::stage::{OTP_25, OTP_29, go, play, same};
use crate::otp::toy::{Act, Start, Worker, ask, label, name, plain, server, spec, term, worker};
use crate::otp::{Raise, Release, Return, Started, SupervisorRequest};

use super::{init, restart};

/// What start_child returns for these start functions, one after another.
fn start_all(release: Release, specs: Vec<ChildSpec<Start>>) -> Vec<String> {
    let mut acts = vec![go(init(Strategy::OneForOne, vec![]))];
    acts.extend(specs.into_iter().map(|spec| ask(SupervisorRequest::StartChild(spec))));
    let played = play(acts, release);
    let reports = played.logged();
    assert!(!reports.iter().any(|line| line.starts_with("report")), "{reports:?}");
    let said = played.said();
    said[1..].iter().filter(|line| !line.starts_with("start ")).cloned().collect()
}

#[test]
fn surprise_22_what_start_child_returns() {
    let returns = |started: Started| Start::Return(started);
    let error = |reason: &str| returns(Started::Error(term(reason)));
    let raising = |raise: Raise| {
        let init = Some(Err(raise));
        Start::Server(Worker { init, registered: false, ..worker("x") }.into())
    };
    let temporary = |id| restart(Restart::Temporary, spec(id, returns(Started::Ignore)));
    let info = Worker { info: Some(term("info")), registered: false, ..worker("any") };
    let specs = vec![
        spec("a", error("foo")),
        spec("a", returns(Started::Junk(term("foo")))),
        spec("a", returns(Started::Raised(term("e")))),
        spec("a", raising(Raise::Exit(term("e")))),
        spec("a", raising(Raise::Error(term("e")))),
        spec("a", Start::Plain(info.into())),
        spec("a", plain("a")),
        spec("b", returns(Started::Ignore)),
        spec("b", returns(Started::Ignore)),
        temporary("c"),
        temporary("c"),
    ];
    let record = "{child,undefined,a,{toys,start_link,[x]},permanent,false,5000,worker,[toys]}";
    same(
        &start_all(OTP_25, specs),
        &format!(
            "{{error,{{foo,{record}}}}}
             {{error,{{foo,{record}}}}}
             {{error,{{{{'EXIT',e}},{record}}}}}
             {{error,{{e,{record}}}}}
             {{error,{{{{e,stacktrace}},{record}}}}}
             {{ok,<pid>,info}}
             {{error,{{already_started,<pid>}}}}
             {{ok,undefined}}
             {{error,already_present}}
             {{ok,undefined}}
             {{ok,undefined}}"
        ),
    );
}

#[test]
fn a_taken_name_is_unwrapped_since_otp_26_1() {
    let specs = || vec![spec("a", server("x")), spec("b", server("x"))];
    let wrapped = "{ok,<pid>}
        {error,{{already_started,<pid>},{child,undefined,b,{toys,start_link,[x]},permanent,false,5000,worker,[toys]}}}";
    same(&start_all(OTP_25, specs()), wrapped);
    same(&start_all(OTP_29, specs()), "{ok,<pid>}\n{error,{already_started,<pid>}}");
}

#[test]
fn requests_about_children_in_each_state() {
    let specs = vec![
        spec("a", plain("a")),
        restart(Restart::Transient, spec("b", plain("b"))),
        restart(Restart::Temporary, spec("c", plain("c"))),
    ];
    let by_id = |request: fn(Term) -> SupervisorRequest<_>, id: &str| ask(request(term(id)));
    use SupervisorRequest::{DeleteChild, GetChildspec, RestartChild, TerminateChild};
    let played = play(
        vec![
            go(init(Strategy::OneForOne, specs)),
            by_id(RestartChild, "a"),
            by_id(DeleteChild, "a"),
            by_id(TerminateChild, "z"),
            by_id(RestartChild, "z"),
            by_id(DeleteChild, "z"),
            by_id(GetChildspec, "z"),
            Act::Ask(name("sup"), crate::otp::toy::Ask::TerminatePid(label("a"))),
            Act::Say("-- finished"),
            Act::Tell(label("b"), super::normal()),
            Act::Settle,
            by_id(TerminateChild, "b"),
            by_id(RestartChild, "b"),
            by_id(TerminateChild, "b"),
            by_id(DeleteChild, "b"),
            by_id(TerminateChild, "c"),
            by_id(TerminateChild, "c"),
            ask(SupervisorRequest::WhichChildren),
            ask(SupervisorRequest::CountChildren),
            ask(SupervisorRequest::StartWith(vec![term("x")])),
        ],
        OTP_25,
    );
    same(
        &played.said(),
        "{ok,<pid>}
         {error,running}
         {error,running}
         {error,not_found}
         {error,not_found}
         {error,not_found}
         {error,not_found}
         {error,not_found}
         -- finished
         ok
         {ok,<pid>}
         ok
         ok
         ok
         {error,not_found}
         [{a,<pid>,worker,[toys]}]
         [{specs,1},{active,1},{supervisors,0},{workers,1}]
         {error,{invalid_child_spec,[x]}}",
    );
}

#[test]
fn a_failed_restart_child_stays_undefined() {
    let start = Start::Nth(1, vec![(2, Start::Return(Started::Error(term("nope"))))], Box::new(plain("a")));
    let played = play(
        vec![
            go(init(Strategy::OneForOne, vec![spec("a", start)])),
            ask(SupervisorRequest::TerminateChild(term("a"))),
            ask(SupervisorRequest::RestartChild(term("a"))),
            ask(SupervisorRequest::WhichChildren),
            ask(SupervisorRequest::RestartChild(term("a"))),
        ],
        OTP_25,
    );
    same(
        &played.logged(),
        "progress a
         {ok,<pid>}
         ok
         {error,nope}
         [{a,undefined,worker,[toys]}]
         progress a
         {ok,<pid>}",
    );
}

#[test]
fn specifications_as_they_are_shown() {
    let sub = ChildSpec {
        kind: ChildType::Supervisor,
        shutdown: Shutdown::Infinity,
        modules: Some(Atom::DYNAMIC.into()),
        ..spec("sub", plain("sub"))
    };
    let temporary =
        ChildSpec { shutdown: Shutdown::BrutalKill, ..restart(Restart::Temporary, spec("c", plain("c"))) };
    let played = play(
        vec![
            go(init(Strategy::OneForOne, vec![sub, temporary.clone()])),
            ask(SupervisorRequest::GetChildspec(term("sub"))),
            ask(SupervisorRequest::GetChildspec(term("c"))),
            ask(SupervisorRequest::TerminateChild(term("c"))),
            // Started on request, a temporary child does not keep its arguments.
            ask(SupervisorRequest::StartChild(temporary)),
            ask(SupervisorRequest::GetChildspec(term("c"))),
            ask(SupervisorRequest::CountChildren),
        ],
        OTP_25,
    );
    same(
        &played.said(),
        "{ok,<pid>}
         {ok,#{id=>sub,modules=>dynamic,restart=>permanent,shutdown=>infinity,significant=>false,start=>{toys,start_link,[x]},type=>supervisor}}
         {ok,#{id=>c,modules=>[toys],restart=>temporary,shutdown=>brutal_kill,significant=>false,start=>{toys,start_link,[x]},type=>worker}}
         ok
         {ok,<pid>}
         {ok,#{id=>c,modules=>[toys],restart=>temporary,shutdown=>brutal_kill,significant=>false,start=>{toys,start_link,undefined},type=>worker}}
         [{specs,2},{active,2},{supervisors,1},{workers,1}]",
    );
}

#[test]
fn raw_specifications_are_checked_by_the_supervisor() {
    let mfa = Term::tuple([term("ch"), term("sl"), Term::list([term("a")])]);
    let map = Term::map([(Atom::ID.into(), term("a")), (Atom::START.into(), mfa)]);
    let significant = ChildSpec { significant: true, ..restart(Restart::Transient, spec("b", plain("b"))) };
    let played = play(
        vec![
            go(init(Strategy::OneForOne, vec![])),
            ask(SupervisorRequest::StartRawChild(term("junk"))),
            ask(SupervisorRequest::StartRawChild(map)),
            ask(SupervisorRequest::StartChild(significant)),
        ],
        OTP_25,
    );
    same(
        &played.said(),
        "{ok,<pid>}
         {error,{invalid_child_spec,junk}}
         start a ok
         {ok,<pid>}
         {error,{bad_combination,[{auto_shutdown,never},{significant,true}]}}",
    );
}

#[test]
fn which_child_exists_since_otp_28() {
    let story = |release| {
        let acts = vec![
            go(init(Strategy::OneForOne, vec![spec("a", plain("a"))])),
            ask(SupervisorRequest::WhichChild(term("a"))),
            Act::Living(vec!["sup"]),
        ];
        play(acts, release).said()
    };
    same(&story(OTP_29), "{ok,<pid>}\n{ok,{a,<pid>,worker,[toys]}}\nalive: sup");
    assert_eq!(story(OTP_25).last().map(String::as_str), Some("alive: "));
}

#[test]
fn a_slow_init_that_times_out_is_killed() {
    let slow = Worker { init_takes: 1000, timeout: Some(10), ..worker("x") };
    for release in [OTP_25, OTP_29] {
        let played = play(
            vec![
                go(init(Strategy::OneForOne, vec![])),
                ask(SupervisorRequest::StartChild(spec("x", Start::Server(slow.clone().into())))),
                Act::Settle,
                Act::Living(vec!["x", "sup"]),
            ],
            release,
        );
        let said = played.said();
        assert!(said[1].starts_with("{error,{timeout,{child,undefined,x,"), "{said:?}");
        assert_eq!(said[2], "alive: sup");
        assert_eq!(played.world.now(), 10);
    }
}

#[test]
fn a_server_that_returns_junk_from_init() {
    let bad = Worker { init: Some(Ok(Return::Bad(term("what")))), registered: false, ..worker("x") };
    let said = start_all(OTP_25, vec![spec("x", Start::Server(bad.into()))]);
    assert!(said[0].starts_with("{error,{{bad_return_value,what},{child,undefined,x,"), "{said:?}");
}
