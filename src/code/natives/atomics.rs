//! Modules `atomics` and what `counters` needs: rows of integers that all processes share, kept beside what
//! `persistent_term` keeps, under a key that no program writes.

use crate::kernel::Atom;

use super::super::host::Call;
use super::super::raise::Raise;
use super::super::term::Term;
use super::{ActsRow, Answer};

const ATOMICS: Atom = Atom::of("$atomics");

fn key(reference: &Term) -> Term {
    Term::tuple([ATOMICS.into(), reference.clone()])
}

fn new(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    let Term::Int(size @ 1..=1_000_000) = arguments[0] else { return Err(Raise::badarg()) };
    let reference: Term = call.host.make_ref().into();
    let row = Term::tuple((0..size).map(|_| Term::Int(0)));
    call.host.persistent().insert(key(&reference), row);
    Ok(reference)
}

/// Changes one integer: the old and the new one.
fn change(
    call: &mut Call<'_>,
    arguments: &[Term],
    new: impl FnOnce(i64) -> i64,
) -> Result<(i64, i64), Raise> {
    let Some(Term::Tuple(row)) = call.host.persistent().get_mut(&key(&arguments[0])) else {
        return Err(Raise::badarg());
    };
    let place = arguments[1].as_int().and_then(|place| usize::try_from(place).ok()?.checked_sub(1));
    let place = place.filter(|place| *place < row.len()).ok_or_else(Raise::badarg)?;
    let old = row[place].as_int().ok_or_else(Raise::badarg)?;
    let new = new(old);
    std::sync::Arc::make_mut(row)[place] = Term::Int(new);
    Ok((old, new))
}

fn number(term: &Term) -> Result<i64, Raise> {
    term.as_int().ok_or_else(Raise::badarg)
}

fn get(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    Ok(Term::Int(change(call, arguments, |old| old)?.0))
}

fn put(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    let value = number(&arguments[2])?;
    change(call, arguments, |_| value)?;
    Ok(Atom::OK.into())
}

fn add(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    let value = number(&arguments[2])?;
    change(call, arguments, |old| old.wrapping_add(value))?;
    Ok(Atom::OK.into())
}

fn add_get(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    let value = number(&arguments[2])?;
    Ok(Term::Int(change(call, arguments, |old| old.wrapping_add(value))?.1))
}

fn exchange(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    let value = number(&arguments[2])?;
    Ok(Term::Int(change(call, arguments, |_| value)?.0))
}

fn compare_exchange(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    let (expected, value) = (number(&arguments[2])?, number(&arguments[3])?);
    let (old, _) = change(call, arguments, |old| if old == expected { value } else { old })?;
    Ok(if old == expected { Atom::OK.into() } else { Term::Int(old) })
}

/// Of module `atomics`; `sub` and `sub_get` are functions of its own.
pub const TABLE: &[ActsRow] = &[
    ("new", 2, new),
    ("get", 2, get),
    ("put", 3, put),
    ("add", 3, add),
    ("add_get", 3, add_get),
    ("exchange", 3, exchange),
    ("compare_exchange", 4, compare_exchange),
];

/// Of module `erts_internal`, counters with the option `write_concurrency`.
pub const COUNTERS: &[ActsRow] =
    &[("counters_new", 1, new), ("counters_get", 2, get), ("counters_put", 3, put), ("counters_add", 3, add)];
