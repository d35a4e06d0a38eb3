//! Running a simulation: calmly, by seeds, in every order, and by a schedule.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::explore::{Ending, Order, Schedule, Search, Watch, search};
use crate::kernel::{Choice, StopFlag};
use crate::model::campaign::{self, Campaign, Failure as Failing, Findings, Progress};
use crate::model::{Model, Orders, Source, play, play_with};

use super::outcome::{Failure, Run, along, judged};
use super::properties::When;
use super::simulation::Simulation;
use super::view::View;

/// The variable that says which seeds are tried, in place of those of the test: `27`, or `0..100000`.
const SEEDS: &str = "TREEFALL_SEEDS";
/// The variable that says for how long seeds are tried, in place of how many: `500ms`, `30s`, `10m`.
const FOR: &str = "TREEFALL_FOR";
/// After so many runs without a verdict no more are tried.
const PATIENCE: u64 = 8;
/// No way to a state is longer than this.
const DEPTH_MAX: u64 = 1_000_000;

/// What an exploration in which everything held has tried.
///
/// # Examples
///
/// See [`Simulation`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Explored {
    /// The seeds that were tried.
    pub seeds: Range<u64>,
    /// How many runs, with the calm one.
    pub runs: u64,
    /// How many steps they took.
    pub steps: u64,
}

/// What a search of every order comes to.
pub(super) enum Searched {
    /// This way to a state that is broken.
    Failed(Vec<Choice>),
    /// Nothing is broken; a property that some run must come to, and none has, if there is one.
    Complete { states: u64, ends: u64, unreached: Option<usize> },
    /// Not everything was seen, and why.
    Open(String),
}

/// What a search of every order in which everything held has seen.
///
/// # Examples
///
/// See [`Simulation::exhaustive`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Exhausted {
    /// How many different states.
    pub states: u64,
    /// How many of them are ends.
    pub ends: u64,
}

impl Simulation {
    /// The calm run: what has waited longest happens first.
    ///
    /// # Errors
    ///
    /// When something is broken.
    ///
    /// # Examples
    ///
    /// See [`Simulation`].
    pub fn run(&self) -> Result<Run<'_>, Failure> {
        self.valid()?;
        self.play(Source::Calm)
    }

    /// The run of a seed.
    ///
    /// # Errors
    ///
    /// When something is broken.
    ///
    /// # Examples
    ///
    /// See [`Simulation`].
    pub fn run_seed(&self, seed: u64) -> Result<Run<'_>, Failure> {
        self.valid()?;
        self.play(Source::Seed { of: self.scheduler, seed })
    }

    /// The run that a schedule says: that of a failure, or one that `treefall run --record` has written.
    ///
    /// # Errors
    ///
    /// When something is broken, or the schedule does not fit.
    ///
    /// # Examples
    ///
    /// See [`Simulation`].
    pub fn replay(&self, schedule: &str) -> Result<Run<'_>, Failure> {
        self.valid()?;
        let unread = |why: String| Failure::without_run("replay", why);
        let schedule = Schedule::parse(schedule).map_err(|why| unread(why.to_string()))?;
        self.play(Source::Schedule(&schedule))
    }

    /// The calm run and those of these seeds, up to the first that breaks something. In a test, `unwrap` what comes
    /// of it: the panic explains the failure, and says how to run it again.
    ///
    /// The variable `TREEFALL_SEEDS` (`27`, or `0..100000`) says which seeds are tried instead, and `TREEFALL_FOR`
    /// (`30s`) for how long, from the first seed on.
    ///
    /// # Errors
    ///
    /// When a run breaks something, or none has come to what `sometimes` asks for.
    ///
    /// # Examples
    ///
    /// See [`Simulation`].
    pub fn explore(&self, seeds: Range<u64>) -> Result<Explored, Failure> {
        self.valid()?;
        let seeds = match std::env::var(SEEDS) {
            Ok(said) => read_seeds(&said).ok_or_else(|| misread(SEEDS, &said, "27 or 0..100000"))?,
            Err(_) => seeds,
        };
        let time = match std::env::var(FOR) {
            Ok(said) => Some(read_time(&said).ok_or_else(|| misread(FOR, &said, "500ms, 30s or 10m"))?),
            Err(_) => None,
        };
        self.explored(self.campaign(seeds, time))
    }

    pub(super) fn campaign(&self, seeds: Range<u64>, time: Option<Duration>) -> Findings {
        let seeds = if time.is_some() { seeds.start..u64::MAX } else { seeds };
        let what = Campaign {
            scheduler: self.scheduler,
            seeds,
            jobs: 1,
            keep_going: false,
            patience: Some(PATIENCE),
        };
        let stop = StopFlag::default();
        let Some(time) = time else { return campaign::run(self, &what, &stop, &mut Unheard) };
        thread::scope(|scope| {
            let (done, over) = mpsc::channel::<()>();
            let raised = stop.clone();
            scope.spawn(move || {
                // Whoever is first: the time, or the end of the campaign, which drops the other end.
                let _ = over.recv_timeout(time);
                raised.raise();
            });
            let outcome = campaign::run(self, &what, &stop, &mut Unheard);
            drop(done);
            outcome
        })
    }

    fn explored(&self, outcome: Findings) -> Result<Explored, Failure> {
        let Findings { calm, seeds, tried, .. } = outcome;
        if calm.has_failed() || calm.limited.is_some() {
            self.play(Source::Calm)?;
        }
        if let Some(seed) = seeds.failures.first().and_then(|failure| failure.seed) {
            self.play(Source::Seed { of: self.scheduler, seed })?;
        }
        if let Some((why, runs)) = &seeds.limited {
            return Err(Failure::without_run("inconclusive", format!("{runs} runs: {why}")));
        }
        let unreached =
            |place: &usize| seeds.not_seen.as_ref().is_none_or(|not_seen| not_seen.contains(place));
        if let Some(place) = calm.not_seen.iter().flatten().find(|place| unreached(place)) {
            return Err(self.unreached(*place));
        }
        Ok(Explored { seeds: tried, runs: calm.runs + seeds.runs, steps: calm.steps + seeds.steps })
    }

    /// Every order, with every fault at every moment, up to the first state that is broken. What differs in nothing
    /// that matters is tried once.
    ///
    /// # Errors
    ///
    /// When a state is broken, there are more states than [`Simulation::states_max()`], or none has come to what
    /// `sometimes` asks for.
    ///
    /// # Examples
    ///
    /// ```
    /// # use treefall::actors::*;
    /// let simulation = Simulation::new("two clients").client("one", |cx| cx.sleep(5)).client("other", |cx| cx.sleep(5));
    /// let proof = simulation.exhaustive().unwrap();
    /// assert!(proof.states > proof.ends, "{proof:?}");
    /// ```
    pub fn exhaustive(&self) -> Result<Exhausted, Failure> {
        self.valid()?;
        match self.searched(self.states_max) {
            Searched::Failed(way) => {
                judged(self, Source::Exhaustive, along(self, way))?;
                let why = "a run that a search has found broken holds when it is run again";
                Err(Failure::without_run("inconclusive", why.to_owned()))
            }
            Searched::Complete { unreached: Some(place), .. } => Err(self.unreached(place)),
            Searched::Complete { states, ends, .. } => Ok(Exhausted { states, ends }),
            Searched::Open(why) => Err(Failure::without_run("inconclusive", why)),
        }
    }

    pub(super) fn searched(&self, states_max: u64) -> Searched {
        let how = Search { order: Order::Breadth, exact: false, jobs: 1, states_max, depth_max: DEPTH_MAX };
        let mut seen = Seen(vec![false; self.demands.properties.len()]);
        let searched = search(&Orders::of(self, true), &how, &mut seen);
        let covered = searched.covered;
        match searched.ending {
            Ending::Failed(way) => Searched::Failed(way),
            Ending::Complete if covered.limits > 0 => {
                let horizon = self.horizon_ms();
                Searched::Open(format!("after {horizon} ms of virtual time something still happens"))
            }
            Ending::Complete => {
                let unreached = self.wanted().find(|place| !seen.0[*place]);
                Searched::Complete { states: covered.states, ends: covered.ends, unreached }
            }
            Ending::Endless { .. } => Searched::Open("a run can go on for ever".to_owned()),
            Ending::States | Ending::Depth | Ending::Stopped => {
                Searched::Open(format!("there are more than {} states", covered.states))
            }
        }
    }

    fn play(&self, source: Source<'_>) -> Result<Run<'_>, Failure> {
        match play(self, source) {
            Ok(played) => judged(self, source, played),
            Err(mismatch) => Err(Failure::without_run("replay", mismatch.to_string())),
        }
    }

    pub(super) fn valid(&self) -> Result<(), Failure> {
        self.invalid
            .as_ref()
            .map_or(Ok(()), |invalid| Err(Failure::without_run("the tree", invalid.to_string())))
    }

    fn wanted(&self) -> impl Iterator<Item = usize> {
        let wanted = self.demands.properties.iter().enumerate();
        wanted.filter(|(_, property)| property.when == When::Sometimes).map(|(place, _)| place)
    }

    fn unreached(&self, place: usize) -> Failure {
        let (property, why) = self.missed(place);
        Failure::without_run(&property, why)
    }

    /// A property that some run must come to and none has, and why none has.
    pub(super) fn missed(&self, place: usize) -> (String, String) {
        let property = &self.demands.properties[place];
        let why = match &property.struck {
            Some(id) => {
                let known: Vec<String> = self.labels().into_iter().collect();
                format!(
                    "no process is called {id} in any run; in the calm one there are {}",
                    known.join(", ")
                )
            }
            None => "no run has come to it".to_owned(),
        };
        (property.name.clone(), why)
    }

    /// What faults may call the processes of the calm run.
    fn labels(&self) -> BTreeSet<String> {
        let mut labels = BTreeSet::new();
        play_with(self, &mut |world, _| {
            labels.extend(View { world, atoms: self.atoms() }.labels().map(str::to_owned));
            world.choices().calm()
        });
        labels
    }
}

/// `27`, or `0..100`.
fn read_seeds(said: &str) -> Option<Range<u64>> {
    match said.split_once("..") {
        Some((start, end)) => Some(start.trim().parse().ok()?..end.trim().parse().ok()?),
        None => {
            let seed: u64 = said.trim().parse().ok()?;
            Some(seed..seed.checked_add(1)?)
        }
    }
}

/// `500ms`, `30s`, `10m`.
fn read_time(said: &str) -> Option<Duration> {
    let digits = said.trim().find(|letter: char| !letter.is_ascii_digit())?;
    let (number, unit) = said.trim().split_at(digits);
    let number: u64 = number.parse().ok()?;
    match unit {
        "ms" => Some(Duration::from_millis(number)),
        "s" => Some(Duration::from_secs(number)),
        "m" => Some(Duration::from_secs(number.checked_mul(60)?)),
        _ => None,
    }
}

fn misread(variable: &str, said: &str, wanted: &str) -> Failure {
    Failure::without_run(variable, format!("{said:?} is none of {wanted}"))
}

/// Nobody hears how it goes: what comes of it is all.
struct Unheard;

impl campaign::Watch for Unheard {
    fn progress(&mut self, _: Progress) {}

    fn failed(&mut self, _: &mut Failing) {}
}

/// Which properties have been met that some run must meet.
struct Seen(Vec<bool>);

impl<'m> Watch<Orders<'m, Simulation>> for Seen {
    fn reached(&mut self, what: usize) {
        self.0[what] = true;
    }
}

#[cfg(test)]
mod tests {
    use super::{read_seeds, read_time};
    use std::time::Duration;

    #[test]
    fn seeds_and_times_are_read_as_they_are_written() {
        assert_eq!((read_seeds("27"), read_seeds("0..9")), (Some(27..28), Some(0..9)));
        assert_eq!((read_seeds("a"), read_seeds("0..")), (None, None));
        assert_eq!(read_time("30s"), Some(Duration::from_secs(30)));
        assert_eq!(read_time("500ms"), Some(Duration::from_millis(500)));
        assert_eq!((read_time("30"), read_time("s"), read_time("1h")), (None, None, None));
    }
}
