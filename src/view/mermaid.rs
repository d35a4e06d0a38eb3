//! Mermaid: a run as a sequence diagram, a tree as a flow chart. GitHub, GitLab, Livebook and ex_doc draw it.
//!
//! Arrows stand where they arrive, for that is when they do something: what was sent before and is overtaken on its
//! way says so.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use crate::trace::chart::{Arrow, Chart, Kind, Moment};
use crate::trace::{Entry, Forest, Section};

use super::board::{Board, BoardRow, What};

/// More rows than this are counted: GitHub refuses to draw what has more than 50,000 letters.
const ROWS_MAX: usize = 400;

/// Longer words are cut.
const LETTERS_MAX: usize = 120;

/// A run as a sequence diagram. `titles` are what it came to.
pub fn sequence(chart: &Chart, titles: &[String]) -> String {
    let board = Board::of(chart, ROWS_MAX);
    let mut text = "sequenceDiagram\n".to_owned();
    let mut line = |words: String| {
        text.push_str("    ");
        text.push_str(&words);
        text.push('\n');
    };
    for lane in &board.lanes {
        line(format!("participant p{lane} as {}", escaped(&chart.lanes[*lane].name)));
    }
    let over_all = match board.lanes.as_slice() {
        [] => None,
        [only] => Some(format!("p{only}")),
        [first, .., last] => Some(format!("p{first},p{last}")),
    };
    let late = overtaken(chart);
    let mut now = 0;
    for row in &board.rows {
        let Some(told) = told(chart, row, &late) else { continue };
        if row.moment.at != now
            && let Some(over) = &over_all
        {
            now = row.moment.at;
            line(format!("Note over {over}: {now} ms"));
        }
        line(told);
    }
    if let Some(over) = &over_all {
        if board.more > 0 {
            line(format!("Note over {over}: … and {} more", board.more));
        }
        let titles: Vec<String> = titles.iter().map(|title| escaped(title)).collect();
        line(format!("Note over {over}: {}", titles.join("<br/>")));
    }
    text
}

fn told(chart: &Chart, row: &BoardRow, late: &BTreeSet<usize>) -> Option<String> {
    match row.what {
        What::Sent(place) if chart.arrows[place].arrived.is_none() => {
            let arrow = &chart.arrows[place];
            let from = arrow.from?;
            Some(format!("p{from}-xp{}: {} (on its way)", arrow.to, escaped(&arrow.words)))
        }
        What::Sent(_) => None,
        What::Arrived(place) | What::Passed(place) => {
            let arrow = &chart.arrows[place];
            let words = escaped(&arrow.words);
            let Some(from) = arrow.from else {
                return Some(format!("Note over p{}: {words} (timer)", arrow.to));
            };
            let end = match (arrow.lost, late.contains(&place)) {
                (true, _) => " (lost)",
                (false, true) => " (overtaken)",
                (false, false) => "",
            };
            Some(format!("p{from}{}p{}: {words}{end}", head(arrow), arrow.to))
        }
        What::Ended(lane, life) => {
            let life = &chart.lanes[lane].lives[life];
            let end = life.ended.as_ref()?;
            let verb = if end.bad { "died" } else { "ended" };
            let who =
                if life.name == chart.lanes[lane].name { String::new() } else { format!("{} ", life.name) };
            Some(format!("Note over p{lane}: {}", escaped(&format!("{who}{verb}: {}", end.reason))))
        }
        What::Mark(place) => {
            let mark = &chart.marks[place];
            Some(format!("Note over p{}: {}", mark.lane, escaped(&mark.words)))
        }
    }
}

/// An arrow in Mermaid's signs: a full line for what is sent, dots for answers and for the news of an end.
fn head(arrow: &Arrow) -> &'static str {
    match (arrow.kind, arrow.lost) {
        (_, true) => "-x",
        (Kind::Call | Kind::Machinery, false) => "->>",
        (Kind::Reply | Kind::Start, false) => "-->>",
        (Kind::Message, false) => "-)",
        (Kind::Exit, false) => "--)",
    }
}

/// The arrows that something overtakes which is sent later and arrives sooner at the same place.
fn overtaken(chart: &Chart) -> BTreeSet<usize> {
    // For each lane, the latest sending of all that has arrived so far.
    let mut arrivals: Vec<(Moment, usize)> = chart
        .arrows
        .iter()
        .enumerate()
        .filter(|(_, arrow)| arrow.kind != Kind::Machinery)
        .filter_map(|(place, arrow)| Some((arrow.arrived?, place)))
        .collect();
    arrivals.sort_unstable();
    let mut latest: BTreeMap<usize, Moment> = BTreeMap::new();
    let mut late = BTreeSet::new();
    for (_, place) in arrivals {
        let arrow = &chart.arrows[place];
        let latest = latest.entry(arrow.to).or_default();
        match arrow.sent < *latest {
            true => drop(late.insert(place)),
            false => *latest = arrow.sent,
        }
    }
    late
}

/// A tree as a flow chart.
pub fn tree(forest: &Forest) -> String {
    let mut text = "flowchart TD\n".to_owned();
    let mut put = |line: String| writeln!(text, "    {line}").expect("a string takes anything");
    for (place, entry) in forest.entries.iter().enumerate() {
        put(format!("n{place}{}", shape(entry)));
        if let Some(above) = entry.above {
            put(format!("n{above} --> n{place}"));
        }
        if entry.more > 0 {
            put(format!("n{place} --> m{place}[\"… {} more\"]", entry.more));
        }
        if !entry.is_alive {
            put(format!("class n{place} dead"));
        }
    }
    put("classDef dead stroke:#c00,stroke-dasharray:4 3".to_owned());
    text
}

fn shape(entry: &Entry) -> String {
    let words: Vec<String> = super::paper::node_words(entry).iter().map(|line| escaped(line)).collect();
    let words = words.join("<br/>");
    match (entry.section, entry.kind) {
        (Section::Supervised, kind) if kind != "server" && entry.above.is_none() => {
            format!("([\"{words}\"])")
        }
        _ => format!("[\"{words}\"]"),
    }
}

/// Text in which nothing means anything to Mermaid: what is no plain letter is a numbered entity.
fn escaped(text: &str) -> String {
    let text = super::paper::cut(text, LETTERS_MAX);
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            letter if letter.is_alphanumeric() || " _.,/()…".contains(letter) => safe.push(letter),
            letter => write!(safe, "#{};", u32::from(letter)).expect("a string takes anything"),
        }
    }
    // A word that ends blocks ends none in disguise.
    if safe.trim().eq_ignore_ascii_case("end") { safe.replacen(['e', 'E'], "#101;", 1) } else { safe }
}
