//! How soon each scheduler finds each bug of `scenarios/bugs/`, and the page that says so.
//!
//! How many runs it takes is the same on every machine, and a test holds the page to it. How long that takes
//! is not, and is written by `cargo bench --bench bugs`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use treefall::cli::every_order;
use treefall::explore::{Calm, Ending, SchedulerKind, Searched};
use treefall::kernel::StopFlag;
use treefall::model::{Verdict, calm_length, run_under};
use treefall::scenario::{Simulation, parse};

/// How often each scheduler looks for each bug, each time with seeds that no other time has had.
const CAMPAIGNS: u64 = 20;
/// More runs than this are not tried in a campaign.
const RUNS_MAX: u64 = 10_000;

/// More states than this are not gone through.
const STATES_MAX: u64 = 1_000_000;

/// Who looks for them.
const SCHEDULERS: [(&str, SchedulerKind); 4] = [
    ("random", SchedulerKind::RANDOM),
    ("pct", SchedulerKind::pct(3)),
    ("pos", SchedulerKind::POS),
    ("swarm", SchedulerKind::SWARM),
];

/// What came of one file.
pub struct Row {
    name: String,
    /// Whether the calm run breaks too.
    calm: bool,
    /// By scheduler, and by campaign from the fewest runs to the most: how many runs it took to the first
    /// failure, and how long.
    found: Vec<Vec<(u64, Duration)>>,
    /// What a search of all orders of the broken file comes to, and how long it takes.
    broken: (Searched, Duration),
    /// The same of the repaired file.
    repaired: (Searched, Duration),
    /// After how many runs of it something is broken, of so many.
    survived: (u64, u64),
}

/// The folder of the bugs.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/bugs")
}

/// All broken files, by name.
pub fn names() -> Vec<String> {
    let files = std::fs::read_dir(folder()).expect("the folder is there");
    let names = files.map(|file| file.expect("it can be listed").file_name().into_string().expect("UTF-8"));
    let mut names: Vec<String> =
        names.filter_map(|name| Some(name.strip_suffix(".broken.kdl")?.to_owned())).collect();
    names.sort();
    names
}

/// The scenario of a file of this bug.
fn simulation(name: &str, which: &str) -> Simulation {
    let path = folder().join(format!("{name}.{which}.kdl"));
    let text = std::fs::read_to_string(&path).expect("the file is there");
    let scenario = parse(name, &text).unwrap_or_else(|mistakes| panic!("{}", mistakes.render(100, false)));
    Simulation::of(&scenario)
}

/// Looks for one bug with all schedulers, and goes through all orders of both of its files. `seeds` runs of the
/// repaired one are tried.
pub fn row(name: &str, seeds: u64) -> Row {
    let bug = simulation(name, "broken");
    let calm = run_under(&bug, &mut Calm);
    let found = SCHEDULERS.map(|(_, kind)| {
        let mut found: Vec<_> = (0..CAMPAIGNS).map(|nth| campaign(&bug, kind, nth * RUNS_MAX)).collect();
        found.sort();
        found
    });
    let repair = simulation(name, "repaired");
    let length = calm_length(&repair, SchedulerKind::SWARM, &StopFlag::default());
    let fails = |seed: &u64| {
        let mut scheduler = SchedulerKind::SWARM.scheduler(*seed, length);
        broken(&run_under(&repair, &mut *scheduler).verdict)
    };
    Row {
        name: name.to_owned(),
        calm: broken(&calm.verdict),
        found: found.to_vec(),
        broken: searched(&bug),
        repaired: searched(&repair),
        survived: ((0..seeds).find(fails).unwrap_or(seeds), seeds),
    }
}

fn searched(simulation: &Simulation) -> (Searched, Duration) {
    let begun = Instant::now();
    let searched = every_order(simulation, STATES_MAX);
    (searched, begun.elapsed())
}

fn broken(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Broken(_))
}

/// Seed after seed to the first failure; one more than the most if there was none.
fn campaign(simulation: &Simulation, kind: SchedulerKind, from: u64) -> (u64, Duration) {
    let (begun, length) = (Instant::now(), calm_length(simulation, kind, &StopFlag::default()));
    let fails = |seed: &u64| {
        let mut scheduler = kind.scheduler(*seed, length);
        broken(&run_under(simulation, &mut *scheduler).verdict)
    };
    let first = (from..from + RUNS_MAX).find(fails);
    (first.map_or(RUNS_MAX, |seed| seed - from) + 1, begun.elapsed())
}

/// The one in the middle.
fn median<T: Copy>(sorted: &[T]) -> T {
    sorted[(sorted.len() - 1) / 2]
}

/// `12` or `over 10000`.
fn told(runs: u64) -> String {
    if runs > RUNS_MAX { format!("over {RUNS_MAX}") } else { runs.to_string() }
}

/// `48,213`
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().map(|group| std::str::from_utf8(group).expect("digits")).collect();
    groups.join(",")
}

/// What a search of all orders came to.
fn ending(searched: &Searched) -> String {
    let states = grouped(searched.covered.states);
    match &searched.ending {
        Ending::Complete if searched.covered.limits == 0 => format!("holds in {states} states"),
        Ending::Complete => format!("{states} states, and some lie beyond the horizon"),
        Ending::Failed(_) => format!("breaks after {states} states"),
        Ending::Endless { .. } => format!("goes on for ever, in {states} states"),
        Ending::States | Ending::Depth | Ending::Stopped => format!("not finished within {states} states"),
    }
}

/// The part of the page on the repaired files: what they have survived, the same everywhere.
pub fn repaired(rows: &[Row]) -> String {
    let mut text =
        "| bug | seeds | every order | choices from the start at most |\n|---|---|---|---|\n".to_owned();
    for row in rows {
        let (survived, of) = row.survived;
        let seeds = match survived == of {
            true => format!("survives {}", grouped(of)),
            false => format!("breaks after {survived}"),
        };
        let searched = &row.repaired.0;
        let _ = writeln!(
            text,
            "| [{0}](../scenarios/bugs/{0}.repaired.kdl) | {seeds} | {1} | {2} |",
            row.name,
            ending(searched),
            searched.covered.depth
        );
    }
    let whole: Vec<u64> = rows
        .iter()
        .filter(|row| row.repaired.0.ending == Ending::Complete && row.repaired.0.covered.limits == 0)
        .map(|row| row.repaired.0.covered.states)
        .collect();
    let _ = write!(
        text,
        "\nOf {} repaired files, {} hold in every order there is, {} in fewer than 1,000 states.\n",
        rows.len(),
        whole.len(),
        whole.iter().filter(|states| **states < 1_000).count()
    );
    text
}

/// The part of the page that is the same everywhere.
pub fn runs(rows: &[Row]) -> String {
    let mut text = table_head("breaks in the calm run too", &["exhaustive"]);
    for row in rows {
        let calm = if row.calm { "yes" } else { "no" };
        let _ = write!(text, "| [{0}](../scenarios/bugs/{0}.broken.kdl) | {calm} |", row.name);
        for found in &row.found {
            let (least, most) = (found[0].0, found[found.len() - 1].0);
            let middle = told(median(found).0);
            let _ = match least == most {
                true => write!(text, " {middle} |"),
                false => write!(text, " {middle} ({} to {}) |", told(least), told(most)),
            };
        }
        let searched = &row.broken.0;
        let _ = match searched.ending {
            Ending::Failed(_) => writeln!(text, " {} states |", grouped(searched.covered.states)),
            _ => writeln!(text, " {} |", ending(searched)),
        };
    }
    text.push('\n');
    text.push_str(&summary(rows));
    text
}

/// Who needs the fewest runs where it is not easy.
fn summary(rows: &[Row]) -> String {
    let hard: Vec<&Row> =
        rows.iter().filter(|row| row.found.iter().any(|found| median(found).0 > 1)).collect();
    let mut text = format!(
        "Of {} bugs, {} are found by the first run of every scheduler more often than not: the design is wrong \
         in nearly every order, and there is nothing to search for. Of the other {}:\n\n",
        rows.len(),
        rows.len() - hard.len(),
        hard.len()
    );
    for (place, (scheduler, _)) in SCHEDULERS.iter().enumerate() {
        let best = |row: &&&Row| {
            let mine = median(&row.found[place]).0;
            row.found.iter().all(|found| mine <= median(found).0)
        };
        let best: Vec<&str> = hard.iter().filter(best).map(|row| row.name.as_str()).collect();
        let sum: u64 = hard.iter().map(|row| median(&row.found[place]).0).sum();
        let _ = writeln!(
            text,
            "- `{scheduler}` needs {sum} runs for all of them together, taking the median of each, and none needs \
             fewer for {}{}.",
            best.len(),
            if best.is_empty() { String::new() } else { format!(": {}", best.join(", ")) }
        );
    }
    text
}

/// The part of the page that depends on the machine.
pub fn times(rows: &[Row]) -> String {
    let mut text = table_head("", &["exhaustive", "exhaustive, the repaired file"]);
    for row in rows {
        let _ = write!(text, "| {} | |", row.name);
        for found in &row.found {
            let mut took: Vec<Duration> = found.iter().map(|(_, took)| *took).collect();
            took.sort();
            let _ = write!(
                text,
                " {} ({} to {}) |",
                milliseconds(median(&took)),
                milliseconds(took[0]),
                milliseconds(took[took.len() - 1])
            );
        }
        let (broken, repaired) = (row.broken.1, row.repaired.1);
        let _ = writeln!(text, " {} | {} |", milliseconds(broken), milliseconds(repaired));
    }
    text.replace("| |", "|").replace("|  |", "|")
}

fn milliseconds(time: Duration) -> String {
    match time.as_micros() / 10 {
        0 => "<0.01".to_owned(),
        hundredths => format!("{}.{:02}", hundredths / 100, hundredths % 100),
    }
}

fn table_head(second: &str, more: &[&str]) -> String {
    let schedulers = SCHEDULERS.iter().map(|(name, _)| format!("`{name}`"));
    let names: Vec<String> = schedulers.chain(more.iter().map(|name| (*name).to_owned())).collect();
    let rules = "---|".repeat(names.len());
    match second {
        "" => format!("| bug | {} |\n|---|{rules}\n", names.join(" | ")),
        second => format!("| bug | {second} | {} |\n|---|---|{rules}\n", names.join(" | ")),
    }
}
