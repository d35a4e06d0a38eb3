//! The intensity meter in words: how close each supervisor came to giving up, over many runs.

use serde_json::{Value, json};

use crate::model::campaign::{InRun, Meter, Reading};

impl Meter {
    /// Those that came close, for people: the closest first. Nothing if all was well within.
    pub(in crate::cli) fn lines(&self, with_runs: bool) -> Vec<String> {
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
    pub(in crate::cli) fn json(&self) -> Value {
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
