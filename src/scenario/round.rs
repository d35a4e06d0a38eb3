//! Runs that go round: they come back to a state that they have been in, and can do the same again for ever.
//!
//! Exhaustive search finds all such rounds. Here one run is looked at, whoever chooses, so that a pair of
//! servers that send each other a message for ever is called that, and not waited for.

use std::collections::BTreeSet;

use crate::kernel::Choice;

use super::judge::{Breach, Judge, last_steps};
use super::simulation::{Run, ScriptWorld, Simulation, Verdict, all_finished, ended};
use super::walk::{Walk, Walker};

/// So many steps at one moment of virtual time are ordinary; and so many for each process that lives.
const ORDINARY: u64 = 10_000;
const ORDINARY_EACH: u64 = 100;
/// Ten times as many are taken for a run that never ends, though no state comes again.
const STUCK: u64 = 10;
/// So much of the story of a run that never ends is told after time has stopped.
const TOLD_STEPS: u64 = 1_000;

/// Looks for a state that comes again while time stands still, and keeps one state for it: Brent, *An improved
/// Monte Carlo factorization algorithm*, BIT 20, 1980, section 2.
#[derive(Debug, Default)]
pub(super) struct Lookout<'a> {
    /// The moment, the step that it began with, and the most processes that have lived at once since.
    at: u64,
    since: u64,
    most: u64,
    mark: Option<Mark<'a>>,
    /// After how many steps another state is kept.
    span: u64,
}

/// A state that is waited for to come again, and what happened since.
#[derive(Debug)]
struct Mark<'a> {
    walk: Walk<'a>,
    since: Fairness,
}

/// Whether a part of a run lets everybody go on who could all the time.
#[derive(Debug)]
struct Fairness {
    /// What could have happened all the time.
    always: Vec<Choice>,
    /// What has happened.
    taken: BTreeSet<Choice>,
}

/// What a lookout sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sight {
    /// Nothing of note.
    Nothing,
    /// The state is the same as so many steps before, and nothing has waited all that time in vain.
    Round(u64),
    /// Time stands still, and has for longer than any run needs.
    Stuck,
}

impl<'a> Lookout<'a> {
    /// Looks at the run before each of its steps.
    pub(super) fn look(&mut self, world: &ScriptWorld, judge: &Judge<'a>, steps: u64) -> Sight {
        if world.now() != self.at {
            *self = Lookout { at: world.now(), since: steps, ..Lookout::default() };
        }
        let still = steps - self.since;
        self.most = self.most.max(u64::try_from(world.process_count()).unwrap_or(u64::MAX));
        let ordinary = ORDINARY.max(self.most.saturating_mul(ORDINARY_EACH));
        if still < ordinary {
            return Sight::Nothing;
        }
        if let Some(mark) = &mut self.mark {
            mark.since.sees(world);
            if mark.walk.is_at(world, judge) && mark.since.is_kept() {
                return Sight::Round(steps - mark.walk.steps());
            }
            if steps - mark.walk.steps() < self.span {
                return if still < ordinary * STUCK { Sight::Nothing } else { Sight::Stuck };
            }
        }
        self.span = self.span.saturating_mul(2).max(1);
        let walk = Walk::at(world.clone(), judge.clone(), steps);
        self.mark = Some(Mark { walk, since: Fairness::from(world) });
        Sight::Nothing
    }

    /// What happens then.
    pub(super) fn takes(&mut self, choice: Choice) {
        if let Some(mark) = &mut self.mark {
            mark.since.taken.insert(choice);
        }
    }

    /// What it says of a run in which time stands still.
    pub(super) fn why_stuck(&self) -> String {
        format!(
            "time stands still at {} ms, and something still happens at every step; the first {TOLD_STEPS} of them are told",
            self.at
        )
    }

    /// Up to which step a run in which time stands still is told.
    pub(super) fn told_until(&self) -> u64 {
        self.since + TOLD_STEPS
    }
}

impl Fairness {
    /// From here on; nobody waits for a fault.
    fn from(world: &ScriptWorld) -> Self {
        let mut always = Vec::new();
        world.choices().list_without_faults(&mut always);
        Fairness { always, taken: BTreeSet::new() }
    }

    /// The run stands here.
    fn sees(&mut self, world: &ScriptWorld) {
        let choices = world.choices();
        self.always.retain(|choice| choices.contains(*choice));
    }

    /// Whether nothing has waited all the time in vain.
    fn is_kept(&self) -> bool {
        self.always.iter().all(|choice| self.taken.contains(choice))
    }
}

/// What a run comes to that can repeat its last `length` steps for ever.
pub(super) fn verdict(judge: &Judge<'_>, world: &ScriptWorld, steps: u64, length: u64) -> Verdict {
    let mut breaches: Vec<Breach> = judge.clone().so_far();
    breaches.extend(judge.in_vain(world, steps, length));
    if !breaches.is_empty() {
        return Verdict::Broken(breaches);
    }
    match all_finished(world) {
        // What goes round for ever does not keep a scenario from being over.
        true => ended(judge.clone().settled(world, steps)),
        false => Verdict::Inconclusive(format!(
            "{} can repeat for ever, and a client still waits",
            last_steps(length)
        )),
    }
}

impl Simulation {
    /// The same run, up to where it has gone round for the first time: a story is told once.
    pub(super) fn shortened(&self, run: Run, length: u64) -> Run {
        let round = usize::try_from(length).unwrap_or(usize::MAX);
        let walker = Walker::of(self, false);
        let (mut behind, mut ahead) = (self.follow(&[]), self.follow(&run.choices[..round]));
        for (choice, window) in run.choices[round..].iter().zip(run.choices.windows(round)) {
            if behind == ahead && is_fair(&walker, &behind, window) {
                break;
            }
            walker.take_one(&mut behind, window[0]);
            walker.take_one(&mut ahead, *choice);
        }
        let (world, judge, steps) = ahead.into_parts();
        let verdict = verdict(&judge, &world, steps, length);
        let mut run = Run { world, steps, verdict, ..run };
        run.events.retain(|event| event.step <= steps);
        run.choices.truncate(usize::try_from(steps).unwrap_or(usize::MAX));
        run
    }

    /// What a run comes to of which somebody says that its last steps lead back to where they began. Whoever
    /// has chosen it gave up there.
    pub fn judged_as_round(&self, run: Run, length: u64) -> Run {
        let begins = run.choices.len().saturating_sub(usize::try_from(length).unwrap_or(usize::MAX));
        let walker = Walker::of(self, true);
        let (mut before, mut after) = (self.follow(&run.choices[..begins]), self.follow(&run.choices));
        let (world, judge, steps) = after.clone().into_parts();
        walker.forget_how_long(&mut before);
        walker.forget_how_long(&mut after);
        let goes_round = before == after;
        let verdict = match goes_round {
            true => verdict(&judge, &world, steps, length),
            false => {
                Verdict::Inconclusive(format!("{} do not lead back to where they began", last_steps(length)))
            }
        };
        Run { verdict, round: goes_round.then_some(length), ..run }
    }

    fn follow(&self, choices: &[Choice]) -> Walk<'_> {
        let walker = Walker::of(self, false);
        let mut walk = walker.start(&mut Vec::new());
        choices.iter().for_each(|choice| walker.take_one(&mut walk, *choice));
        walk
    }
}

/// Whether nothing waits in vain while a run goes round once.
fn is_fair<'a>(walker: &Walker<'a>, from: &Walk<'a>, round: &[Choice]) -> bool {
    let mut walk = from.clone();
    let mut fairness = Fairness::from(walk.world());
    for choice in round {
        fairness.taken.insert(*choice);
        walker.take_one(&mut walk, *choice);
        fairness.sees(walk.world());
    }
    fairness.is_kept()
}
