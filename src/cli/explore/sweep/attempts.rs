//! The runs of a sweep: which there are, how each goes, and what came of them all.
//!
//! What comes out depends on the order of the attempts and never on who was done first.

use std::collections::BTreeSet;
use std::io;

use crate::explore::{Nameless, SchedulerKind};
use crate::kernel::{Atoms, Choice};
use crate::model::campaign::{InRun, Meter};
use crate::model::{self, Breach, IntensityUses, Model, Origin, Played, Run, Verdict, shape::Shape};
use crate::scenario::{Judgement, ScriptWorld, Simulation};

use super::super::super::in_order::in_order;
use super::super::super::loaded::Loaded;
use super::matrix::{Matrix, Outcome};
use super::moments::{self, Moment, moments};

/// A run in which kills are tried.
#[derive(Debug)]
pub(super) struct Base {
    /// The seed of its scheduler; none of the calm run.
    pub(super) seed: Option<u64>,
    /// Its choices.
    choices: Vec<Choice>,
    /// When who can be killed in it.
    moments: Vec<Moment>,
}

/// Some kills in a run; after the first it goes on calmly.
#[derive(Clone, Debug)]
pub(super) struct Attempt<'a> {
    pub(super) base: &'a Base,
    pub(super) kills: Vec<Moment>,
}

/// One kind of failure, and the first kills that lead to it.
#[derive(Debug)]
pub(super) struct Kind<'a> {
    shape: Shape,
    pub(super) first: Attempt<'a>,
    pub(super) runs: u64,
}

/// How many of the attempts that there are were tried.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Share {
    pub(super) all: u64,
    /// Each so-manieth was; 0 if none was.
    pub(super) every: u64,
}

/// What all kills came to.
#[derive(Debug, Default)]
pub(super) struct Swept<'a> {
    pub(super) kills: Matrix,
    pub(super) kills_share: Share,
    /// The second ones of pairs.
    pub(super) pairs: Matrix,
    pub(super) pairs_share: Option<Share>,
    pub(super) kinds: Vec<Kind<'a>>,
    pub(super) runs: u64,
    pub(super) steps: u64,
    pub(super) interrupted: bool,
    /// Where what must be seen in some run begins, as far as no run has seen it.
    pub(super) not_seen: Option<BTreeSet<usize>>,
    pub(super) meter: Meter,
}

/// How a sweep is done.
pub(super) struct Limits<'a> {
    pub(super) jobs: usize,
    pub(super) runs_max: u64,
    pub(super) pairs: bool,
    pub(super) proceed: &'a (dyn Fn() -> bool + Sync),
}

/// What one attempt came to.
struct Tried<'a> {
    attempt: Attempt<'a>,
    outcome: Outcome,
    shape: Option<Shape>,
    steps: u64,
    not_seen: Vec<usize>,
    intensity: IntensityUses,
    /// How many moments came after its last kill, if that was asked.
    later: u64,
}

impl Share {
    /// So that no more than `most` are tried: each one, or one in several of all of them.
    fn of(all: u64, most: u64) -> Self {
        let every = if most == 0 { 0 } else { all.div_ceil(most).max(1) };
        Share { all, every: if all == 0 { 1 } else { every } }
    }

    fn has(self, number: u64) -> bool {
        self.every > 0 && number.is_multiple_of(self.every)
    }

    /// Whether some were left out.
    pub(super) fn is_cut(self) -> bool {
        self.every != 1
    }
}

impl Base {
    /// The calm run.
    pub(super) fn calm(loaded: &Loaded) -> (Played<Simulation>, Base) {
        Base::of(loaded, None, &mut |world| world.choices().calm())
    }

    /// The run of a seed; none if it does not hold by itself, or was given up.
    fn seeded(
        loaded: &Loaded,
        kind: SchedulerKind,
        seed: u64,
        steps: u64,
        limits: &Limits<'_>,
    ) -> (Run<Simulation>, Base) {
        let mut scheduler = kind.scheduler(seed, steps);
        let choose = &mut |world: &ScriptWorld| {
            (limits.proceed)().then(|| scheduler.choose(&world.choices(), &Nameless).ok().flatten()).flatten()
        };
        let (played, base) = Base::of(loaded, Some(seed), choose);
        (played.run, base)
    }

    fn of(
        loaded: &Loaded,
        seed: Option<u64>,
        choose: &mut dyn FnMut(&ScriptWorld) -> Option<Choice>,
    ) -> (Played<Simulation>, Base) {
        let (played, moments) = moments(loaded, 1, choose);
        let choices = played.run.choices.clone();
        (played, Base { seed, choices, moments })
    }
}

/// The runs of some seeds in which nothing fails by itself, and how many others there are.
///
/// # Errors
///
/// When progress cannot be told.
pub(super) fn bases(
    loaded: &Loaded,
    kind: SchedulerKind,
    seeds: &[u64],
    calm_steps: u64,
    limits: &Limits<'_>,
    swept: &mut Swept<'_>,
) -> io::Result<(Vec<Base>, u64)> {
    let (mut bases, mut failing) = (Vec::new(), 0);
    let work = |seed: &u64| Base::seeded(loaded, kind, *seed, calm_steps, limits);
    in_order(seeds, limits.jobs, work, |seed, (run, base)| {
        match run.verdict {
            Verdict::Abandoned => swept.interrupted = true,
            Verdict::Held => {
                swept.see(&run, Some(*seed), loaded.simulation.atoms());
                bases.push(base);
            }
            Verdict::Broken(_) | Verdict::Inconclusive(_) => failing += 1,
        }
        Ok(())
    })?;
    Ok((bases, failing))
}

impl<'a> Attempt<'a> {
    /// Who makes this run.
    pub(super) fn choose<'s>(
        &'s self,
        proceed: &'s dyn Fn() -> bool,
    ) -> impl FnMut(&ScriptWorld) -> Option<Choice> + use<'s, 'a> {
        let mut step = 0;
        move |world| {
            step += 1;
            if let Some(kill) = self.kills.iter().find(|kill| kill.step == step) {
                return Some(Choice::Kill(kill.pid));
            }
            if !proceed() {
                return None;
            }
            let before = self.kills.first().is_some_and(|kill| step < kill.step);
            let place = usize::try_from(step - 1).unwrap_or(usize::MAX);
            let followed = before.then(|| self.base.choices.get(place).copied()).flatten();
            followed.or_else(|| world.choices().calm())
        }
    }

    /// `a killed at step 3, then b at step 9, in the run of seed 4`
    pub(super) fn told(&self) -> String {
        let mut told = String::new();
        for (place, kill) in self.kills.iter().enumerate() {
            let (then, killed) = if place > 0 { (", then ", "") } else { ("", " killed") };
            told.push_str(&format!("{then}{}{killed} at step {}", kill.name, kill.step));
        }
        match self.base.seed {
            Some(seed) => format!("{told}, in the run of seed {seed}"),
            None => told,
        }
    }

    fn last(&self) -> u64 {
        self.kills.last().map_or(0, |kill| kill.step)
    }

    fn then(&self, second: Moment) -> Self {
        let mut kills = self.kills.clone();
        kills.push(second);
        Attempt { base: self.base, kills }
    }

    /// Runs it; nothing if it was interrupted.
    fn run(self, loaded: &Loaded, count: bool, proceed: &'a (dyn Fn() -> bool + Sync)) -> Option<Tried<'a>> {
        let (mut step, mut later, last) = (0, 0, self.last());
        let mut choose = self.choose(proceed);
        let run = model::run(&loaded.simulation, false, &mut |world, _| {
            step += 1;
            if count && step > last {
                later += moments::count(world);
            }
            choose(world)
        });
        drop(choose);
        let outcome = outcome(loaded, &run)?;
        let shape = matches!(outcome, Outcome::Broken | Outcome::Known)
            .then(|| Shape::of(&judged(&run.verdict), loaded.simulation.atoms()));
        let not_seen = run.not_seen.iter().map(|span| span.start).collect();
        Some(Tried {
            attempt: self,
            outcome,
            shape,
            steps: run.steps,
            not_seen,
            intensity: run.intensity,
            later,
        })
    }

    /// The second kills that follow this first one: each so-manieth of all of them, of which this one's begin
    /// at `offset`.
    fn pairs(
        &self,
        loaded: &Loaded,
        share: Share,
        offset: u64,
        proceed: &'a (dyn Fn() -> bool + Sync),
    ) -> Option<Vec<Tried<'a>>> {
        let (played, seconds) = moments(loaded, self.last() + 1, &mut self.choose(proceed));
        if played.run.verdict == Verdict::Abandoned {
            return None;
        }
        let numbered = (offset..).zip(seconds).filter(|(number, _)| share.has(*number));
        numbered.map(|(_, second)| self.then(second).run(loaded, false, proceed)).collect()
    }
}

impl<'a> Swept<'a> {
    /// A run without kills: the calm one, or that of a seed.
    pub(super) fn see(&mut self, run: &Run<Simulation>, seed: Option<u64>, atoms: &Atoms) {
        self.runs += 1;
        self.steps += run.steps;
        self.meter.read(&run.intensity, &|| seed.into(), atoms);
        self.look(run.not_seen.iter().map(|span| span.start).collect());
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
        self.meter.read(&tried.intensity, &|| InRun::Kills(tried.attempt.told()), atoms);
        self.look(tried.not_seen.into_iter().collect());
        let kills = &tried.attempt.kills;
        let matrix = if kills.len() > 1 { &mut self.pairs } else { &mut self.kills };
        if let Some(last) = kills.last() {
            matrix.add(last, tried.outcome);
        }
        if let Some(shape) = tried.shape {
            match self.kinds.iter_mut().find(|kind| kind.shape == shape) {
                Some(kind) => kind.runs += 1,
                None => self.kinds.push(Kind { shape, first: tried.attempt, runs: 1 }),
            }
        }
    }

    /// Whether any kill, or pair of them, came to this.
    pub(super) fn has(&self, outcome: Outcome) -> bool {
        self.kills.has(outcome) || self.pairs.has(outcome)
    }

    /// Tries all kills in these runs, and then all pairs if they are asked for, as far as the limit lets it.
    ///
    /// # Errors
    ///
    /// When progress cannot be told.
    pub(super) fn strike(
        &mut self,
        loaded: &Loaded,
        bases: &'a [Base],
        limits: &Limits<'a>,
        progress: &mut dyn FnMut(&str, u64, u64) -> io::Result<()>,
    ) -> io::Result<()> {
        let all = bases.iter().flat_map(|base| base.moments.iter().map(move |moment| (base, moment)));
        let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        let share = Share::of(number(bases.iter().map(|base| base.moments.len()).sum()), limits.runs_max);
        self.kills_share = share;
        let chosen = (0..).zip(all).filter(|(place, _)| share.has(*place));
        let firsts: Vec<Attempt<'a>> =
            chosen.map(|(_, (base, moment))| Attempt { base, kills: vec![moment.clone()] }).collect();
        let mut later = Vec::new();
        let work = |first: &Attempt<'a>| first.clone().run(loaded, limits.pairs, limits.proceed);
        in_order(&firsts, limits.jobs, work, |_, tried| {
            match tried {
                Some(tried) => {
                    later.push(tried.later);
                    self.take(tried, loaded.simulation.atoms());
                }
                None => self.interrupted = true,
            }
            progress("kills", number(later.len()), number(firsts.len()))
        })?;
        if !limits.pairs || self.interrupted {
            return Ok(());
        }
        let left = limits.runs_max.saturating_sub(number(firsts.len()));
        let share = Share::of(later.iter().sum(), left);
        self.pairs_share =
            Some(Share { every: if self.kills_share.is_cut() { 0 } else { share.every }, ..share });
        if self.pairs_share.is_none_or(|share| share.every == 0) {
            return Ok(());
        }
        let mut offset = 0;
        let numbered: Vec<(&Attempt<'a>, u64)> = firsts
            .iter()
            .zip(&later)
            .map(|(first, later)| {
                let here = offset;
                offset += later;
                (first, here)
            })
            .collect();
        let mut done = 0;
        let work =
            |(first, offset): &(&Attempt<'a>, u64)| first.pairs(loaded, share, *offset, limits.proceed);
        in_order(&numbered, limits.jobs, work, |_, tried| {
            match tried {
                Some(tried) => {
                    tried.into_iter().for_each(|tried| self.take(tried, loaded.simulation.atoms()));
                }
                None => self.interrupted = true,
            }
            done += 1;
            progress("first kills of pairs", done, number(numbered.len()))
        })
    }
}

/// What a run breaks but for what its clients expect.
fn judged(verdict: &Verdict) -> Vec<Breach> {
    match verdict {
        Verdict::Broken(breaches) => {
            breaches.iter().filter(|breach| breach.property != "expect").cloned().collect()
        }
        Verdict::Held | Verdict::Inconclusive(_) | Verdict::Abandoned => Vec::new(),
    }
}

/// What a run after a kill came to; nothing if it was interrupted.
fn outcome(loaded: &Loaded, run: &Run<Simulation>) -> Option<Outcome> {
    let breaches = judged(&run.verdict);
    match &run.verdict {
        Verdict::Abandoned => return None,
        Verdict::Inconclusive(_) => return Some(Outcome::Inconclusive),
        Verdict::Held => return Some(Outcome::Held),
        Verdict::Broken(_) if breaches.is_empty() => return Some(Outcome::Noticed),
        Verdict::Broken(_) => (),
    }
    let expected = loaded.simulation.expected_failures();
    Some(match Judgement::of(&Verdict::Broken(breaches), Origin::Elsewhere(None), expected) {
        Judgement::BrokenAsExpected(_) => Outcome::Known,
        _ => Outcome::Broken,
    })
}
