//! What came of many runs, in a form that can be put together from parts.
//!
//! The parts of a campaign are added in the order of their seeds, whether threads have run them or machines,
//! so the whole is what one thread on one machine would have found. Memory stays as it is however many runs
//! there are: failures of one kind are counted, not kept.

#[cfg(feature = "scenarios")]
use serde::{Deserialize, Serialize};

use crate::kernel::Fingerprint;

use super::super::origin::Origin;
use super::super::run::Run;
use super::super::seam::Model;
use super::super::shape::Shape;
use super::super::verdict::Verdict;
use super::ends::Ends;
use super::meter::Meter;

/// More kinds of failures than this are not told apart.
const KINDS_MAX: usize = 64;

/// What programs are told of a failure; nothing where nobody speaks JSON.
#[cfg(feature = "scenarios")]
type ForPrograms = serde_json::Value;
#[cfg(not(feature = "scenarios"))]
type ForPrograms = ();

/// What was found.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "scenarios", derive(Serialize, Deserialize))]
pub struct Found {
    /// How many runs there were.
    pub runs: u64,
    /// Of how many steps.
    pub steps: u64,
    /// One failure of each kind, that of the lowest seed.
    pub failures: Vec<Failure>,
    /// Runs that failed in yet other ways.
    pub others: u64,
    /// The first reason why a run came to no verdict, and how many came to none.
    pub limited: Option<(String, u64)>,
    /// Where the `sometimes` properties begin that no run has reached; none before the first run.
    pub not_seen: Option<Vec<usize>>,
    /// The final states.
    pub ends: Ends,
    /// How close supervisors came to giving up.
    pub meter: Meter,
    /// A run needs what is not there: others would need it too.
    pub unrunnable: bool,
    /// How many runs held and ended with something worth a word, such as a wait that nobody can end.
    pub noted: u64,
    /// The most parties that a scheduler had to rank in one run.
    pub parties: u64,
}

/// Runs that failed in the same way.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "scenarios", derive(Serialize, Deserialize))]
pub struct Failure {
    /// The way in which runs fail, without what differs from run to run.
    pub shape: Shape,
    /// The first of them; none is the calm run.
    pub seed: Option<u64>,
    /// How many runs fail in this way.
    #[cfg_attr(feature = "scenarios", serde(rename = "runs"))]
    pub count: u64,
    /// The first of them, run again and told to programs.
    pub verdict: ForPrograms,
    /// The same for people.
    pub told: Vec<String>,
}

impl Found {
    /// Adds what a run came to; whether it failed.
    pub fn add<M: Model>(&mut self, run: &Run<M>, origin: Origin, model: &M) -> bool {
        self.runs += 1;
        self.steps += run.steps;
        self.see(&run.not_seen.iter().map(|span| span.start).collect::<Vec<_>>());
        self.noted += u64::from(!run.notes.is_empty() && run.verdict == Verdict::Held);
        self.ends.add(Fingerprint::of(&run.world));
        self.meter.read(&run.intensity, &|| origin.seed().into(), model.atoms());
        match &run.verdict {
            Verdict::Inconclusive(why) => {
                self.limit(why.clone(), 1);
                return false;
            }
            Verdict::Held | Verdict::Abandoned if !model.breaks_too_little(&run.verdict, origin) => {
                return false;
            }
            Verdict::Held | Verdict::Abandoned | Verdict::Broken(_) | Verdict::Unrunnable(_) => (),
        }
        self.unrunnable |= matches!(run.verdict, Verdict::Unrunnable(_));
        let shape = Shape::of(run.verdict.breaches(), model.atoms());
        let (verdict, told) = Default::default();
        self.fail(Failure { shape, seed: origin.seed(), count: 1, verdict, told });
        true
    }

    /// Whether there were runs and none of them has come to a verdict.
    pub fn decides_nothing(&self) -> bool {
        self.runs > 0 && self.limited.as_ref().is_some_and(|(_, runs)| *runs == self.runs)
    }

    fn fail(&mut self, failure: Failure) {
        let known = self.failures.iter().position(|known| known.shape == failure.shape);
        match known {
            Some(place) => self.failures[place].count += failure.count,
            None if self.failures.len() < KINDS_MAX => self.failures.push(failure),
            None => self.others += failure.count,
        }
    }

    /// What has been reached in no run so far was not reached in this one either.
    fn see(&mut self, not_seen: &[usize]) {
        match &mut self.not_seen {
            Some(known) => known.retain(|place| not_seen.contains(place)),
            None => self.not_seen = Some(not_seen.to_vec()),
        }
    }

    fn limit(&mut self, why: String, count: u64) {
        self.limited.get_or_insert((why, 0)).1 += count;
    }

    /// Adds the results of the seeds that follow.
    pub fn append(&mut self, later: Found) {
        self.runs += later.runs;
        self.steps += later.steps;
        later.failures.into_iter().for_each(|failure| self.fail(failure));
        self.others += later.others;
        if let Some(not_seen) = later.not_seen {
            self.see(&not_seen);
        }
        if let Some((why, count)) = later.limited {
            self.limit(why, count);
        }
        self.ends.append(later.ends);
        self.meter.append(later.meter);
        self.noted += later.noted;
        self.unrunnable |= later.unrunnable;
        self.parties = self.parties.max(later.parties);
    }

    /// Whether a run has failed.
    pub fn has_failed(&self) -> bool {
        !self.failures.is_empty()
    }

    /// Whether there is no point in going on, for those who want one failure or all of them.
    pub(super) fn is_enough(&self, keep_going: bool) -> bool {
        self.unrunnable || (!keep_going && self.has_failed())
    }
}
