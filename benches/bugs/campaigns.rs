//! How soon each scheduler finds each bug of `scenarios/bugs/`, and the page that says so.
//!
//! How many runs it takes is the same on every machine, and a test holds the page to it. How long that takes
//! is not, and is written by `cargo bench --bench bugs`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use treefall::explore::{Calm, Scheduler, Strategy};
use treefall::scenario::{Simulation, Verdict, parse};

/// How often each scheduler looks for each bug, each time with seeds that no other time has had.
const CAMPAIGNS: u64 = 20;
/// More runs than this are not tried in a campaign.
const RUNS_MAX: u64 = 10_000;

/// Who looks for them.
const SCHEDULERS: [(&str, Strategy); 4] = [
    ("random", Strategy::Random),
    ("pct", Strategy::Pct { depth: 3 }),
    ("pos", Strategy::Pos),
    ("swarm", Strategy::Swarm),
];

/// What came of one file.
pub struct Row {
    name: String,
    /// Whether the calm run breaks too.
    calm: bool,
    /// By scheduler, and by campaign from the fewest runs to the most: how many runs it took to the first
    /// failure, and how long.
    found: Vec<Vec<(u64, Duration)>>,
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

/// Looks for one bug with all schedulers.
pub fn row(name: &str) -> Row {
    let path = folder().join(format!("{name}.broken.kdl"));
    let text = std::fs::read_to_string(&path).expect("the file is there");
    let scenario = parse(name, &text).unwrap_or_else(|mistakes| panic!("{}", mistakes.render(100, false)));
    let simulation = Simulation::of(&scenario);
    let calm = simulation.run(false, &mut |world, _| Calm.choose(&world.choices()));
    let found = SCHEDULERS.map(|(_, strategy)| {
        let mut found: Vec<_> =
            (0..CAMPAIGNS).map(|nth| campaign(&simulation, strategy, nth * RUNS_MAX, calm.steps)).collect();
        found.sort();
        found
    });
    Row { name: name.to_owned(), calm: broken(&calm.verdict), found: found.to_vec() }
}

fn broken(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Broken(_))
}

/// Seed after seed to the first failure; one more than the most if there was none.
fn campaign(simulation: &Simulation, strategy: Strategy, from: u64, calm_steps: u64) -> (u64, Duration) {
    let begun = Instant::now();
    let fails = |seed: &u64| {
        let mut scheduler = strategy.scheduler(*seed, calm_steps);
        broken(&simulation.run(false, &mut |world, _| scheduler.choose(&world.choices())).verdict)
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

/// The part of the page that is the same everywhere.
pub fn runs(rows: &[Row]) -> String {
    let mut text = table_head("breaks in the calm run too");
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
        text.push('\n');
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
    let mut text = table_head("");
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
        text.push('\n');
    }
    text.replace("| |", "|").replace("|  |", "|")
}

fn milliseconds(time: Duration) -> String {
    match time.as_micros() / 10 {
        0 => "<0.01".to_owned(),
        hundredths => format!("{}.{:02}", hundredths / 100, hundredths % 100),
    }
}

fn table_head(second: &str) -> String {
    let names: Vec<String> = SCHEDULERS.iter().map(|(name, _)| format!("`{name}`")).collect();
    let rules = "---|".repeat(SCHEDULERS.len());
    match second {
        "" => format!("| bug | {} |\n|---|{rules}\n", names.join(" | ")),
        second => format!("| bug | {second} | {} |\n|---|---|{rules}\n", names.join(" | ")),
    }
}
