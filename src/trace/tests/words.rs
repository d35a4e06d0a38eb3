//! Terms, reasons and names in words.

use std::collections::BTreeSet;

use super::stories::{guide, run};
use crate::kernel::{Atom, Atoms, EventKind, Term};
use crate::model::Model;
use crate::trace::{Directory, Names, Notation};

fn shown(term: &Term, atoms: &Atoms) -> [String; 2] {
    let directory = Directory::default();
    [Notation::Erlang, Notation::Elixir]
        .map(|notation| Names { atoms, directory: &directory, notation }.term(term))
}

#[test]
fn terms_are_written_in_either_notation() {
    let atoms = Atoms::default();
    let atom = |text: &str| Term::Atom(atoms.intern(text));
    let (registry, odd, key) = (atom("KV.Registry"), atom("hello world"), atom("key"));
    let pairs = |key: &Term| Term::tuple([key.clone(), Term::Int(1)]);
    let ok: Term = Atom::OK.into();
    for (term, erlang, elixir) in [
        (ok.clone(), "ok", ":ok"),
        (Atom::TRUE.into(), "true", "true"),
        (Atom::NIL.into(), "nil", "nil"),
        (Atom::DOWN.into(), "'DOWN'", ":DOWN"),
        (registry, "'KV.Registry'", "KV.Registry"),
        (odd.clone(), "'hello world'", ":\"hello world\""),
        (Term::Text("a\"b\n".into()), r#""a\"b\n""#, r#""a\"b\n""#),
        (Term::tuple([ok.clone(), Term::Int(-3)]), "{ok, -3}", "{:ok, -3}"),
        (Term::list([pairs(&key)]), "[{key, 1}]", "[key: 1]"),
        (Term::list([pairs(&odd)]), "[{'hello world', 1}]", "[{:\"hello world\", 1}]"),
        (Term::list([]), "[]", "[]"),
        (Term::map([(key, ok.clone())]), "#{key => ok}", "%{key: :ok}"),
        (Term::map([(Term::Int(1), ok.clone())]), "#{1 => ok}", "%{1 => :ok}"),
        (
            Term::tuple([Atom::GEN_SERVER.into(), Atom::CALL.into(), Term::list([ok.clone()])]),
            "{gen_server, call, [ok]}",
            "{GenServer, :call, [:ok]}",
        ),
        (Term::error(ok), "{ok, [...]}", "{:ok, [...]}"),
    ] {
        assert_eq!(shown(&term, &atoms), [erlang, elixir]);
    }
}

#[test]
fn a_term_nested_too_deep_is_elided() {
    let wrapped = |times| (0..times).fold(Term::Int(1), |inner, _| Term::tuple([inner]));
    let [deep, _] = shown(&wrapped(500), &Atoms::default());
    assert!(deep.contains("{...}"), "{deep}");
    // What is too deep to be made holds nothing.
    assert_eq!(shown(&wrapped(100_000), &Atoms::default()), ["...", "..."]);
}

/// The expected lines are what `Exception.format_exit/1` prints (Elixir 1.14), but that the model has no stack.
#[test]
fn reasons_are_told_as_elixir_tells_them() {
    let atoms = Atoms::default();
    let atom = |text: &str| Term::Atom(atoms.intern(text));
    let (registry, boom, q) = (atom("KV.Registry"), atom("boom"), atom("q"));
    let call = |why: Term, whom: &Term| {
        let arguments = Term::list([whom.clone(), q.clone(), Term::Int(50)]);
        Term::tuple([why, Term::tuple([Atom::GEN_SERVER.into(), Atom::CALL.into(), arguments])])
    };
    let timeout = call(Atom::TIMEOUT.into(), &registry);
    let failed = Term::tuple([Atom::FAILED_TO_START_CHILD.into(), q.clone(), boom.clone()]);
    let reasons = [
        Atom::NORMAL.into(),
        Term::tagged(Atom::SHUTDOWN, q.clone()),
        Term::error(boom.clone()),
        Term::error(Term::tagged(Atom::BADMATCH, q.clone())),
        Term::error(Atom::FUNCTION_CLAUSE.into()),
        call(Atom::NOPROC.into(), &registry),
        call(timeout, &boom),
        call(Term::error(boom.clone()), &registry),
        Term::tagged(Atom::SHUTDOWN, failed),
        Term::tagged(Atom::SUPERVISOR_DATA, Term::tagged(Atom::INVALID_STRATEGY, q.clone())),
        Term::tagged(Atom::BAD_RETURN_VALUE, q.clone()),
        boom.clone(),
    ];
    let directory = Directory::default();
    let told = |notation| {
        let names = Names { atoms: &atoms, directory: &directory, notation };
        reasons.iter().map(|reason| names.reason(reason)).collect::<Vec<_>>().join("\n")
    };
    insta::assert_snapshot!(told(Notation::Elixir), @r#"
    normal
    shutdown: :q
    an exception was raised:
        ** (ErlangError) Erlang error: :boom
    an exception was raised:
        ** (MatchError) no match of right hand side value: :q
    an exception was raised:
        ** (FunctionClauseError) no function clause matching
    exited in: GenServer.call(KV.Registry, :q, 50)
        ** (EXIT) no process: the process is not alive or there's no process currently associated with the given name, possibly because its application isn't started
    exited in: GenServer.call(:boom, :q, 50)
        ** (EXIT) exited in: GenServer.call(KV.Registry, :q, 50)
            ** (EXIT) time out
    exited in: GenServer.call(KV.Registry, :q, 50)
        ** (EXIT) an exception was raised:
            ** (ErlangError) Erlang error: :boom
    shutdown: failed to start child: :q
        ** (EXIT) :boom
    bad supervisor configuration, invalid strategy: :q
    bad return value: :q
    :boom
    "#);
    insta::assert_snapshot!(told(Notation::Erlang), @r#"
    normal
    shutdown: q
    an exception was raised:
        ** error: boom
    an exception was raised:
        ** error: {badmatch, q}
    an exception was raised:
        ** error: function_clause
    exited in: gen_server:call('KV.Registry', q, 50)
        ** (EXIT) no process: the process is not alive or there's no process currently associated with the given name, possibly because its application isn't started
    exited in: gen_server:call(boom, q, 50)
        ** (EXIT) exited in: gen_server:call('KV.Registry', q, 50)
            ** (EXIT) time out
    exited in: gen_server:call('KV.Registry', q, 50)
        ** (EXIT) an exception was raised:
            ** error: boom
    shutdown: failed to start child: q
        ** (EXIT) boom
    bad supervisor configuration, invalid strategy: q
    bad return value: q
    boom
    "#);
}

#[test]
fn a_name_is_given_once_and_to_one_process() {
    for scenario in ["08_one_for_all_holds", "13_the_repaired_test"] {
        let (simulation, run) = run(&guide(scenario), None);
        let whole = Directory::of(&run.events, simulation.atoms());
        let mut names = BTreeSet::new();
        for (place, event) in run.events.iter().enumerate() {
            if !matches!(event.kind, EventKind::Spawned { .. }) {
                continue;
            }
            let name = whole.name(event.pid);
            assert!(names.insert(name.to_owned()), "{name} is one process");
            // Whatever came later did not change it.
            let so_far = Directory::of(&run.events[..=place], simulation.atoms());
            assert_eq!(so_far.name(event.pid), name);
        }
        assert!(names.iter().any(|name| name.ends_with("#2")));
    }
}
