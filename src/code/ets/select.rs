//! Going through a table with a match specification.
//!
//! What one gets to go on with is a tuple of our own: the table, the last key and how many of its rows have been seen,
//! how many results to give at a time, what to look for, and which way.

use crate::kernel::{Atom, Atoms, Pid};

use super::super::natives::Answer;
use super::super::raise::Raise;
use super::super::term::Term;
use super::lookup::{Way, end, row_term};
use super::rows::{Place, Row};
use super::{Kind, MatchSpec, Table, Tables};

/// What is looked for, as what it was given as.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sought {
    /// A match specification.
    Spec,
    /// A pattern, of which the variables are wanted.
    Bindings,
    /// A pattern, of which the whole rows are wanted.
    Objects,
}

impl Sought {
    fn compile(self, term: &Term, atoms: &Atoms) -> Result<MatchSpec, Raise> {
        let compiled = match self {
            Sought::Spec => MatchSpec::compile(term, atoms),
            Sought::Bindings => MatchSpec::of_pattern(term, "$$", atoms),
            Sought::Objects => MatchSpec::of_pattern(term, "$_", atoms),
        };
        compiled.map_err(|_| Raise::badarg())
    }

    fn number(self) -> i64 {
        match self {
            Sought::Spec => 0,
            Sought::Bindings => 1,
            Sought::Objects => 2,
        }
    }
}

impl Table {
    /// Where rows are that may match.
    fn range(&self, spec: &MatchSpec, atoms: &Atoms) -> (Place, Place) {
        match spec.key(self.key) {
            Some(key) => (self.lower(key, atoms), self.upper(key, atoms)),
            None => (self.rows.start(), self.rows.end()),
        }
    }

    /// The rows that may match.
    fn candidates(&self, spec: &MatchSpec, way: Way, atoms: &Atoms) -> Vec<Row> {
        let (from, to) = self.range(spec, atoms);
        let mut rows = self.rows.between(from, to);
        if way == Way::Down && self.kind == Kind::OrderedSet {
            rows.reverse();
        }
        rows
    }
}

fn all(tables: &Tables, me: Pid, args: &[Term], atoms: &Atoms, sought: Sought, way: Way) -> Answer {
    let table = tables.readable(&args[0], me)?;
    let spec = sought.compile(&args[1], atoms)?;
    let rows = table.candidates(&spec, way, atoms);
    let found = rows.iter().filter_map(|row| spec.run(&row_term(row), me, atoms));
    Ok(Term::list(found.collect::<Vec<Term>>()))
}

/// Some at a time, from a place on.
struct Portion<'a> {
    table: &'a Table,
    sought: Sought,
    way: Way,
    term: &'a Term,
    limit: usize,
    /// The last key, and how many of its rows have been seen.
    seen: Option<(Term, usize)>,
}

impl Portion<'_> {
    fn next(&self, me: Pid, atoms: &Atoms) -> Answer {
        let spec = self.sought.compile(self.term, atoms)?;
        let mut rows = self.table.candidates(&spec, self.way, atoms);
        if let Some((key, times)) = &self.seen {
            let passed = |row: &&Row| {
                let order = self.table.order(self.table.key_of(row), key, atoms);
                let down = self.way == Way::Down && self.table.kind == Kind::OrderedSet;
                if down { order.is_gt() } else { order.is_lt() }
            };
            let passed = rows.iter().take_while(passed).count();
            rows.drain(..(passed + times).min(rows.len()));
        }
        let mut found = Vec::new();
        let mut seen = self.seen.clone();
        for row in &rows {
            let key = self.table.key_of(row);
            seen = match seen {
                Some((last, times)) if self.table.order(&last, key, atoms).is_eq() => Some((last, times + 1)),
                _ => Some((key.clone(), 1)),
            };
            found.extend(spec.run(&row_term(row), me, atoms));
            if found.len() == self.limit {
                break;
            }
        }
        if found.is_empty() {
            return Ok(end(atoms));
        }
        // By its key a set is looked at in one go.
        let complete = found.len() < self.limit || spec.key(self.table.key).is_some() && !self.table.is_bag();
        let rest = match seen.filter(|_| !complete) {
            Some((key, times)) => Term::tuple([
                self.table.id.into(),
                key,
                Term::Int(times as i64),
                Term::Int(self.limit as i64),
                self.term.clone(),
                Term::Int(self.sought.number()),
                Term::boolean(self.way == Way::Down),
            ]),
            None => end(atoms),
        };
        Ok(Term::tuple([Term::list(found), rest]))
    }
}

fn limited(tables: &Tables, me: Pid, args: &[Term], atoms: &Atoms, sought: Sought, way: Way) -> Answer {
    let table = tables.readable(&args[0], me)?;
    let limit = args[2].as_int().and_then(|limit| usize::try_from(limit).ok()).filter(|limit| *limit > 0);
    let limit = limit.ok_or_else(Raise::badarg)?;
    Portion { table, sought, way, term: &args[1], limit, seen: None }.next(me, atoms)
}

/// Goes on with what a limited one gave.
fn more(tables: &mut Tables, me: Pid, args: &[Term], atoms: &Atoms) -> Answer {
    if args[0] == end(atoms) {
        return Ok(end(atoms));
    }
    let Some([id, key, Term::Int(times), Term::Int(limit), term, Term::Int(sought), down]) =
        args[0].as_tuple()
    else {
        return Err(Raise::badarg());
    };
    let table = tables.readable(id, me)?;
    let sought =
        [Sought::Spec, Sought::Bindings, Sought::Objects].into_iter().find(|kind| kind.number() == *sought);
    let sought = sought.ok_or_else(Raise::badarg)?;
    let way = if down.is(Atom::TRUE) { Way::Down } else { Way::Up };
    let seen = Some((key.clone(), usize::try_from(*times).map_err(|_| Raise::badarg())?));
    let limit = usize::try_from(*limit).ok().filter(|limit| *limit > 0).ok_or_else(Raise::badarg)?;
    Portion { table, sought, way, term, limit, seen }.next(me, atoms)
}

pub(super) fn select_1(tables: &mut Tables, me: Pid, args: &[Term], atoms: &Atoms) -> Answer {
    more(tables, me, args, atoms)
}

pub(super) fn select_2(tables: &mut Tables, me: Pid, args: &[Term], atoms: &Atoms) -> Answer {
    all(tables, me, args, atoms, Sought::Spec, Way::Up)
}

pub(super) fn select_3(tables: &mut Tables, me: Pid, args: &[Term], atoms: &Atoms) -> Answer {
    limited(tables, me, args, atoms, Sought::Spec, Way::Up)
}

pub(super) fn select_reverse_2(tables: &mut Tables, me: Pid, args: &[Term], atoms: &Atoms) -> Answer {
    all(tables, me, args, atoms, Sought::Spec, Way::Down)
}

pub(super) fn select_reverse_3(tables: &mut Tables, me: Pid, args: &[Term], atoms: &Atoms) -> Answer {
    limited(tables, me, args, atoms, Sought::Spec, Way::Down)
}

pub(super) fn match_2(tables: &mut Tables, me: Pid, args: &[Term], atoms: &Atoms) -> Answer {
    all(tables, me, args, atoms, Sought::Bindings, Way::Up)
}

pub(super) fn match_3(tables: &mut Tables, me: Pid, args: &[Term], atoms: &Atoms) -> Answer {
    limited(tables, me, args, atoms, Sought::Bindings, Way::Up)
}

pub(super) fn match_object_2(tables: &mut Tables, me: Pid, args: &[Term], atoms: &Atoms) -> Answer {
    all(tables, me, args, atoms, Sought::Objects, Way::Up)
}

pub(super) fn match_object_3(tables: &mut Tables, me: Pid, args: &[Term], atoms: &Atoms) -> Answer {
    limited(tables, me, args, atoms, Sought::Objects, Way::Up)
}

pub(super) fn select_count(tables: &mut Tables, me: Pid, args: &[Term], atoms: &Atoms) -> Answer {
    let table = tables.readable(&args[0], me)?;
    let spec = Sought::Spec.compile(&args[1], atoms)?;
    let rows = table.candidates(&spec, Way::Up, atoms);
    Ok(Term::Int(rows.iter().filter(|row| says_true(&spec, row, me, atoms)).count() as i64))
}

fn says_true(spec: &MatchSpec, row: &Row, me: Pid, atoms: &Atoms) -> bool {
    spec.run(&row_term(row), me, atoms).is_some_and(|value| value.is(Atom::TRUE))
}

/// Takes out the rows for which the specification says `true`, and says how many these were.
pub(super) fn internal_select_delete(tables: &mut Tables, me: Pid, args: &[Term], atoms: &Atoms) -> Answer {
    let table = tables.writable(&args[0], me)?;
    let spec = Sought::Spec.compile(&args[1], atoms)?;
    let gone = match spec.key(table.key) {
        Some(_) => {
            let rows = table.candidates(&spec, Way::Up, atoms);
            let before = table.rows.len();
            let gone = rows.into_iter().filter(|row| says_true(&spec, row, me, atoms));
            gone.for_each(|row| table.take_row(&row, atoms));
            before - table.rows.len()
        }
        None => table.rows.retain(|row| !says_true(&spec, row, me, atoms)),
    };
    Ok(Term::Int(gone as i64))
}

/// Puts other rows of the same keys in place of those that match, and says how many these were.
pub(super) fn select_replace(tables: &mut Tables, me: Pid, args: &[Term], atoms: &Atoms) -> Answer {
    let table = tables.writable(&args[0], me)?;
    let spec = Sought::Spec.compile(&args[1], atoms)?;
    if table.kind == Kind::Bag || !MatchSpec::keeps_key(&args[1], table.key) {
        return Err(Raise::badarg());
    }
    let (mut place, to) = table.range(&spec, atoms);
    let mut replaced = 0;
    while place < to {
        let made = table.rows.get(place).and_then(|row| spec.run(&row_term(row), me, atoms));
        if let Some(Term::Tuple(row)) = made {
            table.rows.replace(place, row);
            replaced += 1;
        }
        place = table.rows.after(place);
    }
    Ok(Term::Int(replaced))
}
