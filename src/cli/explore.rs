//! `treefall explore`.

mod args;
mod exhaustive;
mod header;
mod memory;
mod merge;
mod meter;
mod odds;
mod report;
mod shard;
mod sweep;
mod unreached;
mod words;

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::explore::{By, SchedulerKind};
use crate::model::campaign::{self, Campaign, Failure, Progress};
use crate::model::{self, Played, Source, VERSION, all_processors, play};
use crate::scenario::Simulation;
use crate::trace::{Line, Tone};

use super::deadline::{Deadline, in_time};
use super::exit::Exit;
use super::explain::explanation_of;
use super::interrupt;
use super::keep::{Kept, keep};
use super::loaded::{Loaded, complaint};
use super::output_file;
use super::paths::{self, word};
use super::run::{TraceFormat, show_trace};
use super::scheduler::Name;
use super::summary::Entry;
use super::tally::Tally;
use super::terminal::{Format, ON_A_PIPE, Terminal};
use super::verdict::Case;

use exhaustive::LineLayout;
use report::Story;

pub(super) use args::Args;
pub use exhaustive::{Unfinished, every_end, every_order};
pub(super) use header::Header;
pub(super) use merge::merge;
pub(super) use report::Report;
pub(super) use words::duration;

/// The seeds that are tried unless something else is said.
const SEEDS: Range<u64> = 0..10_000;
/// And if the first so many come to no verdict, no more than these.
const PATIENCE: u64 = 8;

/// A failure, run again with everything recorded.
struct Rerun {
    source: Source<'static>,
    played: Played<Simulation>,
    again: String,
    /// Without a schedule there is nothing to explain.
    explain: Option<String>,
}

/// Explores every file.
pub(super) fn run(args: &Args, terminal: &mut Terminal<'_>) -> Exit {
    if !args.reporting.begin(args.paths.iter().map(PathBuf::as_path), terminal) {
        return Exit::Wrong;
    }
    let exit = if args.every.exhaustive { exhaustive::run(args, terminal) } else { seeds(args, terminal) };
    args.reporting.end("explore", terminal);
    exit
}

fn seeds(args: &Args, terminal: &mut Terminal<'_>) -> Exit {
    let kind = match args.scheduler.unwrap_or(Name::Swarm).kind(args.depth) {
        Ok(kind) => SchedulerKind { everywhere: args.every.no_reduction, ..kind },
        Err(message) => {
            terminal.complain(|_, _| message.to_owned());
            return Exit::Wrong;
        }
    };
    let Some(files) = args.code.files(&args.paths, &args.out, terminal) else { return Exit::Wrong };
    if let Some(path) = &args.result
        && let Err(error) = output_file::prepare_with_folder(path, files.iter().map(PathBuf::as_path))
    {
        terminal.complain_unwritten(path, &error);
        return Exit::Wrong;
    }
    interrupt::listen();
    let mut printer = Printer::of(files.iter().map(|file| paths::shown(file)));
    let mut results = String::new();
    for file in &files {
        if interrupt::happened() {
            break;
        }
        let (here, path, before) = (args.clone(), file.clone(), printer.clone());
        let found = in_time(args.for_, (file, Some(printer.wide)), terminal, move |deadline, terminal| {
            let mut printer = before;
            let found = one(&path, &here, (kind, deadline), &mut printer, terminal);
            (printer, found)
        });
        match found {
            Ok((after, found)) => {
                printer = after;
                if let Some(found) = found {
                    results.push_str(&found);
                    if let Some(path) = &args.result {
                        interrupt::keep(path, whole(&files, args, false, &results));
                    }
                }
            }
            Err(left) => printer.tally.count(left.word, left.exit),
        }
        terminal.flush();
    }
    // What an earlier run has found is worth more than nothing.
    if let Some(path) = &args.result
        && !results.is_empty()
    {
        let written = output_file::write(path, &whole(&files, args, !interrupt::happened(), &results));
        if let Err(error) = written {
            terminal.complain_unwritten(path, &error);
        }
    }
    let exit = printer.finish(terminal);
    if interrupt::happened() { Exit::Interrupted } else { exit }
}

/// The text of a result: what the campaign is, and what has been found in its files.
fn whole(files: &[PathBuf], args: &Args, ended: bool, results: &str) -> String {
    let names = files.iter().map(|file| paths::shown(file)).collect();
    let campaign = serde_json::to_string(&Header::of(names, args.shard, ended)).expect("it is plain data");
    format!("{campaign}\n{results}")
}

/// Explores one file as it is asked for; what is to be written of it as a line of the result.
fn one(
    file: &Path,
    args: &Args,
    (kind, deadline): (SchedulerKind, &Deadline),
    printer: &mut Printer,
    terminal: &mut Terminal<'_>,
) -> Option<String> {
    let mut loaded = match Loaded::open(file) {
        Ok(loaded) => loaded,
        Err(error) => {
            terminal.keep(|| Entry::wrong(file, &complaint(&error, ON_A_PIPE, false)));
            terminal.complain(|width, color| complaint(&error, width, color));
            printer.tally.count("wrong", Exit::Wrong);
            return None;
        }
    };
    args.bounds.apply(&mut loaded);
    if args.sweeping.sweep {
        let seeds = args.seeds.clone().map(|seeds| (kind, seeds));
        let (word, exit) = sweep::sweep(&mut loaded, args, seeds, (deadline, printer.wide), terminal);
        printer.tally.count(word, exit);
        return None;
    }
    let mut unproved = None;
    if args.states_first() > 0 {
        let place = LineLayout { wide: printer.wide, alone: printer.files == 1 };
        match exhaustive::prove(&loaded, args, args.states_first(), place, deadline, terminal) {
            Ok((word, exit)) => {
                printer.tally.count(word, exit);
                return None;
            }
            Err(why) => unproved = Some(why),
        }
    }
    let report = by_seeds(&loaded, args, (kind, deadline), unproved, printer, terminal);
    let explains = terminal.explains();
    terminal.keep(|| {
        report.entry(file, |schedule| {
            explains.then(|| explanation_of(schedule, &args.bounds, deadline)).flatten()
        })
    });
    Some(serde_json::to_string(&report).expect("it is plain data") + "\n")
}

/// Explores one file under its seeds.
fn by_seeds(
    loaded: &Loaded,
    args: &Args,
    (kind, deadline): (SchedulerKind, &Deadline),
    unproved: Option<String>,
    printer: &mut Printer,
    terminal: &mut Terminal<'_>,
) -> Report {
    let begun = Instant::now();
    let usual = args.for_.is_none() && args.seeds.is_none() && args.shard.is_none();
    let all = if args.for_.is_some() { 0..shard::SEEDS_MAX } else { args.seeds.clone().unwrap_or(SEEDS) };
    let what = Campaign {
        scheduler: kind,
        seeds: args.shard.map_or(all.clone(), |shard| shard.of(&all)),
        jobs: args.jobs.map_or_else(all_processors, usize::from),
        keep_going: args.keep_going,
        patience: usual.then_some(PATIENCE),
    };
    let stop = deadline.stop_to_tell(terminal);
    let mut watcher = Watcher { loaded, args, kind, begun, deadline, terminal, shown: Vec::new() };
    let searched = campaign::run(&loaded.simulation, &what, &stop, &mut watcher);
    let Watcher { shown, terminal, .. } = watcher;
    let elapsed = begun.elapsed();
    terminal.progress("");
    let report = Report {
        file: loaded.name.clone(),
        hash: format!("{:016x}", loaded.hash()),
        version: VERSION.to_owned(),
        scheduler: kind.to_string(),
        depth: match kind {
            SchedulerKind { by: By::Pct { depth }, .. } if loaded.scenario.faults.is_empty() => Some(depth),
            _ => None,
        },
        keep_going: args.keep_going,
        expects_failure: !loaded.simulation.expected_failures().is_empty(),
        campaign: args.for_.is_none().then_some(all),
        tried: vec![searched.tried],
        interrupted: interrupt::happened(),
        unreached: unreached::all(loaded),
        calm: searched.calm,
        seeds: searched.seeds,
        seconds: elapsed.as_secs_f64(),
        merged: false,
        unproved,
        lacks: Vec::new(),
    };
    printer.print(&report, terminal, &mut |failure, terminal| {
        let shown = shown.iter().find(|shown| shown.source.seed() == failure.seed)?;
        let default = match terminal.format {
            Format::Json => TraceFormat::None,
            Format::Text if terminal.quiet || args.keep_going => TraceFormat::None,
            Format::Text if matches!(shown.played.run.verdict, model::Verdict::Unrunnable(_)) => {
                TraceFormat::None
            }
            Format::Text => TraceFormat::Text,
        };
        let format = args.showing.trace.unwrap_or(default);
        show_trace(loaded, &shown.played, format, &args.showing, terminal);
        Some(shown.lines(loaded))
    });
    if terminal.is_watched() {
        let rate = words::rate(report.total().runs, elapsed);
        terminal.complain(|_, _| format!("{}: {:.1} s{rate}", loaded.name, elapsed.as_secs_f64()));
    }
    report
}

/// Says how far it is, and saves failures as they are found: whatever happens later, they are kept.
struct Watcher<'a, 'b> {
    loaded: &'a Loaded,
    args: &'a Args,
    kind: SchedulerKind,
    begun: Instant,
    deadline: &'a Deadline,
    terminal: &'a mut Terminal<'b>,
    shown: Vec<Rerun>,
}

impl campaign::Watch for Watcher<'_, '_> {
    fn progress(&mut self, progress: Progress) {
        if self.terminal.is_watched() {
            let told = words::progress(&self.loaded.name, progress, self.begun.elapsed(), self.args.for_);
            self.terminal.progress(&told);
        }
    }

    /// Runs it again with everything recorded, and saves its schedule.
    fn failed(&mut self, failure: &mut Failure) {
        let source = failure.seed.map_or(Source::Calm, |seed| Source::Seed { of: self.kind, seed });
        let options = source.options().unwrap_or_default();
        let otherwise = format!("treefall run {} {options}", word(&self.loaded.path)).trim_end().to_owned();
        // That takes as long as the run did, and whoever has no more time is to know of it all the same.
        if self.shown.is_empty() {
            let (of, format) = (source.to_string(), self.terminal.format);
            self.deadline.knows_failure(self.loaded, &of, &otherwise, format);
        }
        let played = play(&self.loaded.simulation, source).expect("only schedules can fail to fit");
        let schedule = played.schedule(self.loaded.subject(), source);
        let Kept { path, again } = match played.run.verdict {
            model::Verdict::Unrunnable(_) => Kept { path: None, again: otherwise },
            _ => keep(&self.args.out, &schedule, otherwise, self.terminal),
        };
        let explain =
            path.as_ref().map(|path| format!("treefall explain {}{}", word(path), self.loaded.bounds));
        let shown = Rerun { source, played, again, explain };
        failure.told = shown.lines(self.loaded).iter().map(Line::plain).collect();
        let path = path.as_deref().map(paths::shown);
        failure.verdict = shown.case(self.loaded, &source.to_string()).json(path.as_deref());
        self.shown.push(shown);
    }
}

impl Rerun {
    /// What it broke, how to see it again, and how to understand it.
    fn lines(&self, loaded: &Loaded) -> Vec<Line> {
        let mut lines = self.case(loaded, &self.source.to_string()).lines();
        if self.source.seed().is_some()
            && let Some(options) = self.source.options()
        {
            let by_seed = format!("treefall run {} {options}{}", word(&loaded.path), loaded.bounds);
            lines.push(Line::new().with(Tone::Plain, "By its seed:  ").with(Tone::Name, by_seed));
        }
        if let Some(command) = &self.explain
            && !self.played.run.verdict.breaches().is_empty()
        {
            let explain = Line::new().with(Tone::Plain, "Explain it:   ");
            lines.push(explain.with(Tone::Name, command.as_str()));
        }
        lines
    }

    fn case<'a>(&'a self, loaded: &'a Loaded, of: &'a str) -> Case<'a> {
        Case::of(loaded, &self.played, of, self.source.origin(), Some(&self.again))
    }
}

/// Prints the results of several files, and what they come to together.
#[derive(Clone, Debug)]
pub(super) struct Printer {
    wide: usize,
    files: usize,
    tally: Tally,
    /// What is said of files in which nothing was found.
    worth: Vec<String>,
}

impl Printer {
    pub(super) fn of(names: impl ExactSizeIterator<Item = String>) -> Self {
        let files = names.len();
        let wide = names.map(|name| name.chars().count()).max().unwrap_or(0);
        Printer { wide, files, tally: Tally::default(), worth: Vec::new() }
    }

    pub(super) fn print(&mut self, report: &Report, terminal: &mut Terminal<'_>, story: &mut Story<'_>) {
        let verdict = report.verdict();
        self.tally.count(verdict.word, verdict.exit);
        if let Some(worth) = report.worth()
            && !self.worth.contains(&worth)
        {
            self.worth.push(worth);
        }
        match terminal.format {
            Format::Json => {
                if let Some(first) = report.total().failures.first() {
                    story(first, terminal);
                }
                terminal.print_json(&report.json())
            }
            Format::Text if terminal.quiet && verdict.exit == Exit::Held => (),
            Format::Text => {
                terminal.print_as_they_are(&[report.headline(self.wide)]);
                report.print_details(self.files == 1, terminal, story)
            }
        }
    }

    /// Says of which files a campaign has nothing, and why.
    pub(super) fn print_missing(&mut self, file: &str, why: &[String], terminal: &mut Terminal<'_>) {
        self.tally.count("missing", Exit::Inconclusive);
        if terminal.format == Format::Json {
            return terminal.print_json(&serde_json::json!({
                "verdict": "inconclusive", "file": file, "runs": 0, "why": why.join("; "), "failures": [],
            }));
        }
        let headline = Line::new()
            .with(Tone::Warning, format!("{:<12} ", "missing"))
            .with(Tone::Plain, format!("{file:<wide$}", wide = self.wide));
        terminal.print_as_they_are(&[headline]);
        let lines = why.iter().map(|why| Line::new().with(Tone::Plain, format!("  {why}")));
        terminal.print_lines(&lines.collect::<Vec<_>>())
    }

    /// The last line, if there are several files.
    pub(super) fn finish(self, terminal: &mut Terminal<'_>) -> Exit {
        let exit = self.tally.exit();
        if self.files > 1 && terminal.format == Format::Text && !(terminal.quiet && exit == Exit::Held) {
            let mut lines = vec![self.tally.line()];
            if let [worth] = self.worth.as_slice() {
                lines.push(Line::new().with(Tone::Plain, format!("Where nothing was found, {worth}.")));
            }
            terminal.print_lines(&lines);
        }
        exit
    }
}
