//! The smallest run that fails as another one does.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use crate::explore::{Compare, Deciding, Decision, Moment, Rest, Schedule, Taken, describe, shrink};
use crate::kernel::{Choice, Pid, StopFlag};
use crate::trace::Directory;

use super::breach::Breach;
use super::deaths::deaths;
use super::play::{Played, Subject, VERSION, play_under, play_until};
use super::run::{run_under, run_until};
use super::seam::Model;
use super::shape;
use super::verdict::Verdict;

/// A failing run made small.
#[derive(Debug)]
pub struct Smallest<M: Model> {
    /// How many choices of the run it was made from were not the calm run's.
    pub before: usize,
    /// The decisions that are left, in the order in which they take effect.
    pub taken: Vec<Taken>,
    /// The run with them.
    pub played: Played<M>,
    /// It was told before it was known that none of them can be left out.
    pub hurried: bool,
}

impl<M: Model> Smallest<M> {
    /// Shrinks a run that breaks something in this way, until `stop` is raised.
    pub fn of(model: &M, played: &Played<M>, failure: &str, stop: &StopFlag) -> Self {
        let mut compare = Compare::new(&played.run.choices);
        run_under(model, &mut compare);
        let mut decisions = compare.decisions();
        decisions.sort_by_key(|decision| goes(model, decision, played));
        let calm = with(model, &[]).run.choices;
        let others = Moment::all_of(&calm);
        let known =
            breach_of(model, &played.run.verdict, failure).map(|breach| deaths(model, played, breach));
        let alike = Alike { model, failure, known };
        let mut fewest: Option<Vec<Taken>> = None;
        let mut taken = shrink(decisions.clone(), &others, stop, &mut |decisions| {
            let taken = alike.fails(decisions, stop)?;
            if fewest.as_ref().is_none_or(|fewest| taken.len() <= fewest.len()) {
                fewest = Some(taken.clone());
            }
            Some(taken)
        });
        let hurried = stop.is_raised();
        if hurried {
            let as_it_was = || alike.fails(&decisions, &StopFlag::default());
            taken = fewest.or_else(as_it_was).unwrap_or_default();
        }
        taken.sort_by_key(|taken| taken.first);
        let decisions: Vec<Decision> = taken.iter().map(|taken| taken.decision).collect();
        Smallest { before: compare.differing, taken, played: with(model, &decisions), hurried }
    }

    /// The decisions alone.
    pub fn decisions(&self) -> Vec<Decision> {
        self.taken.iter().map(|taken| taken.decision).collect()
    }

    /// The last step that is not the calm run's.
    pub fn last(&self) -> u64 {
        self.taken.iter().map(|taken| taken.last).max().unwrap_or(0)
    }

    /// Its schedule, which is calm after the last decision. `from` is the schedule that it was made from.
    pub fn schedule(&self, subject: Subject<'_>, from: &Schedule) -> Schedule {
        let last = usize::try_from(self.last()).unwrap_or(usize::MAX);
        let lines =
            self.played.run.choices.iter().take(last).map(|choice| describe(*choice, &self.played.cast));
        // A run without decisions is the calm run, whatever it was made from.
        let seed = from.seed.filter(|_| !self.taken.is_empty());
        let made = match &from.scheduler {
            Some(scheduler) if scheduler.ends_with("shrunk") => scheduler.clone(),
            Some(scheduler) => format!("{scheduler}, shrunk"),
            None if seed.is_some() => "random, shrunk".to_owned(),
            None => "shrunk".to_owned(),
        };
        Schedule {
            scheduler: Some(made).filter(|_| !self.taken.is_empty()),
            rest: Rest::Calm,
            ..Schedule::new(VERSION, subject.name, subject.hash, seed, lines)
        }
    }
}

/// Faults go first, those of the lowest and newest processes before others; then what clients do.
fn goes<M: Model>(
    model: &M,
    decision: &Decision,
    played: &Played<M>,
) -> (bool, Reverse<usize>, Reverse<usize>, bool) {
    let directory = played.cast.directory();
    let place = |pid: Option<Pid>| {
        let rank = |of: fn(&Directory, Pid) -> usize| Reverse(pid.map_or(0, |pid| of(directory, pid)));
        (rank(Directory::depth), rank(Directory::birth))
    };
    match *decision {
        Decision::Early { what, .. } => {
            let (depth, birth) = place(match what {
                Choice::Kill(pid) | Choice::Run(pid) => Some(pid),
                Choice::Deliver { .. } | Choice::Tick { .. } | Choice::Fault(_) => None,
            });
            (!decision.is_fault(), depth, birth, false)
        }
        Decision::Late { what: Moment { choice, .. }, .. } => {
            let is_client = |pid| model.is_client(pid, &played.run.world);
            let of_client = match choice {
                Choice::Deliver { from, to } => is_client(from) || is_client(to),
                Choice::Run(pid) => is_client(pid),
                Choice::Tick { .. } | Choice::Kill(_) | Choice::Fault(_) => false,
            };
            (true, Reverse(0), Reverse(0), !of_client)
        }
    }
}

/// What makes a run fail as another one does.
struct Alike<'a, M> {
    model: &'a M,
    failure: &'a str,
    /// Who dies of what on the way to it. Somebody may be spared, but nobody dies of anything else.
    known: Option<BTreeSet<(String, String)>>,
}

impl<M: Model> Alike<'_, M> {
    /// Which decisions took effect, if the run with them fails in this way.
    fn fails(&self, decisions: &[Decision], stop: &StopFlag) -> Option<Vec<Taken>> {
        let Alike { model, failure, known } = self;
        let mut deciding = Deciding::new(decisions);
        let run = run_until(*model, stop, &mut deciding);
        if !breaks(*model, &run.verdict, failure) {
            return None;
        }
        if let Some(known) = known {
            // Few runs come so far, so only these are made once more with all that happens in them.
            let played = play_until(*model, stop, &mut Deciding::new(decisions));
            let breach = breach_of(*model, &played.run.verdict, failure)?;
            if !deaths(*model, &played, breach).is_subset(known) {
                return None;
            }
        }
        Some(deciding.taken())
    }
}

/// The run with some decisions.
pub fn with<M: Model>(model: &M, decisions: &[Decision]) -> Played<M> {
    play_under(model, &mut Deciding::new(decisions))
}

/// Whether a run was broken in this way.
pub fn breaks<M: Model>(model: &M, verdict: &Verdict, failure: &str) -> bool {
    breach_of(model, verdict, failure).is_some()
}

/// What a run broke in this way.
pub fn breach_of<'v, M: Model>(model: &M, verdict: &'v Verdict, failure: &str) -> Option<&'v Breach> {
    verdict.breaches().iter().find(|breach| shape::line(breach, model.atoms()) == failure)
}
