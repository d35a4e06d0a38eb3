//! What `treefall judge` can be told.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use crate::judge::Budget;
use crate::model::all_processors;
use crate::scenario::ast::Knob;

use super::super::bounds::Bounds;
use super::super::explore::duration;

/// Say which designs next to a tree hold, what each costs, and which change mends it
///
/// Every part of the design is varied, one at a time: strategies, the order of children, restart types, shutdowns,
/// intensities, nesting, links. What comes of it is a scenario file like any other, and is tried in every order as far
/// as that takes so many states, else under seeds. Where the file's own design is broken and no single change
/// helps, two at once are tried. `fixed` in the file keeps a part from being varied.
#[derive(Clone, Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Scenario files, and folders of them
    #[arg(required = true, value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// Vary only these: strategy, order, restart, shutdown, significant, nesting, link, trap_exit, max_children,
    /// intensity, release, and of mutants code
    #[arg(long, value_name = "KNOBS", value_delimiter = ',', value_parser = knob)]
    vary: Vec<Knob>,
    /// Change so many things at once: 0, 1 or 2 [default: 2 where one is not enough]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(0..=2))]
    pub(super) distance: Option<u8>,
    /// Try every order of a design in so many states at most
    #[arg(long, value_name = "STATES", default_value_t = STATES)]
    pub(super) max_states: u64,
    /// Where there are more, try so many seeds
    #[arg(long, value_name = "N", default_value_t = SEEDS)]
    pub(super) seeds: u64,
    /// Try so many designs of two changes at most
    #[arg(long, value_name = "N", default_value_t = PAIRS)]
    max_pairs: usize,
    /// Make do after so long with what was found: 500ms, 30s, 10m, 2h
    #[arg(long = "for", value_name = "TIME", value_parser = duration)]
    pub(super) for_: Option<Duration>,
    /// Write the scenario with the change that the table calls so to this file
    #[arg(long, value_name = "FILE")]
    pub(super) write: Option<PathBuf>,
    /// Which of the changes `--write` writes
    #[arg(long, value_name = "N", default_value_t = 1, requires = "write")]
    pub(super) change: usize,
    /// Make the design worse instead, one thing at a time, and say what nothing here would notice
    #[arg(long, conflicts_with_all = ["write", "distance"])]
    pub(super) mutants: bool,
    /// Let each outage of the file last for 1 s to a minute instead, and say what would survive it
    #[arg(long, conflicts_with_all = ["write", "distance", "mutants"])]
    pub(super) outages: bool,
    /// Show all that was tried
    #[arg(long)]
    pub(super) all: bool,
    /// How many threads to use [default: as many as there are processors]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    jobs: Option<u16>,
    #[command(flatten)]
    pub(super) bounds: Bounds,
}

/// About as many as a second takes.
const STATES: u64 = 20_000;
const SEEDS: u64 = 500;
const PAIRS: usize = 4_000;

fn knob(word: &str) -> Result<Knob, String> {
    let known = Knob::WORDS.iter().find(|(known, _)| *known == word).map(|(_, knob)| *knob);
    let words = || Knob::WORDS.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ");
    known.ok_or_else(|| format!("expected one of {}", words()))
}

impl Args {
    /// How much is tried.
    pub(super) fn budget(&self) -> Budget {
        let all = Knob::WORDS.iter().map(|(_, knob)| *knob);
        let knobs: BTreeSet<Knob> =
            if self.vary.is_empty() { all.collect() } else { self.vary.iter().copied().collect() };
        Budget {
            knobs,
            distance: self.distance,
            states: self.max_states,
            seeds: self.seeds,
            pairs: self.max_pairs,
            jobs: self.jobs.map_or_else(all_processors, usize::from),
            share: true,
        }
    }
}
