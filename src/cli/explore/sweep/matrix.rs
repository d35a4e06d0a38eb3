//! What kills came to, by process and by what the process was doing.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::trace::{Line, Tone};

use super::super::super::words::count;
use super::moments::{Moment, Phase};

/// What came of one kill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Outcome {
    /// Every property held.
    Held,
    /// Every property held, and a client did not get what it expected.
    Noticed,
    /// What the file says is wrong with it was broken.
    Known,
    /// A property was broken.
    Broken,
    /// A limit was reached.
    Inconclusive,
}

impl Outcome {
    const ALL: [Outcome; 5] =
        [Outcome::Held, Outcome::Noticed, Outcome::Known, Outcome::Broken, Outcome::Inconclusive];

    fn word(self) -> &'static str {
        match self {
            Outcome::Held => "held",
            Outcome::Noticed => "client noticed",
            Outcome::Known => "as it says",
            Outcome::Broken => "broken",
            Outcome::Inconclusive => "inconclusive",
        }
    }

    fn id(self) -> &'static str {
        match self {
            Outcome::Held => "held",
            Outcome::Noticed => "noticed",
            Outcome::Known => "as_expected",
            Outcome::Broken => "broken",
            Outcome::Inconclusive => "inconclusive",
        }
    }

    fn tone(self) -> Tone {
        match self {
            Outcome::Held | Outcome::Known => Tone::Good,
            Outcome::Noticed | Outcome::Inconclusive => Tone::Warning,
            Outcome::Broken => Tone::Bad,
        }
    }
}

/// How many kills at one place came to what, by what whoever was there was doing.
type Cells = BTreeMap<(Phase, Outcome), u64>;

/// How often each outcome was in each cell. Places are in the order in which somebody there was first killed.
#[derive(Debug, Default)]
pub(super) struct Matrix {
    rows: Vec<Row>,
}

/// A place in the tree.
#[derive(Debug)]
struct Row {
    name: Arc<str>,
    supervises: bool,
    cells: Cells,
}

/// How wide the words at the left are.
const MARGIN: usize = 16;

impl Row {
    fn phases(&self) -> [Phase; 6] {
        if self.supervises { Phase::OF_SUPERVISORS } else { Phase::OF_OTHERS }
    }

    fn reaches(&self, phase: Phase) -> bool {
        self.cells.keys().any(|(struck, _)| *struck == phase)
    }

    fn lines(&self) -> Vec<Line> {
        let mut lines = vec![Line::new().with(Tone::Name, &*self.name)];
        let outcomes = Outcome::ALL.into_iter();
        for outcome in outcomes.filter(|outcome| self.cells.keys().any(|(_, found)| found == outcome)) {
            let mut line = Line::new();
            line.push(outcome.tone(), format!("  {}", outcome.word()));
            line.pad_to(MARGIN);
            for phase in self.phases() {
                let wide = phase.word().len() + 2;
                match self.cells.get(&(phase, outcome)) {
                    Some(number) => line.push(outcome.tone(), format!("{number:>wide$}")),
                    None if self.reaches(phase) => line.push(Tone::Faint, format!("{:>wide$}", 0)),
                    None => line.push(Tone::Faint, format!("{:>wide$}", "·")),
                }
            }
            lines.push(line);
        }
        lines
    }
}

impl Matrix {
    pub(super) fn add(&mut self, of: &Moment, outcome: Outcome) {
        let place = match self.rows.iter().position(|row| row.name == of.row) {
            Some(place) => place,
            None => {
                let (name, supervises) = (Arc::clone(&of.row), of.supervises);
                self.rows.push(Row { name, supervises, cells: BTreeMap::new() });
                self.rows.len() - 1
            }
        };
        *self.rows[place].cells.entry((of.phase, outcome)).or_default() += 1;
    }

    pub(super) fn has(&self, outcome: Outcome) -> bool {
        self.rows.iter().any(|row| row.cells.keys().any(|(_, found)| *found == outcome))
    }

    pub(super) fn kills(&self) -> u64 {
        self.rows.iter().flat_map(|row| row.cells.values()).sum()
    }

    /// A table that fits into 80 columns: supervisors first, since they do other things than others do.
    pub(super) fn lines(&self, title: &str) -> Vec<Line> {
        let mut lines = Vec::new();
        for supervises in [true, false] {
            let rows: Vec<&Row> = self.rows.iter().filter(|row| row.supervises == supervises).collect();
            let Some(first) = rows.first() else { continue };
            if !lines.is_empty() {
                lines.push(Line::new());
            }
            let mut head = Line::new();
            head.push(Tone::Faint, title);
            head.pad_to(MARGIN);
            for phase in first.phases() {
                head.push(Tone::Faint, format!("  {}", phase.word()));
            }
            lines.push(head);
            rows.into_iter().for_each(|row| lines.extend(row.lines()));
        }
        lines
    }

    /// How much of the table was reached. `runs` are those in which it could have been.
    pub(super) fn legend(&self, runs: &str) -> String {
        let all: usize = self.rows.iter().map(|row| row.phases().len()).sum();
        let reached = |row: &Row| row.phases().into_iter().filter(|phase| row.reaches(*phase)).count();
        let reached: usize = self.rows.iter().map(reached).sum();
        let places = count(u64::try_from(self.rows.len()).unwrap_or(u64::MAX), "place");
        let mut told = format!("{places} in the tree, 6 phases each: {reached} of {all} cells were struck.");
        if reached < all {
            told.push_str(&format!(
                " {runs} not reach the other {}, marked ·, so nothing is known of them.",
                all - reached
            ));
        }
        told
    }

    /// Every cell, those that were not reached too.
    pub(super) fn json(&self) -> Value {
        let cells = self.rows.iter().flat_map(|row| {
            row.phases().into_iter().map(move |phase| {
                let all = row.cells.iter().filter(|((struck, _), _)| *struck == phase);
                let kills: u64 = all.map(|(_, number)| number).sum();
                let mut cell = json!({ "process": &*row.name, "phase": phase.word(), "kills": kills });
                for outcome in Outcome::ALL {
                    cell[outcome.id()] = row.cells.get(&(phase, outcome)).copied().unwrap_or(0).into();
                }
                cell
            })
        });
        Value::Array(cells.collect())
    }
}
