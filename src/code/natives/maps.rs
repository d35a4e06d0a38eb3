//! Module `maps`, and how `maps:iterator/1` goes through a map.
//!
//! A small map's pairs come in the order of their keys, as the emulator has them. Those of a large one come in an
//! order that is not the emulator's: that one follows from a hash and may change with any release.

use crate::code::raise::Raise;
use crate::code::term::{Map, Term};
use crate::kernel::{Atom, Atoms, Fingerprint};

use super::{Answer, OrderedRow, Row, parts};

/// The functions of module `maps`.
pub const TABLE: &[Row] = &[
    ("find", 2, |args, atoms| {
        let found = parts::map(&args[1], atoms)?.get(&args[0]);
        Ok(found.map_or(Atom::ERROR.into(), |value| Term::tuple([Atom::OK.into(), value.clone()])))
    }),
    ("from_keys", 2, |args, atoms| {
        Ok(Term::Map(Map::of(parts::list(&args[0])?.into_iter().map(|key| (key, args[1].clone())), atoms)))
    }),
    ("from_list", 1, |args, atoms| from_list(&args[0], atoms)),
    ("get", 2, |args, atoms| parts::map_get(&args[0], &args[1], atoms)),
    ("is_key", 2, |args, atoms| Ok(Term::boolean(parts::map(&args[1], atoms)?.get(&args[0]).is_some()))),
    ("keys", 1, |args, atoms| keys(args, atoms, 0)),
    ("values", 1, |args, atoms| values(args, atoms, 0)),
    ("to_list", 1, |args, atoms| to_list(args, atoms, 0)),
    ("merge", 2, |args, atoms| merge(&args[0], &args[1], atoms)),
    ("put", 3, |args, atoms| {
        Ok(Term::Map(parts::map(&args[2], atoms)?.put(args[0].clone(), args[1].clone(), atoms)))
    }),
    ("remove", 2, |args, atoms| Ok(Term::Map(parts::map(&args[1], atoms)?.without(&args[0], atoms)))),
    ("take", 2, |args, atoms| {
        let map = parts::map(&args[1], atoms)?;
        Ok(match map.get(&args[0]) {
            Some(value) => Term::tuple([value.clone(), Term::Map(map.without(&args[0], atoms))]),
            None => Atom::ERROR.into(),
        })
    }),
    ("update", 3, |args, atoms| {
        let map = parts::map(&args[2], atoms)?;
        match map.get(&args[0]) {
            Some(_) => Ok(Term::Map(map.put(args[0].clone(), args[1].clone(), atoms))),
            None => Err(Raise::tagged(atoms.intern("badkey"), args[0].clone())),
        }
    }),
];

/// The functions of module `erts_internal` that are about maps, and the order of their keys.
pub const INTERNAL: &[Row] = &[
    ("map_next", 3, |args, atoms| map_next(args, atoms, 0)),
    ("cmp_term", 2, |args, atoms| Ok(Term::Int(args[0].compare_keys(&args[1], atoms) as i64))),
];

/// Those of module `maps` that tell in which order a large map is: by the number that it is shuffled with.
pub const ORDERED: &[OrderedRow] = &[("keys", 1, keys), ("values", 1, values), ("to_list", 1, to_list)];

/// That of module `erts_internal`.
pub const ITERATOR: &[OrderedRow] =
    &[("map_next", 3, map_next), ("mc_iterator", 1, mc_iterator), ("mc_refill", 1, mc_refill)];

fn keys(args: &[Term], atoms: &Atoms, shuffle: u64) -> Answer {
    Ok(listed(parts::map(&args[0], atoms)?, shuffle, |key, _| key.clone()))
}

fn values(args: &[Term], atoms: &Atoms, shuffle: u64) -> Answer {
    Ok(listed(parts::map(&args[0], atoms)?, shuffle, |_, value| value.clone()))
}

fn to_list(args: &[Term], atoms: &Atoms, shuffle: u64) -> Answer {
    Ok(listed(parts::map(&args[0], atoms)?, shuffle, pair))
}

/// All pairs, those of a large map in the order that a number makes of it.
fn pairs_of(map: &Map, shuffle: u64) -> Vec<(&Term, &Term)> {
    let mut pairs: Vec<_> = map.iter().collect();
    if matches!(map, Map::Large(_)) && shuffle != 0 {
        pairs.sort_by_cached_key(|(key, _)| Fingerprint::of(&(shuffle, key)));
    }
    pairs
}

/// How many pairs an iterator hands out before it has to ask again: as many as a map may keep side by side, so that a
/// small one is gone through at once.
const STRIDE: usize = crate::code::term::SMALL_MAX;

fn from_list(list: &Term, atoms: &Atoms) -> Answer {
    let pairs = parts::list(list)?.into_iter().map(|element| match element.as_tuple() {
        Some([key, value]) => Ok((key.clone(), value.clone())),
        _ => Err(Raise::badarg()),
    });
    Ok(Term::Map(Map::of(pairs.collect::<Result<Vec<_>, Raise>>()?, atoms)))
}

/// The second one's values win.
fn merge(first: &Term, second: &Term, atoms: &Atoms) -> Answer {
    let (first, second) = (parts::map(first, atoms)?, parts::map(second, atoms)?);
    let pairs = |map: &Map| -> Vec<(Term, Term)> {
        map.iter().map(|(key, value)| (key.clone(), value.clone())).collect()
    };
    match first {
        _ if second.is_empty() => Ok(Term::Map(first.clone())),
        _ if first.is_empty() => Ok(Term::Map(second.clone())),
        Map::Large(_) => {
            let put = |map: Map, (key, value)| map.put(key, value, atoms);
            Ok(Term::Map(pairs(second).into_iter().fold(first.clone(), put)))
        }
        Map::Small(_) => Ok(Term::Map(Map::of(pairs(first).into_iter().chain(pairs(second)), atoms))),
    }
}

fn listed(map: &Map, shuffle: u64, of: fn(&Term, &Term) -> Term) -> Term {
    Term::list(pairs_of(map, shuffle).into_iter().map(|(key, value)| of(key, value)))
}

fn pair(key: &Term, value: &Term) -> Term {
    Term::tuple([key.clone(), value.clone()])
}

/// `erts_internal:map_next(Done, Map, Wanted)`: what comes after the first `Done` pairs, or, where `Done` is a list of
/// keys (OTP 26), the pairs of these. With `iterator` it is `{Key, Value, Next}`, where what is next is another of
/// these, or `none`, or `[Done | Map]` to be asked again with; with a list it is all that is left, in front of that.
fn map_next(args: &[Term], atoms: &Atoms, shuffle: u64) -> Answer {
    const ITERATOR: Atom = Atom::of("iterator");
    let [done, whole @ Term::Map(map), wanted] = args else { return Err(Raise::badarg()) };
    let stride = match wanted {
        Term::Nil | Term::Cons(_) => usize::MAX,
        wanted if wanted.is(ITERATOR) => STRIDE,
        _ => return Err(Raise::badarg()),
    };
    let (pairs, next) = match done {
        Term::Nil | Term::Cons(_) => after_keys(done, map, stride)?,
        _ => after_pairs(parts::size(done)?, map, stride, shuffle)?,
    };
    if stride == usize::MAX {
        let pairs: Vec<Term> = pairs.into_iter().map(|(key, value)| pair(key, value)).collect();
        return Ok(Term::list_onto(pairs, wanted.clone()));
    }
    let next = next.map_or_else(|| atoms.intern("none").into(), |done| Term::cons(done, whole.clone()));
    let onto = |next, (key, value): (&Term, &Term)| Term::tuple([key.clone(), value.clone(), next]);
    Ok(pairs.into_iter().rev().fold(next, onto))
}

/// What a comprehension goes through, of a map or of an iterator as it may be written (OTP 28); of anything else `[]`,
/// which it says is no generator.
fn mc_iterator(args: &[Term], atoms: &Atoms, shuffle: u64) -> Answer {
    let [whole] = args else { return Err(Raise::badarg()) };
    match whole {
        Term::Map(_) => mc_refill(&[Term::cons(Term::Int(0), whole.clone())], atoms, shuffle),
        Term::Cons(_) => mc_refill(args, atoms, shuffle).or(Ok(Term::Nil)),
        whole if is_iterator(whole, atoms) => Ok(whole.clone()),
        _ => Ok(Term::Nil),
    }
}

fn is_iterator(term: &Term, atoms: &Atoms) -> bool {
    let mut next = term;
    while let Some([_, _, then]) = next.as_tuple() {
        next = then;
    }
    match next {
        Term::Cons(more) => matches!(more.tail(), Term::Map(_)),
        end => end.is(atoms.intern("none")),
    }
}

/// `[Done | Map]`: what comes after the first `Done` pairs, or the pairs of these keys.
fn mc_refill(args: &[Term], atoms: &Atoms, shuffle: u64) -> Answer {
    let [Term::Cons(more)] = args else { return Err(Raise::badarg()) };
    map_next(&[more.head().clone(), more.tail().clone(), atoms.intern("iterator").into()], atoms, shuffle)
}

/// Some pairs, and where to go on if there are more.
type Stretch<'m> = (Vec<(&'m Term, &'m Term)>, Option<Term>);

fn after_pairs(done: usize, map: &Map, stride: usize, shuffle: u64) -> Result<Stretch<'_>, Raise> {
    let done = match map {
        _ if done > map.len() => return Err(Raise::badarg()),
        // A small map is gone through at once, from whatever place.
        Map::Small(_) => 0,
        Map::Large(_) => done,
    };
    let pairs: Vec<_> = pairs_of(map, shuffle).into_iter().skip(done).take(stride).collect();
    let done = done + pairs.len();
    Ok((pairs, (done < map.len()).then(|| parts::count(done))))
}

fn after_keys<'m>(keys: &Term, map: &'m Map, stride: usize) -> Result<Stretch<'m>, Raise> {
    let mut keys = keys.items();
    let pair = |key| map.entry(key).ok_or_else(Raise::badarg);
    let pairs: Result<Vec<_>, Raise> = keys.by_ref().take(stride).map(pair).collect();
    match keys.tail() {
        Term::Nil => Ok((pairs?, None)),
        rest @ Term::Cons(_) => Ok((pairs?, Some(rest.clone()))),
        _ => Err(Raise::badarg()),
    }
}

#[cfg(test)]
mod tests {
    use super::map_next;
    use crate::code::term::{Map, Term};
    use crate::kernel::Atoms;

    /// Goes through a map as `maps:next/1` does.
    fn walk(done: Term, map: &Map, shuffle: u64, atoms: &Atoms) -> Vec<(Term, Term)> {
        let iterator = Term::Atom(atoms.intern("iterator"));
        let mut pairs = Vec::new();
        let mut next = Term::cons(done, Term::Map(map.clone()));
        loop {
            next = match &next {
                Term::Cons(cons) => {
                    let args = [cons.head().clone(), cons.tail().clone(), iterator.clone()];
                    map_next(&args, atoms, shuffle).expect("it is an iterator")
                }
                Term::Tuple(step) => {
                    pairs.push((step[0].clone(), step[1].clone()));
                    step[2].clone()
                }
                none => {
                    assert!(none.is(atoms.intern("none")));
                    return pairs;
                }
            };
        }
    }

    #[test]
    fn an_iterator_meets_every_pair_once() {
        let atoms = Atoms::default();
        for len in [0, 1, 31, 32, 33, 64, 65, 1_000] {
            let pairs: Vec<_> = (0..len).map(|key| (Term::Int(key), Term::Int(key * 2))).collect();
            let map = Map::of(pairs.clone(), &atoms);
            assert_eq!(walk(Term::Int(0), &map, 0, &atoms), pairs);
            let mut shuffled = walk(Term::Int(0), &map, 7, &atoms);
            assert_eq!(shuffled == pairs, len <= 32, "{len}");
            shuffled.sort();
            assert_eq!(shuffled, pairs);
            let keys = Term::list(pairs.iter().rev().map(|(key, _)| key.clone()));
            let backwards: Vec<_> = pairs.into_iter().rev().collect();
            assert_eq!(walk(keys, &map, 0, &atoms), backwards);
        }
    }
}
