//! The story of a failure, without what it does not depend on.

use std::collections::{BTreeMap, BTreeSet};

use crate::explore::{Deciding, Decision, Scheduler};
use crate::kernel::{Choice, Fingerprint, Pid};
use crate::model::{self, Breach, Model, Part};
use crate::scenario::ScriptWorld;
use crate::trace::{self, Causes, Pure, Settings};

use super::super::decisions::Words;
use super::super::loaded::Loaded;
use super::super::smallest::Smallest;
use super::shared::Shared;

/// The steps on which the breach depends, as far as they are worth telling.
pub(super) fn steps(loaded: &Loaded, smallest: &Smallest, breach: &Breach) -> BTreeSet<u64> {
    let run = &smallest.played.run;
    let watched = Watched::of(loaded, smallest);
    let mut causes = Causes::of(&run.choices, &run.events, &watched.pure);
    watched.shared.links.iter().for_each(|(step, cause)| causes.add(*step, *cause));
    let words = Words::of(loaded, &smallest.played);
    let mut ends = BTreeSet::from([breach.step]);
    if let Some(property) = breach.span {
        ends.extend(watched.shared.spoken_of(&loaded.scenario, property, breach.step));
    }
    for part in &breach.why {
        if let Part::Process(pid) = part {
            ends.extend(last_acts(&run.choices, *pid, breach.step, &run.events));
        }
    }
    let mut late = Vec::new();
    for taken in &smallest.taken {
        let moments = match taken.decision {
            Decision::Late { what, until } => {
                late.extend(words.step_of(what));
                [Some(what), until]
            }
            Decision::Early { after, .. } => [after, None],
        };
        ends.extend(moments.into_iter().flatten().filter_map(|moment| words.step_of(moment)));
        ends.insert(taken.first);
    }
    let mut steps = causes.slice(ends);
    // What was late is to be seen when it comes.
    late.iter().for_each(|step| steps.extend(causes.effects(*step)));
    // How everything was started is of interest only if that is what fails.
    let begin = smallest.taken.iter().map(|taken| taken.first).fold(breach.step, u64::min);
    match watched.booted {
        Some(booted) => steps.split_off(&booted.min(begin)),
        None => steps,
    }
}

/// When a process last did something before a step, and when it died.
fn last_acts(choices: &[Choice], pid: Pid, until: u64, events: &[crate::scenario::ScriptEvent]) -> Vec<u64> {
    let mut steps = Vec::new();
    let ran = choices.iter().enumerate().rev().map(|(place, choice)| (place as u64 + 1, choice));
    steps.extend(
        ran.filter(|(step, choice)| *step <= until && **choice == Choice::Run(pid))
            .map(|(step, _)| step)
            .next(),
    );
    let of_it = events.iter().filter(|event| event.pid == pid && event.step <= until);
    let lives = of_it.filter(|event| {
        matches!(
            event.kind,
            crate::kernel::EventKind::Exited { .. } | crate::kernel::EventKind::Spawned { .. }
        )
    });
    steps.extend(lives.map(|event| event.step));
    steps
}

/// The story of these steps.
pub(super) fn text(
    loaded: &Loaded,
    smallest: &Smallest,
    steps: &BTreeSet<u64>,
    width: usize,
    colour: bool,
) -> String {
    let settings = Settings { width, colour, ..Settings::plain(loaded.simulation.atoms()) };
    trace::excerpt(&smallest.played.run.events, &settings, steps)
}

/// What is learnt from watching the run.
#[derive(Default)]
struct Watched {
    /// The step before which everything had been started.
    booted: Option<u64>,
    pure: Pure,
    shared: Shared,
}

impl Watched {
    fn of(loaded: &Loaded, smallest: &Smallest) -> Self {
        let decisions: Vec<Decision> = smallest.taken.iter().map(|taken| taken.decision).collect();
        let mut deciding = Deciding::new(&decisions);
        let mut watched = Watched::default();
        let mut states: BTreeMap<(Pid, u64), u64> = BTreeMap::new();
        let (mut step, mut last, mut shared) = (0, None, Shared::default());
        let mut see = |world: &ScriptWorld, step: u64, last: Option<Choice>| {
            if watched.booted.is_none() && world.common().booted {
                watched.booted = Some(step);
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
        model::run(&loaded.simulation, false, &mut |world, _| {
            see(world, step, last);
            step += 1;
            last = deciding.choose(&world.choices());
            if let Some(choice) = last {
                shared.watch(&loaded.simulation, world, choice, step);
            }
            last
        });
        watched.shared = shared;
        watched
    }
}
