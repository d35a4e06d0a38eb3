//! How often kills came to what, by place in the tree and by what whoever was there was doing.
//!
//! It counts, and knows nothing of how a table of it looks.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::moment::{Moment, Situation};

/// What came of the last kill of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Aftermath {
    /// Every property held.
    Held,
    /// Every property held, and a client did not get what it expected.
    Noticed,
    /// What the model says is wrong with it was broken, and nothing else.
    Known,
    /// A property was broken.
    Broken,
    /// A limit was reached.
    Inconclusive,
}

/// Places are in the order in which somebody there was first killed.
#[derive(Debug, Default)]
pub struct Cells {
    rows: Vec<MatrixRow>,
}

/// A place in the tree.
#[derive(Debug)]
pub struct MatrixRow {
    /// What people call whoever is there, without its incarnation.
    pub name: Arc<str>,
    /// Whether a supervisor is there.
    pub supervises: bool,
    cells: BTreeMap<(Situation, Aftermath), u64>,
}

impl Aftermath {
    /// All of them, the best first.
    pub const ALL: [Aftermath; 5] =
        [Aftermath::Held, Aftermath::Noticed, Aftermath::Known, Aftermath::Broken, Aftermath::Inconclusive];
}

impl MatrixRow {
    /// What whoever is there can be doing.
    pub fn phases(&self) -> [Situation; 6] {
        if self.supervises { Situation::OF_SUPERVISORS } else { Situation::OF_OTHERS }
    }

    /// How many kills in this phase came to this; none if there was no such kill.
    pub fn count(&self, phase: Situation, aftermath: Aftermath) -> Option<u64> {
        self.cells.get(&(phase, aftermath)).copied()
    }

    /// Whether somebody was killed there in this phase.
    pub fn reaches(&self, phase: Situation) -> bool {
        self.cells.keys().any(|(struck, _)| *struck == phase)
    }

    /// Whether any kill there came to this.
    pub fn has(&self, aftermath: Aftermath) -> bool {
        self.cells.keys().any(|(_, found)| *found == aftermath)
    }
}

impl Cells {
    /// The places where somebody was killed.
    pub fn rows(&self) -> &[MatrixRow] {
        &self.rows
    }

    /// Whether any kill came to this.
    pub fn has(&self, aftermath: Aftermath) -> bool {
        self.rows.iter().any(|row| row.has(aftermath))
    }

    /// How many kills there were.
    pub fn kills(&self) -> u64 {
        self.rows.iter().flat_map(|row| row.cells.values()).sum()
    }

    pub(super) fn add(&mut self, of: &Moment, aftermath: Aftermath) {
        let place = match self.rows.iter().position(|row| row.name == of.row) {
            Some(place) => place,
            None => {
                let (name, supervises) = (Arc::clone(&of.row), of.supervises);
                self.rows.push(MatrixRow { name, supervises, cells: BTreeMap::new() });
                self.rows.len() - 1
            }
        };
        *self.rows[place].cells.entry((of.phase, aftermath)).or_default() += 1;
    }
}
