//! The intensity meter: how close each supervisor came to giving up, over many runs.

#[cfg(feature = "scenarios")]
use serde::{Deserialize, Serialize};

use crate::kernel::{Atom, Atoms};

use super::super::intensity::{IntensityUse, IntensityUses};

/// One supervisor after another, in the order in which runs met them; those that one run met by their names.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "scenarios", derive(Serialize, Deserialize))]
pub struct Meter(pub Vec<Reading>);

/// How close a supervisor came, and in which run first.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "scenarios", derive(Serialize, Deserialize))]
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
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "scenarios", derive(Serialize, Deserialize))]
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
        let texts = |path: &[Atom]| path.iter().map(|label| atoms.text(*label)).collect::<Vec<_>>();
        let mut uses: Vec<_> = uses.iter().map(|(path, of)| (texts(path), of)).collect();
        uses.sort_by(|(one, _), (other, _)| one.cmp(other));
        for (path, of) in uses {
            match self.0.iter_mut().find(|reading| reading.path == path) {
                Some(known) if !of.exceeds(&known.count()) => (),
                Some(known) => *known = Reading::of(std::mem::take(&mut known.path), *of, run()),
                None => {
                    let path = path.into_iter().map(str::to_owned).collect();
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
