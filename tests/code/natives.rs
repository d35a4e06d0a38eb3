//! The natives against the real ones: the same calls there and here, with terms of all kinds.

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use treefall::code::natives::{self, Answer, external};
use treefall::code::term::Term;
use treefall::code::term::print::{Names, Printer, Syntax};
use treefall::kernel::{Atoms, Pid, Ref};

use super::made::{Make, kinds};

/// How often each native is called.
const TIMES: usize = 300;

/// Calls everything there and prints what is otherwise here.
const COMPARE: &str = r#"
{ok, File} = file:read_file(os:getenv("TREEFALL_CASES")),
Cases = binary_to_term(File),
Sorted = fun(L) -> try lists:sort([term_to_binary(X) || X <- L]) catch _:_ -> L end end,
Near = fun(A, B) when is_float(A), is_float(B) -> abs(A - B) =< abs(A) * 1.0e-14; (A, B) -> A =:= B end,
Call = fun(print, F, [T]) -> unicode:characters_to_binary(io_lib:format(atom_to_list(F), [T]));
          (M, F, A) -> apply(M, F, A) end,
Form = fun(_, {ok, V}) when is_float(V) -> {ok, V, float_to_list(V)};
          ({maps, F}, {ok, V}) when F =:= keys; F =:= values; F =:= to_list -> {ok, Sorted(V)};
          ({erts_internal, map_next}, {ok, V}) when is_list(V) -> {ok, Sorted(V)};
          ({erlang, iolist_to_iovec}, {ok, V}) -> {ok, iolist_to_binary(V)};
          (_, R) -> R end,
%% The order of large maps and how well something is compressed are nobody's business.
Read = fun({ok, V}) ->
    B = iolist_to_binary(V),
    Size = case B of <<131, 80, N:32, _/binary>> -> N + 1; _ -> byte_size(B) end,
    {Size, binary_to_term(B)};
    (R) -> R end,
Test = fun({M, F, A, Ours}) ->
    Theirs = try {ok, Call(M, F, A)} catch C:E -> {C, E} end,
    Same = Form({M, F}, Theirs) =:= Form({M, F}, Ours) orelse
        (M =:= math andalso element(1, Ours) =:= ok andalso Near(element(2, Theirs), element(2, Ours))) orelse
        ((F =:= term_to_binary orelse F =:= term_to_iovec) andalso Read(Theirs) =:= Read(Ours)) orelse
        (F =:= sort andalso Theirs == Ours) orelse
        %% More atoms exist there.
        (Ours =:= {error, badarg} andalso (F =:= list_to_existing_atom orelse F =:= binary_to_existing_atom)
         andalso element(1, Theirs) =:= ok) orelse
        %% From OTP 26 on there may be a list of keys.
        (F =:= map_next andalso is_list(hd(A))) orelse
        (F =:= map_next andalso is_map(lists:nth(2, A)) andalso map_size(lists:nth(2, A)) > 32),
    case Same of
        true -> ok;
        false -> io:format("~w:~w(~0tp)~n  there ~0tp~n  here  ~0tp~n", [M, F, A, Theirs, Ours])
    end end,
lists:foreach(Test, Cases),
io:format("compared ~w~n", [length(Cases)]),
halt().
"#;

/// What they answer is for them alone to understand.
const OPAQUE: &[(&str, &str)] = &[
    ("binary", "compile_pattern"),
    ("binary", "referenced_byte_size"),
    ("re", "compile"),
    ("re", "version"),
];

#[test]
fn every_native_answers_as_the_real_one() {
    if Command::new("erl").arg("-version").output().is_err() {
        eprintln!("skipped: there is no erl");
        return;
    }
    let atoms = Atoms::default();
    let mut make = Make { seed: 1, atoms: &atoms };
    let mut cases = Vec::new();
    // The real `prim_file` trusts whoever calls it: with anything but a name it takes the machine down.
    for (module, table) in natives::MODULES.iter().filter(|(module, _)| *module != "prim_file") {
        for (name, arity, native) in table.iter().filter(|(name, _, _)| !OPAQUE.contains(&(*module, *name))) {
            let kinds = kinds(name, *arity);
            let (module, name) = (atoms.intern(module), atoms.intern(name));
            for _ in 0..TIMES {
                let args = make.arguments(&kinds);
                let answer = answer(native(&args, &atoms));
                cases.push(Term::tuple([module.into(), name.into(), Term::list(args), answer]));
            }
        }
    }
    for _ in 0..3_000 {
        let list: Vec<Term> = (0..make.below(8)).map(|_| make.term(2)).collect();
        let mut sorted = list.clone();
        sorted.sort_by(|a, b| a.compare(b, &atoms));
        let answer = answer(Ok(Term::list(sorted)));
        let name = [atoms.intern("lists").into(), atoms.intern("sort").into()];
        cases.push(Term::tuple(name.into_iter().chain([Term::list([Term::list(list)]), answer])));
    }
    for (syntax, format) in [(Syntax::Erlang, "~0tp"), (Syntax::ErlangPlain, "~tw")] {
        for _ in 0..3_000 {
            let term = make.small_term(3);
            let text = answer(Ok(Term::binary(printed(&term, syntax, &atoms).as_bytes())));
            let name = [atoms.intern("print").into(), atoms.intern(format).into()];
            cases.push(Term::tuple(name.into_iter().chain([Term::list([term]), text])));
        }
    }
    compare(&cases, &atoms);
}

#[test]
fn terms_are_printed_as_elixir_inspects_them() {
    if Command::new("elixir").arg("--version").output().is_err() {
        eprintln!("skipped: there is no elixir");
        return;
    }
    let atoms = Atoms::default();
    let mut make = Make { seed: 2, atoms: &atoms };
    let cases: Vec<Term> = (0..6_000)
        .map(|_| {
            let term = make.small_term(3);
            let text = printed(&term, Syntax::Elixir, &atoms);
            // Of a word of two scripts Elixir thinks that somebody is deceived.
            let text = text.replace(":éж", ":\"éж\"").replace("éж:", "\"éж\":");
            Term::tuple([term, Term::binary(text.as_bytes())])
        })
        .collect();
    let said = run(Command::new("elixir").args(["--erl", "+pc unicode", "-e", INSPECT]), &cases, &atoms);
    assert_eq!(said.trim(), format!("compared {}", cases.len()));
}

/// Inspects everything there and prints what is otherwise here.
const INSPECT: &str = r#"
cases = :erlang.binary_to_term(File.read!(System.get_env("TREEFALL_CASES")))
for {term, ours} <- cases do
  theirs = inspect(term, limit: :infinity, printable_limit: :infinity, width: :infinity)
  if theirs != ours, do: IO.puts("there #{theirs}\nhere  #{ours}")
end
IO.puts("compared #{length(cases)}")
"#;

struct Nobody;

impl Names for Nobody {
    fn pid(&self, _: Pid) -> String {
        "<nobody>".into()
    }

    fn reference(&self, _: Ref) -> String {
        "#Ref<nothing>".into()
    }
}

fn printed(term: &Term, syntax: Syntax, atoms: &Atoms) -> String {
    Printer { syntax, atoms, names: &Nobody, limit: usize::MAX }.print(term)
}

fn compare(cases: &[Term], atoms: &Atoms) {
    let said = run(Command::new("erl").args(["-noshell", "+pc", "unicode", "-eval", COMPARE]), cases, atoms);
    let expected = format!("compared {}", cases.len());
    let by_name =
        said.lines().filter_map(|line| line.split_once('(').filter(|(name, _)| !name.starts_with(' ')));
    let by_name = by_name.fold(BTreeMap::new(), |mut all: BTreeMap<&str, usize>, (name, _)| {
        *all.entry(name).or_default() += 1;
        all
    });
    let shown: String =
        said.lines().take(30).map(|line| line.chars().take(300).chain(['\n']).collect::<String>()).collect();
    assert!(said.trim() == expected, "{by_name:?}\n{shown}");
    println!("{expected}");
}

/// What a program says that finds the cases in a file.
fn run(program: &mut Command, cases: &[Term], atoms: &Atoms) -> String {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let path = std::env::temp_dir().join(format!("treefall-natives-{}-{number}", std::process::id()));
    std::fs::write(&path, external::encode(&Term::list(cases.iter().cloned()), atoms))
        .expect("it can be written");
    let run = program.env("TREEFALL_CASES", &path).output().expect("it runs");
    let _ = std::fs::remove_file(&path);
    assert!(run.status.success(), "{run:?}");
    String::from_utf8_lossy(&run.stdout).into_owned() + &String::from_utf8_lossy(&run.stderr)
}

/// `{ok, Value}` or `{Class, Reason}`.
fn answer(answer: Answer) -> Term {
    match answer {
        Ok(value) => Term::tuple([treefall::kernel::Atom::OK.into(), value]),
        Err(raise) => Term::tuple([raise.class.atom().into(), raise.value]),
    }
}
