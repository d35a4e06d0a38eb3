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
    // The name comes last: it is what a narrow terminal can do without.
    if done == 0 {
        return format!("0 of {of} {what}: {name}");
    }
    let left = elapsed.as_secs_f64() / (done as f64) * (of.saturating_sub(done) as f64);
    format!("{done} of {of} {what}, about {left:.0} s left: {name}")
}

#[cfg(test)]
mod tests {
    use super::{Duration, Progress, told_progress};

    #[test]
    fn what_is_left_is_told_before_the_name() {
        let told =
            |done| told_progress("a.kdl", Progress { distance: 1, done, of: 40 }, Duration::from_secs(3));
        assert_eq!(told(0), "0 of 40 designs of one change: a.kdl");
        assert_eq!(told(10), "10 of 40 designs of one change, about 9 s left: a.kdl");
    }
}
