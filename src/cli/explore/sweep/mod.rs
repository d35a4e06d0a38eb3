//! `treefall explore --sweep`: one kill of every process at every step of the calm run, each in a run of its
//! own that goes on calmly.
//!
//! What a client expects is no verdict here: whoever has called a server that was killed may well notice.
//! Oracles and conditions are.

mod matrix;
mod moments;

use std::io;
use std::sync::atomic::Ordering;

use serde_json::{Value, json};

use crate::explore::{SWEEP, Schedule};
use crate::kernel::{Choice, Pid};
use crate::scenario::{Run, ScriptWorld, Verdict};
use crate::trace::{Line, Tone};

use super::super::exit::Exit;
use super::super::in_order::{all_processors, in_order};
use super::super::judgement::{Judgement, Origin};
use super::super::keep::keep;
use super::super::loaded::Loaded;
use super::super::play::{Oracle, Played, play_with};
use super::super::run::{TraceFormat, show_trace, word};
use super::super::shape::Shape;
use super::super::terminal::{Format, Terminal};
use super::super::verdict::Case;
use super::super::words::count;
use super::{Args, interrupt};

use matrix::{Matrix, Outcome};
use moments::{Moment, moments};

/// One kind of failure, and the first kill that leads to it.
struct Kind {
    shape: Shape,
    first: Moment,
    runs: u64,
}

/// What all kills came to.
struct Swept {
    matrix: Matrix,
    kinds: Vec<Kind>,
    runs: u64,
    steps: u64,
    interrupted: bool,
}

/// Sweeps one file: the word for what came of it and the exit status, or nothing if a schedule cannot be
/// written.
///
/// # Errors
///
/// When nothing can be printed.
pub(super) fn sweep(
    loaded: &mut Loaded,
    args: &Args,
    wide: usize,
    terminal: &mut Terminal<'_>,
) -> io::Result<Option<(&'static str, Exit)>> {
    loaded.simulation.permit_kills(1);
    let loaded = &*loaded;
    let (calm, moments) = moments(loaded);
    let judged = Judgement::of(&calm.run.verdict, Origin::Calm, loaded.simulation.expected_failures());
    if judged.exit() != Exit::Held {
        // Every kill would look like a failure of its own.
        let again = format!("treefall run {}", word(&loaded.name));
        return not_swept(loaded, &calm, &again, terminal).map(Some);
    }
    let swept = strike_each(loaded, &calm.run, &moments, args, terminal)?;
    terminal.progress("")?;
    let (word_for, id, exit) = swept.verdict();
    let mut shown = Vec::new();
    for kind in &swept.kinds {
        let played = play_with(loaded, &mut strike(&kind.first, &|| true));
        let path = match keep(&args.out, &schedule(loaded, &played, &kind.first)) {
            Ok(path) => path.display().to_string(),
            Err((path, error)) => {
                terminal.complain(|_, _| format!("error: {}: cannot be written: {error}", path.display()))?;
                return Ok(None);
            }
        };
        let of = format!("{} killed at step {}", kind.first.name, kind.first.step);
        shown.push((kind, played, of, path));
    }
    let cases: Vec<_> = shown
        .iter()
        .map(|(kind, played, of, path)| (*kind, played, of, path, format!("treefall replay {}", word(path))))
        .collect();
    let case = |played: &'_ Played, of: &'_ str, again: &'_ str| -> (Vec<Line>, Value) {
        let case = case_of(loaded, played, of, again, Origin::Elsewhere(None));
        (case.lines(), case.json(None))
    };
    if terminal.format == Format::Json {
        let failures: Vec<Value> = cases
            .iter()
            .map(|(kind, played, of, path, again)| {
                let (_, mut verdict) = case(played, of, again);
                verdict["schedule"] = (*path).as_str().into();
                verdict["runs"] = kind.runs.into();
                verdict["killed"] = kind.first.name.as_str().into();
                verdict["kill_step"] = kind.first.step.into();
                verdict
            })
            .collect();
        terminal.print_json(&json!({
            "verdict": id,
            "file": loaded.name,
            "scheduler": SWEEP,
            "runs": swept.runs,
            "steps": swept.steps,
            "kills": swept.matrix.kills(),
            "cells": swept.matrix.json(),
            "failures": failures,
        }))?;
        return Ok(Some((word_for, exit)));
    }
    if terminal.quiet && exit == Exit::Held {
        return Ok(Some((word_for, exit)));
    }
    terminal.print_as_they_are(&[headline(loaded, &swept, word_for, exit, wide)])?;
    terminal.print("\n")?;
    terminal.print_as_they_are(&swept.matrix.lines())?;
    terminal.print("\n")?;
    terminal.print_lines(&swept.matrix.legend())?;
    for (index, (kind, played, of, _, again)) in cases.iter().enumerate() {
        terminal.print("\n")?;
        let default = if index == 0 && !terminal.quiet { TraceFormat::Text } else { TraceFormat::None };
        let format = args.showing.trace.unwrap_or(default);
        show_trace(loaded, played, format, &args.showing, terminal)?;
        if kind.runs > 1 {
            let told = format!("{} failed like this one:", count(kind.runs, "kill"));
            terminal.print_lines(&[Line::new().with(Tone::Plain, told)])?;
        }
        terminal.print_lines(&case(played, of, again).0)?;
    }
    Ok(Some((word_for, exit)))
}

/// Says what is wrong with the calm run.
fn not_swept(
    loaded: &Loaded,
    calm: &Played,
    again: &str,
    terminal: &mut Terminal<'_>,
) -> io::Result<(&'static str, Exit)> {
    let case = case_of(loaded, calm, "calm run", again, Origin::Calm);
    let judgement = case.judgement();
    let exit = judgement.exit();
    let told = match exit {
        Exit::Inconclusive => "inconclusive",
        _ => "broken",
    };
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
        }))?,
        Format::Text => {
            terminal.print_lines(&case.lines())?;
            let why = "Nobody was killed: a sweep begins with a calm run that is as the file says.";
            terminal.print_lines(&[Line::new(), Line::new().with(Tone::Plain, why)])?;
        }
    }
    Ok((told, exit))
}

/// Runs all of them, and puts together what came of them in the order of the moments.
fn strike_each(
    loaded: &Loaded,
    calm: &Run,
    moments: &[Moment],
    args: &Args,
    terminal: &mut Terminal<'_>,
) -> io::Result<Swept> {
    let mut swept = Swept {
        matrix: Matrix::default(),
        kinds: Vec::new(),
        runs: 1,
        steps: calm.steps,
        interrupted: false,
    };
    let proceed = || !interrupt::flag().load(Ordering::Relaxed);
    let jobs = args.jobs.map_or_else(all_processors, usize::from);
    let work = |moment: &Moment| {
        let mut choose = strike(moment, &proceed);
        let run = loaded.simulation.run(false, &mut |world, _| choose(world));
        let outcome = outcome(loaded, &run);
        let shape = matches!(outcome, Some(Outcome::Broken | Outcome::Known))
            .then(|| Shape::of(&judged(&run.verdict), loaded.simulation.atoms()));
        (outcome, shape, run.steps)
    };
    let all = u64::try_from(moments.len()).unwrap_or(u64::MAX);
    in_order(moments, jobs, work, |moment, (outcome, shape, steps)| {
        let Some(outcome) = outcome else {
            swept.interrupted = true;
            return Ok(());
        };
        swept.runs += 1;
        swept.steps += steps;
        swept.matrix.add(moment.row.clone(), moment.phase, outcome);
        if let Some(shape) = shape {
            match swept.kinds.iter_mut().find(|kind| kind.shape == shape) {
                Some(kind) => kind.runs += 1,
                None => swept.kinds.push(Kind { shape, first: moment.clone(), runs: 1 }),
            }
        }
        if terminal.is_watched() && swept.runs.is_multiple_of(64) {
            terminal.progress(&format!("{}: {} of {all} kills", loaded.name, swept.runs - 1))?;
        }
        Ok(())
    })?;
    Ok(swept)
}

/// The calm run, but for one kill.
fn strike<'a>(
    moment: &'a Moment,
    proceed: &'a dyn Fn() -> bool,
) -> impl FnMut(&ScriptWorld) -> Option<Choice> + use<'a> {
    let (mut step, at, pid): (u64, u64, Pid) = (0, moment.step, moment.pid);
    move |world| {
        step += 1;
        match step == at {
            true => Some(Choice::Kill(pid)),
            false => proceed().then(|| world.choices().calm()).flatten(),
        }
    }
}

/// What a run breaks but for what its clients expect.
fn judged(verdict: &Verdict) -> Vec<crate::scenario::Breach> {
    match verdict {
        Verdict::Broken(breaches) => {
            breaches.iter().filter(|breach| breach.property != "expect").cloned().collect()
        }
        Verdict::Held | Verdict::Inconclusive(_) | Verdict::Abandoned => Vec::new(),
    }
}

/// What a run after a kill came to; nothing if it was interrupted.
fn outcome(loaded: &Loaded, run: &Run) -> Option<Outcome> {
    let breaches = judged(&run.verdict);
    match &run.verdict {
        Verdict::Abandoned => return None,
        Verdict::Inconclusive(_) => return Some(Outcome::Inconclusive),
        Verdict::Held => return Some(Outcome::Held),
        Verdict::Broken(_) if breaches.is_empty() => return Some(Outcome::Noticed),
        Verdict::Broken(_) => (),
    }
    let expected = loaded.simulation.expected_failures();
    Some(match Judgement::of(&Verdict::Broken(breaches), Origin::Elsewhere(None), expected) {
        Judgement::BrokenAsExpected(_) => Outcome::Known,
        _ => Outcome::Broken,
    })
}

/// The run up to the kill; the rest follows by itself.
fn schedule(loaded: &Loaded, played: &Played, moment: &Moment) -> Schedule {
    let mut schedule = played.schedule(loaded, Oracle::Calm);
    schedule.scheduler = Some(SWEEP.to_owned());
    schedule.lines.truncate(usize::try_from(moment.step).unwrap_or(usize::MAX));
    schedule.then_calm = true;
    schedule
}

fn case_of<'a>(
    loaded: &'a Loaded,
    played: &'a Played,
    of: &'a str,
    again: &'a str,
    origin: Origin,
) -> Case<'a> {
    Case {
        loaded,
        file: &loaded.name,
        run: &played.run,
        directory: played.cast.directory(),
        of,
        origin,
        again: Some(again),
    }
}

fn headline(loaded: &Loaded, swept: &Swept, told: &'static str, exit: Exit, wide: usize) -> Line {
    let tone = match exit {
        Exit::Held => Tone::Good,
        Exit::Inconclusive | Exit::Interrupted => Tone::Warning,
        Exit::Broken | Exit::Wrong => Tone::Bad,
    };
    let mut line = Line::new().with(tone, told);
    line.pad_to(13);
    line.push(Tone::Plain, format!("{:wide$}", loaded.name));
    line.push(
        Tone::Faint,
        format!("  {}, {}", count(swept.matrix.kills(), "kill"), count(swept.steps, "step")),
    );
    line
}

impl Swept {
    /// One word for people, one for programs, and the exit status.
    fn verdict(&self) -> (&'static str, &'static str, Exit) {
        if self.matrix.has(Outcome::Broken) {
            return ("broken", "broken", Exit::Broken);
        }
        if self.interrupted {
            return ("interrupted", "interrupted", Exit::Interrupted);
        }
        if self.matrix.has(Outcome::Inconclusive) {
            return ("inconclusive", "inconclusive", Exit::Inconclusive);
        }
        match self.matrix.has(Outcome::Known) {
            true => ("found", "broken-as-expected", Exit::Held),
            false => ("held", "held", Exit::Held),
        }
    }
}
