//! The second pass: the tree of causes in columns. When, who (below whom), what.

use unicode_width::UnicodeWidthStr;

use crate::trace::line::{Line, NO_BREAK, Tone};
use crate::trace::terms::Names;

use super::excerpt::StoryLine;
use super::fold::{Folded, Likeness};
use super::node::{ROOT, Tree};
use super::words;

/// A line before it is laid out.
struct StoryRow {
    at: Option<u64>,
    /// What stands before the name, on its first line and on those after it.
    branch: String,
    trunk: String,
    who: Line,
    what: Line,
}

/// Lays the story out.
pub(super) fn lines(tree: &Tree, names: Names<'_>, width: usize) -> Vec<Line> {
    let width = width.clamp(60, 200);
    let mut rows = Rows { tree, names, likeness: Likeness::of(tree, names.directory), rows: Vec::new() };
    rows.below_root();
    let rows = rows.rows;
    let latest = rows.iter().filter_map(|row| row.at).max().unwrap_or(0);
    let time = latest.to_string().len().max(4) + " ms".len();
    // The column of names is as wide as makes the story shortest; the wider, if it is all the same.
    let mut widths: Vec<usize> = SHARES.map(|share| needed(&rows, width * share / 40)).to_vec();
    widths.dedup();
    if rows.len() > ROWS_WEIGHED {
        widths.truncate(1);
    }
    let laid_out = widths.iter().map(|who| {
        let mut lines = Vec::new();
        let mut clock = None;
        // A name that juts out of its column costs half a line; more, if it looks like a mistake.
        let mut cost = 0;
        for row in &rows {
            let shown = row.at.filter(|at| clock != Some(*at));
            clock = row.at.or(clock);
            row.lay_out(shown, time, *who, width, &mut lines);
            cost += match (row.branch.width() + row.who.width()).saturating_sub(*who) {
                0 => 0,
                1..JUTS_CLEARLY => 3,
                _ => 1,
            };
        }
        (cost + 2 * lines.len(), lines)
    });
    laid_out.min_by_key(|(cost, _)| *cost).map(|(_, lines)| lines).unwrap_or_default()
}

/// The lines of the story as data, from top to bottom.
pub(super) fn told(tree: &Tree, names: Names<'_>) -> Vec<StoryLine> {
    fn below(parent: usize, tree: &Tree, likeness: &Likeness, names: Names<'_>, lines: &mut Vec<StoryLine>) {
        for shown in likeness.fold(tree, &tree.nodes[parent].children) {
            let Folded::Node(index) = shown else { continue };
            let node = &tree.nodes[index];
            let mut line = words::who(node, &tree.nodes[ROOT], names);
            line.push(Tone::Plain, " ");
            line.append(words::what(node, &tree.nodes[parent], names));
            let words = line.plain().replace(NO_BREAK, " ").split_whitespace().collect::<Vec<_>>().join(" ");
            lines.push(StoryLine { event: node.event, at: node.at, words });
            below(index, tree, likeness, names, lines);
        }
    }
    let mut lines = Vec::new();
    below(ROOT, tree, &Likeness::of(tree, names.directory), names, &mut lines);
    lines
}

/// From so many columns on, a name that juts out of its column is seen to be meant to.
const JUTS_CLEARLY: usize = 6;

/// How many fortieths of the width the names may take.
const SHARES: [usize; 10] = [18, 17, 16, 15, 14, 13, 12, 11, 10, 9];

/// Of stories with more rows than this the first share is taken unseen.
const ROWS_WEIGHED: usize = 2000;

/// The widest that names are, of those that are no wider than allowed.
fn needed(rows: &[StoryRow], allowed: usize) -> usize {
    let widths = rows.iter().map(|row| row.branch.width() + row.who.width());
    widths.filter(|needed| *needed <= allowed).max().unwrap_or(0)
}

struct Rows<'a> {
    tree: &'a Tree,
    names: Names<'a>,
    likeness: Likeness,
    rows: Vec<StoryRow>,
}

impl Rows<'_> {
    /// Groups stand apart; single lines stand together.
    fn below_root(&mut self) {
        let (mut after_group, mut after_heading, mut after_cut) = (false, false, true);
        let mut latest = 0;
        let mut all = self.likeness.fold(self.tree, &self.tree.nodes[ROOT].children);
        // That an excerpt ends before the run does goes without saying.
        all.pop_if(|last| matches!(last, Folded::Cut));
        for shown in all {
            let begin = self.rows.len();
            self.show(&shown, ROOT, "", "", "");
            let group = self.rows.len() - begin > 1;
            // What somebody notes is the heading of what follows.
            let heading = matches!(&shown, Folded::Node(node) if self.tree.nodes[*node].is_heading());
            let cut = matches!(&shown, Folded::Cut);
            let back = self.rows.get(begin).and_then(|row| row.at).is_some_and(|at| at < latest);
            latest = self.rows[begin..].iter().filter_map(|row| row.at).fold(latest, u64::max);
            if back {
                // What comes now is no consequence of what was told last, and began before it ended.
                latest = self.rows[begin..].iter().filter_map(|row| row.at).max().unwrap_or(latest);
                self.rows.insert(begin, StoryRow::meanwhile());
            }
            if (group || after_group || heading || back) && !(cut || after_cut || after_heading) {
                self.rows.insert(begin, StoryRow::blank());
            }
            (after_group, after_heading, after_cut) = (group, heading, cut);
        }
    }

    /// A node and what is below it: `branch` leads to it, `trunk` goes on past it.
    fn show(&mut self, shown: &Folded, parent: usize, indent: &str, branch: &str, trunk: &str) {
        let (Folded::Node(index) | Folded::More(index, _)) = *shown else {
            let who = Line::new().with(Tone::Faint, "…");
            let dots = StoryRow { branch: format!("{indent}{branch}"), who, ..StoryRow::blank() };
            return self.rows.push(dots);
        };
        let (node, above) = (&self.tree.nodes[index], &self.tree.nodes[parent]);
        let mut row = StoryRow {
            at: Some(node.at),
            branch: format!("{indent}{branch}"),
            trunk: format!("{indent}{trunk}"),
            who: words::who(node, above, self.names),
            what: words::what(node, above, self.names),
        };
        if let Folded::More(_, count) = *shown {
            row.at = None;
            row.who = Line::new().with(Tone::Faint, "…");
            row.what = words::more(node, count, self.names);
            return self.rows.push(row);
        }
        let indent = row.trunk.clone();
        let children = self.likeness.fold(self.tree, &node.children);
        if !children.is_empty() {
            row.trunk.push('│');
        }
        self.rows.push(row);
        let count = children.len();
        for (nth, child) in children.iter().enumerate() {
            let (branch, trunk) = if nth + 1 == count { ("└ ", "  ") } else { ("├ ", "│ ") };
            self.show(child, index, &indent, branch, trunk);
        }
    }
}

impl StoryRow {
    fn blank() -> Self {
        StoryRow {
            at: None,
            branch: String::new(),
            trunk: String::new(),
            who: Line::new(),
            what: Line::new(),
        }
    }

    fn meanwhile() -> Self {
        StoryRow { who: Line::new().with(Tone::Faint, "meanwhile"), ..StoryRow::blank() }
    }

    /// Columns never move: a name that is too wide has a line of its own, unless all there is to say fits beside it.
    fn lay_out(&self, at: Option<u64>, time: usize, who: usize, width: usize, lines: &mut Vec<Line>) {
        let clock = at.map(|at| format!("{at} ms")).unwrap_or_default();
        let mut line = Line::new().with(Tone::Faint, format!("{clock:>time$}  {}", self.branch));
        line.append(self.who.clone());
        if self.what.is_empty() {
            return lines.push(line);
        }
        let column = time + 2 + who + 2;
        let mut parts = self.what.wrap(width.saturating_sub(column).max(16), 2).into_iter();
        let margin = || Line::new().with(Tone::Faint, format!("{:time$}  {}", "", self.trunk));
        if line.width() + 2 > column {
            let room = width.saturating_sub(line.width() + 2);
            if room >= self.what.width()
                && let [only] = self.what.wrap(room, 2).as_slice()
            {
                line.push(Tone::Plain, "  ");
                line.append(only.clone());
                return lines.push(line);
            }
            lines.push(line);
            line = margin();
        }
        for part in parts.by_ref() {
            line.pad_to(column);
            line.append(part);
            lines.push(std::mem::replace(&mut line, margin()));
        }
    }
}
