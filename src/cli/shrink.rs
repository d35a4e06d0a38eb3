//! `treefall shrink`.

use std::io;
use std::path::{Path, PathBuf};

use crate::explore::{Compare, Deviating, Deviation, Schedule, Scheduler, describe, shrink};
use crate::scenario::Verdict;
use crate::trace::{Line, Tone};

use super::exit::Exit;
use super::keep::keep_as;
use super::loaded::Loaded;
use super::play::{Oracle, Played, VERSION, play, play_with};
use super::replay::{open, unfit};
use super::run::{Showing, TraceFormat, show_trace, word};
use super::shape;
use super::terminal::{Format, Terminal};
use super::verdict::Case;

/// Make a smaller schedule that fails in the same way
///
/// The smaller one is the calm run but for as few decisions as possible: none of those it keeps can be left
/// out. They are printed, and the rest of the run follows from them.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Args {
    /// A schedule, as `treefall explore` and `treefall run --record` write it
    #[arg(value_name = "FILE.schedule")]
    file: PathBuf,
    /// Where the smaller schedule goes; what is there already is kept [default: the schedule's folder]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    showing: Showing,
}

/// Shrinks the schedule.
///
/// # Errors
///
/// When nothing can be printed.
pub(super) fn run(args: &Args, terminal: &mut Terminal<'_>) -> io::Result<Exit> {
    let Some((schedule, loaded)) = open(&args.file, terminal)? else { return Ok(Exit::Wrong) };
    let played = match play(&loaded, Oracle::Schedule(&schedule)) {
        Ok(played) => played,
        Err(mismatch) => {
            terminal.complain(|_, _| unfit(&mismatch, &args.file, Some(&schedule), &loaded))?;
            return Ok(Exit::Wrong);
        }
    };
    let Some(failure) = shapes(&loaded, &played.run.verdict).into_iter().next() else {
        let file = args.file.display();
        terminal.complain(|_, _| {
            format!("error: {file}: nothing is broken in this run, so there is nothing to shrink")
        })?;
        return Ok(Exit::Wrong);
    };
    let (before, least) = smallest(&loaded, &played, &failure);
    let (small, shrunk) = rerun(&loaded, &schedule, &least);
    let folder = args.out.as_deref().or(args.file.parent()).unwrap_or(Path::new(""));
    let path = match keep_as(folder, &name(&args.file), &shrunk) {
        Ok(path) => path,
        Err((path, error)) => {
            let path = path.display();
            terminal.complain(|_, _| format!("error: {path}: cannot be written: {error}"))?;
            return Ok(Exit::Wrong);
        }
    };
    let oracle = Oracle::Schedule(&shrunk);
    let again = format!("treefall replay {}", word(&path.display().to_string()));
    let of = format!("as {} says", path.display());
    let case = Case {
        loaded: &loaded,
        file: &loaded.name,
        run: &small.run,
        directory: small.cast.directory(),
        of: &of,
        origin: oracle.origin(),
        again: Some(&again),
    };
    let by_format = match terminal.format {
        Format::Text if !terminal.quiet => TraceFormat::Text,
        Format::Text | Format::Json => TraceFormat::None,
    };
    match terminal.format {
        Format::Text => {
            terminal.print_lines(&told(before, &least, &small))?;
            terminal.print("\n")?;
            show_trace(&loaded, &small, args.showing.trace.unwrap_or(by_format), &args.showing, terminal)?;
            terminal.print_lines(&case.lines())?;
            terminal.print("\n")?;
        }
        Format::Json => {
            show_trace(&loaded, &small, args.showing.trace.unwrap_or(by_format), &args.showing, terminal)?;
            let mut value = case.json(Some(&path.display().to_string()));
            let decision = |each: &Deviation| {
                serde_json::json!({
                    "step": each.step,
                    "choice": describe(each.choice, &small.cast),
                    "instead": each.instead.map(|choice| describe(choice, &small.cast)),
                })
            };
            value["decisions"] = least.iter().map(decision).collect();
            value["decisions_before"] = before.into();
            terminal.print_json(&value)?;
        }
    }
    // It was asked for a smaller schedule, and here it is; yet the failure is one.
    Ok(case.judgement().exit())
}

/// How many decisions of the run differ from the calm one, and the fewest that must.
fn smallest(loaded: &Loaded, played: &Played, failure: &str) -> (usize, Vec<Deviation>) {
    let mut compare = Compare::new(&played.run.choices);
    loaded.simulation.run(false, &mut |world, _| compare.choose(&world.choices()));
    let before = compare.found.len();
    let least = shrink(compare.found, &mut |planned| {
        let mut deviating = Deviating::new(planned);
        let run = loaded.simulation.run(false, &mut |world, _| deviating.choose(&world.choices()));
        shapes(loaded, &run.verdict).iter().any(|shape| shape == failure).then_some(deviating.taken)
    });
    (before, least)
}

/// The run with these deviations, and its schedule: calm after the last of them.
fn rerun(loaded: &Loaded, schedule: &Schedule, least: &[Deviation]) -> (Played, Schedule) {
    let mut deviating = Deviating::new(least);
    let played = play_with(loaded, &mut |world| deviating.choose(&world.choices()));
    let last = least.last().map_or(0, |last| usize::try_from(last.step).unwrap_or(usize::MAX));
    let lines = played.run.choices.iter().take(last).map(|choice| describe(*choice, &played.cast));
    // A run without deviations is the calm run, whatever it was made from.
    let seed = schedule.seed.filter(|_| !least.is_empty());
    let made = match &schedule.scheduler {
        Some(scheduler) if scheduler.ends_with("shrunk") => scheduler.clone(),
        Some(scheduler) => format!("{scheduler}, shrunk"),
        None if seed.is_some() => "random, shrunk".to_owned(),
        None => "shrunk".to_owned(),
    };
    let shrunk = Schedule {
        scheduler: Some(made).filter(|_| !least.is_empty()),
        then_calm: true,
        ..Schedule::new(VERSION, &schedule.scenario, loaded.hash(), seed, lines)
    };
    (played, shrunk)
}

fn shapes(loaded: &Loaded, verdict: &Verdict) -> Vec<String> {
    match verdict {
        Verdict::Broken(breaches) => {
            breaches.iter().map(|breach| shape::line(breach, loaded.simulation.atoms())).collect()
        }
        Verdict::Held | Verdict::Inconclusive(_) | Verdict::Abandoned => Vec::new(),
    }
}

/// The decisions, as a schedule says them.
fn told(before: usize, least: &[Deviation], small: &Played) -> Vec<Line> {
    let decisions = |number: usize| format!("{number} decision{}", if number == 1 { "" } else { "s" });
    let headline = match least.len() {
        0 => "The calm run fails in the same way.".to_owned(),
        fewer if fewer == before => {
            format!("It takes {} to leave the calm run for this failure.", decisions(fewer))
        }
        fewer => format!(
            "It takes {} to leave the calm run for this failure; the schedule made {before}.",
            decisions(fewer)
        ),
    };
    let mut lines = vec![Line::new().with(Tone::Plain, headline)];
    for Deviation { step, choice, instead } in least {
        lines.push(Line::new());
        lines.push(
            Line::new()
                .with(Tone::Faint, format!("  step {step:<6} "))
                .with(Tone::Name, describe(*choice, &small.cast)),
        );
        if let Some(instead) = instead {
            let instead = describe(*instead, &small.cast);
            lines.push(Line::new().with(Tone::Faint, format!("  instead of  {instead}")));
        }
    }
    lines
}

/// `pool-swarm-7.shrunk`
fn name(file: &Path) -> String {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    format!("{}.shrunk", stem.trim_end_matches(".shrunk"))
}
