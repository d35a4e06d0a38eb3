//! `treefall explore --sweep`: one kill of every process at every step of a run, each in a run of its own that
//! goes on calmly; and pairs of kills, if they are asked for.
//!
//! What a client expects is no verdict here: whoever has called a server that was killed may well notice.
//! Oracles and conditions are.

mod matrix;

use std::ops::Range;

use serde_json::{Value, json};

use crate::explore::{By, SWEEP, SchedulerKind};
use crate::model::sweep::{Aftermath, Base, FailureKind, Share, Swept};
use crate::model::{Model, Origin, Played, all_processors, sweep as engine};
use crate::scenario::{Judgement, Simulation};
use crate::trace::{Line, Tone};

use super::super::deadline::Deadline;
use super::super::exit::Exit;
use super::super::keep::{Kept, keep};
use super::super::loaded::Loaded;
use super::super::paths::{self, word};
use super::super::run::{TraceFormat, show_trace};
use super::super::summary::{Entry, line_of};
use super::super::terminal::{Format, ON_A_PIPE, Terminal, rendered};
use super::super::verdict::Case;
use super::super::words::count;
use super::args::Args;
use super::unreached;

/// What is printed of a sweep beside its numbers.
struct ToldSweep {
    /// Seeds whose runs were left out because they fail without any kill.
    failing: u64,
    /// What was not tried, or not seen, and why that matters.
    open: Vec<String>,
    /// Whose runs were swept, as the beginning of a sentence about what they do.
    runs: &'static str,
}

/// Sweeps one file: the word for what came of it and the exit status. `seeds` are those of a scheduler whose runs are swept beside the calm one.
pub(super) fn sweep(
    loaded: &mut Loaded,
    args: &Args,
    seeds: Option<(SchedulerKind, Range<u64>)>,
    (deadline, wide): (&Deadline, usize),
    terminal: &mut Terminal<'_>,
) -> (&'static str, Exit) {
    // What `run` need not be told of plain dice, `explore` must be.
    let scheduler = seeds.as_ref().map_or(String::new(), |(kind, _)| match *kind {
        kind @ SchedulerKind { by: By::Random, .. } => format!("--scheduler random {}", kind.options()),
        kind => kind.options(),
    });
    let sweeping = engine::Sweeping {
        jobs: args.jobs.map_or_else(all_processors, usize::from),
        runs_max: args.sweeping.max_runs,
        pairs: args.sweeping.pairs,
        stop: deadline.stop_to_tell(terminal),
    };
    let (calm, base) = Base::calm(&loaded.simulation);
    let judged = Judgement::of(&calm.run.verdict, Origin::Calm, loaded.simulation.expected_failures());
    if judged.exit() != Exit::Held {
        // Every kill would look like a failure of its own.
        let again = format!("treefall run {}", word(&loaded.path));
        return not_swept(loaded, &calm, &again, terminal);
    }
    let mut swept_in = vec![base];
    let mut swept = Swept::default();
    swept.see(&calm.run, None, loaded.simulation.atoms());
    let (mut failing, runs) = (0, if seeds.is_some() { "These runs do" } else { "The calm run does" });
    if let Some((kind, seeds)) = seeds {
        let seeds: Vec<u64> = seeds.collect();
        let (more, others) = swept.bases(&loaded.simulation, kind, &seeds, &sweeping);
        swept_in.extend(more);
        failing = others;
    }
    // Not before: a scheduler would kill whom it may.
    loaded.simulation.permit_kills(if sweeping.pairs { 2 } else { 1 });
    let loaded = &*loaded;
    let mut ticks = 0_u64;
    swept.strike(&loaded.simulation, &swept_in, &sweeping, &mut |what, done, all| {
        ticks += 1;
        if terminal.is_watched() && ticks.is_multiple_of(64) {
            terminal.progress(&format!("{}: {done} of {all} {what}", loaded.name));
        }
    });
    terminal.progress("");
    let told = ToldSweep { failing, open: open(loaded, &swept), runs };
    let mut shown = Vec::new();
    for kind in &swept.kinds {
        let otherwise = match kind.first.base.seed {
            Some(seed) => {
                let seeds = format!("{seed}..{}", seed.saturating_add(1));
                format!(
                    "treefall explore {} --sweep --seeds {seeds} {}",
                    word(&loaded.path),
                    scheduler.trim_end()
                )
            }
            None => format!("treefall explore {} --sweep", word(&loaded.path)),
        };
        if shown.is_empty() {
            deadline.knows_failure(loaded, &kind.first.told(), &otherwise, terminal.format);
        }
        let played = kind.first.play(&loaded.simulation);
        let schedule = kind.first.schedule(&played, loaded.subject());
        let Kept { path, again } = keep(&args.out, &schedule, otherwise, terminal);
        shown.push(Rerun {
            kind,
            played,
            of: kind.first.told(),
            again,
            path: path.as_deref().map(paths::shown),
        });
    }
    let (told_word, id, exit) = verdict(&swept, &told);
    let cases: Vec<Case<'_>> = shown.iter().map(|failure| failure.case(loaded)).collect();
    terminal.keep(|| entry(loaded, told_word, exit, count(swept.kills.kills(), "kill"), &cases));
    match terminal.format {
        Format::Json => terminal.print_json(&object(loaded, &swept, &told, id, &shown)),
        Format::Text if terminal.quiet && exit == Exit::Held => (),
        Format::Text => {
            terminal.print_as_they_are(&[headline(loaded, &swept, told_word, exit, wide)]);
            if let Some(why) = &swept.unrunnable {
                terminal.complain(|_, _| format!("error: {}: {why}", loaded.name));
            }
            tables(&swept, &told, terminal);
            failures(loaded, args, &shown, terminal);
        }
    }
    (told_word, exit)
}

/// A kind of failure, run again with everything recorded.
struct Rerun<'a> {
    kind: &'a FailureKind<'a>,
    played: Played<Simulation>,
    of: String,
    again: String,
    path: Option<String>,
}

impl Rerun<'_> {
    fn case<'a>(&'a self, loaded: &'a Loaded) -> Case<'a> {
        case_of(loaded, &self.played, &self.of, &self.again, Origin::Elsewhere(None))
    }
}

/// What nothing is known of, though it was asked for.
fn open(loaded: &Loaded, swept: &Swept<'_>) -> Vec<String> {
    let mut open = Vec::new();
    let cut = |what: &str, share: Share| match (share.every, share.all) {
        (0, _) => format!("None of the {what} was tried: --max-runs was reached before."),
        (every, all) => format!("Of {all} {what} one in {every} was tried: --max-runs allows no more."),
    };
    if swept.kills_share.is_cut() {
        open.push(cut("kills", swept.kills_share));
    }
    open.extend(swept.pairs_share.filter(|share| share.is_cut()).map(|share| cut("pairs of kills", share)));
    if !swept.interrupted {
        let places = unreached::all(loaded);
        let not_seen = swept.not_seen.iter().flatten().filter_map(|place| places.get(place));
        open.extend(
            not_seen.map(|told| format!("{}.", told.of_runs(swept.runs)).replacen("none of", "None of", 1)),
        );
    }
    open
}

fn tables(swept: &Swept<'_>, told: &ToldSweep, terminal: &mut Terminal<'_>) {
    let plain = |text: String| Line::new().with(Tone::Plain, text);
    terminal.print("\n");
    terminal.print_as_they_are(&matrix::lines(&swept.kills, "killed while"));
    if swept.pairs.kills() > 0 {
        terminal.print("\n");
        terminal.print_as_they_are(&matrix::lines(&swept.pairs, "then killed"));
    }
    let mut lines = vec![Line::new(), plain(matrix::legend(&swept.kills, told.runs))];
    if swept.pairs.kills() > 0 {
        lines.push(plain(format!("After a first kill, {}", matrix::legend(&swept.pairs, "These runs do"))));
    }
    if swept.interrupted {
        lines.push(plain("Interrupted: what is shown is what was tried before.".to_owned()));
    }
    if told.failing > 0 {
        let fail = if told.failing == 1 { "fails" } else { "fail" };
        lines.push(plain(format!(
            "The runs of {} {fail} without any kill, and nobody was killed in them: without --sweep they are shown.",
            count(told.failing, "seed")
        )));
    }
    lines.extend(told.open.iter().cloned().map(plain));
    terminal.print_lines(&lines);
    let close = swept.meter.lines(true);
    if !close.is_empty() {
        terminal.print("\n");
        terminal.print_lines(&close.into_iter().map(plain).collect::<Vec<_>>());
    }
}

fn failures(loaded: &Loaded, args: &Args, shown: &[Rerun<'_>], terminal: &mut Terminal<'_>) {
    for (index, failure) in shown.iter().enumerate() {
        terminal.print("\n");
        let default = if index == 0 && !terminal.quiet { TraceFormat::Text } else { TraceFormat::None };
        let format = args.showing.trace.unwrap_or(default);
        show_trace(loaded, &failure.played, format, &args.showing, terminal);
        if failure.kind.runs > 1 {
            let told = format!("{} failed like this one:", count(failure.kind.runs, "run"));
            terminal.print_lines(&[Line::new().with(Tone::Plain, told)]);
        }
        terminal.print_lines(&failure.case(loaded).lines());
    }
}

fn object(loaded: &Loaded, swept: &Swept<'_>, told: &ToldSweep, id: &str, shown: &[Rerun<'_>]) -> Value {
    let failures: Vec<Value> = shown
        .iter()
        .map(|failure| {
            let mut verdict = failure.case(loaded).json(None);
            let kills = &failure.kind.first.kills;
            verdict["schedule"] = failure.path.as_deref().into();
            verdict["runs"] = failure.kind.runs.into();
            verdict["seed"] = failure.kind.first.base.seed.into();
            verdict["killed"] = kills.iter().map(|kill| Value::from(&*kill.name)).collect();
            verdict["kill_steps"] = kills.iter().map(|kill| Value::from(kill.step)).collect();
            verdict
        })
        .collect();
    let share = |share: Share| json!({ "all": share.all, "every": share.every });
    json!({
        "verdict": id,
        "file": loaded.name,
        "scheduler": SWEEP,
        "runs": swept.runs,
        "steps": swept.steps,
        "kills": swept.kills.kills(),
        "kills_tried": share(swept.kills_share),
        "cells": matrix::json(&swept.kills),
        "pairs": swept.pairs.kills(),
        "pairs_tried": swept.pairs_share.map(share),
        "pair_cells": matrix::json(&swept.pairs),
        "intensity": swept.meter.json(),
        "failing_seeds": told.failing,
        "open": told.open,
        "failures": failures,
    })
}

/// Says what is wrong with the calm run.
fn not_swept(
    loaded: &Loaded,
    calm: &Played<Simulation>,
    again: &str,
    terminal: &mut Terminal<'_>,
) -> (&'static str, Exit) {
    let case = case_of(loaded, calm, "calm run", again, Origin::Calm);
    let judgement = case.judgement();
    let exit = judgement.exit();
    let told = match exit {
        Exit::Inconclusive => "inconclusive",
        _ => "broken",
    };
    terminal.keep(|| entry(loaded, told, exit, "the calm run".to_owned(), &[case]));
    match terminal.format {
        Format::Json => terminal.print_json(&json!({
            "verdict": judgement.word(),
            "file": loaded.name,
            "scheduler": SWEEP,
            "runs": 1,
            "steps": calm.run.steps,
            "kills": 0,
            "cells": [],
            "failures": [case.json(None)],
        })),
        Format::Text => {
            terminal.print_lines(&case.lines());
            let why = "Nobody was killed: a sweep begins with a calm run that is as the file says.";
            terminal.print_lines(&[Line::new(), Line::new().with(Tone::Plain, why)]);
        }
    }
    (told, exit)
}

/// What is kept of it for others.
fn entry(loaded: &Loaded, told: &str, exit: Exit, effort: String, cases: &[Case<'_>]) -> Entry {
    let result = cases.first().map_or(Value::Null, |case| case.json(None));
    let lines: Vec<Line> = cases.iter().flat_map(Case::lines).collect();
    Entry {
        path: loaded.path.clone(),
        word: told.to_owned(),
        exit,
        effort,
        why: result["why"].as_str().unwrap_or_default().to_owned(),
        told: rendered(&lines, ON_A_PIPE, false).trim_end().to_owned(),
        explained: None,
        line: line_of(&result),
    }
}

fn case_of<'a>(
    loaded: &'a Loaded,
    played: &'a Played<Simulation>,
    of: &'a str,
    again: &'a str,
    origin: Origin,
) -> Case<'a> {
    Case::of(loaded, played, of, origin, Some(again))
}

fn headline(loaded: &Loaded, swept: &Swept<'_>, told: &'static str, exit: Exit, wide: usize) -> Line {
    let tone = match exit {
        Exit::Held => Tone::Good,
        Exit::Inconclusive | Exit::Interrupted => Tone::Warning,
        Exit::Unwritten | Exit::Broken | Exit::Wrong => Tone::Bad,
    };
    let mut line = Line::new().with(tone, told);
    line.pad_to(13);
    line.push(Tone::Plain, format!("{:wide$}", loaded.name));
    let pairs = match swept.pairs.kills() {
        0 => String::new(),
        pairs => format!(", {}", count(pairs, "pair")),
    };
    line.push(
        Tone::Faint,
        format!("  {}{pairs}, {}", count(swept.kills.kills(), "kill"), count(swept.steps, "step")),
    );
    line
}

/// One word for people, one for programs, and the exit status.
fn verdict(swept: &Swept<'_>, told: &ToldSweep) -> (&'static str, &'static str, Exit) {
    if swept.unrunnable.is_some() {
        return ("cannot be run", "unrunnable", Exit::Wrong);
    }
    if swept.has(Aftermath::Broken) {
        return ("broken", "broken", Exit::Broken);
    }
    if swept.interrupted {
        return ("interrupted", "interrupted", Exit::Interrupted);
    }
    if swept.has(Aftermath::Inconclusive) || !told.open.is_empty() {
        return ("inconclusive", "inconclusive", Exit::Inconclusive);
    }
    match swept.has(Aftermath::Known) {
        true => ("found", "broken-as-expected", Exit::Held),
        false => ("held", "held", Exit::Held),
    }
}
