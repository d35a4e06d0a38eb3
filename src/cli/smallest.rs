//! The smallest run that fails as another one does.

use std::cmp::Reverse;

use crate::explore::{
    Compare, Deciding, Decision, Moment, Rest, Schedule, Scheduler, Taken, describe, shrink,
};
use crate::kernel::{Choice, Pid};
use crate::model::{self, Breach, Model, Run, Verdict};
use crate::scenario::{ClientState, Simulation};

use super::loaded::Loaded;
use super::play::{Played, VERSION, play_with};
use super::shape;

/// A failing run made small.
#[derive(Debug)]
pub(super) struct Smallest {
    /// How many choices of the run it was made from were not the calm run's.
    pub(super) before: usize,
    /// The decisions that are left, in the order in which they take effect.
    pub(super) taken: Vec<Taken>,
    /// The run with them.
    pub(super) played: Played,
}

impl Smallest {
    /// Shrinks a run that breaks something in this way.
    pub(super) fn of(loaded: &Loaded, played: &Played, failure: &str) -> Self {
        let mut compare = Compare::new(&played.run.choices);
        model::run(&loaded.simulation, false, &mut |world, _| compare.choose(&world.choices()));
        let mut decisions = compare.decisions();
        decisions.sort_by_key(|decision| goes(decision, played));
        let calm = with(loaded, &[]).run.choices;
        let others = Moment::all_of(&calm);
        let mut taken = shrink(decisions, &others, &mut |decisions| fails(loaded, decisions, failure));
        taken.sort_by_key(|taken| taken.first);
        let decisions: Vec<Decision> = taken.iter().map(|taken| taken.decision).collect();
        Smallest { before: compare.differing, taken, played: with(loaded, &decisions) }
    }

    /// The last step that is not the calm run's.
    pub(super) fn last(&self) -> u64 {
        self.taken.iter().map(|taken| taken.last).max().unwrap_or(0)
    }

    /// Its schedule, which is calm after the last decision.
    pub(super) fn schedule(&self, loaded: &Loaded, from: &Schedule) -> Schedule {
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
            ..Schedule::new(VERSION, &loaded.name, loaded.hash(), seed, lines)
        }
    }
}

/// Faults go first, those of the lowest and newest processes before others; then what clients do.
fn goes(decision: &Decision, played: &Played) -> (bool, Reverse<usize>, Reverse<usize>, bool) {
    let directory = played.cast.directory();
    let place = |pid: Option<Pid>| {
        let rank =
            |of: fn(&crate::trace::Directory, Pid) -> usize| Reverse(pid.map_or(0, |pid| of(directory, pid)));
        (rank(crate::trace::Directory::depth), rank(crate::trace::Directory::birth))
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
            let of_client = match choice {
                Choice::Deliver { from, to } => is_client(from, &played.run) || is_client(to, &played.run),
                Choice::Run(pid) => is_client(pid, &played.run),
                Choice::Tick { .. } | Choice::Kill(_) | Choice::Fault(_) => false,
            };
            (true, Reverse(0), Reverse(0), !of_client)
        }
    }
}

/// Whether a process is one of the scenario's clients.
pub(super) fn is_client(pid: Pid, run: &Run<Simulation>) -> bool {
    run.world.common().clients.iter().any(|client| match client {
        ClientState::NotStarted => false,
        ClientState::Running(client) | ClientState::Finished(client) | ClientState::Died(client, _) => {
            *client == pid
        }
    })
}

/// Which decisions took effect, if the run with them fails in this way.
fn fails(loaded: &Loaded, decisions: &[Decision], failure: &str) -> Option<Vec<Taken>> {
    let mut deciding = Deciding::new(decisions);
    let run = model::run(&loaded.simulation, false, &mut |world, _| deciding.choose(&world.choices()));
    breaks(loaded, &run.verdict, failure).then(|| deciding.taken())
}

/// The run with some decisions.
pub(super) fn with(loaded: &Loaded, decisions: &[Decision]) -> Played {
    let mut deciding = Deciding::new(decisions);
    play_with(loaded, &mut |world| deciding.choose(&world.choices()))
}

/// Whether a run was broken in this way.
pub(super) fn breaks(loaded: &Loaded, verdict: &Verdict, failure: &str) -> bool {
    breaches(verdict).iter().any(|breach| shape::line(breach, loaded.simulation.atoms()) == failure)
}

/// What a run broke in this way.
pub(super) fn breach_of<'a>(loaded: &Loaded, played: &'a Played, failure: &str) -> Option<&'a Breach> {
    let mut found = breaches(&played.run.verdict).iter();
    found.find(|breach| shape::line(breach, loaded.simulation.atoms()) == failure)
}

/// What a run broke.
pub(super) fn breaches(verdict: &Verdict) -> &[Breach] {
    match verdict {
        Verdict::Broken(breaches) => breaches,
        Verdict::Held | Verdict::Inconclusive(_) | Verdict::Abandoned => &[],
    }
}
