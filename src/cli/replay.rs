//! `treefall replay`, and reading schedule files.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::explore::Schedule;
use crate::kernel::StopFlag;
use crate::model::{self, Model, Played, Source, play, shape};
use crate::scenario::Simulation;

use super::bounds::Bounds;
use super::deadline::in_time;
use super::exit::Exit;
use super::keep::{again, keep_as};
use super::loaded::{Loaded, complaint};
use super::paths::{shown, word};
use super::repair;
use super::run::{Showing, show};
use super::schedule_file::{open_schedule, scenario_of, unfit};
use super::terminal::{Format, Terminal};
use super::verdict::Case;

/// Run a recorded schedule again, exactly
///
/// The scenario is looked for where the schedule says it was, then in the schedule's own folder. When the
/// schedule no longer fits the scenario, the replay stops and says at which step.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Args {
    /// A schedule, as `treefall run --record` writes it
    #[arg(value_name = "FILE.schedule")]
    file: PathBuf,
    /// If it no longer fits, or no longer fails, write the nearest schedule that does beside it
    ///
    /// What does not fit is left out; then the run is continued otherwise from ever earlier places; then
    /// other runs are tried. Exit status 0 if one was found, 3 if none was.
    #[arg(long)]
    repair: bool,
    #[command(flatten)]
    showing: Showing,
    #[command(flatten)]
    bounds: Bounds,
}

/// A schedule and the scenario that it is of, or none when what is wrong with them has been said.
pub(super) fn open(file: &Path, bounds: &Bounds, terminal: &mut Terminal<'_>) -> Option<(Schedule, Loaded)> {
    let schedule = match open_schedule(file) {
        Ok(schedule) => schedule,
        Err(message) => {
            terminal.complain(|_, _| message);
            return None;
        }
    };
    let path = scenario_of(&schedule, file);
    if !path.exists() {
        terminal.complain(|_, _| missing(&path, file));
        return None;
    }
    match Loaded::open(&path) {
        Ok(mut loaded) => {
            bounds.apply(&mut loaded);
            loaded.permit(&schedule);
            Some((schedule, loaded))
        }
        Err(error) => {
            terminal.complain(|width, color| complaint(&error, width, color));
            None
        }
    }
}

/// A recorded run that breaks something, and in which way.
pub(super) struct Failing {
    pub(super) schedule: Schedule,
    pub(super) loaded: Loaded,
    pub(super) played: Played<Simulation>,
    /// The shape of what it broke first.
    pub(super) failure: String,
}

impl Failing {
    /// What is said of the run as it was recorded.
    pub(super) fn case<'a>(&'a self, again: Option<&'a str>) -> Case<'a> {
        Case::of(
            &self.loaded,
            &self.played,
            "run of a schedule",
            Source::Schedule(&self.schedule).origin(),
            again,
        )
    }
}

/// Does something with a run that fails, of which `what` is the command, in the time that there is. What it is given
/// beside the run is how that is replayed, and what stops it so early that what follows, which takes `share` times as
/// long as a replay, is done in time too.
pub(super) fn with_failing(
    (file, time, bounds): (&Path, Option<Duration>, &Bounds),
    (what, share): (&'static str, u32),
    terminal: &mut Terminal<'_>,
    work: impl FnOnce(Failing, &str, &StopFlag, &mut Terminal<'_>) -> Exit + Send + 'static,
) -> Exit {
    let (here, bounds) = (file.to_owned(), bounds.clone());
    in_time(time, (file, None), terminal, move |deadline, terminal| {
        let Some(failing) = open_failing(&here, what, &bounds, terminal) else { return Exit::Wrong };
        let as_it_was = format!("treefall replay {}", word(&here));
        deadline.knows(&failing.case(Some(&as_it_was)), &shown(&here), terminal);
        work(failing, &as_it_was, &deadline.stop(share), terminal)
    })
    .unwrap_or_else(|left| left.exit)
}

/// Replays a schedule that is expected to fail; none when it has been said why it cannot be done, `what` that
/// is.
fn open_failing(file: &Path, what: &str, bounds: &Bounds, terminal: &mut Terminal<'_>) -> Option<Failing> {
    let (schedule, loaded) = open(file, bounds, terminal)?;
    let played = match play(&loaded.simulation, Source::Schedule(&schedule)) {
        Ok(played) => played,
        Err(mismatch) => {
            terminal.complain(|_, _| unfit(&mismatch, file, Some(&schedule), &loaded));
            return None;
        }
    };
    let Some(breach) = played.run.verdict.breaches().first() else {
        let file = shown(file);
        terminal.complain(|_, _| {
            format!("error: {file}: nothing is broken in this run, so there is nothing to {what}")
        });
        return None;
    };
    let failure = shape::line(breach, loaded.simulation.atoms());
    Some(Failing { schedule, loaded, played, failure })
}

/// Replays the schedule.
pub(super) fn run(args: &Args, terminal: &mut Terminal<'_>) -> Exit {
    let Some((schedule, loaded)) = open(&args.file, &args.bounds, terminal) else { return Exit::Wrong };
    let source = Source::Schedule(&schedule);
    let replayed = play(&loaded.simulation, source);
    if args.repair && !matches!(&replayed, Ok(played) if !played.run.verdict.breaches().is_empty()) {
        return mend(args, &schedule, &loaded, terminal);
    }
    match replayed {
        Ok(played) => {
            let again = format!("treefall replay {}", word(&args.file));
            let shown = show(&loaded, &played, source, &again, Some(&args.file), &args.showing, terminal);
            // What needs no repair is as good as repaired.
            if args.repair { Exit::Held } else { shown }
        }
        Err(mismatch) => {
            terminal.complain(|_, _| unfit(&mismatch, &args.file, Some(&schedule), &loaded));
            Exit::Wrong
        }
    }
}

/// Writes the nearest schedule that fails, and says what is different in it.
fn mend(args: &Args, old: &Schedule, loaded: &Loaded, terminal: &mut Terminal<'_>) -> Exit {
    let Some(repaired) = model::repair(&loaded.simulation, loaded.subject(), old) else {
        let (file, scenario) = (shown(&args.file), &loaded.name);
        terminal.complain(|_, _| format!("{file}: no run of {scenario} was found that fails"));
        return Exit::Inconclusive;
    };
    let folder = args.file.parent().unwrap_or(Path::new(""));
    let path = match keep_as(folder, &named(&args.file, "repaired"), &repaired.schedule) {
        Ok(path) => path,
        Err((path, error)) => {
            terminal.complain_unwritten(&path, &error);
            path
        }
    };
    let source = Source::Schedule(&repaired.schedule);
    let again = again(&path, format!("treefall replay --repair {}", word(&args.file)));
    match terminal.format {
        Format::Text => {
            terminal.print_lines(&repair::lines(&repaired, old));
            terminal.print("\n");
        }
        Format::Json => terminal.print_json(&repair::as_json(&repaired)),
    }
    show(loaded, &repaired.played, source, &again, Some(&path), &args.showing, terminal);
    Exit::Held
}

/// `pool-swarm-7.shrunk` for a schedule of `pool-swarm-7`, and again.
pub(super) fn named(file: &Path, what: &str) -> String {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let what = format!(".{what}");
    format!("{}{what}", stem.trim_end_matches(&what))
}

/// What was looked for, and where.
fn missing(scenario: &Path, file: &Path) -> String {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    let beside = folder.map_or(String::new(), |folder| format!(", nor in {}", shown(folder)));
    format!(
        "error: {}: no such file\n  {} is a schedule of it, and it is not there{beside}; start treefall where it was \
         recorded, or put the scenario beside the schedule",
        shown(scenario),
        shown(file)
    )
}
