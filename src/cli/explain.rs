//! `treefall explain`.

mod shared;
mod story;
mod strategies;

use std::io;
use std::path::PathBuf;

use crate::explore::Taken;

use crate::model::Verdict;
use crate::trace::{Line, Tone};

use super::decisions::{self, Words};
use super::exit::Exit;
use super::loaded::Loaded;
use super::play::{Oracle, play_with};
use super::replay::{Failing, open_failing};
use super::run::word;
use super::smallest::{Smallest, breach_of, breaks};
use super::terminal::{Format, Terminal};
use super::verdict::Case;

/// Say why a recorded run fails
///
/// The run is shrunk to the few decisions that make it fail, and these are told in sentences. Then comes its
/// story, without all that the failure does not depend on, and what the same decisions lead to under the
/// other strategies of the supervisors that restart something in it. Nothing is written.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Args {
    /// A schedule, as `treefall explore`, `shrink` and `run --record` write it
    #[arg(value_name = "FILE.schedule")]
    file: PathBuf,
}

/// Explains the failure.
///
/// # Errors
///
/// When nothing can be printed.
pub(super) fn run(args: &Args, terminal: &mut Terminal<'_>) -> io::Result<Exit> {
    let Some(failing) = open_failing(&args.file, "explain", terminal)? else { return Ok(Exit::Wrong) };
    let Failing { schedule, loaded, played, failure } = failing;
    let smallest = Smallest::of(&loaded, &played, &failure);
    let again = format!("treefall replay {}", word(&args.file.display().to_string()));
    let oracle = Oracle::Schedule(&schedule);
    let case = Case {
        loaded: &loaded,
        file: &loaded.name,
        run: &smallest.played.run,
        directory: smallest.played.cast.directory(),
        of: "",
        origin: oracle.origin(),
        again: Some(&again),
    };
    let breach = breach_of(&loaded, &smallest.played, &failure);
    let breach = breach.expect("the smallest run fails in the same way");
    let flip = flip(&loaded, &smallest, &failure);
    let steps = story::steps(&loaded, &smallest, breach);
    let others = strategies::try_others(&loaded, &smallest, &failure);
    match terminal.format {
        Format::Text => {
            terminal.print_lines(&case.failure(breach))?;
            terminal.print_lines(&[Line::new()])?;
            terminal.print_lines(&decisions::lines(&loaded, &smallest))?;
            terminal.print_lines(&flip.iter().map(Flip::line).collect::<Vec<_>>())?;
            terminal.print("\n")?;
            let told = story::text(&loaded, &smallest, &steps, terminal.width, terminal.color());
            terminal.print(&told)?;
            terminal.print("\n")?;
            terminal.print_lines(&strategies::lines(&others))?;
        }
        Format::Json => {
            let mut value = case.json(Some(&args.file.display().to_string()));
            value["decisions"] = decisions::json(&loaded, &smallest);
            value["decisions_before"] = smallest.before.into();
            value["flip"] = flip.as_ref().map_or(serde_json::Value::Null, Flip::json);
            value["relevant_steps"] = steps.iter().copied().collect();
            value["strategies"] = strategies::json(&others);
            terminal.print_json(&value)?;
        }
    }
    // It was asked for an explanation, and here it is; yet the failure is one.
    Ok(case.judgement().exit())
}

/// The step that decides: calm before it the run holds, calm after it the run fails.
struct Flip {
    step: u64,
    /// Which of the decisions it belongs to, of how many.
    place: usize,
    of: usize,
    fault: bool,
    /// Whether all properties hold without it, or only this one.
    all_hold: bool,
}

/// Finds it by trying: the last step before which the rest of the run can still be saved by being calm.
fn flip(loaded: &Loaded, smallest: &Smallest, failure: &str) -> Option<Flip> {
    let words = Words::of(loaded, &smallest.played);
    let mut steps: Vec<(u64, usize)> = Vec::new();
    for (place, taken) in smallest.taken.iter().enumerate() {
        steps.extend(taken.overtaken_by.iter().filter_map(|moment| Some((words.step_of(*moment)?, place))));
    }
    steps.sort_unstable();
    let choices = &smallest.played.run.choices;
    steps.iter().rev().find_map(|&(step, place)| {
        let kept = usize::try_from(step - 1).unwrap_or(usize::MAX).min(choices.len());
        let mut before = choices[..kept].iter().copied();
        let run = play_with(loaded, &mut |world| before.next().or_else(|| world.choices().calm())).run;
        let taken: &Taken = &smallest.taken[place];
        (!breaks(loaded, &run.verdict, failure)).then(|| Flip {
            step,
            place,
            of: smallest.taken.len(),
            fault: taken.decision.is_fault(),
            all_hold: run.verdict == Verdict::Held,
        })
    })
}

impl Flip {
    fn line(&self) -> Line {
        let holds = if self.all_hold { "every property holds" } else { "this property holds" };
        let text = match (self.of, self.fault) {
            (1, true) => format!("  Without that {holds}."),
            (1, false) => format!("  In the other order {holds}."),
            (_, _) => format!(
                "  The {} decides: calm from step {} on, {holds}.",
                ordinal(self.place + 1),
                self.step
            ),
        };
        Line::new().with(Tone::Plain, text)
    }

    fn json(&self) -> serde_json::Value {
        serde_json::json!({ "step": self.step, "decision": self.place, "all_hold_without": self.all_hold })
    }
}

/// `first`, `11th`.
fn ordinal(number: usize) -> String {
    const WORDS: [&str; 10] =
        ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];
    match number.checked_sub(1).and_then(|place| WORDS.get(place)) {
        Some(word) => (*word).to_owned(),
        None => format!("{number}th"),
    }
}
