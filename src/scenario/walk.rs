//! A run that can be forked: a world and its judge at one point, to be taken on by whoever tries all orders.

use std::hash::{Hash, Hasher};

use crate::kernel::{Choice, Fingerprint, Pid, Process, Signal, Wakeup};
use crate::otp::{Actor, Blocked};

use super::judge::{Breach, Judge, Strains};
use super::script::{ClientState, Script, Shelter};
use super::simulation::{ScriptEvents, ScriptWorld, Simulation, Verdict, all_finished};

/// A run at one point. Two are equal if their worlds are and their judges will agree from here on.
#[derive(Debug)]
pub struct Walk<'a> {
    world: ScriptWorld,
    judge: Judge<'a>,
    steps: u64,
}

/// What taking a step needs beside the walk, to be used again for the next.
#[derive(Debug)]
pub struct Room<'a> {
    events: ScriptEvents,
    /// A walk to try something out on.
    there: Option<Walk<'a>>,
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
    /// It has gone on beyond the horizon.
    BeyondHorizon,
}

/// How all orders of a scenario are tried: with all choices, or leaving out those that make no difference.
#[derive(Clone, Debug)]
pub struct Walker<'a> {
    simulation: &'a Simulation,
    shelter: Option<Shelter>,
}

impl PartialEq for Walk<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.is_at(&other.world, &other.judge)
    }
}

impl Eq for Walk<'_> {}

impl Hash for Walk<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.world.hash(state);
        self.judge.memory(&self.world).hash(state);
    }
}

impl Clone for Walk<'_> {
    fn clone(&self) -> Self {
        Walk { world: self.world.clone(), judge: self.judge.clone(), steps: self.steps }
    }

    fn clone_from(&mut self, source: &Self) {
        let Walk { world, judge, steps } = source;
        self.world.clone_from(world);
        self.judge.clone_from(judge);
        self.steps = *steps;
    }
}

impl Default for Room<'_> {
    fn default() -> Self {
        Room { events: ScriptEvents::of_lives(), there: None }
    }
}

impl<'a> Walk<'a> {
    /// A run that has come so far.
    pub(super) fn at(world: ScriptWorld, judge: Judge<'a>, steps: u64) -> Self {
        Walk { world, judge, steps }
    }

    /// Whether another run stands at the same point.
    pub(super) fn is_at(&self, world: &ScriptWorld, judge: &Judge<'_>) -> bool {
        self.world == *world && self.judge.memory(&self.world) == judge.memory(world)
    }

    /// The run that ends here.
    pub(super) fn into_parts(self) -> (ScriptWorld, Judge<'a>, u64) {
        (self.world, self.judge, self.steps)
    }

    /// The world at this point.
    pub fn world(&self) -> &ScriptWorld {
        &self.world
    }

    /// How many steps it has taken.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Its digest: equal for equal walks.
    pub fn fingerprint(&self) -> u64 {
        Fingerprint::of(self)
    }

    /// What the run came to, if this is its end.
    pub fn verdict(&self) -> Verdict {
        match self.judge.clone().settled(&self.world, self.steps) {
            breaches if breaches.is_empty() => Verdict::Held,
            breaches => Verdict::Broken(breaches),
        }
    }

    /// What has been broken so far.
    pub fn broken(&self) -> Vec<Breach> {
        self.judge.clone().so_far()
    }

    /// The places of the `eventually` properties that it has not seen to hold.
    pub fn hopes(&self) -> impl Iterator<Item = usize> {
        self.judge.hopes()
    }

    /// The places of the `sometimes` properties that it has reached.
    pub fn reached(&self) -> impl Iterator<Item = usize> {
        self.judge.reached()
    }

    /// How close supervisors have come to giving up on the way here.
    pub fn strains(&self) -> &Strains {
        self.judge.strains()
    }

    /// Whether all clients have done their steps, or died.
    pub fn has_served_its_clients(&self) -> bool {
        all_finished(&self.world)
    }

    /// Whether nothing can happen any more but faults.
    pub fn is_over(&self) -> bool {
        self.world.is_over() || self.world.common().halted.is_some()
    }
}

impl<'a> Walker<'a> {
    /// Tries orders of this scenario. `reduced` leaves out those that make no difference.
    pub fn of(simulation: &'a Simulation, reduced: bool) -> Self {
        // What is sent to another node may be lost, or answered by nobody: no signal is without consequence
        // then, and no client is beyond reach.
        let reduced = reduced && simulation.image.nodes().is_empty();
        Walker { simulation, shelter: reduced.then(|| Shelter::of(&simulation.image)) }
    }

    /// The beginning, and which choices have been taken already because there was nothing to choose.
    pub fn start(&self, taken: &mut Vec<Choice>) -> Walk<'a> {
        let mut events = ScriptEvents::of_lives();
        let world = self.simulation.start(&mut events);
        let mut judge = Judge::of(&self.simulation.image);
        judge.observe(events.list(), &world, 0);
        let mut walk = Walk { world, judge, steps: 0 };
        self.go_on(&mut walk, taken, &mut Room::default());
        walk
    }

    /// How it stands.
    pub fn standing(&self, walk: &Walk<'_>) -> Standing {
        if walk.judge.has_verdict() {
            return Standing::Broken;
        }
        let settled = || match walk.verdict() {
            Verdict::Held => Standing::Held,
            _ => Standing::Broken,
        };
        if walk.is_over() {
            return settled();
        }
        match self.simulation.limit(&walk.world, walk.steps) {
            None => Standing::Going,
            Some(_) if walk.has_served_its_clients() => settled(),
            Some(_) => Standing::BeyondHorizon,
        }
    }

    /// Takes a choice, and then all that follow without any that matters; `taken` gets each.
    pub fn step(&self, walk: &mut Walk<'a>, choice: Choice, taken: &mut Vec<Choice>, room: &mut Room<'a>) {
        let with_its_message = self.shelter.is_some() && is_monitor_of_a_call(choice, walk);
        self.take(walk, choice, &mut room.events);
        taken.push(choice);
        if with_its_message && !walk.judge.has_verdict() && !walk.is_over() {
            self.take_message_too(walk, choice, taken, room);
        }
        self.go_on(walk, taken, room);
        self.forget_how_long(walk);
    }

    /// Takes a choice and none that follows.
    pub(super) fn take_one(&self, walk: &mut Walk<'a>, choice: Choice) {
        self.take(walk, choice, &mut ScriptEvents::of_lives());
    }

    /// Makes states equal that differ in nothing but how long something has waited, where that is nobody's
    /// business. The last of a run is what it is.
    pub(super) fn forget_how_long(&self, walk: &mut Walk<'_>) {
        if let Some(shelter) = self.shelter.as_ref().filter(|_| !walk.is_over()) {
            walk.world.forget_how_long(shelter.shortest);
        }
    }

    fn take(&self, walk: &mut Walk<'a>, choice: Choice, events: &mut ScriptEvents) {
        events.turn_to(walk.steps);
        walk.world.step(choice, &self.simulation.image, events);
        walk.steps += 1;
        walk.judge.observe(events.list(), &walk.world, walk.steps);
    }

    /// Takes the second of two arrivals, unless the run is over after it and a fault could still strike before.
    fn take_message_too(
        &self,
        walk: &mut Walk<'a>,
        choice: Choice,
        taken: &mut Vec<Choice>,
        room: &mut Room<'a>,
    ) {
        if !walk.world.has_faults_left() {
            self.take(walk, choice, &mut room.events);
            taken.push(choice);
        } else if self.try_out(walk, choice, room, |there, _| !there.is_over()) {
            taken.push(choice);
        }
    }

    /// Takes a choice if it turns out to be one of those that are wanted.
    fn try_out(
        &self,
        walk: &mut Walk<'a>,
        choice: Choice,
        room: &mut Room<'a>,
        is_wanted: impl Fn(&Walk<'a>, &ScriptEvents) -> bool,
    ) -> bool {
        let mut there = match room.there.take() {
            Some(mut there) => {
                there.clone_from(walk);
                there
            }
            None => walk.clone(),
        };
        self.take(&mut there, choice, &mut room.events);
        let wanted = is_wanted(&there, &room.events);
        if wanted {
            std::mem::swap(walk, &mut there);
        }
        room.there = Some(there);
        wanted
    }

    /// Takes choices as long as there is one that makes no difference to any other. As long as faults are left
    /// there is none: a run is over when nothing can happen but faults, so whatever is still to happen keeps
    /// it open for one more fault.
    fn go_on(&self, walk: &mut Walk<'a>, taken: &mut Vec<Choice>, room: &mut Room<'a>) {
        let Some(shelter) = self.shelter.as_ref().filter(|_| !walk.world.has_faults_left()) else { return };
        while !walk.judge.has_verdict() && !walk.is_over() {
            if let Some(choice) = walk.world.inert_delivery() {
                self.take(walk, choice, &mut room.events);
                taken.push(choice);
            } else if !self.private(walk, shelter, taken, room) {
                return;
            }
        }
    }

    /// Takes a choice that concerns one client and nobody else, if there is one.
    fn private(
        &self,
        walk: &mut Walk<'a>,
        shelter: &Shelter,
        taken: &mut Vec<Choice>,
        room: &mut Room<'a>,
    ) -> bool {
        if !walk.world.common().booted || !walk.world.is_unhurried(shelter.shortest) {
            return false;
        }
        let mut from = 0;
        while let Some((index, choice, is_certain)) = self.next_private(walk, shelter, from) {
            let took = match is_certain {
                true => {
                    self.take(walk, choice, &mut room.events);
                    true
                }
                false => self.try_out(walk, choice, room, |there, events| {
                    !events.looked_around() && !there.judge.has_verdict()
                }),
            };
            if took {
                taken.push(choice);
                return true;
            }
            from = index + 1;
        }
        false
    }

    /// The first choice, of those from this one on, that concerns one client and nobody else, or may turn out
    /// to.
    fn next_private(&self, walk: &Walk<'a>, shelter: &Shelter, from: usize) -> Option<(usize, Choice, bool)> {
        let choices = walk.world.choices();
        (from..choices.going()).find_map(|index| {
            let choice = choices.get(index)?;
            let (Choice::Deliver { to: pid, .. } | Choice::Run(pid)) = choice else { return None };
            let process = walk.world.process(pid)?;
            let runs = choice == Choice::Run(pid);
            if shelter.watcher && is_boot(process) {
                let takes = runs || process.wakeup() == Wakeup::Waiting;
                return takes.then_some((index, choice, true));
            }
            if !process.links.is_empty() || !is_sheltered(pid, walk, shelter) {
                return None;
            }
            if runs {
                return self.may_stay_private(process).then_some((index, choice, false));
            }
            let asks = process.monitors.len() == 1
                && process.mailbox.is_empty()
                && process.wakeup() == Wakeup::Waiting
                && is_in_a_call(process);
            let is_other = |other: &Choice| {
                matches!(other, Choice::Deliver { to, .. } if *to == pid) && *other != choice
            };
            let takes = asks && !choices.iter().any(|other| is_other(&other));
            takes.then_some((index, choice, true))
        })
    }
}

/// Whether this is the arrival of a monitor with a message right behind it, as in a call. Nothing can be told
/// apart between the two: a monitor shows only when its process dies, and then the message is lost unread,
/// whether it had arrived or not.
fn is_monitor_of_a_call(choice: Choice, walk: &Walk<'_>) -> bool {
    let Choice::Deliver { from, to } = choice else { return false };
    let mut signals = walk.world.in_flight(from, to);
    walk.world.process(to).is_some()
        && matches!(signals.next(), Some(Signal::Monitor { .. }))
        && matches!(signals.next(), Some(Signal::Message { .. }))
}

impl Walker<'_> {
    /// Whether a client can run, and does not begin with something that looks around: whatever it does comes
    /// to light only when it does it, and trying costs a step.
    fn may_stay_private(&self, process: &Process<Actor<Script>>) -> bool {
        let Actor::Plain(plain) = process.behaviour() else { return false };
        let Script::Actor(frame) = &plain.activity.guest else { return false };
        let at = match process.wakeup() {
            Wakeup::Message(_) => return true,
            Wakeup::Start => 0,
            Wakeup::Continue => frame.at,
            Wakeup::Timeout | Wakeup::Waiting | Wakeup::WaitingForQuiet => return false,
        };
        let operations = &self.simulation.image.definition(frame.definition).operations;
        operations.get(at as usize).is_some_and(|operation| !operation.visible)
    }
}

fn is_boot(process: &Process<Actor<Script>>) -> bool {
    match process.behaviour() {
        Actor::Plain(plain) => matches!(plain.activity.guest, Script::Boot(_)),
        _ => false,
    }
}

fn is_in_a_call(process: &Process<Actor<Script>>) -> bool {
    match process.behaviour() {
        Actor::Plain(plain) => matches!(plain.activity.blocked(), Blocked::Call(_)),
        _ => false,
    }
}

fn is_sheltered(pid: Pid, walk: &Walk<'_>, shelter: &Shelter) -> bool {
    let mut clients = walk.world.common().clients.iter().zip(&shelter.clients);
    clients.any(|(client, sheltered)| *sheltered && *client == ClientState::Running(pid))
}
