//! Looking at rows by their keys, and going from key to key.

use crate::kernel::{Atom, Atoms, Pid};

use super::super::natives::Answer;
use super::super::raise::Raise;
use super::super::term::Term;
use super::rows::{Place, Row};
use super::{Kind, Table, Tables};

pub(super) fn row_term(row: &Row) -> Term {
    Term::Tuple(row.clone())
}

pub(super) fn end(atoms: &Atoms) -> Term {
    atoms.intern("$end_of_table").into()
}

pub(super) fn lookup(tables: &mut Tables, me: Pid, args: &[Term], atoms: &Atoms) -> Answer {
    let rows = tables.readable(&args[0], me)?.rows_of(&args[1], atoms);
    Ok(Term::list(rows.into_iter().map(Term::Tuple)))
}

pub(super) fn member(tables: &mut Tables, me: Pid, args: &[Term], atoms: &Atoms) -> Answer {
    Ok(tables.readable(&args[0], me)?.first_of(&args[1], atoms).is_some().into())
}

/// With a fourth argument that is what comes if the key is not there.
pub(super) fn lookup_element(tables: &mut Tables, me: Pid, args: &[Term], atoms: &Atoms) -> Answer {
    let table = tables.readable(&args[0], me)?;
    let place = args[2].as_int().and_then(|place| usize::try_from(place).ok()?.checked_sub(1));
    let place = place.ok_or_else(Raise::badarg)?;
    let rows = table.rows_of(&args[1], atoms);
    if rows.is_empty() {
        return args.get(3).cloned().ok_or_else(Raise::badarg);
    }
    let found = rows.iter().map(|row| row.get(place).cloned().ok_or_else(Raise::badarg));
    let mut found = found.collect::<Result<Vec<Term>, Raise>>()?;
    if table.is_bag() { Ok(Term::list(found)) } else { found.pop().ok_or_else(Raise::badarg) }
}

/// Which way to go.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Up,
    Down,
}

impl Table {
    /// Where the next key begins. Where a key is not there, only an ordered or a fixed table can go on from it.
    fn step(&self, key: &Term, way: Way, atoms: &Atoms) -> Result<Option<Place>, Raise> {
        let known = self.first_of(key, atoms).is_some();
        if !known && self.kind != Kind::OrderedSet && self.fixed.is_empty() {
            return Err(Raise::badarg());
        }
        Ok(match way {
            _ if self.kind != Kind::OrderedSet || way == Way::Up => Some(self.upper(key, atoms)),
            _ => self.rows.before(self.lower(key, atoms)),
        })
    }

    fn edge(&self, way: Way) -> Option<Place> {
        // A hash table is gone through one way only, whatever one asks for.
        match self.kind {
            Kind::OrderedSet if way == Way::Down => self.rows.before(self.rows.end()),
            _ => Some(self.rows.start()),
        }
    }

    fn key_at(&self, place: Option<Place>, with_rows: bool, atoms: &Atoms) -> Term {
        let Some(key) = place.and_then(|place| self.rows.get(place)).map(|row| self.key_of(row)) else {
            return end(atoms);
        };
        if !with_rows {
            return key.clone();
        }
        Term::tuple([key.clone(), Term::list(self.rows_of(key, atoms).into_iter().map(Term::Tuple))])
    }
}

fn edge(tables: &Tables, me: Pid, args: &[Term], atoms: &Atoms, way: Way, with_rows: bool) -> Answer {
    let table = tables.readable(&args[0], me)?;
    Ok(table.key_at(table.edge(way), with_rows, atoms))
}

fn step(tables: &Tables, me: Pid, args: &[Term], atoms: &Atoms, way: Way, with_rows: bool) -> Answer {
    let table = tables.readable(&args[0], me)?;
    Ok(table.key_at(table.step(&args[1], way, atoms)?, with_rows, atoms))
}

pub(super) fn first(tables: &mut Tables, me: Pid, args: &[Term], atoms: &Atoms) -> Answer {
    edge(tables, me, args, atoms, Way::Up, false)
}

pub(super) fn last(tables: &mut Tables, me: Pid, args: &[Term], atoms: &Atoms) -> Answer {
    edge(tables, me, args, atoms, Way::Down, false)
}

pub(super) fn next(tables: &mut Tables, me: Pid, args: &[Term], atoms: &Atoms) -> Answer {
    step(tables, me, args, atoms, Way::Up, false)
}

pub(super) fn prev(tables: &mut Tables, me: Pid, args: &[Term], atoms: &Atoms) -> Answer {
    step(tables, me, args, atoms, Way::Down, false)
}

pub(super) fn first_lookup(tables: &mut Tables, me: Pid, args: &[Term], atoms: &Atoms) -> Answer {
    edge(tables, me, args, atoms, Way::Up, true)
}

pub(super) fn last_lookup(tables: &mut Tables, me: Pid, args: &[Term], atoms: &Atoms) -> Answer {
    edge(tables, me, args, atoms, Way::Down, true)
}

pub(super) fn next_lookup(tables: &mut Tables, me: Pid, args: &[Term], atoms: &Atoms) -> Answer {
    step(tables, me, args, atoms, Way::Up, true)
}

pub(super) fn prev_lookup(tables: &mut Tables, me: Pid, args: &[Term], atoms: &Atoms) -> Answer {
    step(tables, me, args, atoms, Way::Down, true)
}

/// The rows of a table one after the other, by number.
pub(super) fn slot(tables: &mut Tables, me: Pid, args: &[Term], atoms: &Atoms) -> Answer {
    let table = tables.readable(&args[0], me)?;
    let number =
        args[1].as_int().and_then(|number| usize::try_from(number).ok()).ok_or_else(Raise::badarg)?;
    match table.rows.iter().nth(number) {
        Some(row) => Ok(Term::list([row_term(row)])),
        None if number == table.rows.len() => Ok(end(atoms)),
        None => Err(Raise::badarg()),
    }
}

/// Whether a table stays as it is for whoever goes through it. Here it always does; what counts is who has said so.
pub(super) fn safe_fixtable(tables: &mut Tables, me: Pid, args: &[Term], _: &Atoms) -> Answer {
    let id = tables.readable(&args[0], me)?.id;
    let fix = match args[1].as_atom() {
        Some(Atom::TRUE) => true,
        Some(Atom::FALSE) => false,
        _ => return Err(Raise::badarg()),
    };
    let table = tables.change(id)?;
    match table.fixed.iter_mut().find(|(pid, _)| *pid == me) {
        Some((_, times)) if fix => *times += 1,
        Some((_, times)) => *times -= 1,
        None if fix => table.fixed.push((me, 1)),
        None => (),
    }
    table.fixed.retain(|(_, times)| *times > 0);
    table.fixed.sort();
    Ok(true.into())
}
