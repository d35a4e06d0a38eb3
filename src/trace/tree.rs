//! The supervision tree at a moment, as Observer shows it.

use super::forest::{Entry, Forest, Section};
use super::line::{Line, Tone};
use super::phrases::grouped;

/// Under this width, the last two columns are left out.
const NARROW: usize = 72;

/// The columns after the name.
const HEADS: [&str; 6] = ["TYPE", "RESTART", "STATE", "MAIL", "LINKS", "MONITORS"];

/// The tree, as text: first what is supervised, then who is not, then who should be and is not any more.
pub(super) fn text(forest: &Forest, width: usize, colour: bool) -> String {
    let mut text = String::new();
    for line in lay_out(rows(forest), width.clamp(60, 200)) {
        text.push_str(&line.render(colour));
        text.push('\n');
    }
    text
}

enum TreeRow {
    Blank,
    /// Words that stand for themselves.
    Title(String),
    Process {
        branch: String,
        name: String,
        tone: Tone,
        cells: [String; 6],
    },
}

fn rows(forest: &Forest) -> Vec<TreeRow> {
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); forest.entries.len()];
    for (index, entry) in forest.entries.iter().enumerate() {
        if let Some(above) = entry.above {
            children[above].push(index);
        }
    }
    let mut rows = Vec::new();
    let mut section = Section::Supervised;
    for (index, entry) in forest.entries.iter().enumerate().filter(|(_, entry)| entry.above.is_none()) {
        if entry.section != section {
            section = entry.section;
            if !rows.is_empty() {
                rows.push(TreeRow::Blank);
            }
            rows.push(TreeRow::Title(section.title().to_owned()));
        }
        below(forest, &children, index, ["", "", ""], &mut rows);
    }
    rows
}

/// An entry and those below it: `branch` leads to it, `trunk` goes on past it.
fn below(
    forest: &Forest,
    children: &[Vec<usize>],
    index: usize,
    [indent, branch, trunk]: [&str; 3],
    rows: &mut Vec<TreeRow>,
) {
    let entry = &forest.entries[index];
    rows.push(row(entry, format!("{indent}{branch}")));
    let indent = format!("{indent}{trunk}");
    let count = children[index].len();
    for (nth, child) in children[index].iter().enumerate() {
        let last = nth + 1 == count && entry.more == 0;
        let (branch, trunk) = if last { ("└ ", "  ") } else { ("├ ", "│ ") };
        below(forest, children, *child, [&indent, branch, trunk], rows);
    }
    if entry.more > 0 {
        rows.push(TreeRow::Title(format!("{indent}└ … {} more", grouped(entry.more))));
    }
}

fn row(entry: &Entry, branch: String) -> TreeRow {
    let count = |number: usize| match (entry.is_alive, number) {
        (false, _) => String::new(),
        (true, 0) => "-".to_owned(),
        (true, number) => grouped(number),
    };
    let (mail, links, monitors) = (count(entry.mail), count(entry.links), count(entry.monitors));
    let name = match &entry.of {
        Some(of) => format!("{} of {of}", entry.name),
        None => entry.name.clone(),
    };
    TreeRow::Process {
        branch,
        name,
        tone: if entry.is_alive { Tone::Name } else { Tone::Bad },
        cells: [entry.kind.to_owned(), entry.restart.to_owned(), entry.state.clone(), mail, links, monitors],
    }
}

fn lay_out(rows: Vec<TreeRow>, width: usize) -> Vec<Line> {
    let measured = |text: &str| Line::new().with(Tone::Plain, text).width();
    let mut widths = HEADS.map(str::len);
    let mut name_width = "PROCESS".len();
    for row in &rows {
        if let TreeRow::Process { branch, name, cells, .. } = row {
            name_width = name_width.max(measured(branch) + measured(name));
            for (width, cell) in widths.iter_mut().zip(cells) {
                *width = (*width).max(measured(cell));
            }
        }
    }
    // What is too wide is cut in the columns of names and of states: the others say little, and all of it.
    let count = if width < NARROW { HEADS.len() - 2 } else { HEADS.len() };
    let fixed: usize = 2 * count + widths[..count].iter().sum::<usize>() - widths[2];
    let room = width.saturating_sub(fixed);
    let state_width = widths[2].min(room.saturating_sub(name_width).max(room / 2));
    widths[2] = state_width;
    name_width = name_width.min(room.saturating_sub(state_width).max(12));
    let mut lines = vec![cells_line(
        Line::new().with(Tone::Faint, "PROCESS"),
        name_width,
        &HEADS.map(str::to_owned)[..count],
        &widths,
        Tone::Faint,
    )];
    for row in rows {
        lines.push(match row {
            TreeRow::Blank => Line::new(),
            TreeRow::Title(title) => Line::new().with(Tone::Faint, title),
            TreeRow::Process { branch, name, tone, cells } => {
                let room = name_width.saturating_sub(measured(&branch));
                let line = Line::new().with(Tone::Faint, branch).with(tone, end_of(&name, room));
                cells_line(line, name_width, &cells[..count], &widths, Tone::Plain)
            }
        });
    }
    lines
}

fn cells_line(mut line: Line, name_width: usize, cells: &[String], widths: &[usize], tone: Tone) -> Line {
    let mut column = name_width;
    for (place, (cell, &width)) in cells.iter().zip(widths).enumerate() {
        line.pad_to(column + 2);
        let cell = if place == 2 { begin_of(cell, width) } else { cell.clone() };
        // Numbers end where their column ends.
        line.push(tone, if place > 2 { format!("{cell:>width$}") } else { cell });
        column += 2 + width;
    }
    line
}

/// The end of a name says which one it is.
fn end_of(name: &str, width: usize) -> String {
    let letters = name.chars().count();
    if letters <= width {
        return name.to_owned();
    }
    let kept: String = name.chars().skip(letters + 1 - width.max(1)).collect();
    format!("…{kept}")
}

fn begin_of(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let kept: String = text.chars().take(width.saturating_sub(1)).collect();
    format!("{kept}…")
}
