//! A sweep: one kill of every process at every step of a run, each in a run of its own that goes on calmly, and
//! pairs of kills if they are asked for.
//!
//! The model's world must permit its faults so many kills. What comes out depends on the order of the attempts and
//! never on who was done first.

mod attempt;
mod cells;
mod moment;
mod share;

use std::collections::BTreeSet;

use crate::explore::SchedulerKind;
use crate::kernel::{Atoms, StopFlag};

use super::campaign::{InRun, Meter};
use super::in_order::in_order;
use super::play::calm_length;
use super::run::Run;
use super::seam::Model;
use super::shape::Shape;
use super::verdict::Verdict;

use attempt::Tried;

pub use attempt::{Attempt, Base};
pub use cells::{Aftermath, Cells, MatrixRow};
pub use moment::{Moment, Situation};
pub use share::Share;

/// One kind of failure, and the first kills that lead to it.
#[derive(Debug)]
pub struct FailureKind<'a> {
    shape: Shape,
    /// The first attempt that fails like this.
    pub first: Attempt<'a>,
    /// How many do.
    pub runs: u64,
}

/// What all kills came to.
#[derive(Debug, Default)]
pub struct Swept<'a> {
    /// What came of single kills.
    pub kills: Cells,
    /// How many single kills were tried.
    pub kills_share: Share,
    /// What came of the second kills of pairs.
    pub pairs: Cells,
    /// How many pairs were tried; none if they were not asked for.
    pub pairs_share: Option<Share>,
    /// How runs fail, in the order in which it was found.
    pub kinds: Vec<FailureKind<'a>>,
    /// How many runs were made, with and without kills.
    pub runs: u64,
    /// How many steps they took.
    pub steps: u64,
    /// Whether it was given up.
    pub interrupted: bool,
    /// Why a run could not go on that needs what is not there: then nothing is said of the rest.
    pub unrunnable: Option<String>,
    /// Where what must be seen in some run begins, as far as no run has seen it.
    pub not_seen: Option<BTreeSet<usize>>,
    /// How much of their intensity supervisors used up.
    pub meter: Meter,
}

/// How a sweep is done.
pub struct Sweeping {
    /// On so many threads.
    pub jobs: usize,
    /// With kills in at most so many runs.
    pub runs_max: u64,
    /// Whether pairs are tried, too.
    pub pairs: bool,
    /// It is given up as soon as this is raised.
    pub stop: StopFlag,
}

/// What a sweep is at: what is counted, how many are done, and of how many.
pub type Progress<'p> = dyn FnMut(&str, u64, u64) + 'p;

/// Somebody wants no more.
struct Interrupted;

impl<'a> Swept<'a> {
    /// Takes a run without kills into account: the calm one, or that of a seed.
    pub fn see<M: Model>(&mut self, run: &Run<M>, seed: Option<u64>, atoms: &Atoms) {
        self.runs += 1;
        self.steps += run.steps;
        self.meter.read(&run.intensity, &|| seed.into(), atoms);
        self.look(run.not_seen.iter().map(|span| span.start).collect());
    }

    /// The runs of some seeds in which nothing fails by itself, and how many others there are.
    pub fn bases<M: Model>(
        &mut self,
        model: &M,
        kind: SchedulerKind,
        seeds: &[u64],
        sweeping: &Sweeping,
    ) -> (Vec<Base>, u64) {
        let (mut bases, mut failing) = (Vec::new(), 0);
        let length = calm_length(model, kind, &sweeping.stop);
        let work = |seed: &u64| Base::seeded(model, kind, *seed, length, &sweeping.stop);
        let done = in_order(seeds, sweeping.jobs, work, |seed, (run, base)| {
            if let Some(why) = run.verdict.unrunnable() {
                self.unrunnable.get_or_insert_with(|| why.to_owned());
            }
            match run.verdict {
                Verdict::Abandoned => return Err(Interrupted),
                Verdict::Held => {
                    self.see(&run, Some(*seed), model.atoms());
                    bases.push(base);
                }
                Verdict::Broken(_) | Verdict::Inconclusive(_) | Verdict::Unrunnable(_) => failing += 1,
            }
            Ok(())
        });
        self.interrupted |= done.is_err();
        (bases, failing)
    }

    /// Tries all kills in these runs, and then all pairs if they are asked for, as far as the limit lets it.
    pub fn strike<M: Model>(
        &mut self,
        model: &M,
        bases: &'a [Base],
        sweeping: &Sweeping,
        progress: &mut Progress<'_>,
    ) {
        let done = self.singly(model, bases, sweeping, progress).and_then(|firsts| match sweeping.pairs {
            true => self.in_pairs(model, &firsts, sweeping, progress),
            false => Ok(()),
        });
        self.interrupted |= done.is_err();
    }

    /// Whether any kill, or pair of them, came to this.
    pub fn has(&self, aftermath: Aftermath) -> bool {
        self.kills.has(aftermath) || self.pairs.has(aftermath)
    }

    /// Tries single kills: which, and how many moments come after each.
    fn singly<M: Model>(
        &mut self,
        model: &M,
        bases: &'a [Base],
        sweeping: &Sweeping,
        progress: &mut Progress<'_>,
    ) -> Result<Vec<(Attempt<'a>, u64)>, Interrupted> {
        let share = Share::of(bases.iter().map(|base| base.moments).sum(), sweeping.runs_max);
        self.kills_share = share;
        let begins = bases.iter().scan(0, |next, base| Some(std::mem::replace(next, *next + base.moments)));
        let firsts = bases.iter().zip(begins);
        let firsts: Vec<Attempt<'a>> =
            firsts.flat_map(|(base, offset)| base.kills(model, share, offset, &sweeping.stop)).collect();
        let mut later = Vec::new();
        let work = |first: &Attempt<'a>| first.clone().run(model, sweeping.pairs, &sweeping.stop);
        in_order(&firsts, sweeping.jobs, work, |_, tried| {
            let tried = tried.ok_or(Interrupted)?;
            later.push(tried.later);
            self.take(tried, model.atoms());
            progress("kills", number(later.len()), number(firsts.len()));
            Ok(())
        })?;
        Ok(firsts.into_iter().zip(later).collect())
    }

    /// Tries the second kills that follow these first ones.
    fn in_pairs<M: Model>(
        &mut self,
        model: &M,
        firsts: &[(Attempt<'a>, u64)],
        sweeping: &Sweeping,
        progress: &mut Progress<'_>,
    ) -> Result<(), Interrupted> {
        let left = sweeping.runs_max.saturating_sub(number(firsts.len()));
        let share = Share::of(firsts.iter().map(|(_, later)| later).sum(), left);
        // Where not even all first kills were tried, their second ones say little.
        let share = Share { every: if self.kills_share.is_cut() { 0 } else { share.every }, ..share };
        self.pairs_share = Some(share);
        if share.every == 0 {
            return Ok(());
        }
        let begins = firsts.iter().scan(0, |next, (_, later)| Some(std::mem::replace(next, *next + later)));
        let numbered: Vec<(&Attempt<'a>, u64)> = firsts.iter().map(|(first, _)| first).zip(begins).collect();
        let mut done = 0;
        let work = |(first, offset): &(&Attempt<'a>, u64)| first.pairs(model, share, *offset, &sweeping.stop);
        in_order(&numbered, sweeping.jobs, work, |_, tried| {
            tried.ok_or(Interrupted)?.into_iter().for_each(|tried| self.take(tried, model.atoms()));
            done += 1;
            progress("first kills of pairs", done, number(numbered.len()));
            Ok(())
        })
    }

    fn look(&mut self, not_seen: BTreeSet<usize>) {
        match &mut self.not_seen {
            Some(known) => known.retain(|place| not_seen.contains(place)),
            None => self.not_seen = Some(not_seen),
        }
    }

    fn take(&mut self, tried: Tried<'a>, atoms: &Atoms) {
        self.runs += 1;
        self.steps += tried.steps;
        if let Some(why) = &tried.unrunnable {
            self.unrunnable.get_or_insert_with(|| why.clone());
        }
        self.meter.read(&tried.intensity, &|| InRun::Kills(tried.attempt.told()), atoms);
        self.look(tried.not_seen.into_iter().collect());
        let kills = &tried.attempt.kills;
        let cells = if kills.len() > 1 { &mut self.pairs } else { &mut self.kills };
        if let Some(last) = kills.last() {
            cells.add(last, tried.aftermath);
        }
        if let Some(shape) = tried.shape {
            match self.kinds.iter_mut().find(|kind| kind.shape == shape) {
                Some(kind) => kind.runs += 1,
                None => self.kinds.push(FailureKind { shape, first: tried.attempt, runs: 1 }),
            }
        }
    }
}

fn number(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
