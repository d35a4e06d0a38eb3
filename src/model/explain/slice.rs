//! The part of a run on which its failure depends: a backward slice.

use std::collections::{BTreeMap, BTreeSet};

use crate::explore::{Deciding, Decision, Nameless, Scheduler};
use crate::kernel::{Behaviour, Choice, Event, EventKind, Fingerprint, Observed, Pid, StopFlag};
use crate::otp::{Actor, Common, Guest};
use crate::trace::{Causes, Excerpt, Recording, Unchanged};

use super::super::breach::{Breach, Part};
use super::super::run::run;
use super::super::seam::{Model, WorldOf};
use super::super::smallest::Smallest;
use super::fate;

/// What the breach depends on, as far as it is worth telling.
pub fn slice<M: Model>(model: &M, smallest: &Smallest<M>, breach: &Breach) -> Excerpt {
    let played = &smallest.played;
    let watched = Watched::of(model, smallest);
    let recording = played.recording();
    let causes = Causes::of(&played.run.choices, &recording, &watched.unchanged);
    let spoken = spoken_of(model, breach, &recording);
    let mut ends = BTreeSet::from([breach.step]);
    ends.extend(spoken.iter().filter_map(|write| Some(recording.event(*write)?.step)));
    for part in &breach.why {
        if let Part::Process(pid) = part {
            ends.extend(last_acts::<M>(&played.run.choices, *pid, breach.step, &recording));
        }
    }
    let mut late = BTreeSet::new();
    for taken in &smallest.taken {
        let moments = match taken.decision {
            Decision::Late { what, until } => {
                late.extend(played.step_of(what));
                [Some(what), until]
            }
            Decision::Early { after, .. } => [after, None],
        };
        ends.extend(moments.into_iter().flatten().filter_map(|moment| played.step_of(moment)));
        ends.insert(taken.first);
    }
    let mut steps = causes.slice(ends);
    // What became of those who take part, and who did something about it.
    let fates = fate::of(&steps, breach.step, &recording);
    steps.extend(causes.slice(fates));
    // What was late is to be seen when it comes.
    steps.extend(causes.effects(&late));
    // How everything was started is of interest only if that is what fails, or if somebody failed to start.
    let begin = smallest.taken.iter().map(|taken| taken.first).fold(breach.step, u64::min);
    let test = watched.tests.iter().rev().find(|test| **test <= begin);
    if let Some(test) = test {
        steps.retain(|step| step > test);
    } else if let Some(set_up) = watched.set_up.map(|set_up| set_up.min(begin)) {
        steps.retain(|step| *step >= set_up || recording.step(*step).iter().any(is_a_failure));
    }
    let mut events = seen_in(&steps, breach.step, &recording);
    events.extend(spoken);
    let begun = test.into_iter().flat_map(|test| recording.step(*test));
    let births = begun.filter(|event| matches!(event.kind, EventKind::Spawned { .. }));
    events.extend(births.map(|event| event.number));
    Excerpt { steps, events }
}

/// Whether somebody died, or found nobody.
fn is_a_failure<G: Guest>(event: &Event<Actor<G>>) -> bool {
    matches!(event.kind, EventKind::Exited { .. } | EventKind::Unsent { .. })
}

/// The last writes of whatever a broken property speaks of.
fn spoken_of<M: Model>(model: &M, breach: &Breach, recording: &Recording<'_, M::Guest>) -> BTreeSet<u64> {
    let Some(property) = breach.span else { return BTreeSet::new() };
    let mut last = BTreeMap::new();
    for event in recording.events().iter().take_while(|event| event.step <= breach.step) {
        if let EventKind::Wrote { place, .. } = &event.kind
            && model.speaks_of(property, place)
        {
            last.insert(place, event.number);
        }
    }
    last.into_values().collect()
}

/// What is seen in these steps, of consequence: the writes that were read, who had a name that was wanted, and what was
/// read of a table in the last step.
fn seen_in<G: Guest>(steps: &BTreeSet<u64>, last: u64, recording: &Recording<'_, G>) -> BTreeSet<u64> {
    let mut events = BTreeSet::new();
    let mut holders = BTreeSet::new();
    for event in steps.iter().flat_map(|step| recording.step(*step)) {
        let EventKind::Saw { at, found } = &event.kind else { continue };
        match at {
            Observed::Shared(place) => {
                events.extend(recording.others(event.number));
                if event.step == last && place.key.is_some() {
                    events.insert(event.number);
                }
            }
            Observed::Name(_) => {
                events.insert(event.number);
                holders.extend(found.as_ref().and_then(|found| found.as_pid()));
            }
            Observed::Life(_) | Observed::Called(_) | Observed::Inside(_) => (),
        }
    }
    let births = recording
        .events()
        .iter()
        .filter(|event| matches!(event.kind, EventKind::Spawned { .. }) && holders.contains(&event.pid));
    events.extend(births.map(|event| event.number));
    events
}

/// When a process last did something before a step, and when it died.
fn last_acts<M: Model>(
    choices: &[Choice],
    pid: Pid,
    until: u64,
    recording: &Recording<'_, M::Guest>,
) -> Vec<u64> {
    let ran = choices.iter().enumerate().rev().map(|(place, choice)| (place as u64 + 1, choice));
    let mut ran = ran.filter(|(step, choice)| *step <= until && **choice == Choice::Run(pid));
    let last = ran.next().map(|(step, _)| step);
    let of_it = recording.events().iter().filter(|event| event.pid == pid && event.step <= until);
    let lives = of_it
        .filter(|event| matches!(event.kind, EventKind::Exited { .. } | EventKind::Spawned { .. }))
        .map(|event| event.step);
    last.into_iter().chain(lives).collect()
}

/// A process that comes back to a state for so many times goes round in a loop: what is told of that are the last rounds
/// and the first.
const ROUNDS: u64 = 4;

/// What is learnt from watching the run.
#[derive(Default)]
struct Watched {
    /// The step before which everything had been set up.
    set_up: Option<u64>,
    /// The steps in which tests have begun, one after the end of the other.
    tests: Vec<u64>,
    unchanged: Unchanged,
    /// The states in which each process has waited for what comes next.
    states: BTreeMap<(Pid, u64), Visits>,
    /// The one in which it last did.
    now: BTreeMap<Pid, u64>,
}

/// How often a process has come to a state: after which step first and last.
#[derive(Clone, Copy)]
struct Visits {
    first: u64,
    last: u64,
    count: u64,
}

impl Watched {
    fn of<M: Model>(model: &M, smallest: &Smallest<M>) -> Self {
        let mut deciding = Deciding::new(&smallest.decisions());
        let mut watched = Watched::default();
        let (mut step, mut last) = (0, None);
        run(model, false, &StopFlag::default(), &mut |world: &WorldOf<M>, _| {
            if watched.set_up.is_none() && Actor::<M::Guest>::is_set_up(world.common()) {
                watched.set_up = Some(step);
            }
            if world.common().tests_begun() as usize > watched.tests.len() {
                watched.tests.push(step);
            }
            // What it is in the middle of something tells nothing of what it will be.
            if let Some(Choice::Run(pid)) = last
                && let Some(process) = world.process(pid)
                && process.behaviour().is_at_rest()
            {
                watched.rests(pid, Fingerprint::of(process.behaviour()), step);
            }
            step += 1;
            last = deciding.choose(&world.choices(), &Nameless).ok().flatten();
            last
        });
        watched
    }

    /// After this step a process waits in this state.
    fn rests(&mut self, pid: Pid, state: u64, step: u64) {
        let stays = self.now.insert(pid, state) == Some(state);
        let visits = self.states.entry((pid, state)).or_insert(Visits { first: step, last: step, count: 0 });
        if stays {
            self.unchanged.pure.insert(step, visits.last);
            return;
        }
        (visits.last, visits.count) = (step, visits.count + 1);
        if visits.count.is_multiple_of(ROUNDS) {
            self.unchanged.back.insert(step, visits.first);
        }
    }
}
