//! `treefall explain`.

mod mending;
mod strategies;

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::kernel::StopFlag;
use crate::model::{
    Breach, Flip, Model, Origin, Played, Smallest, Source, breach_of, flip, play, shape, slice,
};
use crate::scenario::Simulation;
use crate::trace::{self, Excerpt, Line, Settings, Tone};

use super::bounds::Bounds;
use super::deadline::{Deadline, IN_PASSING};
use super::decisions;
use super::drawing::{self, Drawing};
use super::exit::Exit;
use super::explore::duration;
use super::interrupt;
use super::loaded::Loaded;
use super::paths::shown;
use super::replay::{Failing, with_failing};
use super::schedule_file::{open_schedule, scenario_of};
use super::terminal::{Format, ON_A_PIPE, Terminal, Wanted, rendered};
use super::verdict::Case;

/// Say why a recorded run fails
///
/// The run is shrunk to the few decisions that make it fail, and these are told in sentences. Then comes its
/// story, without all that the failure does not depend on, and what the same decisions lead to under the
/// other strategies of the supervisors that restart something in it. Where none of them would do better, it ends with
/// the smallest changes of the tree that would. Nothing is written.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Args {
    /// A schedule, as `treefall explore`, `shrink` and `run --record` write it
    #[arg(value_name = "FILE.schedule")]
    file: PathBuf,
    /// Make do after so long with what was found: 500ms, 30s, 10m, 2h
    #[arg(long = "for", value_name = "TIME", value_parser = duration)]
    for_: Option<Duration>,
    #[command(flatten)]
    bounds: Bounds,
}

/// How many times as long as replaying the run it takes to tell what a run follows from.
const TELLING: u32 = 10;

/// Explains the failure, in the time that there is.
pub(super) fn run(args: &Args, terminal: &mut Terminal<'_>) -> Exit {
    let here = args.file.clone();
    with_failing(
        (&args.file, args.for_, &args.bounds),
        ("explain", TELLING),
        terminal,
        move |failing, again, stop, terminal| explain(&here, failing, again, stop, terminal),
    )
}

fn explain(file: &Path, failing: Failing, again: &str, stop: &StopFlag, terminal: &mut Terminal<'_>) -> Exit {
    let Failing { schedule, loaded, played, failure } = failing;
    let explained = Explained::of(&loaded, &played, failure, stop);
    let source = Source::Schedule(&schedule);
    let case = explained.case(source.origin(), Some(again));
    let exit = case.judgement().exit();
    if let Some(wanted) = terminal.drawing {
        explained.draw(&case, wanted, terminal);
        return exit;
    }
    let smallest = &explained.smallest;
    let others = strategies::try_others(&loaded, smallest, &explained.failure, stop);
    let mending = match others.iter().any(strategies::Tried::holds) || schedule.is_of_a_sweep() {
        true => None,
        false => mending::judging(&loaded, smallest, stop, terminal),
    };
    match terminal.format {
        Format::Text => {
            terminal.print_lines(&explained.lines(&case));
            terminal.print("\n");
            let (width, colour) = (terminal.width, terminal.color());
            terminal.print(&explained.story(width, colour));
            terminal.print("\n");
            terminal.print_lines(&strategies::lines(&others, smallest, &loaded.scenario));
            terminal.print_lines(&mending.as_ref().map_or_else(Vec::new, mending::lines));
        }
        Format::Json => {
            let mut value = case.json(Some(&shown(file)));
            value["decisions"] = decisions::json(&loaded, smallest);
            value["decisions_before"] = smallest.before.into();
            value["flip"] = explained.flip.as_ref().map_or(serde_json::Value::Null, Flip::json);
            value["relevant_steps"] = explained.excerpt.steps.iter().copied().collect();
            value["strategies"] = strategies::json(&others);
            value["changes"] = mending.as_ref().map_or(serde_json::Value::Null, mending::json);
            terminal.print_json(&value);
        }
    }
    // It was asked for an explanation, and here it is; yet the failure is one.
    exit
}

/// Why a run fails, as text for whoever reads it elsewhere; nothing if it does not. `left` is all the time there is for
/// it, and for telling it.
pub(super) fn explanation(
    loaded: &Loaded,
    played: &Played<Simulation>,
    left: Option<Duration>,
) -> Option<String> {
    let breach = played.run.verdict.breaches().first()?;
    let failure = shape::line(breach, loaded.simulation.atoms());
    let time = left.map_or(IN_PASSING, |left| IN_PASSING.min(left / 2));
    let explained = Explained::of(loaded, played, failure, &interrupt::after(Some(time)));
    let case = explained.case(Origin::Elsewhere(None), None);
    let lines = rendered(&explained.lines(&case), ON_A_PIPE, false);
    Some(format!("{lines}\n{}", explained.story(ON_A_PIPE, false)))
}

/// The same of a run that is in a schedule file.
pub(super) fn explanation_of(schedule: &Path, bounds: &Bounds, deadline: &Deadline) -> Option<String> {
    let schedule = open_schedule(schedule).ok()?;
    let mut loaded = Loaded::open(&scenario_of(&schedule, Path::new(""))).ok()?;
    bounds.apply(&mut loaded);
    loaded.permit(&schedule);
    let played = play(&loaded.simulation, Source::Schedule(&schedule)).ok()?;
    explanation(&loaded, &played, deadline.left())
}

/// A failure, and what is known of why it is one.
struct Explained<'l> {
    loaded: &'l Loaded,
    failure: String,
    smallest: Smallest<Simulation>,
    flip: Option<Flip>,
    excerpt: Excerpt,
}

impl<'l> Explained<'l> {
    fn of(loaded: &'l Loaded, played: &Played<Simulation>, failure: String, stop: &StopFlag) -> Self {
        let simulation = &loaded.simulation;
        let smallest = Smallest::of(simulation, played, &failure, stop);
        let flip = flip(simulation, &smallest, &failure, stop);
        let mut explained = Explained { loaded, failure, smallest, flip, excerpt: Excerpt::default() };
        explained.excerpt = slice(simulation, &explained.smallest, explained.breach());
        explained
    }

    fn breach(&self) -> &Breach {
        let breach = breach_of(&self.loaded.simulation, &self.smallest.played.run.verdict, &self.failure);
        breach.expect("the smallest run fails in the same way")
    }

    fn case<'a>(&'a self, origin: Origin, again: Option<&'a str>) -> Case<'a> {
        Case::of(self.loaded, &self.smallest.played, "", origin, again)
    }

    /// What is broken, and what is to blame.
    fn lines(&self, case: &Case<'_>) -> Vec<Line> {
        let mut lines = case.failure(self.breach());
        lines.push(Line::new());
        lines.extend(decisions::lines(self.loaded, &self.smallest));
        lines.extend(self.flip.as_ref().map(Flip::line));
        lines
    }

    /// What has happened, as far as it matters.
    fn story(&self, width: usize, colour: bool) -> String {
        let settings = Settings { width, colour, ..Settings::plain(self.loaded.simulation.atoms()) };
        trace::excerpt(&self.smallest.played.recording(), &settings, &self.excerpt)
    }

    fn draw(&self, case: &Case<'_>, wanted: Wanted, terminal: &mut Terminal<'_>) {
        let mut lines = case.failure(self.breach());
        lines.truncate(1);
        lines.extend(decisions::lines(self.loaded, &self.smallest));
        lines.extend(self.flip.as_ref().map(Flip::line));
        let titles: Vec<String> = lines.iter().map(|line| line.plain().trim().to_owned()).collect();
        let (played, events) = (&self.smallest.played, self.smallest.played.run.events.as_slice());
        let (excerpt, loaded) = (Some(&self.excerpt), self.loaded);
        drawing::print(&Drawing { loaded, played, events, excerpt, titles: &titles }, wanted, terminal);
    }
}

impl Flip {
    /// In a sentence.
    pub(super) fn line(&self) -> Line {
        Line::new().with(Tone::Plain, format!("  {}", self.sentence()))
    }

    /// The same sentence for programs.
    fn json(&self) -> serde_json::Value {
        serde_json::json!({ "step": self.step, "decision": self.place, "all_hold_without": self.all_hold })
    }
}
