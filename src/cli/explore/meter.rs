//! The intensity meter: how close each supervisor came to giving up, over many runs.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::kernel::Atoms;
use crate::model::{IntensityUse, IntensityUses};

/// One supervisor after another, in the order in which the first run met them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(in crate::cli) struct Meter(Vec<Reading>);

/// How close a supervisor came, and in which run first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Reading {
    /// The labels from the top of its tree down to it.
    path: Vec<String>,
    used: u32,
    intensity: u32,
    period: u32,
    gave_up: bool,
    run: InRun,
}

/// Which run a supervisor came that close in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum InRun {
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
    pub(super) fn read(&mut self, uses: &IntensityUses, run: &dyn Fn() -> InRun, atoms: &Atoms) {
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
    pub(super) fn append(&mut self, later: Meter) {
        for reading in later.0 {
            match self.0.iter_mut().find(|known| known.path == reading.path) {
                Some(known) if reading.count().exceeds(&known.count()) => *known = reading,
                Some(_) => (),
                None => self.0.push(reading),
            }
        }
    }

    /// Those that came close, for people: the closest first. Nothing if all was well within.
    pub(super) fn lines(&self, with_runs: bool) -> Vec<String> {
        let close: Vec<&Reading> = self.sorted().into_iter().filter(|reading| reading.is_close()).collect();
        if close.is_empty() {
            return Vec::new();
        }
        let rows: Vec<[String; 2]> =
            close.iter().map(|reading| [self.name(reading), reading.told()]).collect();
        let wide = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let [names, told] = [wide(0), wide(1)];
        let mut lines = vec!["how close supervisors came to giving up:".to_owned()];
        for (row, reading) in rows.iter().zip(close) {
            let run = match &reading.run {
                _ if !with_runs => String::new(),
                InRun::Calm => "calm run".to_owned(),
                InRun::Seed(seed) => format!("seed {seed}"),
                InRun::Kills(kills) => kills.clone(),
            };
            let line = format!("  {:<names$}  {:<told$}  {run}", row[0], row[1]);
            lines.push(line.trim_end().to_owned());
        }
        lines
    }

    /// All of it, for programs.
    pub(super) fn json(&self) -> Value {
        let told = |reading: &&Reading| {
            json!({
                "supervisor": self.name(reading),
                "used": reading.used,
                "intensity": reading.intensity,
                "period": reading.period,
                "gave_up": reading.gave_up,
                "seed": match reading.run { InRun::Seed(seed) => Some(seed), _ => None },
                "killed": match &reading.run { InRun::Kills(kills) => Some(kills), _ => None },
            })
        };
        self.sorted().iter().map(told).collect()
    }

    /// The closest first, then by name.
    fn sorted(&self) -> Vec<&Reading> {
        let mut readings: Vec<&Reading> = self.0.iter().collect();
        readings.sort_by(|one, other| one.rank().cmp(&other.rank()).then_with(|| one.path.cmp(&other.path)));
        readings
    }

    /// The label, or the path if another has the label too.
    fn name(&self, reading: &Reading) -> String {
        let alike = self.0.iter().filter(|other| other.path.last() == reading.path.last());
        match (alike.count(), reading.path.last()) {
            (1, Some(label)) => label.clone(),
            _ => reading.path.join("/"),
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

    /// More than half of what is allowed is used up.
    fn is_close(&self) -> bool {
        self.gave_up || u64::from(self.used) * 2 > u64::from(self.intensity)
    }

    fn rank(&self) -> (bool, u32) {
        (!self.gave_up, self.intensity.saturating_sub(self.used))
    }

    fn told(&self) -> String {
        let Reading { used, intensity, period, .. } = self;
        match self.gave_up {
            true => format!("gave up: more than {intensity} restarts in {period} s"),
            false => format!("at most {used} of {intensity} restarts in {period} s"),
        }
    }
}
