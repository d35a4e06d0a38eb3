//! One run under one scheduler, with everything that happened and everybody's name.

use std::fmt;
use std::sync::OnceLock;

use crate::explore::{
    Calm, Mismatch, Moment, Replay, Rest, Schedule, Scheduler, SchedulerKind, Sparing, describe,
};
use crate::kernel::{Choice, StopFlag};
use crate::otp::Actor;
use crate::trace::Recording;

use super::cast::Cast;
use super::origin::Origin;
use super::run::{Run, judged_as_lasso, run, run_until};
use super::seam::{Model, WorldOf};

/// What kind of run it is: whatever is needed to make it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source<'a> {
    /// The calm run: what has waited longest happens first.
    Calm,
    /// The run of a seed.
    Seed {
        /// Of which scheduler.
        of: SchedulerKind,
        /// The number that its dice begin with.
        seed: u64,
    },
    /// A search of every order has found it.
    Exhaustive,
    /// The run that a schedule says.
    Schedule(&'a Schedule),
}

impl Source<'_> {
    /// The calm run, or that of plain dice.
    pub fn of(seed: Option<u64>) -> Self {
        seed.map_or(Source::Calm, |seed| Source::Seed { of: SchedulerKind::RANDOM, seed })
    }

    /// The seed that the run comes from, if it does from one.
    pub fn seed(self) -> Option<u64> {
        match self {
            Source::Calm | Source::Exhaustive => None,
            Source::Seed { seed, .. } => Some(seed),
            Source::Schedule(schedule) => schedule.seed,
        }
    }

    /// What a schedule calls the scheduler that its seed is for, if that is not the plain dice.
    fn scheduler(self) -> Option<String> {
        match self {
            Source::Calm | Source::Seed { of: SchedulerKind::RANDOM, .. } => None,
            Source::Seed { of, .. } => Some(of.to_string()),
            Source::Exhaustive => Some("exhaustive".to_owned()),
            Source::Schedule(schedule) => schedule.scheduler.clone(),
        }
    }

    /// What the text of a model can say of the run.
    pub fn origin(self) -> Origin {
        match (self, self.seed(), self.scheduler()) {
            // Texts speak of seeds as they are by default.
            (Source::Seed { of, seed }, ..) if of.everywhere => Origin::Elsewhere(Some(seed)),
            (Source::Seed { of, seed }, ..) => Origin::Seed(of, seed),
            (_, None, None) => Origin::Calm,
            (_, Some(seed), None) => Origin::Seed(SchedulerKind::RANDOM, seed),
            (_, seed, Some(_)) => Origin::Elsewhere(seed),
        }
    }

    /// What `treefall run` needs beside the file to make the run again. What a schedule says, or a search has found,
    /// is made again from a schedule alone.
    pub fn options(self) -> Option<String> {
        match self {
            Source::Calm => Some(String::new()),
            Source::Seed { of, seed } => Some(format!("{}--seed {seed}", of.options())),
            Source::Exhaustive | Source::Schedule(_) => None,
        }
    }
}

impl fmt::Display for Source<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Calm => f.write_str("calm run"),
            Source::Seed { of: SchedulerKind::RANDOM, seed } => write!(f, "seed {seed}"),
            Source::Seed { of, seed } => write!(f, "seed {seed} of {of}"),
            Source::Exhaustive => f.write_str("found exhaustively"),
            Source::Schedule(_) => f.write_str("run of a schedule"),
        }
    }
}

/// A run and its names.
#[derive(Debug)]
pub struct Played<M: Model> {
    /// What happened in it, and what it came to.
    pub run: Run<M>,
    /// Who took part.
    pub cast: Cast,
    /// The places of its choices, equal ones side by side in the order of the run. Few runs are asked.
    places: OnceLock<Vec<usize>>,
}

/// What a schedule says of the model that it is of.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// Its path, as it was given.
    pub name: &'a str,
    /// The digest of its text.
    pub hash: u64,
}

/// The version that schedules record.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

impl<M: Model> Played<M> {
    pub(crate) fn new(run: Run<M>, cast: Cast) -> Self {
        Played { run, cast, places: OnceLock::new() }
    }

    /// What happened, with who is who in it.
    pub fn recording(&self) -> Recording<'_, M::Guest> {
        Recording::of(&self.run.events, self.cast.directory())
    }

    /// The step, from 1, in which something happens; none if it never does.
    pub fn step_of(&self, moment: Moment) -> Option<u64> {
        let choices = &self.run.choices;
        let places = self.places.get_or_init(|| {
            let mut places: Vec<usize> = (0..choices.len()).collect();
            places.sort_by_key(|place| (choices[*place], *place));
            places
        });
        let first = places.partition_point(|place| choices[*place] < moment.choice);
        let nth = usize::try_from(moment.nth.checked_sub(1)?).unwrap_or(usize::MAX);
        let place = *places.get(first.checked_add(nth)?)?;
        (choices[place] == moment.choice).then_some(place as u64 + 1)
    }

    /// The schedule of this run.
    pub fn schedule(&self, subject: Subject<'_>, source: Source<'_>) -> Schedule {
        let lines = self.run.choices.iter().map(|choice| describe(*choice, &self.cast));
        let schedule = Schedule::new(VERSION, subject.name, subject.hash, source.seed(), lines);
        let rest = self.run.cycle.map_or(Rest::Nothing, Rest::Repeat);
        Schedule { scheduler: source.scheduler(), rest, ..schedule }
    }
}

/// Makes a run and keeps all that happened.
///
/// # Errors
///
/// When a schedule does not fit.
pub fn play<M: Model>(model: &M, source: Source<'_>) -> Result<Played<M>, Box<Mismatch>> {
    play_up_to(model, source, u64::MAX)
}

/// The same, given up after so many steps.
///
/// # Errors
///
/// When a schedule does not fit.
pub fn play_up_to<M: Model>(
    model: &M,
    source: Source<'_>,
    steps_max: u64,
) -> Result<Played<M>, Box<Mismatch>> {
    let mut scheduler = scheduler(model, source);
    let (mut steps, mut mismatch) = (0, None);
    let played = recorded(model, &StopFlag::default(), &mut |world, names| {
        if steps == steps_max {
            return None;
        }
        steps += 1;
        scheduler.choose(&world.choices(), names).unwrap_or_else(|found| {
            mismatch = Some(found);
            None
        })
    });
    match mismatch {
        Some(mismatch) => return Err(mismatch),
        None if steps < steps_max => scheduler.finish()?,
        None => (),
    }
    match source {
        Source::Schedule(Schedule { rest: Rest::Repeat(length), .. }) if steps < steps_max => {
            Ok(Played::new(judged_as_lasso(model, played.run, *length), played.cast))
        }
        _ => Ok(played),
    }
}

/// Makes a run under a scheduler that cannot fail to fit, or gives up where it does, and keeps all that happened.
pub fn play_under<M: Model>(model: &M, scheduler: &mut dyn Scheduler<Actor<M::Guest>>) -> Played<M> {
    play_until(model, &StopFlag::default(), scheduler)
}

/// The same, and it is abandoned as soon as `stop` is raised.
pub fn play_until<M: Model>(
    model: &M,
    stop: &StopFlag,
    scheduler: &mut dyn Scheduler<Actor<M::Guest>>,
) -> Played<M> {
    recorded(model, stop, &mut |world, names| scheduler.choose(&world.choices(), names).ok().flatten())
}

/// Makes a run as somebody chooses who sees the world and knows who is who in it, and keeps all that happened.
pub fn play_with<M: Model>(
    model: &M,
    choose: &mut dyn FnMut(&WorldOf<M>, &Cast) -> Option<Choice>,
) -> Played<M> {
    recorded(model, &StopFlag::default(), choose)
}

fn recorded<M: Model>(
    model: &M,
    stop: &StopFlag,
    choose: &mut dyn FnMut(&WorldOf<M>, &Cast) -> Option<Choice>,
) -> Played<M> {
    let mut cast = Cast::of(model.faults());
    let run = run(model, true, stop, &mut |world, events| {
        cast.learn(events, model.atoms());
        choose(world, &cast)
    });
    cast.learn(&run.events, model.atoms());
    Played::new(run, cast)
}

/// How many times such a scheduler is asked in the calm run, if it has to know.
///
/// Once `stop` is raised nobody needs it any more, and what it says is no length.
pub fn calm_length<M: Model>(model: &M, of: SchedulerKind, stop: &StopFlag) -> u64 {
    if !of.needs_length() {
        return 0;
    }
    let mut calm = Sparing::new(Calm).everywhere(of.everywhere);
    run_until(model, stop, &mut calm);
    calm.asked()
}

/// Who makes this run. Schedulers that spread something over a run need to know how long one is: as long as the
/// calm one, which is the same whenever it is asked, so a seed is a run.
fn scheduler<'s, M: Model>(model: &M, source: Source<'s>) -> Box<dyn Scheduler<Actor<M::Guest>> + 's> {
    match source {
        Source::Calm | Source::Exhaustive => Box::new(Calm),
        Source::Seed { of, seed } => of.scheduler(seed, calm_length(model, of, &StopFlag::default())),
        Source::Schedule(schedule) => Box::new(Replay::of(schedule)),
    }
}
