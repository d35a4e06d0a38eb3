//! The steps on which a failure depends: a backward slice of its run.

use std::collections::{BTreeMap, BTreeSet};

use crate::explore::{Deciding, Decision, Nameless, Scheduler};
use crate::kernel::{Behaviour, Choice, EventKind, Fingerprint, Pid};
use crate::otp::Actor;
use crate::trace::{Causes, Pure};

use super::super::breach::{Breach, Part};
use super::super::run::run;
use super::super::seam::{EventOf, Model, WorldOf};
use super::super::smallest::Smallest;
use super::shared::Shared;

/// The steps on which the breach depends, as far as they are worth telling.
pub fn slice<M: Model>(model: &M, smallest: &Smallest<M>, breach: &Breach) -> BTreeSet<u64> {
    let played = &smallest.played;
    let watched = Watched::of(model, smallest);
    let mut causes = Causes::of(&played.run.choices, &played.recording(), &watched.pure);
    watched.shared.links.iter().for_each(|(step, cause)| causes.add(*step, *cause));
    let mut ends = BTreeSet::from([breach.step]);
    if let Some(property) = breach.span {
        ends.extend(watched.shared.spoken_of(model, property, breach.step));
    }
    for part in &breach.why {
        if let Part::Process(pid) = part {
            ends.extend(last_acts::<M>(&played.run.choices, *pid, breach.step, &played.run.events));
        }
    }
    let mut late = Vec::new();
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
    // What was late is to be seen when it comes.
    late.iter().for_each(|step| steps.extend(causes.effects(*step)));
    // How everything was started is of interest only if that is what fails.
    let begin = smallest.taken.iter().map(|taken| taken.first).fold(breach.step, u64::min);
    match watched.set_up {
        Some(set_up) => steps.split_off(&set_up.min(begin)),
        None => steps,
    }
}

/// When a process last did something before a step, and when it died.
fn last_acts<M: Model>(choices: &[Choice], pid: Pid, until: u64, events: &[EventOf<M>]) -> Vec<u64> {
    let ran = choices.iter().enumerate().rev().map(|(place, choice)| (place as u64 + 1, choice));
    let mut ran = ran.filter(|(step, choice)| *step <= until && **choice == Choice::Run(pid));
    let last = ran.next().map(|(step, _)| step);
    let of_it = events.iter().filter(|event| event.pid == pid && event.step <= until);
    let lives = of_it
        .filter(|event| matches!(event.kind, EventKind::Exited { .. } | EventKind::Spawned { .. }))
        .map(|event| event.step);
    last.into_iter().chain(lives).collect()
}

/// What is learnt from watching the run.
#[derive(Default)]
struct Watched {
    /// The step before which everything had been set up.
    set_up: Option<u64>,
    pure: Pure,
    shared: Shared,
}

impl Watched {
    fn of<M: Model>(model: &M, smallest: &Smallest<M>) -> Self {
        let mut deciding = Deciding::new(&smallest.decisions());
        let mut watched = Watched::default();
        let mut states: BTreeMap<(Pid, u64), u64> = BTreeMap::new();
        let (mut step, mut last, mut shared) = (0, None, Shared::default());
        let mut see = |world: &WorldOf<M>, step: u64, last: Option<Choice>| {
            if watched.set_up.is_none() && Actor::<M::Guest>::is_set_up(world.common()) {
                watched.set_up = Some(step);
            }
            if let Some(Choice::Run(pid)) = last
                && let Some(process) = world.process(pid)
            {
                let state = (pid, Fingerprint::of(process.behaviour()));
                let since = *states.entry(state).or_insert(step);
                if since < step {
                    watched.pure.insert(step, since);
                }
            }
        };
        run(model, false, &mut |world, _| {
            see(world, step, last);
            step += 1;
            last = deciding.choose(&world.choices(), &Nameless).ok().flatten();
            if let Some(choice) = last {
                shared.watch(model, world, choice, step);
            }
            last
        });
        watched.shared = shared;
        watched
    }
}
