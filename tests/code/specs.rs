//! Match specifications, held against the real ones.

use treefall::code::ets::MatchSpec;
use treefall::code::raise::Raise;
use treefall::code::term::{Map, Term};

use super::tables::pid;
use super::witness::{Dice, Suite};

const SOURCE: &str = r"
run(Objects, Spec) -> ets:match_spec_run(Objects, ets:match_spec_compile(Spec)).
";

fn value(suite: &Suite, dice: &mut Dice, depth: usize) -> Term {
    let float = |value| Term::float(value).expect("a float");
    match dice.below(if depth == 0 { 6 } else { 10 }) {
        0 | 1 => Term::Int(dice.below(5) as i64 - 1),
        2 => dice.of(&[float(1.0), float(2.5), float(-0.5)]),
        3 => suite.atom(dice.of(&["a", "b", "true", "false"])),
        4 => dice.of(&[
            Term::binary(b"abc"),
            Term::Nil,
            Term::Bits(treefall::code::bits::Bits::of(b"ab").slice(0, 9)),
        ]),
        5 => Term::integer(num_bigint::BigInt::from(1) << 70),
        6 | 7 => {
            let count = dice.below(3);
            let parts: Vec<Term> = (0..count).map(|_| value(suite, dice, depth - 1)).collect();
            if dice.below(2) == 0 { Term::tuple(parts) } else { Term::list(parts) }
        }
        8 => {
            let count = dice.below(3);
            let pairs: Vec<(Term, Term)> =
                (0..count).map(|_| (value(suite, dice, 0), value(suite, dice, depth - 1))).collect();
            Term::Map(Map::of(pairs, suite.atoms()))
        }
        _ => Term::cons(value(suite, dice, 0), value(suite, dice, depth - 1)),
    }
}

/// The value with parts of it left open.
fn opened(suite: &Suite, dice: &mut Dice, term: &Term) -> Term {
    match dice.below(6) {
        0 => return suite.atom("_"),
        1 => return suite.atom(dice.of(&["$1", "$2", "$3", "$20"])),
        2 if dice.below(4) == 0 => return value(suite, dice, 1),
        _ => (),
    }
    match term {
        Term::Tuple(parts) => {
            let parts: Vec<Term> = parts.iter().map(|part| opened(suite, dice, part)).collect();
            Term::tuple(parts)
        }
        Term::Cons(cons) => Term::cons(opened(suite, dice, cons.head()), opened(suite, dice, cons.tail())),
        Term::Map(map) => {
            let pairs: Vec<(Term, Term)> = map
                .iter()
                .filter(|_| dice.below(3) > 0)
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect();
            let pairs: Vec<(Term, Term)> =
                pairs.into_iter().map(|(key, value)| (key, opened(suite, dice, &value))).collect();
            Term::Map(Map::of(pairs, suite.atoms()))
        }
        other => other.clone(),
    }
}

const ONE: [&str; 26] = [
    "is_atom",
    "is_float",
    "is_integer",
    "is_list",
    "is_number",
    "is_tuple",
    "is_map",
    "is_binary",
    "is_function",
    "not",
    "+",
    "-",
    "bnot",
    "abs",
    "float",
    "trunc",
    "round",
    "hd",
    "tl",
    "length",
    "size",
    "bit_size",
    "byte_size",
    "map_size",
    "is_pid",
    "is_reference",
];

const TWO: [&str; 24] = [
    "+",
    "-",
    "*",
    "/",
    "div",
    "rem",
    "band",
    "bor",
    "bxor",
    "bsr",
    "xor",
    "element",
    "map_get",
    "is_map_key",
    "=:=",
    "=/=",
    "==",
    "/=",
    "<",
    ">",
    "=<",
    ">=",
    "binary_part",
    "element",
];

const MANY: [&str; 4] = ["and", "or", "andalso", "orelse"];

fn expression(suite: &Suite, dice: &mut Dice, depth: usize) -> Term {
    let call = |suite: &Suite, name: &str, args: Vec<Term>| {
        Term::tuple([suite.atom(name)].into_iter().chain(args).collect::<Vec<Term>>())
    };
    let simple = depth == 0;
    match dice.below(if simple { 5 } else { 14 }) {
        0 | 1 => suite.atom(dice.of(&["$1", "$2", "$1", "$3", "$_", "$$"])),
        2 => call(suite, "const", vec![value(suite, dice, 1)]),
        3 | 4 => loop {
            let value = value(suite, dice, 0);
            if !matches!(value, Term::Tuple(_)) {
                break value;
            }
        },
        5..8 => call(suite, dice.of(&ONE), vec![expression(suite, dice, depth - 1)]),
        8..11 => {
            let args = vec![expression(suite, dice, depth - 1), expression(suite, dice, depth - 1)];
            call(suite, dice.of(&TWO), args)
        }
        11 => {
            let count = 1 + dice.below(3);
            let args: Vec<Term> = (0..count).map(|_| expression(suite, dice, depth - 1)).collect();
            call(suite, dice.of(&MANY), args)
        }
        12 => match dice.below(20) {
            0 => call(suite, "wrong", vec![]),
            1 => call(suite, "is_atom", vec![]),
            2 => suite.atom("$77"),
            3 => Term::tuple([]),
            4 => call(suite, "is_record", vec![expression(suite, dice, 0), suite.atom("a"), Term::Int(2)]),
            _ => call(suite, "node", vec![]),
        },
        _ => {
            let count = dice.below(3);
            let parts: Vec<Term> = (0..count).map(|_| expression(suite, dice, depth - 1)).collect();
            match dice.below(3) {
                0 => Term::list(parts),
                1 => Term::tuple([Term::tuple(parts)]),
                _ => {
                    let pairs = parts.into_iter().map(|part| (Term::Int(1), part));
                    Term::Map(Map::of(pairs.collect::<Vec<_>>(), suite.atoms()))
                }
            }
        }
    }
}

#[test]
fn heads_guards_and_bodies() {
    let mut suite = Suite::new("match specifications", SOURCE);
    let mut dice = Dice::new(9);
    let me = pid("me");
    let mut found = 0;
    for _ in 0..12_000 {
        let parts: Vec<Term> = (0..3).map(|_| value(&suite, &mut dice, 2)).collect();
        let object = Term::tuple(parts);
        let clauses: Vec<Term> = (0..1 + dice.below(2))
            .map(|_| {
                let head = match dice.below(4) {
                    0..3 => Term::tuple([suite.atom("$1"), suite.atom("$2"), suite.atom("$3")]),
                    _ => opened(&suite, &mut dice, &object),
                };
                let guards: Vec<Term> =
                    (0..dice.below(3)).map(|_| expression(&suite, &mut dice, 2)).collect();
                let body: Vec<Term> =
                    (0..1 + dice.below(2)).map(|_| expression(&suite, &mut dice, 3)).collect();
                Term::tuple([head, Term::list(guards), Term::list(body)])
            })
            .collect();
        let spec = Term::list(clauses);
        let answer = MatchSpec::compile(&spec, suite.atoms())
            .map(|spec| Term::list(spec.run(&object, me, suite.atoms()).into_iter().collect::<Vec<Term>>()))
            .map_err(|_| Raise::badarg());
        found += usize::from(matches!(answer, Ok(Term::Cons(_))));
        suite.says("witness", "run", &[Term::list([object]), spec], &answer);
    }
    eprintln!("{found} of them match");
    suite.holds();
}
