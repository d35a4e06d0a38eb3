//! Changing elements of a row where it is.

use crate::kernel::{Atoms, Pid};

use super::super::natives::Answer;
use super::super::natives::arithmetic;
use super::super::raise::Raise;
use super::super::term::Term;
use super::rows::{Place, Row};
use super::{Kind, Table, Tables};

impl Table {
    /// Where the only row of a key is. Bags have no such thing.
    fn only(&self, key: &Term, atoms: &Atoms) -> Result<Option<Place>, Raise> {
        if !matches!(self.kind, Kind::Set | Kind::OrderedSet) {
            return Err(Raise::badarg());
        }
        let place = self.lower(key, atoms);
        Ok(self.at(place, key, atoms).map(|_| place))
    }

    /// Which element of a row an operation changes: any but the key.
    fn element(&self, place: &Term, row: &[Term]) -> Result<usize, Raise> {
        let place = place.as_int().and_then(|place| usize::try_from(place).ok()?.checked_sub(1));
        place.filter(|place| *place != self.key && *place < row.len()).ok_or_else(Raise::badarg)
    }

    /// The row of a key, or one made of a default; and where it is or would be.
    fn row_or(&self, key: &Term, default: Option<&Term>, atoms: &Atoms) -> Result<(Vec<Term>, bool), Raise> {
        if let Some(default) = default {
            default.as_tuple().filter(|row| row.len() > self.key).ok_or_else(Raise::badarg)?;
        }
        if let Some(row) = self.only(key, atoms)?.and_then(|place| self.rows.get(place)) {
            return Ok((row.to_vec(), true));
        }
        let mut row = default.and_then(Term::as_tuple).ok_or_else(Raise::badarg)?.to_vec();
        row[self.key] = key.clone();
        Ok((row, false))
    }
}

fn is_integer(term: &Term) -> bool {
    matches!(term, Term::Int(_) | Term::Big(_))
}

/// One step of a counter: by how much, and maybe beyond what it goes where.
fn counted(table: &Table, row: &mut [Term], operation: &Term, atoms: &Atoms) -> Result<Term, Raise> {
    let parts = operation.as_tuple().ok_or_else(Raise::badarg)?;
    let (place, step, limit) = match parts {
        [place, step] => (place, step, None),
        [place, step, threshold, value] => (place, step, Some((threshold, value))),
        _ => return Err(Raise::badarg()),
    };
    let place = table.element(place, row)?;
    let limits = limit.iter().flat_map(|(threshold, value)| [*threshold, *value]);
    if ![&row[place], step].into_iter().chain(limits).all(is_integer) {
        return Err(Raise::badarg());
    }
    let mut value = arithmetic::add(&row[place], step)?;
    if let Some((threshold, start)) = limit {
        let beyond = match step.compare(&Term::Int(0), atoms).is_lt() {
            true => value.compare(threshold, atoms).is_lt(),
            false => value.compare(threshold, atoms).is_gt(),
        };
        if beyond {
            value = start.clone();
        }
    }
    row[place] = value.clone();
    Ok(value)
}

/// With a fourth argument that is the row a key begins with.
pub(super) fn update_counter(tables: &mut Tables, me: Pid, args: &[Term], atoms: &Atoms) -> Answer {
    let table = tables.writable(&args[0], me)?;
    let (mut row, _) = table.row_or(&args[1], args.get(3), atoms)?;
    let answer = match &args[2] {
        step if is_integer(step) => {
            let place = Term::Int(table.key as i64 + 2);
            counted(table, &mut row, &Term::tuple([place, step.clone()]), atoms)?
        }
        operation @ Term::Tuple(_) => counted(table, &mut row, operation, atoms)?,
        operations => {
            let operations = operations.as_list().ok_or_else(Raise::badarg)?;
            let values = operations.iter().map(|operation| counted(table, &mut row, operation, atoms));
            Term::list(values.collect::<Result<Vec<Term>, Raise>>()?)
        }
    };
    table.put(Row::from(row), atoms);
    Ok(answer)
}

/// With a fourth argument that is the row a key begins with.
pub(super) fn update_element(tables: &mut Tables, me: Pid, args: &[Term], atoms: &Atoms) -> Answer {
    let table = tables.writable(&args[0], me)?;
    if args.len() == 3 && table.only(&args[1], atoms)?.is_none() {
        return Ok(false.into());
    }
    let changes = match &args[2] {
        change @ Term::Tuple(_) => vec![change.clone()],
        changes => changes.as_list().ok_or_else(Raise::badarg)?,
    };
    let (mut row, _) = table.row_or(&args[1], args.get(3), atoms)?;
    for change in &changes {
        let Some([place, value]) = change.as_tuple() else { return Err(Raise::badarg()) };
        let place = table.element(place, &row)?;
        row[place] = value.clone();
    }
    table.put(Row::from(row), atoms);
    Ok(true.into())
}
