//! What kills came to, by process and by what the process was doing.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::trace::{Line, Tone};

use super::super::super::words::count;
use super::moments::Phase;

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

/// How many kills of one place came to what, by what it was doing.
type Cells = BTreeMap<(Phase, Outcome), u64>;

/// How often each outcome was in each cell. Processes are in the order in which they were first killed.
#[derive(Debug, Default)]
pub(super) struct Matrix {
    rows: Vec<(String, Cells)>,
}

/// How wide the words at the left are.
const MARGIN: usize = 16;

impl Matrix {
    pub(super) fn add(&mut self, row: String, phase: Phase, outcome: Outcome) {
        let place = match self.rows.iter().position(|(known, _)| *known == row) {
            Some(place) => place,
            None => {
                self.rows.push((row, BTreeMap::new()));
                self.rows.len() - 1
            }
        };
        *self.rows[place].1.entry((phase, outcome)).or_default() += 1;
    }

    pub(super) fn has(&self, outcome: Outcome) -> bool {
        self.rows.iter().any(|(_, cells)| cells.keys().any(|(_, found)| *found == outcome))
    }

    pub(super) fn kills(&self) -> u64 {
        self.rows.iter().flat_map(|(_, cells)| cells.values()).sum()
    }

    /// A table that fits into 80 columns.
    pub(super) fn lines(&self) -> Vec<Line> {
        let mut head = Line::new();
        head.push(Tone::Faint, "killed while");
        head.pad_to(MARGIN);
        for phase in Phase::ALL {
            head.push(Tone::Faint, format!("  {}", phase.word()));
        }
        let mut lines = vec![head];
        for (name, cells) in &self.rows {
            lines.push(Line::new().with(Tone::Name, name.as_str()));
            let outcomes = Outcome::ALL.into_iter();
            for outcome in outcomes.filter(|outcome| cells.keys().any(|(_, found)| found == outcome)) {
                let mut line = Line::new();
                line.push(outcome.tone(), format!("  {}", outcome.word()));
                line.pad_to(MARGIN);
                for phase in Phase::ALL {
                    let wide = phase.word().len() + 2;
                    let reached = cells.keys().any(|(struck, _)| *struck == phase);
                    match cells.get(&(phase, outcome)) {
                        Some(number) => line.push(outcome.tone(), format!("{number:>wide$}")),
                        None if reached => line.push(Tone::Faint, format!("{:>wide$}", 0)),
                        None => line.push(Tone::Faint, format!("{:>wide$}", "·")),
                    }
                }
                lines.push(line);
            }
        }
        lines
    }

    /// How much of the table was reached.
    pub(super) fn legend(&self) -> Vec<Line> {
        let all = self.rows.len() * Phase::ALL.len();
        let reached: usize = self
            .rows
            .iter()
            .map(|(_, cells)| {
                Phase::ALL.iter().filter(|phase| cells.keys().any(|(struck, _)| struck == *phase)).count()
            })
            .sum();
        let processes = count(u64::try_from(self.rows.len()).unwrap_or(u64::MAX), "place");
        let mut told = format!(
            "{processes} in the tree, {} phases: {reached} of {all} cells were struck.",
            Phase::ALL.len()
        );
        if reached < all {
            told.push_str(&format!(
                " The calm run does not reach the other {}, marked ·, so nothing is known of them.",
                all - reached
            ));
        }
        vec![Line::new().with(Tone::Plain, told)]
    }

    /// Every cell, those that were not reached too.
    pub(super) fn json(&self) -> Value {
        let cells = self.rows.iter().flat_map(|(name, cells)| {
            Phase::ALL.into_iter().map(move |phase| {
                let kills: u64 =
                    cells.iter().filter(|((struck, _), _)| *struck == phase).map(|(_, number)| number).sum();
                let mut cell = json!({ "process": name, "phase": phase.word(), "kills": kills });
                for outcome in Outcome::ALL {
                    cell[outcome.id()] = cells.get(&(phase, outcome)).copied().unwrap_or(0).into();
                }
                cell
            })
        });
        Value::Array(cells.collect())
    }
}
