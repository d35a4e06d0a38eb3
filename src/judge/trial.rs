//! What a design comes to: every property holds, in every order or as far as it was tried, or this one does not.

use crate::explore::{Calm, Deciding, Decision, SchedulerKind};
use crate::kernel::StopFlag;
use crate::model::{self, Played, calm_length, play_under, play_until, run_until};
use crate::scenario::Simulation;

use super::broken::{BreakingRun, Broken};
use super::consulted::Consulted;
use super::cost::{Costs, Extent};
use super::counted::{Counted, Counting};
use super::design::{Design, Read};
use super::kills::{Sweep, sweep};
use super::proof::{Proof, proof_of};

/// What a design came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DesignVerdict {
    /// Every property holds in every order: so many states.
    Proved(u64),
    /// Nothing broke in the calm run and under seeds; there are more orders than were asked for.
    Sampled(Sample),
    /// Something breaks, and this is what.
    Breaks(Broken),
    /// A limit was reached, and why.
    Unclear(String),
    /// What the change makes is no scenario.
    Refused,
}

/// What was tried of a design that there are too many orders of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// So many seeds.
    pub seeds: u64,
    /// What came of killing everybody once.
    pub sweep: Sweep,
}

/// Under so many seeds costs are counted of what holds in every order, if they cannot be counted in every order.
const COST_SEEDS: u64 = 20;

/// How much is tried of each design.
#[derive(Clone, Copy, Debug)]
pub(super) struct Effort {
    /// So many states at most in search of every order.
    pub(super) states: u64,
    /// So many seeds where there are more states.
    pub(super) seeds: u64,
    /// And so many kills of a sweep.
    pub(super) kills: u64,
    /// What it costs is counted, too.
    pub(super) costs: bool,
}

impl DesignVerdict {
    /// Whether nothing broke, as far as it was tried.
    pub fn holds(&self) -> bool {
        matches!(self, DesignVerdict::Proved(_) | DesignVerdict::Sampled(_))
    }
}

/// What nobody waited for to the end.
pub(super) fn given_up() -> DesignVerdict {
    DesignVerdict::Unclear("it was given up".to_owned())
}

/// What came of trying a design.
#[derive(Debug)]
pub(super) struct Tried {
    /// What it came to.
    pub(super) verdict: DesignVerdict,
    /// The run that breaks something.
    pub(super) played: Option<Box<Played<Simulation>>>,
    /// What it costs, if it holds.
    pub(super) costs: Option<Costs>,
    /// What all that was run has asked of it.
    pub(super) consulted: Consulted,
}

/// Tries a design: calmly, with the decisions that break the file's own, in every order, and under seeds.
pub(super) fn trial(
    design: &Design,
    read: &Read<'_>,
    known: &[Decision],
    effort: Effort,
    stop: &StopFlag,
) -> Tried {
    let runs = Counted::of(&design.simulation, Counting::EachRun);
    let orders = Counted::of(&design.simulation, Counting::Nothing);
    let (mut verdict, played) = verdict(&runs, &orders, known, effort, stop);
    let costs = match &mut verdict {
        _ if !effort.costs => None,
        DesignVerdict::Proved(_) => Some(most(&runs, effort, stop)),
        DesignVerdict::Sampled(sample) => {
            sample.sweep = sweep(design, read, effort.kills, stop);
            Some(Costs { counted: Extent::Seeds(sample.seeds), ..runs.most() })
        }
        _ => None,
    };
    let mut consulted = runs.consulted();
    consulted.and(orders.consulted());
    Tried { verdict, played, costs, consulted }
}

/// A verdict, and the run that breaks something.
type TrialEnd = (DesignVerdict, Option<Box<Played<Simulation>>>);

fn verdict(
    runs: &Counted<'_>,
    orders: &Counted<'_>,
    known: &[Decision],
    effort: Effort,
    stop: &StopFlag,
) -> TrialEnd {
    let simulation = runs.simulation();
    if let model::Verdict::Broken(_) = run_until(runs, stop, &mut Calm).verdict
        && let Some(found) = broken(simulation, play_under(simulation, &mut Calm), BreakingRun::Calm)
    {
        return found;
    }
    if !known.is_empty() {
        let alike = || Deciding::new(known);
        if let model::Verdict::Broken(_) = play_until(runs, stop, &mut alike()).run.verdict
            && let Some(found) =
                broken(simulation, play_until(simulation, stop, &mut alike()), BreakingRun::Alike)
        {
            return found;
        }
    }
    match proof_of(orders, effort.states, stop) {
        Proof::Holds(states) => return (DesignVerdict::Proved(states), None),
        Proof::Broken(played) => {
            if let Some(found) = broken(simulation, *played, BreakingRun::Order) {
                return found;
            }
        }
        Proof::Open => (),
    }
    sampled(runs, effort.seeds, stop)
}

/// What many seeds come to.
fn sampled(runs: &Counted<'_>, seeds: u64, stop: &StopFlag) -> TrialEnd {
    let kind = SchedulerKind::SWARM;
    let length = calm_length(runs.simulation(), kind, stop);
    let mut unclear = None;
    for seed in 0..seeds {
        let run = run_until(runs, stop, &mut *kind.scheduler(seed, length));
        match run.verdict {
            _ if stop.is_raised() => break,
            model::Verdict::Held | model::Verdict::Abandoned => (),
            model::Verdict::Inconclusive(why) | model::Verdict::Unrunnable(why) => {
                let _ = unclear.get_or_insert(why);
            }
            model::Verdict::Broken(_) => {
                let played = play_under(runs.simulation(), &mut *kind.scheduler(seed, length));
                if let Some(found) = broken(runs.simulation(), played, BreakingRun::Seed(seed)) {
                    return found;
                }
            }
        }
    }
    match unclear {
        _ if stop.is_raised() => (given_up(), None),
        Some(why) => (DesignVerdict::Unclear(why), None),
        None => (DesignVerdict::Sampled(Sample { seeds, sweep: Sweep::default() }), None),
    }
}

/// The most that a design costs that holds in every order: in every order again, where two states that have cost
/// differently are two; if these are too many, in the calm run and under some seeds.
fn most(runs: &Counted<'_>, effort: Effort, stop: &StopFlag) -> Costs {
    let orders = Counted::of(runs.simulation(), Counting::EveryOrder);
    if let Proof::Holds(_) = proof_of(&orders, effort.states, stop) {
        return Costs { counted: Extent::EveryOrder, ..orders.most() };
    }
    let seeds = effort.seeds.min(COST_SEEDS);
    sampled(runs, seeds, stop);
    Costs { counted: Extent::Seeds(seeds), ..runs.most() }
}

/// What a run breaks, if it breaks anything.
fn broken(simulation: &Simulation, played: Played<Simulation>, how: BreakingRun) -> Option<TrialEnd> {
    let told = Broken::of(simulation, &played, played.run.verdict.breaches().first()?, how);
    Some((DesignVerdict::Breaks(told), Some(Box::new(played))))
}
