//! The rows of a table, in an order that the table gives: runs of neighbours, of which a change copies one and shares
//! the others with the table it came from.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::super::term::Term;

/// A row: a tuple's elements.
pub type Row = Arc<[Term]>;

/// The rows of a table.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    /// None of them is empty.
    runs: Vec<Arc<Vec<Row>>>,
    len: usize,
}

/// Where a row is, or would be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    run: usize,
    at: usize,
}

/// How long a run may be.
const RUN_MAX: usize = 64;

impl Rows {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// The first row that is not less than what is sought; `compare` says how a row is to that.
    pub fn lower(&self, compare: impl Fn(&Row) -> Ordering) -> Place {
        self.split(|row| compare(row).is_lt())
    }

    /// The first row that is greater than what is sought.
    pub fn upper(&self, compare: impl Fn(&Row) -> Ordering) -> Place {
        self.split(|row| compare(row).is_le())
    }

    fn split(&self, before: impl Fn(&Row) -> bool) -> Place {
        let run = self.runs.partition_point(|run| run.last().is_some_and(&before));
        let at = self.runs.get(run).map_or(0, |rows| rows.partition_point(before));
        Place { run, at }
    }

    /// The row at a place.
    pub fn get(&self, place: Place) -> Option<&Row> {
        self.runs.get(place.run)?.get(place.at)
    }

    /// Where the first row is.
    pub fn start(&self) -> Place {
        Place { run: 0, at: 0 }
    }

    /// The place behind the last row.
    pub fn end(&self) -> Place {
        Place { run: self.runs.len(), at: 0 }
    }

    /// The place after this one.
    pub fn after(&self, place: Place) -> Place {
        match self.runs.get(place.run) {
            Some(run) if place.at + 1 < run.len() => Place { at: place.at + 1, ..place },
            _ => Place { run: place.run + 1, at: 0 },
        }
    }

    /// The place before this one.
    pub fn before(&self, place: Place) -> Option<Place> {
        if place.at > 0 {
            return Some(Place { at: place.at - 1, ..place });
        }
        let run = place.run.checked_sub(1)?;
        Some(Place { run, at: self.runs.get(run)?.len() - 1 })
    }

    /// All rows in the table's order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Row> {
        self.runs.iter().flat_map(|run| run.iter())
    }

    /// The rows from a place up to another.
    pub fn between(&self, from: Place, to: Place) -> Vec<Row> {
        let mut rows = Vec::new();
        let mut place = from;
        while place < to {
            rows.extend(self.get(place).cloned());
            place = self.after(place);
        }
        rows
    }

    /// Puts a row before the one at a place.
    pub fn insert(&mut self, mut place: Place, row: Row) {
        self.len += 1;
        if place.run == self.runs.len() {
            match self.runs.last() {
                Some(last) => place = Place { run: place.run - 1, at: last.len() },
                None => return self.runs.push(Arc::new(vec![row])),
            }
        }
        let run = Arc::make_mut(&mut self.runs[place.run]);
        run.insert(place.at, row);
        if run.len() > RUN_MAX {
            let rest = run.split_off(RUN_MAX / 2);
            self.runs.insert(place.run + 1, Arc::new(rest));
        }
    }

    /// Puts another row where one is.
    pub fn replace(&mut self, place: Place, row: Row) {
        Arc::make_mut(&mut self.runs[place.run])[place.at] = row;
    }

    /// Takes the rows out from a place up to another.
    pub fn remove(&mut self, from: Place, to: Place) -> Vec<Row> {
        let gone = self.between(from, to);
        let mut left = gone.len();
        self.len -= left;
        let mut place = from;
        while left > 0 {
            let run = Arc::make_mut(&mut self.runs[place.run]);
            let end = run.len().min(place.at + left);
            left -= end - place.at;
            run.drain(place.at..end);
            if run.is_empty() {
                self.runs.remove(place.run);
            } else {
                place.run += 1;
            }
            place.at = 0;
        }
        gone
    }

    /// Keeps the rows that are wanted; says how many have gone.
    pub fn retain(&mut self, mut wanted: impl FnMut(&Row) -> bool) -> usize {
        let before = self.len;
        for run in &mut self.runs {
            let kept: Vec<Row> = run.iter().filter(|row| wanted(row)).cloned().collect();
            if kept.len() < run.len() {
                *run = Arc::new(kept);
            }
        }
        self.runs.retain(|run| !run.is_empty());
        self.len = self.runs.iter().map(|run| run.len()).sum();
        before - self.len
    }
}

/// How they are cut into runs says only how they came to be.
impl PartialEq for Rows {
    fn eq(&self, other: &Rows) -> bool {
        self.len == other.len && self.iter().eq(other.iter())
    }
}

impl Eq for Rows {}

impl Hash for Rows {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_usize(self.len);
        self.iter().for_each(|row| row.hash(state));
    }
}

#[cfg(test)]
mod tests {
    use super::{Row, Rows};
    use crate::code::term::Term;

    fn row(key: i64) -> Row {
        [Term::Int(key)].into()
    }

    #[test]
    fn rows_stay_in_their_order_however_they_come_and_go() {
        let mut rows = Rows::default();
        for key in 0..1000 {
            let row = row(key * 7 % 1000);
            rows.insert(rows.upper(|other| other.cmp(&row)), row);
        }
        assert!(rows.iter().eq((0..1000).map(row).collect::<Vec<_>>().iter()));
        let (from, to) = (rows.lower(|other| other.cmp(&row(10))), rows.lower(|other| other.cmp(&row(990))));
        assert_eq!(rows.remove(from, to).len(), 980);
        assert!(rows.iter().eq((0..10).chain(990..1000).map(row).collect::<Vec<_>>().iter()));
        assert_eq!(rows.retain(|other| **other < *row(5)), 15);
        let mut same = Rows::default();
        (0..5).rev().for_each(|key| same.insert(same.start(), row(key)));
        assert_eq!(rows, same);
    }
}
