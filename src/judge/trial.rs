//! What a design comes to: every property holds, in every order or as far as it was tried, or this one does not.

use crate::explore::{Calm, Deciding, Decision, SchedulerKind};
use crate::kernel::StopFlag;
use crate::model::{self, Breach, Model, Played, calm_length, play_under, play_until, run_until, shape};
use crate::scenario::Simulation;
use crate::trace::{Names, Notation};

use super::proof::{Proof, proof};

/// What a design came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every property holds in every order: so many states.
    Proved(u64),
    /// Nothing broke in the calm run and under so many seeds; there are more orders than were asked for.
    Sampled(u64),
    /// Something breaks, and this is what.
    Breaks(Broken),
    /// A limit was reached, and why.
    Unclear(String),
    /// What the change makes is no scenario.
    Refused,
}

/// What a design breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The property, as breaches call it.
    pub property: String,
    /// One sentence of evidence.
    pub why: String,
    /// What all failures of this kind have in common.
    pub shape: String,
    /// In which run it was found.
    pub how: How,
}

/// In which run a design breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// The calm one.
    Calm,
    /// With the decisions that break the file's own design.
    Alike,
    /// One order of all that were tried.
    Order,
    /// That of a seed.
    Seed(u64),
}

/// How much is tried of each design.
#[derive(Clone, Copy, Debug)]
pub(super) struct Effort {
    /// So many states at most in search of every order.
    pub(super) states: u64,
    /// So many seeds where there are more states.
    pub(super) seeds: u64,
}

impl Verdict {
    /// Whether nothing broke, as far as it was tried.
    pub fn holds(&self) -> bool {
        matches!(self, Verdict::Proved(_) | Verdict::Sampled(_))
    }
}

/// What nobody waited for to the end.
pub(super) fn given_up() -> Verdict {
    Verdict::Unclear("it was given up".to_owned())
}

/// Tries a design: calmly, with the decisions that break the file's own, in every order, and under seeds.
pub(super) fn trial(
    simulation: &Simulation,
    known: &[Decision],
    effort: Effort,
    stop: &StopFlag,
) -> (Verdict, Option<Box<Played<Simulation>>>) {
    let calm = play_until(simulation, stop, &mut Calm);
    if let Some(found) = broken(simulation, calm, How::Calm) {
        return found;
    }
    if !known.is_empty() {
        let alike = play_until(simulation, stop, &mut Deciding::new(known));
        if let Some(found) = broken(simulation, alike, How::Alike) {
            return found;
        }
    }
    match proof(simulation, effort.states, stop) {
        Proof::Holds(states) => return (Verdict::Proved(states), None),
        Proof::Broken(played) => {
            if let Some(found) = broken(simulation, *played, How::Order) {
                return found;
            }
        }
        Proof::Open => (),
    }
    sampled(simulation, effort, stop)
}

/// What many seeds come to.
fn sampled(
    simulation: &Simulation,
    effort: Effort,
    stop: &StopFlag,
) -> (Verdict, Option<Box<Played<Simulation>>>) {
    let kind = SchedulerKind::SWARM;
    let length = calm_length(simulation, kind, stop);
    let mut unclear = None;
    for seed in 0..effort.seeds {
        let run = run_until(simulation, stop, &mut *kind.scheduler(seed, length));
        match run.verdict {
            _ if stop.is_raised() => break,
            model::Verdict::Held | model::Verdict::Abandoned => (),
            model::Verdict::Inconclusive(why) | model::Verdict::Unrunnable(why) => {
                let _ = unclear.get_or_insert(why);
            }
            model::Verdict::Broken(_) => {
                let played = play_under(simulation, &mut *kind.scheduler(seed, length));
                if let Some(found) = broken(simulation, played, How::Seed(seed)) {
                    return found;
                }
            }
        }
    }
    match unclear {
        _ if stop.is_raised() => (given_up(), None),
        Some(why) => (Verdict::Unclear(why), None),
        None => (Verdict::Sampled(effort.seeds), None),
    }
}

/// What a run breaks, if it breaks anything.
fn broken(
    simulation: &Simulation,
    played: Played<Simulation>,
    how: How,
) -> Option<(Verdict, Option<Box<Played<Simulation>>>)> {
    let breach = played.run.verdict.breaches().first()?;
    let told = Broken {
        property: breach.property.clone(),
        why: sentence(simulation, &played, breach),
        shape: shape::words(breach, simulation.atoms()),
        how,
    };
    Some((Verdict::Breaks(told), Some(Box::new(played))))
}

/// The sentence of evidence, with names for processes.
fn sentence(simulation: &Simulation, played: &Played<Simulation>, breach: &Breach) -> String {
    let directory = played.cast.directory();
    let names = Names { atoms: simulation.atoms(), directory, notation: Notation::fitting(directory) };
    let told = breach.sentence(|term| names.term(term), |pid| names.pid(pid).to_owned());
    told.split_whitespace().collect::<Vec<_>>().join(" ")
}
