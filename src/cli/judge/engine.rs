//! Judging a file, with its progress on the terminal.

use std::time::{Duration, Instant};

use crate::explore::Decision;
use crate::judge::{Budget, Judging, Lowered, Progress, judge};
use crate::kernel::StopFlag;

use super::super::loaded::Loaded;
use super::super::terminal::Terminal;

/// Judges a scenario, which these decisions are known to break, and says how far it is on a terminal.
pub(in crate::cli) fn judged(
    loaded: &Loaded,
    budget: &Budget,
    known: &[Decision],
    stop: &StopFlag,
    terminal: &mut Terminal<'_>,
) -> Judging {
    let begun = Instant::now();
    let read = |text: &str| read(loaded, text);
    let judging = judge(&loaded.text, &read, budget, known, stop, &mut |progress| {
        if terminal.is_watched() {
            terminal.progress(&told_progress(&loaded.name, progress, begun.elapsed()));
        }
    });
    terminal.progress("");
    judging.expect("it has been read before")
}

/// What a text in place of that of a scenario says.
pub(super) fn read(loaded: &Loaded, text: &str) -> Option<Lowered> {
    let Loaded { scenario, mut simulation, .. } = Loaded::of(&loaded.path, text.to_owned()).ok()?;
    simulation.set_budget(*loaded.simulation.budget());
    Some((scenario, simulation))
}

/// How far it is, and how long it may still take.
pub(super) fn told_progress(name: &str, progress: Progress, elapsed: Duration) -> String {
    let Progress { distance, done, of } = progress;
    let what = if distance == 1 { "designs of one change" } else { "designs, each with a second change" };
    let left = elapsed.as_secs_f64() / (done.max(1) as f64) * (of.saturating_sub(done) as f64);
    format!("{name}: {done} of {of} {what}, about {left:.0} s left")
}
