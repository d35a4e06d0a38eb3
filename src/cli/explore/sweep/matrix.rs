//! What kills came to, as a table: by process and by what the process was doing.

use serde_json::{Value, json};

use crate::model::sweep::{Aftermath, Cells, MatrixRow};
use crate::trace::{Line, Tone};

use super::super::super::words::count;

/// How wide the words at the left are.
const MARGIN: usize = 16;

/// A table that fits into 80 columns: supervisors first, since they do other things than others do.
pub(super) fn lines(cells: &Cells, title: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    for supervises in [true, false] {
        let rows: Vec<&MatrixRow> = cells.rows().iter().filter(|row| row.supervises == supervises).collect();
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
        rows.into_iter().for_each(|row| lines.extend(lines_of(row)));
    }
    lines
}

/// How much of the table was reached. `runs` are those in which it could have been.
pub(super) fn legend(cells: &Cells, runs: &str) -> String {
    let rows = cells.rows();
    let all: usize = rows.iter().map(|row| row.phases().len()).sum();
    let reached = |row: &MatrixRow| row.phases().into_iter().filter(|phase| row.reaches(*phase)).count();
    let reached: usize = rows.iter().map(reached).sum();
    let places = count(u64::try_from(rows.len()).unwrap_or(u64::MAX), "place");
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
pub(super) fn json(cells: &Cells) -> Value {
    let cells = cells.rows().iter().flat_map(|row| {
        row.phases().into_iter().map(move |phase| {
            let number = |aftermath| row.count(phase, aftermath).unwrap_or(0);
            let kills: u64 = Aftermath::ALL.into_iter().map(number).sum();
            let mut cell = json!({ "process": &*row.name, "phase": phase.word(), "kills": kills });
            for aftermath in Aftermath::ALL {
                cell[id(aftermath)] = number(aftermath).into();
            }
            cell
        })
    });
    Value::Array(cells.collect())
}

fn lines_of(row: &MatrixRow) -> Vec<Line> {
    let mut lines = vec![Line::new().with(Tone::Name, &*row.name)];
    for aftermath in Aftermath::ALL.into_iter().filter(|aftermath| row.has(*aftermath)) {
        let tone = tone(aftermath);
        let mut line = Line::new();
        line.push(tone, format!("  {}", word(aftermath)));
        line.pad_to(MARGIN);
        for phase in row.phases() {
            let wide = phase.word().len() + 2;
            match row.count(phase, aftermath) {
                Some(number) => line.push(tone, format!("{number:>wide$}")),
                None if row.reaches(phase) => line.push(Tone::Faint, format!("{:>wide$}", 0)),
                None => line.push(Tone::Faint, format!("{:>wide$}", "·")),
            }
        }
        lines.push(line);
    }
    lines
}

fn word(aftermath: Aftermath) -> &'static str {
    match aftermath {
        Aftermath::Held => "held",
        Aftermath::Noticed => "client noticed",
        Aftermath::Known => "as it says",
        Aftermath::Broken => "broken",
        Aftermath::Inconclusive => "inconclusive",
    }
}

fn id(aftermath: Aftermath) -> &'static str {
    match aftermath {
        Aftermath::Held => "held",
        Aftermath::Noticed => "noticed",
        Aftermath::Known => "as_expected",
        Aftermath::Broken => "broken",
        Aftermath::Inconclusive => "inconclusive",
    }
}

fn tone(aftermath: Aftermath) -> Tone {
    match aftermath {
        Aftermath::Held | Aftermath::Known => Tone::Good,
        Aftermath::Noticed | Aftermath::Inconclusive => Tone::Warning,
        Aftermath::Broken => Tone::Bad,
    }
}
