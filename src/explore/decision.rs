//! A run as the calm one and the decisions in which it differs from it.
//!
//! The calm run does what has waited longest. Any other run can be told as that, but that some things come
//! later than their turn (everything that overtakes them is then in its turn again), and that some come out
//! of turn: faults. So few decisions describe most failures: one late signal may be overtaken by a dozen
//! steps, none of which is worth a word. Emmi, Qadeer and Rakamarić explore runs by the number of such
//! delays ("Delay-bounded scheduling", POPL 2011); here a run that is known is told by them.
//!
//! Decisions name what happens and as which of its kind, never a step, so they fit other runs too.

use std::collections::BTreeMap;

use crate::kernel::{Behaviour, Choice, Choices};

use super::mismatch::Mismatch;
use super::names::Names;
use super::scheduler::Scheduler;

/// Something that happens in a run, so that it can be recognised in another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    /// The choice that is taken.
    pub choice: Choice,
    /// As which of its kind, from 1.
    pub nth: u32,
}

/// A decision that the calm run would not have made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Decision {
    /// Something comes later than its turn.
    Late {
        /// The choice that is put off.
        what: Moment,
        /// What it still waits for; none if it waits as long as anything else can happen.
        until: Option<Moment>,
    },
    /// Something happens out of turn.
    Early {
        /// The choice that comes out of its turn.
        what: Choice,
        /// As soon as possible after this; from the start if there is none.
        after: Option<Moment>,
    },
}

impl Decision {
    /// Whether it is a fault.
    pub fn is_fault(&self) -> bool {
        matches!(self, Decision::Early { what: Choice::Kill(_) | Choice::Fault(_), .. })
    }
}

/// What has happened in a run, counted by kind.
#[derive(Clone, Debug, Default)]
struct Past {
    counts: BTreeMap<Choice, u32>,
    last: Option<Moment>,
}

impl Past {
    fn next(&self, choice: Choice) -> Moment {
        Moment { choice, nth: self.counts.get(&choice).copied().unwrap_or(0) + 1 }
    }

    fn has(&self, moment: Moment) -> bool {
        self.counts.get(&moment.choice).is_some_and(|count| *count >= moment.nth)
    }

    fn add(&mut self, choice: Choice) {
        let moment = self.next(choice);
        self.counts.insert(choice, moment.nth);
        self.last = Some(moment);
    }
}

impl Moment {
    /// All that happens in a run but for the passing of time and faults.
    pub fn all_of(choices: &[Choice]) -> Vec<Moment> {
        let mut past = Past::default();
        let moments = choices.iter().map(|choice| {
            let moment = past.next(*choice);
            past.add(*choice);
            moment
        });
        moments.filter(|moment| matches!(moment.choice, Choice::Deliver { .. } | Choice::Run(_))).collect()
    }
}

/// A decision that took effect in a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The decision that was followed.
    pub decision: Decision,
    /// The first step that is not the calm run's because of it.
    pub first: u64,
    /// The last one.
    pub last: u64,
    /// What came before it and would have come after it.
    pub overtaken_by: Vec<Moment>,
}

/// The calm run, but for some decisions. Those that do not fit never take effect.
#[derive(Clone, Debug)]
pub struct Deciding {
    late: BTreeMap<Moment, (Option<Moment>, usize)>,
    early: Vec<(Choice, Option<Moment>, usize)>,
    past: Past,
    step: u64,
    taken: Vec<Option<Taken>>,
}

impl Deciding {
    /// With these decisions.
    pub fn new(decisions: &[Decision]) -> Self {
        let (mut late, mut early) = (BTreeMap::new(), Vec::new());
        for (place, decision) in decisions.iter().enumerate() {
            match *decision {
                Decision::Late { what, until } => drop(late.insert(what, (until, place))),
                Decision::Early { what, after } => early.push((what, after, place)),
            }
        }
        Deciding { late, early, past: Past::default(), step: 0, taken: vec![None; decisions.len()] }
    }

    /// The decisions that have taken effect, in the order in which they were given.
    pub fn taken(self) -> Vec<Taken> {
        self.taken.into_iter().flatten().collect()
    }

    fn takes(&mut self, place: usize, decision: Decision, now: Moment) {
        let step = self.step;
        let fresh = Taken { decision, first: step, last: step, overtaken_by: Vec::new() };
        let taken = self.taken[place].get_or_insert(fresh);
        taken.last = step;
        taken.overtaken_by.push(now);
    }

    /// Which decision makes something wait, and its place.
    fn waits(&self, choice: Choice) -> Option<(Decision, usize)> {
        if self.late.is_empty() {
            return None;
        }
        let what = self.past.next(choice);
        let (until, place) = *self.late.get(&what)?;
        let over = until.is_some_and(|until| self.past.has(until));
        (!over).then_some((Decision::Late { what, until }, place))
    }

    fn out_of_turn<B: Behaviour>(&self, choices: &Choices<'_, B>) -> Option<(usize, Choice)> {
        let due = |after: &Option<Moment>| after.is_none_or(|after| self.past.has(after));
        self.early.iter().enumerate().find_map(|(index, (what, after, _))| {
            // Where a process is kept may differ from run to run: only the offered choice knows.
            let offered = || choices.iter().find(|choice| choice == what);
            due(after).then(offered).flatten().map(|choice| (index, choice))
        })
    }
}

impl<B: Behaviour> Scheduler<B> for Deciding {
    fn choose(&mut self, choices: &Choices<'_, B>, _: &dyn Names) -> Result<Option<Choice>, Box<Mismatch>> {
        self.step += 1;
        let calm = choices.calm();
        if let Some((index, choice)) = self.out_of_turn(choices) {
            let (what, after, place) = self.early.remove(index);
            if Some(choice) != calm {
                self.takes(place, Decision::Early { what, after }, self.past.next(choice));
            }
            self.past.add(choice);
            return Ok(Some(choice));
        }
        let mut waiting = Vec::new();
        let in_turn = choices.by_age().find(|choice| {
            let waits = self.waits(*choice);
            waiting.extend(waits);
            waits.is_none()
        });
        // What has to wait does so until nothing else can happen, and no longer.
        let Some(choice) = in_turn.or_else(|| choices.when_all_wait()).or(calm) else { return Ok(None) };
        if Some(choice) != calm {
            let now = self.past.next(choice);
            waiting.into_iter().for_each(|(decision, place)| self.takes(place, decision, now));
        }
        self.past.add(choice);
        Ok(Some(choice))
    }
}

/// The decisions of a recorded run: with all of them [`Deciding`] does what it did.
#[derive(Clone, Debug, Default)]
pub struct Compare<'a> {
    recorded: &'a [Choice],
    past: Past,
    /// What was late, in the order in which it first was.
    late: Vec<(Moment, Moment)>,
    places: BTreeMap<Moment, usize>,
    early: Vec<Decision>,
    /// How many choices of the run are not those that the calm run would have made there.
    pub differing: usize,
}

impl<'a> Compare<'a> {
    /// Follows the choices of a run.
    pub fn new(recorded: &'a [Choice]) -> Self {
        Compare { recorded, ..Compare::default() }
    }

    /// The decisions found so far: first what was out of turn, then what was late, both as they came.
    pub fn decisions(&self) -> Vec<Decision> {
        let late = self.late.iter().map(|(what, until)| Decision::Late { what: *what, until: Some(*until) });
        self.early.iter().copied().chain(late).collect()
    }
}

impl<B: Behaviour> Scheduler<B> for Compare<'_> {
    fn choose(&mut self, choices: &Choices<'_, B>, _: &dyn Names) -> Result<Option<Choice>, Box<Mismatch>> {
        let Some((first, rest)) = self.recorded.split_first() else { return Ok(None) };
        self.recorded = rest;
        let choice = *first;
        self.differing += usize::from(Some(choice) != choices.calm());
        let overtaken: Vec<Choice> = choices.by_age().take_while(|older| *older != choice).collect();
        let in_turn =
            choices.by_age().any(|offered| offered == choice) || (choices.when_all_wait() == Some(choice));
        if in_turn {
            let now = self.past.next(choice);
            for older in overtaken {
                let older = self.past.next(older);
                match self.places.get(&older) {
                    Some(place) => self.late[*place].1 = now,
                    None => {
                        self.places.insert(older, self.late.len());
                        self.late.push((older, now));
                    }
                }
            }
        } else {
            self.early.push(Decision::Early { what: choice, after: self.past.last });
        }
        self.past.add(choice);
        Ok(Some(choice))
    }
}
