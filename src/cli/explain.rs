//! `treefall explain`.

mod mending;
mod strategies;

use std::path::PathBuf;
use std::time::Duration;

use crate::model::{Flip, Model, Smallest, Source, breach_of, flip, slice};
use crate::trace::{self, Line, Settings, Tone};

use super::bounds::Bounds;
use super::decisions;
use super::exit::Exit;
use super::explore::duration;
use super::interrupt;
use super::paths::{shown, word};
use super::replay::{Failing, open_failing};
use super::terminal::{Format, Terminal};
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

/// Explains the failure.
pub(super) fn run(args: &Args, terminal: &mut Terminal<'_>) -> Exit {
    let Some(failing) = open_failing(&args.file, "explain", &args.bounds, terminal) else {
        return Exit::Wrong;
    };
    let Failing { schedule, loaded, played, failure } = failing;
    let stop = interrupt::after(args.for_);
    let smallest = Smallest::of(&loaded.simulation, &played, &failure, &stop);
    let again = format!("treefall replay {}", word(&args.file));
    let source = Source::Schedule(&schedule);
    let case = Case {
        loaded: &loaded,
        file: &loaded.name,
        run: &smallest.played.run,
        directory: smallest.played.cast.directory(),
        of: "",
        origin: source.origin(),
        again: Some(&again),
    };
    let breach = breach_of(&loaded.simulation, &smallest.played.run.verdict, &failure);
    let breach = breach.expect("the smallest run fails in the same way");
    let flip = flip(&loaded.simulation, &smallest, &failure, &stop);
    let excerpt = slice(&loaded.simulation, &smallest, breach);
    let others = strategies::try_others(&loaded, &smallest, &failure, &stop);
    let mending = match others.iter().any(strategies::Tried::holds) || schedule.is_of_a_sweep() {
        true => None,
        false => mending::judging(&loaded, &smallest, &stop, terminal),
    };
    match terminal.format {
        Format::Text => {
            terminal.print_lines(&case.failure(breach));
            terminal.print_lines(&[Line::new()]);
            terminal.print_lines(&decisions::lines(&loaded, &smallest));
            terminal.print_lines(&flip.iter().map(Flip::line).collect::<Vec<_>>());
            terminal.print("\n");
            let (width, colour) = (terminal.width, terminal.color());
            let settings = Settings { width, colour, ..Settings::plain(loaded.simulation.atoms()) };
            let told = trace::excerpt(&smallest.played.recording(), &settings, &excerpt);
            terminal.print(&told);
            terminal.print("\n");
            terminal.print_lines(&strategies::lines(&others, &smallest));
            terminal.print_lines(&mending.as_ref().map_or_else(Vec::new, mending::lines));
        }
        Format::Json => {
            let mut value = case.json(Some(&shown(&args.file)));
            value["decisions"] = decisions::json(&loaded, &smallest);
            value["decisions_before"] = smallest.before.into();
            value["flip"] = flip.as_ref().map_or(serde_json::Value::Null, Flip::json);
            value["relevant_steps"] = excerpt.steps.iter().copied().collect();
            value["strategies"] = strategies::json(&others);
            value["changes"] = mending.as_ref().map_or(serde_json::Value::Null, mending::json);
            terminal.print_json(&value);
        }
    }
    // It was asked for an explanation, and here it is; yet the failure is one.
    case.judgement().exit()
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
