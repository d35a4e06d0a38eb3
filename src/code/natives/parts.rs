//! What terms are made of: elements of tuples and lists, sizes, keys of maps, parts of binaries.

use std::sync::Arc;

use crate::code::bits::Bits;
use crate::code::raise::Raise;
use crate::code::term::{Map, Term};
use crate::kernel::Atoms;

use super::{Answer, Row};

/// The functions of module `erlang` that are here.
pub const TABLE: &[Row] = &[
    ("hd", 1, |args, _| cell(&args[0]).map(|cons| cons.head().clone())),
    ("tl", 1, |args, _| cell(&args[0]).map(|cons| cons.tail().clone())),
    ("length", 1, |args, _| length(&args[0])),
    ("element", 2, |args, _| element(&args[0], &args[1])),
    ("setelement", 3, |args, _| set_element(&args[0], &args[1], &args[2])),
    ("tuple_size", 1, |args, _| tuple(&args[0]).map(|elements| count(elements.len()))),
    ("tuple_to_list", 1, |args, _| tuple(&args[0]).map(|elements| Term::list(elements.iter().cloned()))),
    ("list_to_tuple", 1, |args, _| list(&args[0]).map(Term::tuple)),
    ("make_tuple", 2, |args, _| make_tuple(&args[0], &args[1], &Term::Nil)),
    ("make_tuple", 3, |args, _| make_tuple(&args[0], &args[1], &args[2])),
    ("append_element", 2, |args, _| {
        tuple(&args[0]).map(|elements| Term::tuple(elements.iter().chain([&args[1]]).cloned()))
    }),
    ("insert_element", 3, |args, _| insert_element(&args[0], &args[1], &args[2])),
    ("delete_element", 2, |args, _| delete_element(&args[0], &args[1])),
    ("size", 1, |args, _| match &args[0] {
        Term::Tuple(elements) => Ok(count(elements.len())),
        Term::Bits(bits) => Ok(count(bits.len() / 8)),
        _ => Err(Raise::badarg()),
    }),
    ("byte_size", 1, |args, _| bits(&args[0]).map(|bits| count(bits.len().div_ceil(8)))),
    ("bit_size", 1, |args, _| bits(&args[0]).map(|bits| count(bits.len()))),
    ("map_size", 1, |args, atoms| map(&args[0], atoms).map(|map| count(map.len()))),
    ("map_get", 2, |args, atoms| map_get(&args[0], &args[1], atoms)),
    ("is_map_key", 2, |args, atoms| {
        map(&args[1], atoms).map(|map| Term::boolean(map.get(&args[0]).is_some()))
    }),
    ("split_binary", 2, |args, _| split_binary(&args[0], &args[1])),
    ("binary_part", 2, |args, _| match args[1].as_tuple() {
        Some([start, len]) => binary_part(&args[0], start, len),
        _ => Err(Raise::badarg()),
    }),
    ("binary_part", 3, |args, _| binary_part(&args[0], &args[1], &args[2])),
];

/// `length(List)`, of a proper one.
pub fn length(term: &Term) -> Answer {
    let mut items = term.items();
    let length = items.by_ref().count();
    if matches!(items.tail(), Term::Nil) { Ok(count(length)) } else { Err(Raise::badarg()) }
}

/// `element(N, Tuple)`, counted from 1.
#[inline]
pub fn element(place: &Term, term: &Term) -> Answer {
    let elements = tuple(term)?;
    elements.get(index(place, elements.len())?).cloned().ok_or_else(Raise::badarg)
}

/// What Erlang writes as `setelement(N, Tuple, Value)`.
pub fn set_element(place: &Term, term: &Term, value: &Term) -> Answer {
    let Term::Tuple(elements) = term else { return Err(Raise::badarg()) };
    let place = index(place, elements.len())?;
    let mut elements = elements.clone();
    Arc::make_mut(&mut elements)[place] = value.clone();
    Ok(Term::Tuple(elements))
}

/// `map_get(Key, Map)`: `badkey` without the key.
pub fn map_get(key: &Term, term: &Term, atoms: &Atoms) -> Answer {
    map(term, atoms)?.get(key).cloned().ok_or_else(|| Raise::tagged(atoms.intern("badkey"), key.clone()))
}

/// The map, or `{badmap, Term}`.
pub(super) fn map<'t>(term: &'t Term, atoms: &Atoms) -> Result<&'t Map, Raise> {
    match term {
        Term::Map(map) => Ok(map),
        _ => Err(Raise::tagged(atoms.intern("badmap"), term.clone())),
    }
}

/// The elements of a proper list, or `badarg`.
pub(super) fn list(term: &Term) -> Result<Vec<Term>, Raise> {
    term.as_list().ok_or_else(Raise::badarg)
}

/// A number of things.
pub(super) fn count(number: usize) -> Term {
    Term::Int(i64::try_from(number).expect("what is in memory can be counted"))
}

/// A number of things that the caller has asked for: one of the emulator's small integers, and not negative.
pub(super) fn size(term: &Term) -> Result<usize, Raise> {
    match term {
        Term::Int(size @ 0..SMALL_END) => usize::try_from(*size).map_err(|_| Raise::badarg()),
        _ => Err(Raise::badarg()),
    }
}

/// The first integer that is none of the emulator's small ones, which have sixty bits.
pub(super) const SMALL_END: i64 = 1 << 59;

fn cell(term: &Term) -> Result<&crate::code::term::Cons, Raise> {
    match term {
        Term::Cons(cons) => Ok(cons),
        _ => Err(Raise::badarg()),
    }
}

fn tuple(term: &Term) -> Result<&[Term], Raise> {
    term.as_tuple().ok_or_else(Raise::badarg)
}

fn bits(term: &Term) -> Result<&Bits, Raise> {
    match term {
        Term::Bits(bits) => Ok(bits),
        _ => Err(Raise::badarg()),
    }
}

/// The place from 0 of a place from 1 that is at most `len`.
fn index(term: &Term, len: usize) -> Result<usize, Raise> {
    match size(term)? {
        place if (1..=len).contains(&place) => Ok(place - 1),
        _ => Err(Raise::badarg()),
    }
}

/// How many elements a tuple may have (erts, `MAX_ARITYVAL`).
const ELEMENTS_MAX: usize = (1 << 24) - 1;

fn make_tuple(arity: &Term, value: &Term, changes: &Term) -> Answer {
    let arity = size(arity)?;
    if arity > ELEMENTS_MAX {
        return Err(Raise::badarg());
    }
    let mut elements = vec![value.clone(); arity];
    for change in list(changes)? {
        let Some([place, value]) = change.as_tuple() else { return Err(Raise::badarg()) };
        elements[index(place, arity)?] = value.clone();
    }
    Ok(Term::tuple(elements))
}

fn insert_element(place: &Term, term: &Term, value: &Term) -> Answer {
    let elements = tuple(term)?;
    let (before, after) = elements.split_at(index(place, elements.len() + 1)?);
    Ok(Term::tuple(before.iter().chain([value]).chain(after).cloned()))
}

fn delete_element(place: &Term, term: &Term) -> Answer {
    let elements = tuple(term)?;
    let place = index(place, elements.len())?;
    Ok(Term::tuple(elements[..place].iter().chain(&elements[place + 1..]).cloned()))
}

fn split_binary(term: &Term, at: &Term) -> Answer {
    let (bits, at) = (bits(term)?, size(at)?);
    if at > bits.len() / 8 {
        return Err(Raise::badarg());
    }
    let (before, after) = (bits.slice(0, at * 8), bits.slice(at * 8, bits.len() - at * 8));
    Ok(Term::tuple([Term::Bits(before), Term::Bits(after)]))
}

/// A negative length goes backwards.
fn binary_part(term: &Term, start: &Term, len: &Term) -> Answer {
    let bits = bits(term)?;
    let (Some(start), Some(len)) = (start.as_int(), len.as_int()) else { return Err(Raise::badarg()) };
    let Some(end) = start.checked_add(len) else { return Err(Raise::badarg()) };
    let (from, to) = (start.min(end), start.max(end));
    let whole = i64::try_from(bits.len() / 8).map_err(|_| Raise::badarg())?;
    if from < 0 || to > whole {
        return Err(Raise::badarg());
    }
    Ok(Term::Bits(bits.slice(from as usize * 8, (to - from) as usize * 8)))
}
