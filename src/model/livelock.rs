//! Runs in which time stands still: servers that send each other a message for ever are called that, and not
//! waited for.
//!
//! Exhaustive search finds all runs that go round. Here one run is looked at, whoever chooses.

use crate::kernel::Choice;

use super::lasso::Fairness;
use super::seam::{Model, WorldOf};
use super::state::RunState;

/// So many steps at one moment of virtual time are ordinary; and so many for each process that lives.
const ORDINARY: u64 = 10_000;
const ORDINARY_EACH: u64 = 100;
/// Ten times as many are taken for a run that never ends, though no state comes again.
const STUCK: u64 = 10;
/// So much of the story of a run that never ends is told after time has stopped.
pub(super) const TOLD_STEPS: u64 = 1_000;

/// Looks for a state that comes again while time stands still, and keeps one state for it: Brent, *An improved
/// Monte Carlo factorization algorithm*, BIT 20, 1980, section 2.
#[derive(Debug)]
pub(super) struct LivelockDetector<'m, M: Model> {
    model: &'m M,
    /// The moment, the step that it began with, and the most processes that have lived at once since.
    at: u64,
    since: u64,
    most: u64,
    mark: Option<Mark<'m, M>>,
    /// After how many steps another state is kept.
    span: u64,
}

/// A state that is waited for to come again, and what happened since.
#[derive(Debug)]
struct Mark<'m, M: Model> {
    state: RunState<'m, M>,
    since: Fairness,
}

/// What a detector sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sight {
    /// Nothing of note.
    Nothing,
    /// The state is the same as so many steps before, and nothing has waited all that time in vain.
    Cycle(u64),
    /// Time stands still, and has for longer than any run needs.
    Stuck,
}

impl<'m, M: Model> LivelockDetector<'m, M> {
    /// Of a run of this model that has not begun.
    pub(super) fn of(model: &'m M) -> Self {
        LivelockDetector { model, at: 0, since: 0, most: 0, mark: None, span: 0 }
    }

    /// Of a run that forks here, if no state of it is kept.
    pub(super) fn forked(&self) -> Self {
        let LivelockDetector { model, at, since, most, mark: _, span } = *self;
        LivelockDetector { model, at, since, most, mark: None, span }
    }

    /// Whether it keeps a state.
    pub(super) fn keeps_a_state(&self) -> bool {
        self.mark.is_some()
    }

    /// Looks at the run before each of its steps.
    pub(super) fn look(&mut self, world: &WorldOf<M>, judge: &M::Judge<'m>, steps: u64) -> Sight {
        if world.now() != self.at {
            *self = LivelockDetector { at: world.now(), since: steps, ..LivelockDetector::of(self.model) };
        }
        let still = steps - self.since;
        self.most = self.most.max(u64::try_from(world.process_count()).unwrap_or(u64::MAX));
        if still < ORDINARY {
            return Sight::Nothing;
        }
        let ordinary = ORDINARY.max(self.most.saturating_mul(ORDINARY_EACH));
        if still < ordinary {
            return Sight::Nothing;
        }
        if let Some(mark) = &mut self.mark {
            mark.since.sees(world);
            if mark.state.is_at(world, judge) && mark.since.is_kept() {
                return Sight::Cycle(steps - mark.state.steps());
            }
            if steps - mark.state.steps() < self.span {
                return if still < ordinary * STUCK { Sight::Nothing } else { Sight::Stuck };
            }
        }
        self.span = self.span.saturating_mul(2).max(1);
        let state = RunState::at(self.model, world.clone(), judge.clone(), steps);
        self.mark = Some(Mark { state, since: Fairness::from(world) });
        Sight::Nothing
    }

    /// What happens then.
    pub(super) fn takes(&mut self, choice: Choice) {
        if let Some(mark) = &mut self.mark {
            mark.since.takes(choice);
        }
    }

    /// What it says of a run in which time stands still.
    pub(super) fn why_stuck(&self, place: Option<String>) -> String {
        let place = place.map_or(String::new(), |place| format!(", the last at {place}"));
        format!("time stands still at {} ms, and something still happens at every step{place}", self.at)
    }

    /// Up to which step a run in which time stands still is told.
    pub(super) fn told_until(&self) -> u64 {
        self.since + TOLD_STEPS
    }
}
