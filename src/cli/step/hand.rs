//! A run that is chosen by hand: what has been taken so far, and what it has led to.
//!
//! It is made anew from its beginning after each command. That costs a moment of a long run, and what was taken back
//! has never been, for whatever is shown and saved.

use crate::explore::{Rest, Schedule};
use crate::kernel::{Choice, Events};
use crate::model::{Cast, Model, Origin, Played, Source, Verdict, play_with};
use crate::scenario::{ScriptWorld, Simulation};
use crate::trace::Clause;

use crate::cli::loaded::Loaded;

/// What a schedule that was chosen by hand has for a scheduler.
const BY_HAND: &str = "step";

/// A run so far.
pub(super) struct Hand<'l> {
    loaded: &'l Loaded,
    pub(super) played: Played<Simulation>,
}

/// Chooses the next step of a run; none ends it there.
pub(super) type Next<'n> = dyn FnMut(&ScriptWorld, &Cast) -> Option<Choice> + 'n;

impl<'l> Hand<'l> {
    /// Before the first step.
    pub(super) fn of(loaded: &'l Loaded) -> Self {
        Hand { loaded, played: after(loaded, &[], &mut |_, _| None) }
    }

    /// How many steps have been taken.
    pub(super) fn steps(&self) -> usize {
        self.played.run.choices.len()
    }

    /// Whether nothing can happen any more, or a limit is reached.
    pub(super) fn is_over(&self) -> bool {
        self.played.run.verdict != Verdict::Abandoned
    }

    /// What can happen next, in the order in which schedulers are offered it.
    pub(super) fn offers(&self) -> Vec<Choice> {
        if self.is_over() { Vec::new() } else { self.played.run.world.choices().iter().collect() }
    }

    /// What the calm run would do next.
    pub(super) fn calm(&self) -> Option<Choice> {
        if self.is_over() { None } else { self.played.run.world.choices().calm() }
    }

    /// Goes on as somebody chooses.
    pub(super) fn go_on(&mut self, next: &mut Next<'_>) {
        self.played = after(self.loaded, &self.played.run.choices, next);
    }

    /// Goes back to where so many steps had been taken.
    pub(super) fn back_to(&mut self, steps: usize) {
        let choices = &self.played.run.choices;
        self.played = after(self.loaded, &choices[..steps.min(choices.len())], &mut |_, _| None);
    }

    /// What would happen, in words: it is tried out on another world.
    pub(super) fn preview(&self, choice: Choice) -> Clause {
        let simulation = &self.loaded.simulation;
        let mut there = self.played.run.world.clone();
        let mut events = Events::recorded();
        there.step(choice, simulation.image(), &mut events);
        self.played.cast.after(events.list(), simulation.atoms()).clause(
            choice,
            events.list(),
            simulation.atoms(),
        )
    }

    /// What has happened in a step, counted from 1.
    pub(super) fn happened(&self, step: usize) -> Clause {
        let choice = self.played.run.choices[step - 1];
        let recording = self.played.recording();
        self.played.cast.clause(choice, recording.step(step as u64), self.loaded.simulation.atoms())
    }

    /// The run as a schedule. If it is not over, the calm run takes over at its end.
    pub(super) fn schedule(&self) -> Schedule {
        let schedule = self.played.schedule(self.loaded.subject(), Source::Calm);
        let rest = if self.is_over() { schedule.rest } else { Rest::Calm };
        Schedule { scheduler: Some(BY_HAND.to_owned()), rest, ..schedule }
    }

    /// Where it comes from, for whoever judges it.
    pub(super) fn origin() -> Origin {
        Origin::Elsewhere(None)
    }
}

/// The run that begins with these choices and goes on as somebody chooses.
fn after(loaded: &Loaded, taken: &[Choice], next: &mut Next<'_>) -> Played<Simulation> {
    let mut taken = taken.iter().copied();
    play_with(&loaded.simulation, &mut |world, cast| taken.next().or_else(|| next(world, cast)))
}
