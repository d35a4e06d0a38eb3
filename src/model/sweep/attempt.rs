//! A run with kills: who makes it, and what came of it.

use crate::explore::{Nameless, Rest, SWEEP, Schedule, SchedulerKind};
use crate::kernel::{Choice, StopFlag};

use super::super::breach::Breach;
use super::super::intensity::IntensityUses;
use super::super::origin::Origin;
use super::super::play::{Played, Source, Subject, play_with};
use super::super::run::{Run, run};
use super::super::seam::{Model, WorldOf};
use super::super::shape::Shape;
use super::super::verdict::Verdict;
use super::cells::Aftermath;
use super::moment::{self, Moment, moments};
use super::share::Share;

/// A run in which kills are tried.
#[derive(Debug)]
pub struct Base {
    /// The seed of its scheduler; none of the calm run.
    pub seed: Option<u64>,
    /// What was chosen at each of its steps.
    choices: Vec<Choice>,
    /// In how many moments somebody can be killed in it.
    pub(super) moments: u64,
}

/// Some kills in a run; after the first it goes on calmly.
#[derive(Clone, Debug)]
pub struct Attempt<'a> {
    /// The run that it begins as.
    pub base: &'a Base,
    /// The kills, the earliest first.
    pub kills: Vec<Moment>,
}

/// What one attempt came to.
pub(super) struct Tried<'a> {
    pub(super) attempt: Attempt<'a>,
    pub(super) aftermath: Aftermath,
    /// Of what was broken.
    pub(super) shape: Option<Shape>,
    pub(super) steps: u64,
    /// Where what must be seen in some run begins, as far as this one has not seen it.
    pub(super) not_seen: Vec<usize>,
    pub(super) intensity: IntensityUses,
    /// How many moments came after its last kill, if that was asked.
    pub(super) later: u64,
    /// Why it could not go on, if it needs what is not there.
    pub(super) unrunnable: Option<String>,
}

impl Base {
    /// The calm run.
    pub fn calm<M: Model>(model: &M) -> (Played<M>, Base) {
        Base::of(model, None, &StopFlag::default(), &mut |world| world.choices().calm())
    }

    /// The run of a seed, abandoned as soon as `stop` is raised.
    pub(super) fn seeded<M: Model>(
        model: &M,
        kind: SchedulerKind,
        seed: u64,
        steps: u64,
        stop: &StopFlag,
    ) -> (Run<M>, Base) {
        let mut scheduler = kind.scheduler(seed, steps);
        let (played, base) = Base::of(model, Some(seed), stop, &mut |world| {
            scheduler.choose(&world.choices(), &Nameless).ok().flatten()
        });
        (played.run, base)
    }

    fn of<M: Model>(
        model: &M,
        seed: Option<u64>,
        stop: &StopFlag,
        choose: &mut dyn FnMut(&WorldOf<M>) -> Option<Choice>,
    ) -> (Played<M>, Base) {
        let (played, moments, _) = moments(model, 1, stop, &|_| false, choose);
        let choices = played.run.choices.clone();
        (played, Base { seed, choices, moments })
    }

    /// The single kills in it that the share has. Of all single kills this run's begin at `offset`.
    pub(super) fn kills<M: Model>(
        &self,
        model: &M,
        share: Share,
        offset: u64,
        stop: &StopFlag,
    ) -> impl Iterator<Item = Attempt<'_>> + use<'_, M> {
        let mut choices = self.choices.iter().copied();
        let (_, _, moments) =
            moments(model, 1, stop, &|nth| share.has(offset + nth), &mut |_| choices.next());
        moments.into_iter().map(|moment| Attempt { base: self, kills: vec![moment] })
    }
}

impl<'a> Attempt<'a> {
    /// `a killed at step 3, then b at step 9, in the run of seed 4`
    pub fn told(&self) -> String {
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

    /// Makes the run again, with everything recorded.
    pub fn play<M: Model>(&self, model: &M) -> Played<M> {
        let mut choose = self.choose::<M>();
        play_with(model, &mut |world, _| choose(world))
    }

    /// The run up to the last kill; the rest follows by itself.
    pub fn schedule<M: Model>(&self, played: &Played<M>, subject: Subject<'_>) -> Schedule {
        let mut schedule = played.schedule(subject, Source::Calm);
        schedule.seed = self.base.seed;
        schedule.scheduler = Some(SWEEP.to_owned());
        schedule.lines.truncate(usize::try_from(self.last()).unwrap_or(usize::MAX));
        schedule.rest = Rest::Calm;
        schedule
    }

    /// Who makes this run.
    fn choose<'s, M: Model>(&'s self) -> impl FnMut(&WorldOf<M>) -> Option<Choice> + use<'s, 'a, M> {
        let mut step = 0;
        move |world| {
            step += 1;
            if let Some(kill) = self.kills.iter().find(|kill| kill.step == step) {
                return Some(Choice::Kill(kill.pid));
            }
            let before = self.kills.first().is_some_and(|kill| step < kill.step);
            let place = usize::try_from(step - 1).unwrap_or(usize::MAX);
            let followed = before.then(|| self.base.choices.get(place).copied()).flatten();
            followed.or_else(|| world.choices().calm())
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

    /// Makes the run; nothing if it was interrupted. `count` asks for the moments after the last kill.
    pub(super) fn run<M: Model>(self, model: &M, count: bool, stop: &StopFlag) -> Option<Tried<'a>> {
        let (mut step, mut later, last) = (0, 0, self.last());
        let mut choose = self.choose::<M>();
        let run = run(model, false, stop, &mut |world, _| {
            step += 1;
            if count && step > last {
                later += moment::count::<M>(world);
            }
            choose(world)
        });
        drop(choose);
        let judged = judged(&run.verdict);
        let aftermath = aftermath(model, &run.verdict, &judged)?;
        let shape = matches!(aftermath, Aftermath::Broken | Aftermath::Known)
            .then(|| Shape::of(&judged, model.atoms()));
        let not_seen = run.not_seen.iter().map(|span| span.start).collect();
        let (steps, intensity) = (run.steps, run.intensity);
        let unrunnable = run.verdict.unrunnable().map(str::to_owned);
        Some(Tried { attempt: self, aftermath, shape, steps, not_seen, intensity, later, unrunnable })
    }

    /// The second kills that follow this first one, as many of them as the share has. Of all second kills this
    /// one's begin at `offset`.
    pub(super) fn pairs<M: Model>(
        &self,
        model: &M,
        share: Share,
        offset: u64,
        stop: &StopFlag,
    ) -> Option<Vec<Tried<'a>>> {
        let wanted = |nth| share.has(offset + nth);
        let (played, _, seconds) = moments(model, self.last() + 1, stop, &wanted, &mut self.choose::<M>());
        if played.run.verdict == Verdict::Abandoned {
            return None;
        }
        seconds.into_iter().map(|second| self.then(second).run(model, false, stop)).collect()
    }
}

/// What a run breaks but for what its clients expect: whoever has called a server that was killed may well notice.
fn judged(verdict: &Verdict) -> Vec<Breach> {
    verdict.breaches().iter().filter(|breach| breach.property != "expect").cloned().collect()
}

/// What a run after a kill came to, that breaks this but for what its clients expect; nothing if it was interrupted.
fn aftermath<M: Model>(model: &M, verdict: &Verdict, judged: &[Breach]) -> Option<Aftermath> {
    Some(match verdict {
        Verdict::Abandoned => return None,
        Verdict::Inconclusive(_) | Verdict::Unrunnable(_) => Aftermath::Inconclusive,
        Verdict::Held => Aftermath::Held,
        Verdict::Broken(_) if judged.is_empty() => Aftermath::Noticed,
        Verdict::Broken(_) => {
            let known = model.breaks_as_told(&Verdict::Broken(judged.to_vec()), Origin::Elsewhere(None));
            if known { Aftermath::Known } else { Aftermath::Broken }
        }
    })
}
