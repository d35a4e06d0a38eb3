//! `treefall explore`.

mod interrupt;
mod search;
mod words;

use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::ValueEnum;
use serde_json::Value;

use crate::explore::Strategy;
use crate::scenario::ast::Span;
use crate::trace::{Line, Tone};

use super::exit::Exit;
use super::judgement::Judgement;
use super::keep::keep;
use super::loaded::{Loaded, complaint};
use super::play::{Oracle, Played, play};
use super::run::{Showing, TraceFormat, show_trace, word};
use super::terminal::{Format, Terminal};
use super::verdict::Case;
use super::walk;

use search::{Failure, Found, Plan, search};
use words::{count, duration, percentage, seeds};

/// Run scenarios many times, each time in another order, and show the first run that fails
///
/// The calm run comes first, then seed after seed. The first failure of each file is run again, its schedule
/// is saved, and it is shown as `treefall run` would show it. It is the failure of the lowest seed, however
/// many threads look for it. A file that says with `expect-failure` what is wrong with it is as it should be
/// when just that is found.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Args {
    /// Scenario files, and folders of them
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The seeds to try [default: 0..10000]
    #[arg(long, value_name = "A..B", default_value = "0..10000", hide_default_value = true)]
    #[arg(value_parser = seeds)]
    seeds: Range<u64>,
    /// Try seeds from 0 on for so long, with each file: 500ms, 30s, 10m, 2h
    #[arg(long = "for", value_name = "TIME", conflicts_with = "seeds", value_parser = duration)]
    for_: Option<Duration>,
    /// Who chooses: random, pct, pos or swarm [default: swarm]
    ///
    /// `random` throws dice, as `treefall run --seed` does. `pct` gives everybody a rank and changes a few
    /// ranks on the way. `pos` samples the orders of racing events. `swarm` draws for every seed a mix of
    /// these, of how eager the clock is, how bursty processes are, and which faults strike.
    #[arg(long, value_name = "NAME", default_value = "swarm")]
    #[arg(hide_possible_values = true, hide_default_value = true)]
    scheduler: Name,
    /// How many things `pct` puts in the wrong order [default: 3]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    depth: Option<u32>,
    /// How many threads to use [default: as many as there are processors]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    jobs: Option<u16>,
    /// Where the schedules of failures go; what is there already is kept
    #[arg(long, value_name = "DIR", default_value = "treefall-failures")]
    out: PathBuf,
    /// Do not stop at the first failure of a file: show one failure of each kind
    #[arg(long)]
    keep_going: bool,
    #[command(flatten)]
    showing: Showing,
}

/// The schedulers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Name {
    Random,
    Pct,
    Pos,
    Swarm,
}

/// A failure, run again with everything recorded.
struct Shown<'a> {
    failure: &'a Failure,
    oracle: Oracle<'static>,
    played: Played,
    path: PathBuf,
    again: String,
}

/// Explores every file.
///
/// # Errors
///
/// When nothing can be printed.
pub(super) fn run(args: &Args, terminal: &mut Terminal<'_>) -> io::Result<Exit> {
    if args.depth.is_some() && args.scheduler != Name::Pct {
        terminal.complain(|_, _| "error: --depth is for --scheduler pct".to_owned())?;
        return Ok(Exit::Wrong);
    }
    let Some(files) = walk::files(&args.paths, terminal)? else { return Ok(Exit::Wrong) };
    interrupt::listen();
    let names = files.iter().map(|file| file.display().to_string().chars().count());
    let wide = names.max().unwrap_or(0);
    let mut exit = Exit::Held;
    for file in &files {
        if interrupt::happened() {
            return Ok(Exit::Interrupted);
        }
        exit = exit.max(match Loaded::open(file) {
            Ok(loaded) => one(&loaded, args, wide, terminal)?,
            Err(error) => {
                terminal.complain(|width, color| complaint(&error, width, color))?;
                Exit::Wrong
            }
        });
        terminal.flush()?;
    }
    Ok(if interrupt::happened() { Exit::Interrupted } else { exit })
}

fn one(loaded: &Loaded, args: &Args, wide: usize, terminal: &mut Terminal<'_>) -> io::Result<Exit> {
    let strategy = match args.scheduler {
        Name::Random => Strategy::Random,
        Name::Pct => Strategy::Pct { depth: args.depth.unwrap_or(3) },
        Name::Pos => Strategy::Pos,
        Name::Swarm => Strategy::Swarm,
    };
    let begun = Instant::now();
    let plan = Plan {
        strategy,
        seeds: if args.for_.is_some() { 0..u64::MAX } else { args.seeds.clone() },
        until: args.for_.map(|time| begun + time),
        jobs: args.jobs.map_or_else(
            || std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            usize::from,
        ),
        keep_going: args.keep_going,
    };
    let watched = terminal.is_watched();
    let found = search(&loaded.simulation, &plan, interrupt::flag(), &mut |progress| {
        if watched {
            let told = words::progress(&loaded.name, progress, begun.elapsed(), args.for_);
            // It is only to pass the time.
            let _ = terminal.progress(&told);
        }
    });
    let elapsed = begun.elapsed();
    terminal.progress("")?;
    let mut shown = Vec::new();
    for failure in &found.failures {
        match again(loaded, strategy, failure, &found, args) {
            Ok(each) => shown.push(each),
            Err((path, error)) => {
                let path = path.display();
                terminal.complain(|_, _| format!("error: {path}: cannot be written: {error}"))?;
                return Ok(Exit::Wrong);
            }
        }
    }
    let outcome = Outcome { loaded, found: &found, shown: &shown };
    let exit = outcome.exit();
    match terminal.format {
        Format::Json => {
            if let (Some(format), Some(first)) = (args.showing.trace, shown.first()) {
                show_trace(loaded, &first.played, format, &args.showing, terminal)?;
            }
            terminal.print_json(&outcome.json(strategy, elapsed))?;
        }
        Format::Text if terminal.quiet && exit == Exit::Held => (),
        Format::Text => {
            terminal.print_as_they_are(&[outcome.headline(wide)])?;
            outcome.print_details(args, terminal)?;
        }
    }
    if watched {
        let rate = words::rate(found.runs, elapsed);
        terminal.complain(|_, _| format!("{}: {:.1} s{rate}", loaded.name, elapsed.as_secs_f64()))?;
    }
    Ok(exit)
}

/// Runs a failure again, with everything recorded, and saves its schedule.
fn again<'a>(
    loaded: &Loaded,
    strategy: Strategy,
    failure: &'a Failure,
    found: &Found,
    args: &Args,
) -> Result<Shown<'a>, (PathBuf, io::Error)> {
    let oracle = match (failure.seed, strategy) {
        (None, _) => Oracle::Calm,
        (Some(seed), Strategy::Random) => Oracle::Seed(seed),
        (Some(seed), strategy) => Oracle::Explored { strategy, seed, steps: found.calm_steps },
    };
    let played = play(loaded, oracle).expect("only schedules can fail to fit");
    let path = keep(&args.out, &played.schedule(loaded, oracle))?;
    let again = format!("treefall replay {}", word(&path.display().to_string()));
    Ok(Shown { failure, oracle, played, path, again })
}

/// What came of one file.
struct Outcome<'a> {
    loaded: &'a Loaded,
    found: &'a Found,
    shown: &'a [Shown<'a>],
}

impl Outcome<'_> {
    fn case<'a>(&'a self, shown: &'a Shown<'_>, of: &'a str) -> Case<'a> {
        Case {
            loaded: self.loaded,
            file: &self.loaded.name,
            run: &shown.played.run,
            directory: shown.played.cast.directory(),
            of,
            origin: shown.oracle.origin(),
            again: Some(&shown.again),
        }
    }

    /// The failure that counts: the worst, and of those the first.
    fn worst(&self) -> Option<(&Shown<'_>, Judgement<'_>)> {
        let judged = self.shown.iter().map(|shown| {
            let expected = self.loaded.simulation.expected_failures();
            (shown, Judgement::of(&shown.played.run.verdict, shown.oracle.origin(), expected))
        });
        judged.reduce(|worst, next| if next.1.exit() > worst.1.exit() { next } else { worst })
    }

    /// One word for people, one for programs, and the exit status.
    fn verdict(&self) -> (&'static str, &'static str, Exit) {
        match self.worst() {
            Some((_, judgement)) => {
                let exit = judgement.exit();
                (if exit == Exit::Held { "found" } else { "broken" }, judgement.word(), exit)
            }
            None if interrupt::happened() => ("interrupted", "interrupted", Exit::Interrupted),
            None if self.found.limited.is_some() => ("inconclusive", "inconclusive", Exit::Inconclusive),
            None if !self.not_seen().is_empty() => ("inconclusive", "inconclusive", Exit::Inconclusive),
            None if self.loaded.simulation.expected_failures().is_empty() => ("held", "held", Exit::Held),
            None => ("not found", "not-found", Exit::Inconclusive),
        }
    }

    /// The `sometimes` properties that no run has reached, with their places.
    fn not_seen(&self) -> Vec<String> {
        let spans = self.found.not_seen.iter().flatten();
        let told = |span: &Span| {
            let Loaded { name, .. } = self.loaded;
            format!(
                "no run reached `{}` ({name}:{})",
                self.loaded.line(*span),
                self.loaded.line_number(*span)
            )
        };
        spans.map(told).collect()
    }

    fn exit(&self) -> Exit {
        self.verdict().2
    }

    /// `held  pool.kdl  10001 runs, 1500000 steps`
    fn headline(&self, wide: usize) -> Line {
        let (word, _, exit) = self.verdict();
        let tone = match exit {
            Exit::Held => Tone::Good,
            Exit::Inconclusive | Exit::Interrupted => Tone::Warning,
            Exit::Broken | Exit::Wrong => Tone::Bad,
        };
        let (file, found) = (&self.loaded.name, self.found);
        Line::new()
            .with(tone, format!("{word:<12} "))
            .with(Tone::Plain, format!("{file:<wide$}"))
            .with(Tone::Faint, format!("  {}, {}", count(found.runs, "run"), count(found.steps, "step")))
    }

    fn print_details(&self, args: &Args, terminal: &mut Terminal<'_>) -> io::Result<()> {
        let mut lines = Vec::new();
        if let Some((why, runs)) = &self.found.limited {
            lines.push(Line::new().with(Tone::Plain, format!("  {}: {why}", count(*runs, "run"))));
        }
        if self.verdict().2 == Exit::Inconclusive {
            let told = self.not_seen().into_iter();
            lines.extend(told.map(|told| Line::new().with(Tone::Plain, format!("  {told}"))));
        }
        if self.shown.is_empty() && self.verdict().0 == "not found" {
            let told = "  what this file says is wrong with it was not found under these seeds";
            lines.push(Line::new().with(Tone::Plain, told));
        }
        terminal.print_lines(&lines)?;
        for shown in self.shown {
            if terminal.quiet && self.case(shown, "").judgement().exit() == Exit::Held {
                continue;
            }
            terminal.print("\n")?;
            let default = match terminal.quiet || args.keep_going {
                true => TraceFormat::None,
                false => TraceFormat::Text,
            };
            let format = args.showing.trace.unwrap_or(default);
            show_trace(self.loaded, &shown.played, format, &args.showing, terminal)?;
            if args.keep_going {
                let runs = count(shown.failure.count, "run");
                let share = percentage(shown.failure.count, self.found.runs);
                let told = format!("{runs} ({share}) failed like this one:");
                terminal.print_lines(&[Line::new().with(Tone::Plain, told)])?;
            }
            let of = shown.oracle.to_string();
            terminal.print_lines(&self.case(shown, &of).lines())?;
        }
        if self.found.others > 0 {
            let told = format!("{} failed in yet other ways", count(self.found.others, "run"));
            terminal.print_lines(&[Line::new(), Line::new().with(Tone::Plain, told)])?;
        }
        if !self.shown.is_empty() {
            terminal.print("\n")?;
        }
        Ok(())
    }

    fn json(&self, strategy: Strategy, elapsed: Duration) -> Value {
        let field = |of: &Value, name: &str| of.get(name).cloned().unwrap_or(Value::Null);
        let told = |shown: &Shown<'_>| {
            let of = shown.oracle.to_string();
            let mut value = self.case(shown, &of).json(Some(&path_text(&shown.path)));
            value["runs"] = shown.failure.count.into();
            value
        };
        let worst = self.worst().map_or(Value::Null, |(shown, _)| told(shown));
        let why = match (&worst, &self.found.limited) {
            (Value::Null, Some((why, _))) => why.as_str().into(),
            (Value::Null, None) => self.not_seen().first().map_or(Value::Null, |why| why.as_str().into()),
            _ => field(&worst, "why"),
        };
        serde_json::json!({
            "verdict": self.verdict().1,
            "file": self.loaded.name,
            "runs": self.found.runs,
            "steps": self.found.steps,
            "states": null,
            "scheduler": strategy.to_string(),
            "seed": field(&worst, "seed"),
            "schedule": field(&worst, "schedule"),
            "property": field(&worst, "property"),
            "why": why,
            "seconds": elapsed.as_secs_f64(),
            "again": field(&worst, "again"),
            "failures": self.shown.iter().map(told).collect::<Vec<_>>(),
        })
    }
}

fn path_text(path: &Path) -> String {
    path.display().to_string()
}
