//! Many runs of one scenario on several threads, with an answer that does not depend on how many.
//!
//! Seeds are handed out in blocks and their results are put together in the order of the seeds, so what
//! comes out is what one thread would have found. Memory stays as it is however long it takes: blocks are
//! handed out only so far ahead, and failures of one kind are counted, not kept.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::explore::Strategy;
use crate::scenario::ast::Span;
use crate::scenario::{Run, Simulation, Verdict};

use super::super::judgement::{Judgement, Origin};
use super::super::shape::Shape;

/// The most seeds in a block.
const BLOCK_MAX: u64 = 64;
/// How many blocks a thread may be ahead of the slowest.
const LEAD: usize = 8;
/// How often whoever waits is told how far it is.
const BEAT: Duration = Duration::from_millis(100);
/// More kinds of failures than this are not told apart.
const KINDS_MAX: usize = 64;

/// What to try.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// Who chooses.
    pub(super) strategy: Strategy,
    /// The seeds.
    pub(super) seeds: Range<u64>,
    /// When to stop.
    pub(super) until: Option<Instant>,
    /// On how many threads.
    pub(super) jobs: usize,
    /// Whether to go on after the first failure.
    pub(super) keep_going: bool,
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    /// How many runs there were, the calm one included.
    pub(super) runs: u64,
    /// Of how many steps.
    pub(super) steps: u64,
    /// How many steps the calm run took.
    pub(super) calm_steps: u64,
    /// One failure of each kind, that of the lowest seed.
    pub(super) failures: Vec<Failure>,
    /// Runs that failed in yet other ways.
    pub(super) others: u64,
    /// The first run that reached a limit, and how many did.
    pub(super) limited: Option<(String, u64)>,
    /// Where the `sometimes` properties stand that no run has reached; none before the first run.
    pub(super) not_seen: Option<Vec<Span>>,
}

/// Runs that failed in the same way.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    /// The way.
    pub(super) shape: Shape,
    /// The first of them; none is the calm run.
    pub(super) seed: Option<u64>,
    /// How many.
    pub(super) count: u64,
}

/// How far it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Progress {
    /// Runs done.
    pub(super) runs: u64,
    /// Runs to do at most.
    pub(super) of: u64,
}

/// The results of a block of seeds.
struct Block {
    seeds: Range<u64>,
    found: Found,
    /// It was left before its end.
    cut: bool,
}

impl Found {
    /// Adds what a run came to; whether it failed.
    fn add(&mut self, run: &Run, origin: Origin, simulation: &Simulation) -> bool {
        self.runs += 1;
        self.steps += run.steps;
        self.see(run.not_seen.clone());
        match Judgement::of(&run.verdict, origin, simulation.expected_failures()) {
            Judgement::Held => false,
            Judgement::Inconclusive(why) => {
                self.limit(why.to_owned(), 1);
                false
            }
            Judgement::HeldUnexpectedly(_) | Judgement::BrokenAsExpected(_) | Judgement::Broken(_) => {
                let breaches: &[_] = match &run.verdict {
                    Verdict::Broken(breaches) => breaches,
                    Verdict::Held | Verdict::Inconclusive(_) | Verdict::Abandoned => &[],
                };
                let shape = Shape::of(breaches, simulation.atoms());
                self.fail(Failure { shape, seed: origin.seed(), count: 1 });
                true
            }
        }
    }

    fn fail(&mut self, failure: Failure) {
        let known = self.failures.iter().position(|known| known.shape == failure.shape);
        match known {
            Some(place) => self.failures[place].count += failure.count,
            None if self.failures.len() < KINDS_MAX => self.failures.push(failure),
            None => self.others += failure.count,
        }
    }

    /// What has been reached in no run so far was not reached in this one either.
    fn see(&mut self, not_seen: Vec<Span>) {
        match &mut self.not_seen {
            Some(known) => known.retain(|span| not_seen.contains(span)),
            None => self.not_seen = Some(not_seen),
        }
    }

    fn limit(&mut self, why: String, count: u64) {
        self.limited.get_or_insert((why, 0)).1 += count;
    }

    /// Adds the results of the seeds that follow.
    fn append(&mut self, later: Found) {
        self.runs += later.runs;
        self.steps += later.steps;
        later.failures.into_iter().for_each(|failure| self.fail(failure));
        self.others += later.others;
        if let Some(not_seen) = later.not_seen {
            self.see(not_seen);
        }
        if let Some((why, count)) = later.limited {
            self.limit(why, count);
        }
    }
}

/// Runs the calm run and then seed after seed, up to the first failure or, if the plan says so, all of
/// them. `stop` ends it early; `tell` hears how far it is.
pub(super) fn search(
    simulation: &Simulation,
    plan: &Plan,
    stop: &AtomicBool,
    tell: &mut dyn FnMut(Progress),
) -> Found {
    let mut found = Found::default();
    let calm = simulation.run(false, &mut |world, _| proceed(stop).then(|| world.choices().calm()).flatten());
    if calm.verdict == Verdict::Abandoned {
        return found;
    }
    found.calm_steps = calm.steps;
    let failed = found.add(&calm, Origin::Calm, simulation);
    if !failed || plan.keep_going {
        seeds(simulation, plan, stop, tell, &mut found);
    }
    found
}

fn proceed(stop: &AtomicBool) -> bool {
    !stop.load(Ordering::Relaxed)
}

fn seeds(
    simulation: &Simulation,
    plan: &Plan,
    stop: &AtomicBool,
    tell: &mut dyn FnMut(Progress),
    found: &mut Found,
) {
    let calm_steps = found.calm_steps;
    let jobs = plan.jobs.max(1);
    let (start, end) = (plan.seeds.start, plan.seeds.end.max(plan.seeds.start));
    let shares = u64::try_from(jobs * LEAD).unwrap_or(u64::MAX);
    let block = ((end - start) / shares).clamp(1, BLOCK_MAX);
    let enough = AtomicBool::new(false);
    let (hand_out, orders) = mpsc::channel::<Range<u64>>();
    let orders = Mutex::new(orders);
    let (report, reports) = mpsc::channel::<Block>();
    thread::scope(|scope| {
        let worker = || {
            let (report, orders, enough) = (report.clone(), &orders, &enough);
            scope.spawn(move || {
                loop {
                    // Nobody panics with it in hand; if somebody did, the order would still be whole.
                    let order = orders.lock().unwrap_or_else(PoisonError::into_inner).recv();
                    let Ok(seeds) = order else { break };
                    let done = one_block(simulation, plan, seeds, calm_steps, &|| {
                        !enough.load(Ordering::Relaxed) && proceed(stop)
                    });
                    if report.send(done).is_err() {
                        break;
                    }
                }
            })
        };
        let workers: Vec<_> = (0..jobs).map(|_| worker()).collect();
        drop(report);
        let (mut next, mut merged, mut out) = (start, start, 0);
        let mut early: BTreeMap<u64, Block> = BTreeMap::new();
        let (mut closed, mut over) = (false, false);
        loop {
            while !closed && next < end && out + early.len() < jobs * LEAD {
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
                    closed |= !plan.keep_going && !done.found.failures.is_empty();
                    early.insert(done.seeds.start, done);
                }
                // One that has panicked will never report; the panic goes on when the scope ends.
                Err(RecvTimeoutError::Timeout) if workers.iter().any(|worker| worker.is_finished()) => break,
                Err(RecvTimeoutError::Timeout) => (),
                Err(RecvTimeoutError::Disconnected) => break,
            }
            while !over && let Some(done) = early.remove(&merged) {
                merged = done.seeds.end;
                found.append(done.found);
                over = done.cut || (!plan.keep_going && !found.failures.is_empty());
            }
            tell(Progress { runs: found.runs, of: (end - start).saturating_add(1) });
            if plan.until.is_some_and(|until| Instant::now() >= until) || !proceed(stop) {
                closed = true;
                enough.store(true, Ordering::Relaxed);
            }
        }
        enough.store(true, Ordering::Relaxed);
        drop(hand_out);
    });
}

fn one_block(
    simulation: &Simulation,
    plan: &Plan,
    seeds: Range<u64>,
    calm_steps: u64,
    proceed: &dyn Fn() -> bool,
) -> Block {
    let mut found = Found::default();
    for seed in seeds.clone() {
        let mut scheduler = plan.strategy.scheduler(seed, calm_steps);
        let run = simulation
            .run(false, &mut |world, _| if proceed() { scheduler.choose(&world.choices()) } else { None });
        if run.verdict == Verdict::Abandoned {
            return Block { seeds, found, cut: true };
        }
        let origin = match plan.strategy {
            Strategy::Random => Origin::Seed(seed),
            Strategy::Pct { .. } | Strategy::Pos | Strategy::Swarm => Origin::Elsewhere(Some(seed)),
        };
        if found.add(&run, origin, simulation) && !plan.keep_going {
            break;
        }
    }
    Block { seeds, found, cut: false }
}
