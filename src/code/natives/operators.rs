//! What code asks about terms without taking them apart: comparisons, truth and types; and what of two lists makes a
//! third.

use std::collections::BTreeMap;

use crate::code::raise::Raise;
use crate::code::term::Term;
use crate::kernel::Atom;

use super::{Answer, Row, arithmetic, parts};

/// The functions of module `erlang` that are here.
pub const TABLE: &[Row] = &[
    ("==", 2, |args, _| yes(args[0].equals(&args[1]))),
    ("/=", 2, |args, _| yes(!args[0].equals(&args[1]))),
    ("=:=", 2, |args, _| yes(args[0] == args[1])),
    ("=/=", 2, |args, _| yes(args[0] != args[1])),
    ("<", 2, |args, atoms| yes(args[0].compare(&args[1], atoms).is_lt())),
    (">", 2, |args, atoms| yes(args[0].compare(&args[1], atoms).is_gt())),
    ("=<", 2, |args, atoms| yes(args[0].compare(&args[1], atoms).is_le())),
    (">=", 2, |args, atoms| yes(args[0].compare(&args[1], atoms).is_ge())),
    ("min", 2, |args, atoms| Ok(args[usize::from(args[1].compare(&args[0], atoms).is_lt())].clone())),
    ("max", 2, |args, atoms| Ok(args[usize::from(args[1].compare(&args[0], atoms).is_gt())].clone())),
    ("and", 2, |args, _| truth(args, |a, b| a && b)),
    ("or", 2, |args, _| truth(args, |a, b| a || b)),
    ("xor", 2, |args, _| truth(args, |a, b| a != b)),
    ("not", 1, |args, _| truth(&[args[0].clone(), Term::boolean(true)], |a, _| !a)),
    ("is_atom", 1, |args, _| yes(matches!(args[0], Term::Atom(_)))),
    ("is_binary", 1, |args, _| yes(matches!(&args[0], Term::Bits(bits) if bits.is_binary()))),
    ("is_bitstring", 1, |args, _| yes(matches!(args[0], Term::Bits(_)))),
    ("is_boolean", 1, |args, _| yes(as_boolean(&args[0]).is_some())),
    ("is_float", 1, |args, _| yes(matches!(args[0], Term::Float(_)))),
    ("is_function", 1, |args, _| yes(matches!(args[0], Term::Fun(_)))),
    ("is_function", 2, |args, _| is_function(&args[0], &args[1])),
    ("is_integer", 1, |args, _| yes(matches!(args[0], Term::Int(_) | Term::Big(_)))),
    ("is_list", 1, |args, _| yes(matches!(args[0], Term::Nil | Term::Cons(_)))),
    ("is_map", 1, |args, _| yes(matches!(args[0], Term::Map(_)))),
    ("is_number", 1, |args, _| yes(arithmetic::is_number(&args[0]))),
    ("is_pid", 1, |args, _| yes(matches!(args[0], Term::Pid(_)))),
    ("is_port", 1, |_, _| yes(false)),
    ("is_record", 2, |args, _| is_record(&args[0], &args[1], None)),
    ("is_record", 3, |args, _| is_record(&args[0], &args[1], Some(&args[2]))),
    ("is_reference", 1, |args, _| yes(matches!(args[0], Term::Ref(_)))),
    ("is_tuple", 1, |args, _| yes(matches!(args[0], Term::Tuple(_)))),
    ("++", 2, |args, _| append(&args[0], &args[1])),
    ("append", 2, |args, _| append(&args[0], &args[1])),
    ("--", 2, |args, _| without(&args[0], &args[1])),
    ("subtract", 2, |args, _| without(&args[0], &args[1])),
];

/// `List ++ Tail`: whatever the tail is.
pub fn append(list: &Term, tail: &Term) -> Answer {
    match list.as_list() {
        Some(elements) => Ok(Term::list_onto(elements, tail.clone())),
        None => Err(Raise::badarg()),
    }
}

/// `List -- Other`: without the first element that is like each of the other's.
pub fn without(list: &Term, other: &Term) -> Answer {
    let (Some(list), Some(other)) = (list.as_list(), other.as_list()) else { return Err(Raise::badarg()) };
    let mut gone: BTreeMap<Term, usize> = BTreeMap::new();
    for element in other {
        *gone.entry(element).or_default() += 1;
    }
    let mut left = list;
    left.retain(|element| match gone.get_mut(element) {
        Some(times) if *times > 0 => {
            *times -= 1;
            false
        }
        _ => true,
    });
    Ok(Term::list(left))
}

/// `true` or `false`, as Rust has it.
pub fn as_boolean(term: &Term) -> Option<bool> {
    match term.as_atom()? {
        Atom::TRUE => Some(true),
        Atom::FALSE => Some(false),
        _ => None,
    }
}

fn yes(answer: bool) -> Answer {
    Ok(Term::boolean(answer))
}

fn truth(args: &[Term], of: fn(bool, bool) -> bool) -> Answer {
    match (as_boolean(&args[0]), as_boolean(&args[1])) {
        (Some(a), Some(b)) => yes(of(a, b)),
        _ => Err(Raise::badarg()),
    }
}

fn is_function(term: &Term, arity: &Term) -> Answer {
    match arity {
        Term::Int(arity) if *arity >= 0 => {
            yes(matches!(term, Term::Fun(fun) if i64::from(fun.arity()) == *arity))
        }
        Term::Big(arity) if arity.sign() == num_bigint::Sign::Plus => yes(false),
        _ => Err(Raise::badarg()),
    }
}

fn is_record(term: &Term, tag: &Term, size: Option<&Term>) -> Answer {
    const SMALL: std::ops::Range<i64> = -parts::SMALL_END..parts::SMALL_END;
    let is_small = |size: &Term| matches!(size, Term::Int(size) if SMALL.contains(size));
    if tag.as_atom().is_none() || !size.is_none_or(is_small) {
        return Err(Raise::badarg());
    }
    yes(term.as_tuple().is_some_and(|elements| {
        elements.first() == Some(tag)
            && size.is_none_or(|size| size.as_int() == i64::try_from(elements.len()).ok())
    }))
}
