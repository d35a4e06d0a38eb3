//! Every error of flags and specifications, in OTP's order.

use crate::kernel::{Atom, Term};
use crate::otp::release::Release;
use crate::otp::spec::{AutoShutdown, ChildType, Restart, Shutdown, Strategy};
use crate::otp::stage::{OTP_25, OTP_29};
use crate::otp::toy::{Toy, show, term};

use super::*;

const OTP_23: Release = Release { otp: 23, elixir: (1, 10) };

fn map<const N: usize>(pairs: [(&str, Term); N]) -> Term {
    Term::map(pairs.map(|(key, value)| (term(key), value)))
}

fn mfa() -> Term {
    Term::tuple([term("ch"), term("sl"), Term::list([term("a")])])
}

/// A valid specification with these entries more.
fn child<const N: usize>(pairs: [(&str, Term); N]) -> Term {
    let base = [(term("id"), term("a")), (term("start"), mfa())];
    Term::map(base.into_iter().chain(pairs.map(|(key, value)| (term(key), value))))
}

fn list<const N: usize>(terms: [Term; N]) -> Term {
    Term::list(terms)
}

#[test]
fn flags() {
    let one = || term("one_for_one");
    let zero = || Term::Int(0);
    for (flags, error) in [
        (term("junk"), "{invalid_type,junk}"),
        (Term::tuple([one(), zero()]), "{invalid_type,{one_for_one,0}}"),
        (map([("strategy", term("x")), ("intensity", term("y"))]), "{invalid_strategy,x}"),
        (map([("intensity", Term::Int(-1)), ("period", zero())]), "{invalid_intensity,-1}"),
        (map([("intensity", term("infinity"))]), "{invalid_intensity,infinity}"),
        (map([("period", zero()), ("auto_shutdown", term("x"))]), "{invalid_period,0}"),
        (map([("auto_shutdown", term("x"))]), "{invalid_auto_shutdown,x}"),
        (Term::tuple([one(), zero(), zero()]), "{invalid_period,0}"),
    ] {
        for release in [OTP_25, OTP_29] {
            assert_eq!(show(&check_flags(&flags, release).expect_err("wrong")), error);
        }
    }
    let defaults = check_flags(&map([("unknown", Term::Int(1))]), OTP_25).expect("fine");
    assert_eq!((defaults.strategy, defaults.intensity, defaults.period), (Strategy::OneForOne, 1, 5));
    assert_eq!(defaults.auto_shutdown, AutoShutdown::Never);
    let tuple = check_flags(&Term::tuple([term("rest_for_one"), zero(), Term::Int(7)]), OTP_25);
    let tuple = tuple.expect("fine");
    assert_eq!((tuple.strategy, tuple.intensity, tuple.period), (Strategy::RestForOne, 0, 7));
}

#[test]
fn flags_that_depend_on_the_release() {
    let hibernate = map([("hibernate_after", term("x"))]);
    assert!(check_flags(&hibernate, OTP_25).is_ok());
    let error = check_flags(&hibernate, OTP_29).expect_err("wrong since OTP 28");
    assert_eq!(show(&error), "{invalid_hibernate_after,x}");
    assert!(check_flags(&map([("hibernate_after", Term::Int(0))]), OTP_29).is_ok());

    let both = map([("strategy", term("simple_one_for_one")), ("auto_shutdown", term("all_significant"))]);
    assert!(check_flags(&both, OTP_25).is_ok());
    let error = check_flags(&both, OTP_29).expect_err("wrong since OTP 27");
    let combination = "{bad_combination,[{auto_shutdown,all_significant},{strategy,simple_one_for_one}]}";
    assert_eq!(show(&error), combination);

    let unknown = check_flags(&map([("auto_shutdown", term("x"))]), OTP_23).expect("not looked at");
    assert_eq!(unknown.auto_shutdown, AutoShutdown::Never);
}

#[test]
fn specifications() {
    let bad = || term("x");
    let yes = || term("true");
    let tuple = |restart: &str, shutdown: Term| {
        Term::tuple([term("a"), mfa(), term(restart), shutdown, term("worker"), Term::list([term("ch")])])
    };
    for (spec, error) in [
        (bad(), "{invalid_child_spec,x}"),
        (Term::tuple([bad()]), "{invalid_child_spec,{x}}"),
        (map([("start", bad())]), "missing_id"),
        (map([("id", bad())]), "missing_start"),
        (child([("start", bad()), ("restart", bad())]), "{invalid_mfa,x}"),
        (child([("start", Term::tuple([bad(), bad(), bad()]))]), "{invalid_mfa,{x,x,x}}"),
        (child([("restart", bad()), ("significant", bad())]), "{invalid_restart_type,x}"),
        (
            child([("significant", yes()), ("type", bad())]),
            "{bad_combination,[{auto_shutdown,never},{significant,true}]}",
        ),
        (child([("significant", bad()), ("type", bad())]), "{invalid_significant,x}"),
        (child([("type", bad()), ("shutdown", bad())]), "{invalid_child_type,x}"),
        (child([("shutdown", bad()), ("modules", bad())]), "{invalid_shutdown,x}"),
        (child([("shutdown", Term::Int(-1))]), "{invalid_shutdown,-1}"),
        (child([("modules", bad())]), "{invalid_modules,x}"),
        (child([("modules", list([bad(), Term::Int(1)]))]), "{invalid_module,1}"),
        (tuple("what", Term::Int(1)), "{invalid_restart_type,what}"),
        (tuple("permanent", bad()), "{invalid_shutdown,x}"),
    ] {
        let never = AutoShutdown::Never;
        let checked = check_spec::<Toy>(&spec, Some(never), &OTP_25).expect_err("wrong");
        assert_eq!(show(&checked), error);
        let all = check_childspecs(&list([spec]), Some(&term("never")), OTP_25);
        assert_eq!(show(&all), format!("{{error,{error}}}"));
    }
    let permanent = child([("significant", yes())]);
    let error = check_spec::<Toy>(&permanent, Some(AutoShutdown::AnySignificant), &OTP_25);
    assert_eq!(
        show(&error.expect_err("wrong")),
        "{bad_combination,[{restart,permanent},{significant,true}]}"
    );
}

#[test]
fn defaults_of_specifications() {
    let check = |spec: &Term| check_spec::<Toy>(spec, Some(AutoShutdown::Never), &OTP_25).expect("fine");
    let worker = check(&child([]));
    assert_eq!((worker.restart, worker.shutdown), (Restart::Permanent, Shutdown::Timeout(5000)));
    assert_eq!((worker.kind, worker.significant, worker.modules), (ChildType::Worker, false, None));
    assert!(matches!(worker.start, StartFunction::Known(_)));
    let supervisor = check(&child([("type", term("supervisor"))]));
    assert_eq!((supervisor.kind, supervisor.shutdown), (ChildType::Supervisor, Shutdown::Infinity));
    let killed = check(&child([("type", term("supervisor")), ("shutdown", term("brutal_kill"))]));
    assert_eq!(killed.shutdown, Shutdown::BrutalKill);
    let unknown = Term::tuple([term("gone"), term("what"), Term::list([])]);
    let unknown = check(&map([("id", term("a")), ("start", unknown.clone())])).start;
    assert!(matches!(unknown, StartFunction::Unknown(_)));
}

#[test]
fn lists_of_specifications() {
    let error =
        |specs: Term, auto_shutdown: Option<&Term>| show(&check_childspecs(&specs, auto_shutdown, OTP_25));
    assert_eq!(error(list([child([])]), None), "ok");
    assert_eq!(error(term("x"), None), "{error,{badarg,x}}");
    assert_eq!(error(list([]), Some(&term("x"))), "{error,{badarg,x}}");
    assert_eq!(error(list([]), Some(&Atom::UNDEFINED.into())), "ok");
    assert_eq!(error(list([child([]), child([])]), None), "{error,{duplicate_child_name,a}}");
    // The first specification that is wrong, and a duplicate only of those before.
    let wrong = list([child([]), child([("type", term("x"))]), child([])]);
    assert_eq!(error(wrong, None), "{error,{invalid_child_type,x}}");
    // Without being told, `significant` is not held against `auto_shutdown`.
    let significant = list([child([("significant", term("true")), ("restart", term("transient"))])]);
    assert_eq!(error(significant.clone(), None), "ok");
    assert_eq!(
        error(significant, Some(&term("never"))),
        "{error,{bad_combination,[{auto_shutdown,never},{significant,true}]}}"
    );
    let permanent = list([child([("significant", term("true"))])]);
    assert_eq!(error(permanent, None), "{error,{bad_combination,[{restart,permanent},{significant,true}]}}");
    assert_eq!(show(&check_childspecs(&list([child([("significant", term("x"))])]), None, OTP_23)), "ok");
}
