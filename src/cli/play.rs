//! One run of a scenario under one scheduler.

use std::fmt;

use crate::explore::{Calm, Mismatch, Random, Replay, Rest, Schedule, Scheduler, Strategy, describe};
use crate::kernel::Choice;
use crate::model::{self, Model, Run};
use crate::scenario::{ScriptWorld, Simulation};
use crate::trace::{self, Settings, Verbosity};

use super::cast::Cast;
use super::judgement::Origin;
use super::loaded::Loaded;

/// Who chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Oracle<'a> {
    /// Nobody: what has waited longest happens first.
    Calm,
    /// Dice.
    Seed(u64),
    /// Another scheduler.
    Explored {
        /// Which.
        strategy: Strategy,
        /// Its seed.
        seed: u64,
        /// How many steps the calm run takes.
        steps: u64,
    },
    /// A search of every order.
    Exhaustive,
    /// A schedule.
    Schedule(&'a Schedule),
}

impl Oracle<'_> {
    /// The calm run, or that of a seed.
    pub fn of(seed: Option<u64>) -> Self {
        seed.map_or(Oracle::Calm, Oracle::Seed)
    }

    /// The seed that the run comes from, if it does from one.
    pub fn seed(self) -> Option<u64> {
        match self {
            Oracle::Calm | Oracle::Exhaustive => None,
            Oracle::Seed(seed) | Oracle::Explored { seed, .. } => Some(seed),
            Oracle::Schedule(schedule) => schedule.seed,
        }
    }

    /// The scheduler that its seed is for, if that is not the plain dice.
    fn scheduler(self) -> Option<String> {
        match self {
            Oracle::Calm | Oracle::Seed(_) => None,
            Oracle::Explored { strategy, .. } => Some(strategy.to_string()),
            Oracle::Exhaustive => Some("exhaustive".to_owned()),
            Oracle::Schedule(schedule) => schedule.scheduler.clone(),
        }
    }

    /// What a file can say of the run.
    pub(super) fn origin(self) -> Origin {
        match (self.seed(), self.scheduler()) {
            (None, None) => Origin::Calm,
            (Some(seed), None) => Origin::Seed(seed),
            (seed, Some(_)) => Origin::Elsewhere(seed),
        }
    }
}

impl fmt::Display for Oracle<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Oracle::Calm => f.write_str("calm run"),
            Oracle::Seed(seed) => write!(f, "seed {seed}"),
            Oracle::Explored { strategy, seed, .. } => write!(f, "seed {seed} of {strategy}"),
            Oracle::Exhaustive => f.write_str("found exhaustively"),
            Oracle::Schedule(_) => f.write_str("run of a schedule"),
        }
    }
}

/// A run and its names.
#[derive(Debug)]
pub struct Played {
    /// What happened.
    pub run: Run<Simulation>,
    /// Who took part.
    pub(super) cast: Cast,
}

impl Played {
    /// The schedule of this run.
    pub fn schedule(&self, loaded: &Loaded, oracle: Oracle<'_>) -> Schedule {
        let lines = self.run.choices.iter().map(|choice| describe(*choice, &self.cast));
        let schedule = Schedule::new(VERSION, &loaded.name, loaded.hash(), oracle.seed(), lines);
        let rest = self.run.cycle.map_or(Rest::Nothing, Rest::Repeat);
        Schedule { scheduler: oracle.scheduler(), rest, ..schedule }
    }
}

/// The story of a run as text, as `treefall run` tells it.
pub fn story(loaded: &Loaded, played: &Played, width: usize, color: bool, verbose: bool) -> String {
    let settings = Settings {
        width,
        colour: color,
        verbosity: if verbose { Verbosity::Signals } else { Verbosity::Story },
        ..Settings::plain(loaded.simulation.atoms())
    };
    trace::text(&played.run.events, &settings)
}

/// The version that schedules record.
pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Runs a scenario and keeps all that happened.
///
/// # Errors
///
/// When a schedule does not fit.
pub fn play(loaded: &Loaded, oracle: Oracle<'_>) -> Result<Played, Mismatch> {
    play_up_to(loaded, oracle, u64::MAX)
}

/// The same, given up after so many steps.
///
/// # Errors
///
/// When a schedule does not fit.
pub(super) fn play_up_to(loaded: &Loaded, oracle: Oracle<'_>, steps_max: u64) -> Result<Played, Mismatch> {
    let mut mismatch = None;
    let mut replay = match oracle {
        Oracle::Schedule(schedule) => Some(Replay::of(schedule)),
        Oracle::Calm | Oracle::Seed(_) | Oracle::Explored { .. } | Oracle::Exhaustive => None,
    };
    let mut scheduler = scheduler(oracle);
    let mut steps = 0;
    let mut choose = |world: &ScriptWorld, cast: &Cast| -> Option<Choice> {
        if steps == steps_max {
            return None;
        }
        steps += 1;
        let Some(replay) = &mut replay else { return scheduler.choose(&world.choices()) };
        replay.choose(&world.choices(), cast).unwrap_or_else(|found| {
            mismatch = Some(found);
            None
        })
    };
    let played = play_named(loaded, &mut choose);
    if let Some(mismatch) = mismatch {
        return Err(mismatch);
    }
    if let Some(replay) = replay
        && steps < steps_max
    {
        replay.finish()?;
    }
    match oracle {
        Oracle::Schedule(Schedule { rest: Rest::Repeat(length), .. }) if steps < steps_max => {
            Ok(Played { run: model::judged_as_lasso(&loaded.simulation, played.run, *length), ..played })
        }
        _ => Ok(played),
    }
}

/// Runs a scenario as somebody chooses, and keeps all that happened.
pub(super) fn play_with(loaded: &Loaded, choose: &mut dyn FnMut(&ScriptWorld) -> Option<Choice>) -> Played {
    play_named(loaded, &mut |world, _| choose(world))
}

/// The same for those who choose by names.
pub(super) fn play_named(
    loaded: &Loaded,
    choose: &mut dyn FnMut(&ScriptWorld, &Cast) -> Option<Choice>,
) -> Played {
    let atoms = loaded.simulation.atoms();
    let mut cast = Cast::of(&loaded.scenario);
    let run = model::run(&loaded.simulation, true, &mut |world, events| {
        cast.learn(events, atoms);
        choose(world, &cast)
    });
    cast.learn(&run.events, atoms);
    Played { run, cast }
}

/// Runs a scenario and keeps nothing but the end.
pub(super) fn verdict_of(loaded: &Loaded, seed: u64) -> Run<Simulation> {
    let mut scheduler = scheduler(Oracle::Seed(seed));
    model::run(&loaded.simulation, false, &mut |world, _| scheduler.choose(&world.choices()))
}

fn scheduler(oracle: Oracle<'_>) -> Box<dyn Scheduler<crate::otp::Actor<crate::scenario::Script>>> {
    match oracle {
        Oracle::Calm | Oracle::Exhaustive | Oracle::Schedule(_) => Box::new(Calm),
        Oracle::Seed(seed) => Box::new(Random::new(seed)),
        Oracle::Explored { strategy, seed, steps } => strategy.scheduler(seed, steps),
    }
}
