//! A failure that a search has found, as a run.

use crate::kernel::Choice;
use crate::model::{self, Played, Source, play_with};
use crate::scenario::{ScriptWorld, Simulation};

use super::super::super::keep::{Kept, keep};
use super::super::super::loaded::Loaded;
use super::super::super::paths::{shown, word};
use super::super::super::terminal::Terminal;
use super::super::args::Args;

/// A failure, run again with everything recorded.
pub(super) struct Shown {
    pub(super) played: Played<Simulation>,
    /// Where its schedule is kept, if it could be.
    pub(super) path: Option<String>,
    /// The command that shows it again.
    pub(super) again: String,
}

/// Runs the way to a failure again, goes on calmly from there, and saves the schedule.
pub(super) fn show(
    loaded: &Loaded,
    args: &Args,
    way: &[Choice],
    around: &[Choice],
    terminal: &mut Terminal<'_>,
) -> Shown {
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
    let otherwise = format!("treefall explore {} --exhaustive", word(&loaded.path));
    let Kept { path, again } = keep(&args.out, &schedule, otherwise, terminal);
    Shown { played, path: path.as_deref().map(shown), again }
}
