//! What the snapshot of a scenario holds: the file, and below it every run that the file is about.
//!
//! The input stands above the output, so that a reviewer of a change needs nothing else. Nothing in it
//! depends on the machine, the folder or the terminal.

use std::path::Path;

use crate::model::{Played, Source, play};
use crate::scenario::ast::FailureCause;
use crate::scenario::{Judgement, Simulation};

use super::exit::Exit;
use super::loaded::Loaded;
use super::paths::shown;
use super::run::story;
use super::terminal::rendered;
use super::verdict::Case;

/// How wide snapshots are, whatever terminal they are made on.
const WIDTH: usize = 100;

/// The runs that a scenario is about: the calm one, and those of the seeds it says it fails under.
pub(super) fn runs(loaded: &Loaded) -> Vec<(Source<'static>, Played<Simulation>)> {
    let seeds = loaded.simulation.expected_failures().iter().filter_map(|failure| match &failure.cause {
        FailureCause::Design(_) => None,
        FailureCause::Seed { of, seed, .. } => Some(Source::Seed { of: *of, seed: seed.value }),
    });
    let mut sources: Vec<Source<'static>> = vec![Source::Calm];
    for source in seeds {
        // A seed may break more than one property, a line each.
        if !sources.contains(&source) {
            sources.push(source);
        }
    }
    let played = |source| play(&loaded.simulation, source).expect("only schedules can fail to fit");
    sources.into_iter().map(|source| (source, played(source))).collect()
}

/// The snapshot of a scenario, and whether all its runs came out as its file says.
pub fn snapshot_of(loaded: &Loaded) -> (String, Exit) {
    let runs = runs(loaded);
    let judged = runs.iter().map(|(source, played)| {
        Judgement::of(&played.run.verdict, source.origin(), loaded.simulation.expected_failures()).exit()
    });
    (of(loaded, &runs), judged.max().unwrap_or(Exit::Held))
}

/// The snapshot of these runs.
pub(super) fn of(loaded: &Loaded, runs: &[(Source<'_>, Played<Simulation>)]) -> String {
    let file = loaded.path.file_name().map_or(loaded.name.clone(), |name| shown(Path::new(name)));
    let mut text = loaded.text.replace("\r\n", "\n").trim_end().to_owned();
    text.push('\n');
    for (source, played) in runs {
        let of = source.to_string();
        text.push_str(&rule(&of));
        text.push_str(story(loaded, played, WIDTH, false, false).trim_end());
        let case = Case { file: &file, ..Case::of(loaded, played, &of, source.origin(), None) };
        text.push_str("\n\n");
        text.push_str(&rendered(&case.lines(), WIDTH, false));
    }
    text
}

fn rule(title: &str) -> String {
    let rest = "━".repeat(WIDTH.saturating_sub(title.chars().count() + 4));
    format!("\n━━ {title} {rest}\n\n")
}
