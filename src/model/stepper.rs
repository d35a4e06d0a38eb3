//! Taking steps as exhaustive search does: with all choices, or leaving out those that make no difference.

use crate::kernel::{Behaviour, Choice, StopFlag, Wakeup};
use crate::otp::{Actor, Blocked};

use super::run;
use super::seam::{EventsOf, Model, ProcessOf, Reach};
use super::state::RunState;
use super::verdict::{Verdict, is_spent};

/// What taking a step needs beside the state, to be used again for the next.
#[derive(Debug)]
pub struct Scratch<'m, M: Model> {
    events: EventsOf<M>,
    /// A state to try something out on.
    there: Option<RunState<'m, M>>,
}

impl<M: Model> Default for Scratch<'_, M> {
    fn default() -> Self {
        Scratch::until(&StopFlag::default())
    }
}

impl<M: Model> Scratch<'_, M> {
    /// Steps that are taken with it break off as soon as this is raised.
    pub fn until(stop: &StopFlag) -> Self {
        Scratch { events: EventsOf::<M>::of_lives().until(stop), there: None }
    }
}

/// How a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It can go on.
    Going,
    /// It is over, and everything held.
    Held,
    /// Something is broken.
    Broken,
    /// It has gone on beyond the horizon, or used up what it may.
    BeyondHorizon,
}

/// Takes runs of a model from state to state.
#[derive(Debug)]
pub struct Stepper<'m, M: Model> {
    model: &'m M,
    reduced: bool,
}

impl<'m, M: Model> Stepper<'m, M> {
    /// Of this model. `reduced` leaves out orders that make no difference.
    pub fn of(model: &'m M, reduced: bool) -> Self {
        // What is sent to another node may be lost, or answered by nobody: no signal is without consequence
        // then, and no client is beyond reach.
        Stepper { model, reduced: reduced && model.is_reducible() }
    }

    /// The beginning, and which choices have been taken already because there was nothing to choose.
    pub fn start(&self, taken: &mut Vec<Choice>) -> RunState<'m, M> {
        let mut state = RunState::start(self.model);
        self.go_on(&mut state, taken, &mut Scratch::default());
        state
    }

    /// How it stands.
    pub fn standing(&self, state: &RunState<'m, M>) -> Standing {
        if !state.broken().is_empty() {
            return Standing::Broken;
        }
        match self.model.cannot_go_on(state.world()) {
            Some(Verdict::Unrunnable(_)) => return Standing::Broken,
            Some(_) => return Standing::BeyondHorizon,
            None => (),
        }
        let settled = || match state.verdict() {
            Verdict::Held => Standing::Held,
            _ => Standing::Broken,
        };
        if state.is_over() {
            return settled();
        }
        match run::limit(self.model, state.world(), state.steps()) {
            None => Standing::Going,
            Some(_) if !is_spent(state.world(), state.steps()) && state.is_served() => settled(),
            Some(_) => Standing::BeyondHorizon,
        }
    }

    /// Takes a choice, and then all that follow without any that matters; `taken` gets each.
    pub fn step(
        &self,
        state: &mut RunState<'m, M>,
        choice: Choice,
        taken: &mut Vec<Choice>,
        scratch: &mut Scratch<'m, M>,
    ) {
        let with_its_message = self.reduced && state.world().is_monitor_of_request(choice);
        state.take(choice, &mut scratch.events);
        taken.push(choice);
        if with_its_message && !is_at_its_end(state) {
            take_message_too(state, choice, taken, scratch);
        }
        self.go_on(state, taken, scratch);
        if self.reduced {
            state.forget_how_long(self.model.shortest_timer());
        }
    }

    /// Takes choices as long as there is one that makes no difference to any other. As long as faults are left
    /// there is none: a run is over when nothing can happen but faults, so whatever is still to happen keeps
    /// it open for one more fault.
    fn go_on(&self, state: &mut RunState<'m, M>, taken: &mut Vec<Choice>, scratch: &mut Scratch<'m, M>) {
        if !self.reduced || state.world().has_faults_left() {
            return;
        }
        while !is_at_its_end(state) && !scratch.events.is_stopped() {
            if let Some(choice) = state.world().inert_delivery() {
                state.take(choice, &mut scratch.events);
                taken.push(choice);
            } else if !self.private(state, taken, scratch) {
                return;
            }
        }
    }

    /// Takes a choice that concerns one client and nobody else, if there is one.
    fn private(
        &self,
        state: &mut RunState<'m, M>,
        taken: &mut Vec<Choice>,
        scratch: &mut Scratch<'m, M>,
    ) -> bool {
        let world = state.world();
        if !Actor::<M::Guest>::is_set_up(world.common()) {
            return false;
        }
        let mut candidate = self.next_private(state, 0);
        // It takes a look at every process, so it is asked last.
        if candidate.is_none() || !world.is_unhurried(self.model.shortest_timer()) {
            return false;
        }
        while let Some((index, choice, is_certain)) = candidate {
            let took = match is_certain {
                true => {
                    state.take(choice, &mut scratch.events);
                    true
                }
                false => try_out(state, choice, scratch, |there, events| {
                    !events.looked_around() && there.broken().is_empty()
                }),
            };
            if took {
                taken.push(choice);
                return true;
            }
            candidate = self.next_private(state, index + 1);
        }
        false
    }

    /// The first choice, of those from this one on, that concerns one client and nobody else, or may turn out
    /// to.
    fn next_private(&self, state: &RunState<'m, M>, from: usize) -> Option<(usize, Choice, bool)> {
        let choices = state.world().choices();
        (from..choices.going()).find_map(|index| {
            let choice = choices.get(index)?;
            let (Choice::Deliver { to: pid, .. } | Choice::Run(pid)) = choice else { return None };
            let process = state.world().process(pid)?;
            let runs = choice == Choice::Run(pid);
            match self.model.reach(process, state.world()) {
                Reach::Anybody => None,
                Reach::InAnyOrder => {
                    let takes = runs || process.wakeup() == Wakeup::Waiting;
                    takes.then_some((index, choice, true))
                }
                Reach::WhomItAsks if !process.links.is_empty() => None,
                Reach::WhomItAsks if runs => {
                    self.model.may_look_at_nothing(process).then_some((index, choice, false))
                }
                Reach::WhomItAsks => {
                    let is_other = |other: &Choice| {
                        matches!(other, Choice::Deliver { to, .. } if *to == pid) && *other != choice
                    };
                    let takes = has_asked::<M>(process) && !choices.iter().any(|other| is_other(&other));
                    takes.then_some((index, choice, true))
                }
            }
        })
    }
}

/// Whether nothing that happens can change any more what the run comes to, or nothing can happen.
fn is_at_its_end<M: Model>(state: &RunState<'_, M>) -> bool {
    !state.broken().is_empty() || state.is_over() || is_spent(state.world(), state.steps())
}

/// Takes the second of two arrivals, unless the run is over after it and a fault could still strike before.
fn take_message_too<'m, M: Model>(
    state: &mut RunState<'m, M>,
    choice: Choice,
    taken: &mut Vec<Choice>,
    scratch: &mut Scratch<'m, M>,
) {
    if !state.world().has_faults_left() {
        state.take(choice, &mut scratch.events);
        taken.push(choice);
    } else if try_out(state, choice, scratch, |there, _| !there.is_over()) {
        taken.push(choice);
    }
}

/// Takes a choice if it turns out to be one of those that are wanted.
fn try_out<'m, M: Model>(
    state: &mut RunState<'m, M>,
    choice: Choice,
    scratch: &mut Scratch<'m, M>,
    is_wanted: impl Fn(&RunState<'m, M>, &EventsOf<M>) -> bool,
) -> bool {
    let mut there = match scratch.there.take() {
        Some(mut there) => {
            there.clone_from(state);
            there
        }
        None => state.clone(),
    };
    there.take(choice, &mut scratch.events);
    let wanted = is_wanted(&there, &scratch.events);
    if wanted {
        std::mem::swap(state, &mut there);
    }
    scratch.there = Some(there);
    wanted
}

/// Whether a process waits for the answer to a call, and for nothing else.
fn has_asked<M: Model>(process: &ProcessOf<M>) -> bool {
    let is_in_a_call = match process.behaviour() {
        Actor::Plain(plain) => matches!(plain.activity.blocked(), Blocked::Call(_)),
        _ => false,
    };
    process.monitors.len() == 1
        && process.mailbox.is_empty()
        && process.wakeup() == Wakeup::Waiting
        && is_in_a_call
}
