//! A campaign: many runs of one model on several threads, with an answer that does not depend on how many.
//!
//! Seeds are handed out in blocks and their results are put together in the order of the seeds, so what
//! comes out is what one thread would have found. Memory stays as it is however long it takes: blocks are
//! handed out only so far ahead, and failures of one kind are counted, not kept.

mod beginnings;
mod ends;
mod found;
mod meter;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crate::explore::{By, Nameless, Pct, Scheduler, SchedulerKind, Sparing};
use crate::kernel::{Choice, StopFlag};

use super::origin::Origin;
use super::play::{Source, calm_length};
use super::run::run as run_model;
use super::seam::{Model, WorldOf};
use super::verdict::Verdict;

pub use beginnings::Beginnings;
pub use ends::Ends;
pub use found::{Failure, Found};
pub use meter::{InRun, Meter, Reading};

/// The most seeds in a block.
const BLOCK_MAX: u64 = 64;
/// How many blocks a thread may be ahead of the slowest.
const LEAD: usize = 8;
/// How often whoever waits is told how far it is.
const BEAT: Duration = Duration::from_millis(100);

/// What to try.
#[derive(Clone, Debug)]
pub struct Campaign {
    /// The scheduler that each seed is for.
    pub scheduler: SchedulerKind,
    /// The seeds that are tried, the lowest first.
    pub seeds: Range<u64>,
    /// On how many threads.
    pub jobs: usize,
    /// Whether to go on after the first failure.
    pub keep_going: bool,
    /// After how many seeds it ends if no run has come to a verdict: the others would not either, and each takes as long
    /// as a run may.
    pub patience: Option<u64>,
}

/// How far it is.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// How many runs are done.
    pub runs: u64,
    /// Runs to do at most.
    pub of: u64,
}

/// The results of a block of seeds.
struct Block {
    seeds: Range<u64>,
    /// It was left before this one.
    tried: u64,
    found: Found,
}

/// Who hears how it goes.
pub trait Watch {
    /// How far it is, now and then.
    fn progress(&mut self, progress: Progress);

    /// A run has failed as none before it has.
    fn failed(&mut self, failure: &mut Failure);
}

/// What came of the runs of a campaign.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// The calm run. If there is none it was interrupted.
    pub calm: Found,
    /// The runs of the seeds.
    pub seeds: Found,
    /// Which seeds were tried, in a row from the first one.
    pub tried: Range<u64>,
}

/// Runs the calm run and then seed after seed, up to the first failure or, if the campaign says so, all of
/// them; or up to where its patience ends. `stop` ends it early.
pub fn run<M: Model>(model: &M, campaign: &Campaign, stop: &StopFlag, watch: &mut dyn Watch) -> Findings {
    let start = campaign.seeds.start;
    let mut searched = Findings { tried: start..start, ..Findings::default() };
    let calm = run_model(model, false, stop, &mut |world, _| world.choices().calm());
    if calm.verdict == Verdict::Abandoned {
        return searched;
    }
    searched.calm.add(&calm, Origin::Calm, model);
    // A world can be large, and nobody looks at this one again.
    drop(calm);
    searched.calm.failures.iter_mut().for_each(|failure| watch.failed(failure));
    if !searched.calm.is_enough(campaign.keep_going) {
        seeds(model, campaign, stop, watch, &mut searched);
    }
    searched
}

fn seeds<M: Model>(
    model: &M,
    campaign: &Campaign,
    stop: &StopFlag,
    watch: &mut dyn Watch,
    searched: &mut Findings,
) {
    let Findings { calm, seeds: found, tried } = searched;
    let calm_length = calm_length(model, campaign.scheduler, stop);
    let jobs = campaign.jobs.max(1);
    let (start, end) = (campaign.seeds.start, campaign.seeds.end.max(campaign.seeds.start));
    let shares = u64::try_from(jobs * LEAD).unwrap_or(u64::MAX);
    let block = ((end - start) / shares).clamp(1, BLOCK_MAX);
    let may_end = campaign.patience.map_or(start, |seeds| end.min(start.saturating_add(seeds)));
    let enough = AtomicBool::new(false);
    let (hand_out, orders) = mpsc::channel::<Range<u64>>();
    let orders = Mutex::new(orders);
    let (report, reports) = mpsc::channel::<Block>();
    thread::scope(|scope| {
        let worker = || {
            let (report, orders, enough) = (report.clone(), &orders, &enough);
            scope.spawn(move || {
                let mut beginnings = Beginnings::of(model);
                loop {
                    // Nobody panics with it in hand; if somebody did, the order would still be whole.
                    let order = orders.lock().unwrap_or_else(PoisonError::into_inner).recv();
                    let Ok(seeds) = order else { break };
                    let done =
                        one_block((model, campaign, calm_length), seeds, &mut beginnings, stop, enough);
                    if report.send(done).is_err() {
                        break;
                    }
                }
            })
        };
        let workers: Vec<_> = (0..jobs).map(|_| worker()).collect();
        drop(report);
        let (mut next, mut out) = (start, 0);
        let mut early: BTreeMap<u64, Block> = BTreeMap::new();
        let (mut closed, mut over) = (false, false);
        loop {
            while !closed && next < end && out + early.len() < jobs * LEAD {
                // While it may have to end after any of them, each is a block of its own.
                let block = if next < may_end { 1 } else { block };
                let until = end.min(next.saturating_add(block));
                if hand_out.send(next..until).is_err() {
                    break;
                }
                (next, out) = (until, out + 1);
            }
            if out == 0 || over {
                break;
            }
            match reports.recv_timeout(BEAT) {
                Ok(done) => {
                    out -= 1;
                    // What comes after a failure is of no interest; what comes before it is.
                    closed |= done.found.is_enough(campaign.keep_going);
                    early.insert(done.seeds.start, done);
                }
                // One that has panicked will never report; the panic goes on when the scope ends.
                Err(RecvTimeoutError::Timeout) if workers.iter().any(|worker| worker.is_finished()) => break,
                Err(RecvTimeoutError::Timeout) => (),
                Err(RecvTimeoutError::Disconnected) => break,
            }
            while !over && let Some(done) = early.remove(&tried.end) {
                let known = found.failures.len();
                tried.end = done.tried;
                found.append(done.found);
                let told = |failure: &Failure| calm.failures.iter().any(|other| other.shape == failure.shape);
                let new = found.failures[known..].iter_mut();
                new.filter(|failure| !told(failure)).for_each(|each| watch.failed(each));
                let failed = found.is_enough(campaign.keep_going);
                let hopeless = tried.end == may_end && calm.decides_nothing() && found.decides_nothing();
                over = failed || hopeless || tried.end < done.seeds.end;
            }
            watch.progress(Progress { runs: found.runs, of: end - start });
            closed |= stop.is_raised();
        }
        enough.store(true, Ordering::Relaxed);
        drop(hand_out);
    });
}

fn one_block<'m, M: Model>(
    (model, campaign, calm_length): (&'m M, &Campaign, u64),
    seeds: Range<u64>,
    beginnings: &mut Beginnings<'m, M>,
    stop: &StopFlag,
    enough: &AtomicBool,
) -> Block {
    let mut found = Found::default();
    for seed in seeds.clone() {
        let mut take = |scheduler: &mut dyn Scheduler<_>| {
            beginnings.run(stop, &mut |world: &WorldOf<M>, _| -> Option<Choice> {
                let choices = world.choices();
                (!enough.load(Ordering::Relaxed))
                    .then(|| scheduler.choose(&choices, &Nameless).ok().flatten())?
            })
        };
        let run = match campaign.scheduler {
            SchedulerKind { by: By::Pct { depth }, everywhere } => {
                let mut pct = Sparing::new(Pct::new(seed, depth, calm_length)).everywhere(everywhere);
                let run = take(&mut pct);
                found.parties = found.parties.max(pct.asks().parties());
                run
            }
            kind => take(&mut *kind.scheduler(seed, calm_length)),
        };
        if run.verdict == Verdict::Abandoned {
            return Block { seeds, tried: seed, found };
        }
        let origin = Source::Seed { of: campaign.scheduler, seed }.origin();
        if found.add(&run, origin, model) && found.is_enough(campaign.keep_going) {
            return Block { seeds, tried: seed + 1, found };
        }
    }
    Block { tried: seeds.end, seeds, found }
}
