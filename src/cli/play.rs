//! One run of a scenario under one scheduler.

use std::fmt;

use crate::explore::{Calm, Mismatch, Random, Replay, Schedule, Scheduler, describe};
use crate::kernel::Choice;
use crate::scenario::{Run, ScriptEvent, ScriptWorld};

use super::cast::Cast;
use super::loaded::Loaded;

/// Who chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Oracle<'a> {
    /// Nobody: what has waited longest happens first.
    Calm,
    /// Dice.
    Seed(u64),
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
            Oracle::Calm => None,
            Oracle::Seed(seed) => Some(seed),
            Oracle::Schedule(schedule) => schedule.seed,
        }
    }
}

impl fmt::Display for Oracle<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Oracle::Calm => f.write_str("calm run"),
            Oracle::Seed(seed) => write!(f, "seed {seed}"),
            Oracle::Schedule(_) => f.write_str("run of a schedule"),
        }
    }
}

/// A run and its names.
#[derive(Debug)]
pub struct Played {
    /// What happened.
    pub run: Run,
    /// Who took part.
    pub cast: Cast,
    /// The choices, in the words of schedules.
    pub lines: Vec<String>,
}

impl Played {
    /// The schedule of this run.
    pub fn schedule(&self, loaded: &Loaded, seed: Option<u64>) -> Schedule {
        Schedule::new(VERSION, &loaded.name, loaded.hash(), seed, self.lines.iter().cloned())
    }
}

/// The version that schedules record.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

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
pub fn play_up_to(loaded: &Loaded, oracle: Oracle<'_>, steps_max: u64) -> Result<Played, Mismatch> {
    let atoms = loaded.simulation.atoms();
    let mut cast = Cast::default();
    let mut lines = Vec::new();
    let mut mismatch = None;
    let mut replay = match oracle {
        Oracle::Schedule(schedule) => Some(Replay::of(schedule)),
        Oracle::Calm | Oracle::Seed(_) => None,
    };
    let mut scheduler = scheduler(oracle);
    let mut steps = 0;
    let mut choose = |world: &ScriptWorld, events: &[ScriptEvent]| -> Option<Choice> {
        if steps == steps_max {
            return None;
        }
        steps += 1;
        cast.learn(events, atoms);
        let choice = match &mut replay {
            None => scheduler.choose(&world.choices()),
            Some(replay) => match replay.choose(&world.choices(), &cast) {
                Ok(choice) => choice,
                Err(found) => {
                    mismatch = Some(found);
                    None
                }
            },
        };
        lines.extend(choice.map(|choice| describe(choice, &cast)));
        choice
    };
    let run = loaded.simulation.run(true, &mut choose);
    cast.learn(&run.events, atoms);
    if let Some(mismatch) = mismatch {
        return Err(mismatch);
    }
    if let Some(replay) = replay
        && steps < steps_max
    {
        replay.finish()?;
    }
    Ok(Played { run, cast, lines })
}

/// Runs a scenario and keeps nothing but the end.
pub fn verdict_of(loaded: &Loaded, seed: u64) -> Run {
    let mut scheduler = scheduler(Oracle::Seed(seed));
    loaded.simulation.run(false, &mut |world, _| scheduler.choose(&world.choices()))
}

fn scheduler(oracle: Oracle<'_>) -> Box<dyn Scheduler<crate::otp::Actor<crate::scenario::Script>>> {
    match oracle {
        Oracle::Calm | Oracle::Schedule(_) => Box::new(Calm),
        Oracle::Seed(seed) => Box::new(Random::new(seed)),
    }
}
