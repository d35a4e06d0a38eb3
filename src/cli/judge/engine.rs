//! Judging a file, with its progress on the terminal, and in which form it is told.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::explore::Decision;
use crate::judge::{Budget, Judging, Listen, Lowered, Progress, Read, Work, judge};
use crate::kernel::StopFlag;
use crate::trace::Line;

use super::super::loaded::Loaded;
use super::super::terminal::{Format, Terminal, Wanted};

/// Judges a scenario, which these decisions are known to break, and says how far it is on a terminal.
pub(in crate::cli) fn judged(
    loaded: &Loaded,
    budget: &Budget,
    known: &[Decision],
    stop: &StopFlag,
    terminal: &mut Terminal<'_>,
) -> Judging {
    watched(loaded, terminal, |read, listen| judge(&loaded.text, read, budget, known, stop, listen))
}

/// Does a work on the text of a scenario, and says how far it is on a terminal.
pub(super) fn watched<T>(
    loaded: &Loaded,
    terminal: &mut Terminal<'_>,
    work: impl FnOnce(&Read<'_>, &mut Listen<'_>) -> Option<T>,
) -> T {
    let read = |text: &str| read(loaded, text);
    let mut begun = Instant::now();
    let done = work(&read, &mut |progress| {
        // Each part of the work takes its own time.
        if progress.done == 0 {
            begun = Instant::now();
        }
        if terminal.is_watched() {
            terminal.progress(&told_progress(&loaded.name, progress, begun.elapsed()));
        }
    });
    terminal.progress("");
    done.expect("it has been read before")
}

/// Tells what came of it in the form that is wanted.
pub(super) fn print(
    terminal: &mut Terminal<'_>,
    for_programs: impl FnOnce() -> Value,
    as_a_comment: impl FnOnce() -> String,
    lines: impl FnOnce(usize) -> Vec<Line>,
) {
    match terminal.format {
        Format::Json => terminal.print_json(&for_programs()),
        Format::Text if terminal.drawing == Some(Wanted::Markdown) => terminal.print(&as_a_comment()),
        Format::Text => {
            let lines = lines(terminal.width);
            terminal.print_lines(&lines);
        }
    }
}

/// What a text in place of that of a scenario says.
fn read(loaded: &Loaded, text: &str) -> Option<Lowered> {
    let Loaded { scenario, mut simulation, .. } = Loaded::of(&loaded.path, text.to_owned()).ok()?;
    simulation.set_budget(*loaded.simulation.budget());
    Some((scenario, simulation))
}

/// How far it is, and how long it may still take.
fn told_progress(name: &str, progress: Progress, elapsed: Duration) -> String {
    let Progress { of, done, all } = progress;
    let what = match of {
        Work::Own => return format!("the design as it is: {name}"),
        Work::OneChange => "designs of one change",
        Work::TwoChanges => "designs, each with a second change",
        Work::Mutants => "mutants",
        Work::Outages => "lengths of an outage",
    };
    // The name comes last: it is what a narrow terminal can do without.
    if done == 0 {
        return format!("0 of {all} {what}: {name}");
    }
    let left = elapsed.as_secs_f64() / (done as f64) * (all.saturating_sub(done) as f64);
    format!("{done} of {all} {what}, about {left:.0} s left: {name}")
}

#[cfg(test)]
mod tests {
    use super::{Duration, Progress, Work, told_progress};

    #[test]
    fn what_is_left_is_told_before_the_name() {
        let told = |of, done| told_progress("a.kdl", Progress { of, done, all: 40 }, Duration::from_secs(3));
        assert_eq!(told(Work::Own, 0), "the design as it is: a.kdl");
        assert_eq!(told(Work::OneChange, 0), "0 of 40 designs of one change: a.kdl");
        assert_eq!(told(Work::OneChange, 10), "10 of 40 designs of one change, about 9 s left: a.kdl");
        assert_eq!(told(Work::Mutants, 20), "20 of 40 mutants, about 3 s left: a.kdl");
    }
}
