//! A failure that a search has found, as a run.

use std::io;
use std::path::PathBuf;

use crate::kernel::Choice;
use crate::model::{self, Played, Source, play_with};
use crate::scenario::{ScriptWorld, Simulation};

use super::super::super::keep::keep;
use super::super::super::loaded::Loaded;
use super::super::super::run::word;
use super::super::Args;

/// A failure, run again with everything recorded.
pub(super) struct Shown {
    pub(super) played: Played<Simulation>,
    /// Where its schedule is kept.
    pub(super) path: String,
    /// The command that shows it again.
    pub(super) again: String,
}

/// Runs the way to a failure again, goes on calmly from there, and saves the schedule.
pub(super) fn show(
    loaded: &Loaded,
    args: &Args,
    way: &[Choice],
    around: &[Choice],
) -> Result<Shown, (PathBuf, io::Error)> {
    let mut left = way.iter().chain(around).copied();
    let endless = !around.is_empty();
    let mut played = play_with(&loaded.simulation, &mut |world: &ScriptWorld| match left.next() {
        None if endless => None,
        choice => choice.or_else(|| world.choices().calm()),
    });
    if endless {
        let length = u64::try_from(around.len()).unwrap_or(u64::MAX);
        played.run = model::judged_as_lasso(&loaded.simulation, played.run, length);
    }
    let schedule = played.schedule(loaded.subject(), Source::Exhaustive);
    let path = keep(&args.out, &schedule)?.display().to_string();
    let again = format!("treefall replay {}", word(&path));
    Ok(Shown { played, path, again })
}
