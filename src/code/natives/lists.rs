//! Module `lists`: what of it the emulator has.

use crate::code::raise::Raise;
use crate::code::term::Term;
use crate::kernel::{Atom, Atoms};

use super::{Answer, Row, parts};

/// The functions of module `lists`.
pub const TABLE: &[Row] = &[
    ("member", 2, |args, _| member(&args[0], &args[1])),
    ("reverse", 2, |args, _| reverse(&args[0], &args[1])),
    ("keyfind", 3, |args, _| Ok(by_key(args)?.unwrap_or(Term::boolean(false)))),
    ("keymember", 3, |args, _| Ok(Term::boolean(by_key(args)?.is_some()))),
    ("keysearch", 3, key_search),
];

fn member(wanted: &Term, list: &Term) -> Answer {
    let mut items = list.items();
    if items.by_ref().any(|item| item == wanted) {
        return Ok(Term::boolean(true));
    }
    if matches!(items.tail(), Term::Nil) { Ok(Term::boolean(false)) } else { Err(Raise::badarg()) }
}

fn reverse(list: &Term, tail: &Term) -> Answer {
    let mut items = list.items();
    let reversed = items.by_ref().fold(tail.clone(), |tail, head| Term::cons(head.clone(), tail));
    if matches!(items.tail(), Term::Nil) { Ok(reversed) } else { Err(Raise::badarg()) }
}

fn key_search(args: &[Term], atoms: &Atoms) -> Answer {
    Ok(match by_key(args)? {
        Some(found) => Term::tuple([atoms.intern("value").into(), found]),
        None => Term::Atom(Atom::FALSE),
    })
}

/// The first tuple of a list whose element at a place `==` the key.
fn by_key(args: &[Term]) -> Result<Option<Term>, Raise> {
    let (key, list) = (&args[0], &args[2]);
    let place = parts::size(&args[1])?.checked_sub(1).ok_or_else(Raise::badarg)?;
    let mut items = list.items();
    let has_key =
        |item: &&Term| item.as_tuple().and_then(|tuple| tuple.get(place)).is_some_and(|it| it.equals(key));
    match items.by_ref().find(has_key) {
        Some(found) => Ok(Some(found.clone())),
        None if matches!(items.tail(), Term::Nil) => Ok(None),
        None => Err(Raise::badarg()),
    }
}
