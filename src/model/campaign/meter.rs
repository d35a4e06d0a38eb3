//! The intensity meter: how close each supervisor came to giving up, over many runs.

use serde::{Deserialize, Serialize};

use crate::kernel::Atoms;

use super::super::intensity::{IntensityUse, IntensityUses};

/// One supervisor after another, in the order in which the first run met them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Meter(pub Vec<Reading>);

/// How close a supervisor came, and in which run first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// The labels from the top of its tree down to it.
    pub path: Vec<String>,
    /// How many restarts it has counted at once.
    pub used: u32,
    /// How many it allows.
    pub intensity: u32,
    /// In so many seconds.
    pub period: u32,
    /// One more has come, and it has given up.
    pub gave_up: bool,
    /// Which run that was.
    pub run: InRun,
}

/// Which run a supervisor came that close in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum InRun {
    /// The calm one, or any where all are looked at.
    Calm,
    /// That of a seed.
    Seed(u64),
    /// One of a sweep, in which somebody was killed: who, and at which step.
    Kills(String),
}

impl From<Option<u64>> for InRun {
    fn from(seed: Option<u64>) -> Self {
        seed.map_or(InRun::Calm, InRun::Seed)
    }
}

impl Meter {
    /// Reads what a run, or a state, has come to. Of two that came as close the first counts.
    pub fn read(&mut self, uses: &IntensityUses, run: &dyn Fn() -> InRun, atoms: &Atoms) {
        for (path, of) in uses {
            let is_here = |reading: &&mut Reading| {
                let texts = reading.path.iter().map(String::as_str);
                texts.eq(path.iter().map(|label| atoms.text(*label)))
            };
            match self.0.iter_mut().find(is_here) {
                Some(known) if !of.exceeds(&known.count()) => (),
                Some(known) => *known = Reading::of(std::mem::take(&mut known.path), *of, run()),
                None => {
                    let path = path.iter().map(|label| atoms.text(*label).to_owned()).collect();
                    self.0.push(Reading::of(path, *of, run()));
                }
            }
        }
    }

    /// Adds what later runs came to.
    pub fn append(&mut self, later: Meter) {
        for reading in later.0 {
            match self.0.iter_mut().find(|known| known.path == reading.path) {
                Some(known) if reading.count().exceeds(&known.count()) => *known = reading,
                Some(_) => (),
                None => self.0.push(reading),
            }
        }
    }
}

impl Reading {
    fn of(path: Vec<String>, of: IntensityUse, run: InRun) -> Reading {
        let IntensityUse { used, intensity, period, gave_up } = of;
        Reading { path, used, intensity, period, gave_up, run }
    }

    fn count(&self) -> IntensityUse {
        let Reading { used, intensity, period, gave_up, .. } = *self;
        IntensityUse { used, intensity, period, gave_up }
    }
}
