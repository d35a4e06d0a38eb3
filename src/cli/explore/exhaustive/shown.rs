//! A failure that a search has found, as a run.

use crate::judge::played;
use crate::kernel::Choice;
use crate::model::{Played, Source, Verdict};
use crate::scenario::Simulation;
use crate::trace::{Line, Tone};

use super::super::super::keep::{Kept, keep};
use super::super::super::loaded::Loaded;
use super::super::super::paths::{shown, word};
use super::super::super::run::{TraceFormat, show_trace};
use super::super::super::terminal::Terminal;
use super::super::super::verdict::Case;
use super::super::args::Args;

/// How it was found.
pub(super) const FOUND: &str = "found exhaustively";

/// A failure, run again with everything recorded.
pub(super) struct Rerun {
    pub(super) played: Played<Simulation>,
    /// Where its schedule is kept, if it could be.
    pub(super) path: Option<String>,
    /// The command that shows it again.
    pub(super) again: String,
}

impl Rerun {
    /// What it broke.
    pub(super) fn case<'a>(&'a self, loaded: &'a Loaded) -> Case<'a> {
        Case::of(loaded, &self.played, FOUND, Source::Exhaustive.origin(), Some(&self.again))
    }

    /// Tells it as `treefall run` would, and how to understand it.
    pub(super) fn print(&self, loaded: &Loaded, args: &Args, terminal: &mut Terminal<'_>) {
        terminal.print("\n");
        let untold = terminal.quiet || matches!(self.played.run.verdict, Verdict::Unrunnable(_));
        let default = if untold { TraceFormat::None } else { TraceFormat::Text };
        let format = args.showing.trace.unwrap_or(default);
        show_trace(loaded, &self.played, format, &args.showing, terminal);
        let mut lines = self.case(loaded).lines();
        if let Some(path) = &self.path
            && !self.played.run.verdict.breaches().is_empty()
        {
            let command = format!("treefall explain {}{}", word(path), loaded.bounds);
            lines.push(Line::new().with(Tone::Plain, "Explain it:   ").with(Tone::Name, command));
        }
        terminal.print_lines(&lines);
        terminal.print("\n")
    }
}

/// The command that finds it again.
pub(super) fn found_by(loaded: &Loaded) -> String {
    format!("treefall explore {} --exhaustive", word(&loaded.path))
}

/// Runs the way to a failure again and saves its schedule.
pub(super) fn show(
    loaded: &Loaded,
    args: &Args,
    way: &[Choice],
    around: &[Choice],
    terminal: &mut Terminal<'_>,
) -> Rerun {
    let played = played(&loaded.simulation, way, around);
    let schedule = played.schedule(loaded.subject(), Source::Exhaustive);
    let otherwise = found_by(loaded);
    let Kept { path, again } = match played.run.verdict {
        Verdict::Unrunnable(_) => Kept { path: None, again: otherwise },
        _ => keep(&args.out, &schedule, otherwise, terminal),
    };
    Rerun { played, path: path.as_deref().map(shown), again }
}
