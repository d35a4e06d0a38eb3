//! The storyboard of a run as one SVG: a column for each process, time from above, and an arrow from where a signal
//! is sent to where it arrives.
//!
//! It needs no fonts or styles from elsewhere, and is drawn in dark colours where the reader's page is dark.

use std::fmt::Write;

use unicode_width::UnicodeWidthStr;

use crate::trace::chart::{Arrow, Chart, Kind, Lane};

use super::board::{Board, BoardRow, What};
use super::paper::cut;

/// More rows than this are counted.
const ROWS_MAX: usize = 400;
/// How high a row is.
const ROW: usize = 26;
/// The column of the clock.
const CLOCK: usize = 58;
/// What is above the lanes: their names.
const HEAD: usize = 44;
/// How wide the space between two lanes may be.
const GAPS: (usize, usize) = (84, 300);
/// A name of so many letters stands on one line, and no line of one is longer than so many.
const NAME_SHORT: usize = 20;
const NAME_MAX: usize = 28;
/// How wide a drawing is at least, for the words above it.
const NARROWEST: usize = 520;
/// About how wide a letter is, in tenths of a pixel.
const LETTER: usize = 66;
const TITLE_LETTER: usize = 74;
const TITLE_ROW: usize = 20;
const MARGIN: usize = 16;

/// Light, and dark for those who ask for it. No variables: not everybody who draws SVG knows them.
const STYLE: &str = "
text{font:12px ui-sans-serif,system-ui,-apple-system,'Segoe UI',Helvetica,Arial,sans-serif;fill:#1f2328}
.paper{fill:#fff}.title{font-size:13px;font-weight:600}.more{font-size:13px}.faint{fill:#656d76;font-size:11px}
.name{font-weight:600}.box{fill:#f6f8fa;stroke:#d0d7de}.boss{stroke:#8250df}
.life{stroke:#8c959f;stroke-width:2}.gone{stroke:#d0d7de;stroke-width:1;stroke-dasharray:2 4}
.rule{stroke:#d0d7de;stroke-width:1;stroke-dasharray:1 3}
.arrow{stroke:#0969da;stroke-width:1.5;fill:none}.tip{fill:#0969da}
.reply{stroke-dasharray:5 3}.exit{stroke:#9a6700}.exit-tip{fill:#9a6700}.lost{stroke:#cf222e}
.start{stroke:#1a7f37;stroke-dasharray:2 3}.start-tip{fill:#1a7f37}
.bad{fill:#cf222e}.cross{stroke:#cf222e;stroke-width:2}.end{stroke:#656d76;stroke-width:2}
.dot{fill:#1a7f37}.halo{stroke:#fff;stroke-width:4;stroke-linejoin:round;paint-order:stroke}
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.paper{fill:#0d1117}.faint{fill:#8d96a0}
.box{fill:#161b22;stroke:#30363d}.boss{stroke:#a371f7}.life{stroke:#6e7681}.gone,.rule{stroke:#30363d}
.arrow{stroke:#58a6ff}.tip{fill:#58a6ff}.exit{stroke:#d29922}.exit-tip{fill:#d29922}.lost{stroke:#f85149}
.start{stroke:#3fb950}.start-tip,.dot{fill:#3fb950}.bad{fill:#f85149}.cross{stroke:#f85149}.end{stroke:#8d96a0}
.halo{stroke:#0d1117}}
";

/// A run as a picture. `titles` stand above it, each in a line or more.
pub fn storyboard(chart: &Chart, titles: &[String]) -> String {
    let board = Board::of(chart, ROWS_MAX);
    let mut sheet = Sheet::of(chart, &board, titles);
    sheet.background();
    sheet.lives();
    sheet.rows();
    sheet.names();
    sheet.close()
}

struct Sheet<'c> {
    chart: &'c Chart,
    board: &'c Board,
    titles: Vec<String>,
    /// Where each lane of the chart is; 0 if it is not drawn.
    x: Vec<usize>,
    width: usize,
    /// Where the lanes begin.
    top: usize,
    svg: String,
    /// The words beside lanes and arrows, which are drawn above all lines.
    words: String,
}

impl<'c> Sheet<'c> {
    fn of(chart: &'c Chart, board: &'c Board, titles: &[String]) -> Self {
        let gaps = gaps(chart, board);
        let (mut x, mut at) = (vec![0; chart.lanes.len()], CLOCK);
        for (lane, gap) in board.lanes.iter().zip(&gaps) {
            at += gap;
            x[*lane] = at;
        }
        let width = (at + gaps.last().copied().unwrap_or(0) + MARGIN).max(NARROWEST);
        let letters = (width - 2 * MARGIN) * 10 / TITLE_LETTER;
        let titles: Vec<String> = titles.iter().flat_map(|title| wrapped(title, letters)).collect();
        let top = MARGIN + titles.len() * TITLE_ROW + HEAD + 8;
        Sheet { chart, board, titles, x, width, top, svg: String::new(), words: String::new() }
    }

    fn put(&mut self, text: std::fmt::Arguments<'_>) {
        self.svg.write_fmt(text).expect("a string takes anything");
        self.svg.push('\n');
    }

    fn height(&self) -> usize {
        self.top + self.board.rows.len() * ROW + ROW + if self.board.more > 0 { ROW } else { 0 }
    }

    /// Where a row is, by its middle.
    fn y(&self, row: usize) -> usize {
        self.top + row * ROW + ROW / 2
    }

    fn background(&mut self) {
        let (width, height) = (self.width, self.height());
        let label = escaped(&self.titles.join(" "));
        self.put(format_args!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} \
             {height}\" role=\"img\" aria-label=\"{label}\">\n<style>{STYLE}</style>\n<rect class=\"paper\" \
             width=\"{width}\" height=\"{height}\" rx=\"6\"/>"
        ));
        for (place, title) in self.titles.clone().iter().enumerate() {
            let (y, title) = (MARGIN + place * TITLE_ROW + 12, escaped(title));
            let class = if place == 0 { "title" } else { "more" };
            self.put(format_args!("<text class=\"{class}\" x=\"{MARGIN}\" y=\"{y}\">{title}</text>"));
        }
    }

    /// The lines of those who live, and dots where nobody does.
    fn lives(&mut self) {
        let bottom = self.height() - MARGIN;
        for &lane in &self.board.lanes {
            let x = self.x[lane];
            let top = self.top;
            self.put(format_args!("<path class=\"gone\" d=\"M{x} {top}V{bottom}\"/>"));
            for life in &self.chart.lanes[lane].lives {
                let first = self.board.row_of(life.born);
                let is_shown =
                    self.board.rows.get(first).is_some_and(|row| row.moment.event == life.born.event);
                let from = if is_shown { self.y(first) } else { self.top + first * ROW };
                let to = match &life.ended {
                    Some(end) => {
                        let last = self.board.row_of(end.moment);
                        if last < self.board.rows.len() { self.y(last) } else { bottom }
                    }
                    None => bottom,
                };
                if to > from {
                    self.put(format_args!("<path class=\"life\" d=\"M{x} {from}V{to}\"/>"));
                }
                if is_shown {
                    self.put(format_args!("<circle class=\"dot\" cx=\"{x}\" cy=\"{from}\" r=\"4\"/>"));
                }
            }
        }
    }

    fn rows(&mut self) {
        let mut now = None;
        for (place, row) in self.board.rows.iter().enumerate() {
            let y = self.y(place);
            if now != Some(row.moment.at) {
                now = Some(row.moment.at);
                let (at, right, above) = (row.moment.at, self.width - MARGIN, y - ROW / 2);
                if place > 0 {
                    self.put(format_args!("<path class=\"rule\" d=\"M{MARGIN} {above}H{right}\"/>"));
                }
                let x = CLOCK - 4;
                self.put(format_args!(
                    "<text class=\"faint\" x=\"{x}\" y=\"{}\" text-anchor=\"end\">{at} ms</text>",
                    y + 4
                ));
            }
            self.row(place, row, y);
        }
        if self.board.more > 0 {
            let (y, more) = (self.y(self.board.rows.len()) + 4, self.board.more);
            self.put(format_args!("<text class=\"faint\" x=\"{CLOCK}\" y=\"{y}\">… and {more} more</text>"));
        }
    }

    fn row(&mut self, place: usize, row: &BoardRow, y: usize) {
        match row.what {
            What::Passed(arrow) => self.arrow(arrow, y, y),
            What::Sent(arrow) => {
                let arrives = |later: &BoardRow| later.what == What::Arrived(arrow);
                let end = self.board.rows[place..].iter().position(arrives);
                // What never arrives goes on to the end of the drawing.
                let end = end.map_or(self.height() - MARGIN, |rows| self.y(place + rows));
                self.arrow(arrow, y, end);
            }
            What::Arrived(_) => (),
            What::Ended(lane, life) => {
                let chart = self.chart;
                let life = &chart.lanes[lane].lives[life];
                let Some(end) = &life.ended else { return };
                let x = self.x[lane];
                let (class, verb) = if end.bad { ("cross", "died") } else { ("end", "ended") };
                self.put(format_args!(
                    "<path class=\"{class}\" d=\"M{} {}l10 10m0 -10l-10 10\"/>",
                    x - 5,
                    y - 5
                ));
                let who = if life.name == chart.lanes[lane].name { "" } else { &life.name };
                let words = format!("{who} {verb}: {}", end.reason);
                self.beside(lane, y, words.trim(), end.bad);
            }
            What::Mark(mark) => {
                let mark = &self.chart.marks[mark];
                let x = self.x[mark.lane];
                let class = if mark.bad { "bad" } else { "tip" };
                self.put(format_args!("<circle class=\"{class}\" cx=\"{x}\" cy=\"{y}\" r=\"3.5\"/>"));
                self.beside(mark.lane, y, &mark.words, mark.bad);
            }
        }
    }

    /// Words to the right of a lane.
    fn beside(&mut self, lane: usize, y: usize, words: &str, bad: bool) {
        let x = self.x[lane] + 10;
        let room = (self.width - MARGIN).saturating_sub(x);
        let class = if bad { "halo bad" } else { "halo" };
        self.words(words, room, format_args!("class=\"{class}\" x=\"{x}\" y=\"{}\"", y + 4));
    }

    /// Words as far as there is room; all of them are a tip of the mouse.
    fn words(&mut self, words: &str, room: usize, attributes: std::fmt::Arguments<'_>) {
        let short = cut(words, room * 10 / LETTER);
        let tip = match short == words {
            true => String::new(),
            false => format!("<title>{}</title>", escaped(&cut(words, 2_000))),
        };
        let short = escaped(&short);
        writeln!(self.words, "<text {attributes}>{short}{tip}</text>").expect("a string takes anything");
    }

    fn arrow(&mut self, place: usize, y: usize, end: usize) {
        let arrow = &self.chart.arrows[place];
        let to = self.x[arrow.to];
        let (line, tip) = classes(arrow);
        let Some(from) = arrow.from.map(|from| self.x[from]) else {
            // It comes from the clock.
            self.put(format_args!("<path class=\"arrow {line}\" d=\"M{} {y}H{}\"/>", to - 22, to - 7));
            self.tip(to as f64, y as f64, (1.0, 0.0), tip);
            return self.beside(arrow.to, y, &arrow.words, arrow.lost);
        };
        if from == to {
            self.put(format_args!(
                "<path class=\"arrow {line}\" d=\"M{from} {}h14v{}h-9\"/>",
                y.saturating_sub(6),
                end - y + 12
            ));
            self.tip(from as f64, (end + 6) as f64, (-1.0, 0.0), tip);
            return self.beside(arrow.to, y, &format!("  {}", arrow.words), arrow.lost);
        }
        let (x1, y1, x2, y2) = (from as f64, y as f64, to as f64, end as f64);
        let long = ((x2 - x1).powi(2) + (y2 - y1).powi(2)).sqrt();
        let way = ((x2 - x1) / long, (y2 - y1) / long);
        self.put(format_args!(
            "<path class=\"arrow {line}\" d=\"M{from} {y}L{:.1} {:.1}\"/>",
            x2 - 7.0 * way.0,
            y2 - 7.0 * way.1
        ));
        match arrow.lost {
            true => self.put(format_args!(
                "<path class=\"cross\" d=\"M{} {}l10 10m0 -10l-10 10\"/>",
                to - 5,
                end - 5
            )),
            false => self.tip(x2, y2, way, tip),
        }
        self.label(arrow, y, end);
    }

    /// What an arrow says: in its middle if it is level, else where it begins.
    fn label(&mut self, arrow: &Arrow, y: usize, end: usize) {
        let (from, to) = (self.x[arrow.from.expect("it has a sender")], self.x[arrow.to]);
        let room = from.abs_diff(to) - 12;
        let class = if arrow.lost { "halo bad" } else { "halo" };
        let lost = format!("{} (lost)", arrow.words);
        let words = if arrow.lost { &lost } else { &arrow.words };
        let (x, y, anchor) = match (end == y, from < to) {
            (true, _) => (from.midpoint(to), y - 5, "middle"),
            (false, true) => (from + 8, y - 4, "start"),
            (false, false) => (from - 8, y - 4, "end"),
        };
        self.words(
            words,
            room,
            format_args!("class=\"{class}\" x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\""),
        );
    }

    /// The head of an arrow that ends here, going that way.
    fn tip(&mut self, x: f64, y: f64, (dx, dy): (f64, f64), class: &str) {
        let (back_x, back_y) = (x - 9.0 * dx, y - 9.0 * dy);
        let (left, right) = ((back_x - 4.0 * dy, back_y + 4.0 * dx), (back_x + 4.0 * dy, back_y - 4.0 * dx));
        self.put(format_args!(
            "<path class=\"{class}\" d=\"M{x:.1} {y:.1}L{:.1} {:.1}L{:.1} {:.1}z\"/>",
            left.0, left.1, right.0, right.1
        ));
    }

    /// The names above the lanes.
    fn names(&mut self) {
        let y = self.top - HEAD;
        for &lane in &self.board.lanes {
            let at = &self.chart.lanes[lane];
            let x = self.x[lane];
            let lines = name_lines(&at.name);
            let wide = lines.iter().map(|line| line.width() * TITLE_LETTER / 10).max().unwrap_or(0) + 14;
            let class = if at.supervises { "box boss" } else { "box" };
            self.put(format_args!(
                "<rect class=\"{class}\" x=\"{}\" y=\"{y}\" width=\"{wide}\" height=\"36\" rx=\"6\"/>",
                x.saturating_sub(wide / 2)
            ));
            let first = if lines.len() == 1 { y + 22 } else { y + 15 };
            for (line, text) in lines.iter().enumerate() {
                self.put(format_args!(
                    "<text class=\"name\" x=\"{x}\" y=\"{}\" text-anchor=\"middle\">{}<title>{}</title></text>",
                    first + 15 * line,
                    escaped(text),
                    escaped(&at.name)
                ));
            }
        }
    }

    fn close(mut self) -> String {
        self.svg.push_str(&self.words);
        self.svg.push_str("</svg>\n");
        self.svg
    }
}

/// How an arrow and its head are drawn.
fn classes(arrow: &Arrow) -> (&'static str, &'static str) {
    match (arrow.lost, arrow.kind) {
        (true, _) => ("lost", "bad"),
        (false, Kind::Call | Kind::Message | Kind::Machinery) => ("", "tip"),
        (false, Kind::Reply) => ("reply", "tip"),
        (false, Kind::Exit) => ("exit", "exit-tip"),
        (false, Kind::Start) => ("start", "start-tip"),
    }
}

/// The space to the left of each lane, and one more to the right of all: as wide as the words in it.
fn gaps(chart: &Chart, board: &Board) -> Vec<usize> {
    let mut place = vec![0; chart.lanes.len()];
    board.lanes.iter().enumerate().for_each(|(nth, lane)| place[*lane] = nth);
    let mut gaps = vec![GAPS.0; board.lanes.len() + 1];
    let needs = |gap: &mut usize, pixels: usize| *gap = (*gap).max(pixels.min(GAPS.1));
    let half = |lane: &Lane| name_width(&lane.name) * TITLE_LETTER / 20 + 14;
    for (nth, lane) in board.lanes.iter().enumerate() {
        let around = half(&chart.lanes[*lane]);
        needs(&mut gaps[nth], around + if nth == 0 { 0 } else { half(&chart.lanes[board.lanes[nth - 1]]) });
        needs(&mut gaps[nth + 1], around);
    }
    // The clock has its column already.
    gaps[0] = gaps[0].saturating_sub(40).max(36);
    for row in &board.rows {
        match row.what {
            What::Sent(arrow) | What::Passed(arrow) => {
                let arrow = &chart.arrows[arrow];
                let pixels = arrow.words.width() * LETTER / 10 + 24;
                let to = place[arrow.to];
                match arrow.from.map(|from| place[from]) {
                    Some(from) if from.abs_diff(to) == 1 => needs(&mut gaps[from.max(to)], pixels),
                    Some(from) if from == to => needs(&mut gaps[to + 1], pixels + 12),
                    Some(_) => (),
                    None => needs(&mut gaps[to + 1], pixels),
                }
            }
            What::Ended(lane, life) => {
                let reason =
                    chart.lanes[lane].lives[life].ended.as_ref().map_or(0, |end| end.reason.width() + 8);
                needs(&mut gaps[place[lane] + 1], reason * LETTER / 10 + 18);
            }
            What::Mark(mark) => {
                let mark = &chart.marks[mark];
                needs(&mut gaps[place[mark.lane] + 1], mark.words.width() * LETTER / 10 + 18);
            }
            What::Arrived(_) => (),
        }
    }
    gaps
}

/// How wide a name is on its lines.
fn name_width(name: &str) -> usize {
    name_lines(name).iter().map(|line| line.width()).max().unwrap_or(0)
}

/// A name on one line, or on two.
fn name_lines(name: &str) -> Vec<String> {
    if name.width() <= NAME_SHORT {
        return vec![cut(name, NAME_SHORT)];
    }
    let (first, second) = halves(name);
    [first, second].into_iter().filter(|half| !half.is_empty()).map(|half| cut(half, NAME_MAX)).collect()
}

/// A path is parted after the last slash that leaves something on both sides.
fn halves(name: &str) -> (&str, &str) {
    match name.rfind('/') {
        Some(slash) if slash > 0 && slash + 1 < name.len() => name.split_at(slash + 1),
        _ => (name, ""),
    }
}

/// A text on lines of so many columns.
fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().expect("there is always a line");
        if !line.is_empty() && line.width() + 1 + word.width() > columns {
            lines.push(cut(word, columns));
            continue;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&cut(word, columns));
    }
    lines.retain(|line| !line.is_empty());
    lines
}

/// Text that is nothing but text to XML.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            // XML knows no such letters, however they are written.
            '\u{fffe}' | '\u{ffff}' => safe.push('\u{fffd}'),
            letter => safe.push(letter),
        }
    }
    safe
}
