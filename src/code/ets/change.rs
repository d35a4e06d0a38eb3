//! Putting rows in and taking them out.

use crate::kernel::{Atoms, Pid};

use super::super::natives::Answer;
use super::super::raise::Raise;
use super::super::term::Term;
use super::rows::Row;
use super::{Kind, Table, Tables};

impl Table {
    /// The rows that an argument stands for: one tuple or a list of them, each with a key.
    fn rows_to_put(&self, term: &Term) -> Result<Vec<Row>, Raise> {
        let has_key = |term: &Term| match term {
            Term::Tuple(row) if row.len() > self.key => Ok(row.clone()),
            _ => Err(Raise::badarg()),
        };
        if let Term::Tuple(_) = term {
            return Ok(vec![has_key(term)?]);
        }
        let mut rows = term
            .as_list()
            .ok_or_else(Raise::badarg)?
            .iter()
            .map(has_key)
            .collect::<Result<Vec<Row>, Raise>>()?;
        // Of a list, the emulator puts the last into a bag first.
        if self.kind == Kind::Bag {
            rows.reverse();
        }
        Ok(rows)
    }

    pub(super) fn put(&mut self, row: Row, atoms: &Atoms) {
        let key = &row[self.key];
        let from = self.lower(key, atoms);
        if !self.is_bag() {
            match self.at(from, key, atoms) {
                Some(_) => self.rows.replace(from, row),
                None => self.rows.insert(from, row),
            }
            return;
        }
        let to = self.upper(key, atoms);
        if self.kind == Kind::DuplicateBag || !self.rows.between(from, to).contains(&row) {
            self.rows.insert(to, row);
        }
    }

    /// Takes out all rows of a key.
    pub(super) fn take_key(&mut self, key: &Term, atoms: &Atoms) -> Vec<Row> {
        let (from, to) = (self.lower(key, atoms), self.upper(key, atoms));
        self.rows.remove(from, to)
    }

    /// Takes out all rows that are this one.
    pub(super) fn take_row(&mut self, row: &Row, atoms: &Atoms) {
        let (mut place, to) = (self.lower(&row[self.key], atoms), self.upper(&row[self.key], atoms));
        let same = self.rows.between(place, to).iter().filter(|other| *other == row).count();
        for _ in 0..same {
            while self.rows.get(place).is_some_and(|other| other != row) {
                place = self.rows.after(place);
            }
            self.rows.remove(place, self.rows.after(place));
            place = self.lower(&row[self.key], atoms);
        }
    }
}

pub(super) fn insert(tables: &mut Tables, me: Pid, args: &[Term], atoms: &Atoms) -> Answer {
    let table = tables.writable(&args[0], me)?;
    for row in table.rows_to_put(&args[1])? {
        table.put(row, atoms);
    }
    Ok(true.into())
}

pub(super) fn insert_new(tables: &mut Tables, me: Pid, args: &[Term], atoms: &Atoms) -> Answer {
    let table = tables.writable(&args[0], me)?;
    let rows = table.rows_to_put(&args[1])?;
    if rows.iter().any(|row| table.first_of(&row[table.key], atoms).is_some()) {
        return Ok(false.into());
    }
    for row in rows {
        table.put(row, atoms);
    }
    Ok(true.into())
}

pub(super) fn delete_table(tables: &mut Tables, me: Pid, args: &[Term], _: &Atoms) -> Answer {
    let id = tables.writable(&args[0], me)?.id;
    tables.drop_table(id);
    Ok(true.into())
}

pub(super) fn delete(tables: &mut Tables, me: Pid, args: &[Term], atoms: &Atoms) -> Answer {
    tables.writable(&args[0], me)?.take_key(&args[1], atoms);
    Ok(true.into())
}

pub(super) fn delete_object(tables: &mut Tables, me: Pid, args: &[Term], atoms: &Atoms) -> Answer {
    let table = tables.writable(&args[0], me)?;
    match &args[1] {
        Term::Tuple(row) if row.len() > table.key => table.take_row(row, atoms),
        _ => return Err(Raise::badarg()),
    }
    Ok(true.into())
}

pub(super) fn take(tables: &mut Tables, me: Pid, args: &[Term], atoms: &Atoms) -> Answer {
    let rows = tables.writable(&args[0], me)?.take_key(&args[1], atoms);
    Ok(Term::list(rows.into_iter().map(Term::Tuple)))
}

/// Empties a table and says how many rows it had: what `delete_all_objects/1` and `select_delete/2` of all come to.
pub(super) fn internal_delete_all(tables: &mut Tables, me: Pid, args: &[Term], _: &Atoms) -> Answer {
    let table = tables.writable(&args[0], me)?;
    let rows = std::mem::take(&mut table.rows);
    Ok(Term::Int(rows.len() as i64))
}
