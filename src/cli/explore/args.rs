//! What `treefall explore` can be told.

use std::ops::Range;
use std::path::PathBuf;
use std::time::Duration;

use clap::ValueEnum;

use super::super::bounds::Bounds;
use super::super::code::CodeArgs;
use super::super::run::Showing;
use super::super::scheduler::Name;
use super::super::summary::Reporting;
use super::shard::Shard;
use super::words::{duration, seeds};

/// Run scenarios many times, each time in another order, and show the first run that fails
///
/// If no more is said, every order is tried first, up to so many states: where that ends, what holds is proved.
/// Where it does not, the calm run comes first, then seed after seed. The first failure of each file is run again,
/// its schedule is saved, and it is shown as `treefall run` would show it. It is the failure of the lowest seed,
/// however many threads look for it. A file that says with `expect-failure` what is wrong with it is as it should be
/// when just that is found.
#[derive(Clone, Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Scenario files, and folders of them
    #[arg(required_unless_present = "code", value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) code: CodeArgs,
    /// The seeds to try [default: 0..10000]
    #[arg(long, value_name = "A..B", value_parser = seeds)]
    pub(super) seeds: Option<Range<u64>>,
    /// Try seeds from 0 on for so long, with each file: 500ms, 30s, 10m, 2h
    #[arg(long = "for", value_name = "TIME", conflicts_with = "seeds", value_parser = duration)]
    pub(super) for_: Option<Duration>,
    /// Who chooses: random, pct, pos or swarm [default: swarm]
    ///
    /// `random` throws dice, as `treefall run --seed` does. `pct` gives everybody a rank and changes a few
    /// ranks on the way. `pos` samples the orders of racing events. `swarm` draws for every seed a mix of
    /// these, of how eager the clock is, how bursty processes are, and which faults strike.
    #[arg(long, value_name = "NAME", hide_possible_values = true)]
    pub(super) scheduler: Option<Name>,
    /// How many things `pct` puts in the wrong order [default: 3]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(super) depth: Option<u32>,
    /// Try only the Kth of N parts of the seeds; `treefall merge` puts the results of all parts together
    #[arg(long, value_name = "K/N", value_parser = Shard::parse)]
    pub(super) shard: Option<Shard>,
    /// Write the result to this file, for `treefall merge`
    #[arg(long, value_name = "FILE")]
    pub(super) result: Option<PathBuf>,
    #[command(flatten)]
    pub(super) sweeping: Sweeping,
    /// How many threads to use [default: as many as there are processors]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(super) jobs: Option<u16>,
    /// Where the schedules of failures go; what is there already is kept
    #[arg(long, value_name = "DIR", default_value = "treefall-failures")]
    pub(super) out: PathBuf,
    /// Do not stop at the first failure of a file: show one failure of each kind
    #[arg(long)]
    pub(super) keep_going: bool,
    /// Try every order first, as far as that takes at most so many states: what ends is proved. 0 tries seeds only
    /// [default: 20000, or 0 where something is said of the seeds]
    #[arg(long, value_name = "STATES", conflicts_with_all = ["shard", "result", "exhaustive", "sweep"])]
    prove: Option<u64>,
    #[command(flatten)]
    pub(super) every: Options,
    #[command(flatten)]
    pub(super) showing: Showing,
    #[command(flatten)]
    pub(super) reporting: Reporting,
    #[command(flatten)]
    pub(super) bounds: Bounds,
}

/// So many states are tried before seeds unless something else is said: about a second's worth.
pub(super) const PROVE_STATES: u64 = 20_000;

impl Args {
    /// How many states to try before seeds. Who says anything of the seeds wants those.
    pub(super) fn states_first(&self) -> u64 {
        let says = self.seeds.is_some()
            || self.for_.is_some()
            || self.scheduler.is_some()
            || self.depth.is_some()
            || self.every.no_reduction
            || self.shard.is_some()
            || self.result.is_some()
            || self.keep_going;
        self.prove.unwrap_or(if says { 0 } else { PROVE_STATES })
    }
}

/// How to search all orders.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Every order")]
pub(super) struct Options {
    /// Try every order there is, instead of seeds
    #[arg(long, conflicts_with_all = ["seeds", "scheduler", "depth", "shard", "result", "keep_going"])]
    pub(super) exhaustive: bool,
    /// Search `breadth`-first, for the shortest failure, or `depth`-first, in little memory
    #[arg(long, value_name = "ORDER", default_value = "breadth", requires = "exhaustive")]
    #[arg(hide_possible_values = true)]
    pub(super) order: OrderName,
    /// Keep every state whole, so that no two can be mistaken for one
    #[arg(long, requires = "exhaustive")]
    pub(super) exact: bool,
    /// Try orders that make no difference too
    #[arg(long)]
    pub(super) no_reduction: bool,
    /// Give up beyond so many states [default: 50000000, or 20000 if the calm run does not end]
    #[arg(long, value_name = "N", requires = "exhaustive")]
    pub(super) max_states: Option<u64>,
    /// Give up beyond so many choices from the start
    #[arg(long, value_name = "N", default_value_t = 1_000_000, requires = "exhaustive")]
    pub(super) max_depth: u64,
    /// Give up beyond so many mebibytes [default: half of what the machine has]
    #[arg(long, value_name = "MIB", requires = "exhaustive")]
    pub(super) max_memory: Option<u64>,
}

/// In which order states are gone on from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum OrderName {
    Breadth,
    Depth,
}

/// How a sweep is asked for.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Sweeping {
    /// Kill every process once at every step of the calm run, instead of trying seeds
    ///
    /// After the kill the run goes on calmly. What came of it is shown by process and by what the process was
    /// doing when it was killed. With `--seeds` each seed's run is swept too.
    #[arg(long, conflicts_with_all = ["shard", "result", "keep_going", "exhaustive"])]
    pub(super) sweep: bool,
    /// With --sweep: then kill every two of them, too
    #[arg(long, requires = "sweep")]
    pub(super) pairs: bool,
    /// With --sweep: the most runs with kills for each file [default: 100000]
    ///
    /// Of more than that only one in several is tried, and the exit status is 3.
    #[arg(long, value_name = "N", requires = "sweep", default_value_t = 100_000, hide_default_value = true)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) max_runs: u64,
}
