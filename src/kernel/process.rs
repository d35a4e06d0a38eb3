//! One process as the kernel keeps it, and the table of all that live.

use std::hash::{Hash, Hasher};

use super::atom::Atom;
use super::clock::{Clock, Waiting};
use super::copy_on_write::CopyOnWrite;
use super::ends::{Alias, Link, Monitor, Watchers};
use super::event::Events;
use super::mailbox::Mailbox;
use super::pid::{Path, Pid, Ref};
use super::priority::Priorities;
use super::queues::Queues;
use super::slot::Slot;
use super::state::State;
use super::timers::Timer;
use super::unordered::Unordered;

/// A living process.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Process<B: State> {
    /// Who it is.
    pub pid: Pid,
    /// Who spawned it.
    pub parent: Option<Pid>,
    /// What its parent calls it.
    pub label: Atom,
    /// As which process started at its place in the tree, from 1: its incarnation.
    pub nth: u32,
    /// Who leads its group; one it spawns has the same leader.
    pub group_leader: Option<Pid>,
    /// Whether exit signals become messages.
    pub trap_exit: bool,
    /// The name it is registered under.
    pub name: Option<Atom>,
    /// The messages that have arrived and not been taken.
    pub mailbox: Mailbox<B::Message>,
    /// Whom it is linked to.
    pub links: Unordered<Pid, Link>,
    /// Whom it monitors.
    pub monitors: Unordered<Ref, Monitor>,
    /// Who monitors it.
    pub watchers: Watchers,
    /// What it is. Absent only while it runs. Most that happens to a process leaves it as it is, so it is shared apart
    /// from the rest.
    pub(super) behaviour: Option<CopyOnWrite<B>>,
    pub(super) aliases: Unordered<Ref, Alias>,
    /// What goes before its other messages, if anything does.
    pub(super) priorities: Priorities,
    pub(super) timers: Vec<Ref>,
    pub(super) path: Path,
    pub(super) references: u32,
    pub(super) unlinks: u32,
    pub(super) wakeup: Wakeup,
    pub(super) wait_timer: Option<Waiting>,
    /// Where its offer to run is kept, while there is one.
    pub(super) offer: Slot,
}

/// Why a process can run, or that it cannot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wakeup {
    /// It has not run yet.
    Start,
    /// It was preempted.
    Continue,
    /// The message at this place of its mailbox is acceptable.
    Message(usize),
    /// Its time is up.
    Timeout,
    /// It waits for a message.
    Waiting,
    /// It waits for quiet.
    WaitingForQuiet,
}

impl<B: State> Process<B> {
    /// What it is.
    ///
    /// # Panics
    ///
    /// When asked by the process itself while it runs.
    pub fn behaviour(&self) -> &B {
        self.behaviour.as_ref().expect("a process that is not running has its behaviour")
    }

    /// Whether this alias ends with the first message that comes through it.
    pub(super) fn is_ended_by_message(&self, alias: Ref) -> bool {
        self.aliases.get(alias) == Some(&Alias::ReplyDemonitor)
    }

    /// Why it can run, or that it cannot.
    pub fn wakeup(&self) -> Wakeup {
        self.wakeup
    }

    /// Waits for a message, unless there is one already, or no time.
    pub(super) fn receive(
        &mut self,
        timeout: Option<u64>,
        image: &B::Image,
        queues: &mut Queues<B::Message>,
        clock: &mut Clock<B::Message>,
        events: &Events<B>,
    ) {
        let behaviour = self.behaviour.as_ref().expect("it has returned");
        let place = self.mailbox.iter().position(|message| behaviour.accepts(message, image));
        events.goes_through(place.unwrap_or(self.mailbox.len()));
        // It goes behind all that can go on already, whether or not it can go on itself.
        queues.unready(self.offer);
        self.wakeup = Wakeup::Waiting;
        match (place, timeout) {
            (Some(place), _) => self.wake(Wakeup::Message(place), queues, clock),
            (None, Some(0)) => self.wake(Wakeup::Timeout, queues, clock),
            (None, Some(timeout)) => {
                self.wait_timer = Some(Waiting(clock.set(timeout, Timer::Wait(self.pid))));
            }
            (None, None) => (),
        }
    }

    /// It can run from now on, or can for another reason.
    pub(super) fn wake(
        &mut self,
        wakeup: Wakeup,
        queues: &mut Queues<B::Message>,
        clock: &mut Clock<B::Message>,
    ) {
        let waited = self.is_waiting();
        self.wakeup = wakeup;
        if let Some(waiting) = self.wait_timer.take() {
            clock.remove(waiting.0);
        }
        if waited {
            self.offer = queues.ready(self.pid, clock.now);
        }
    }

    /// Whether it is waiting for something that has not come.
    pub fn is_waiting(&self) -> bool {
        matches!(self.wakeup, Wakeup::Waiting | Wakeup::WaitingForQuiet)
    }
}

/// All living processes, found by pid in constant time.
#[derive(Debug)]
pub(super) struct Processes<B: State> {
    slots: Vec<Option<CopyOnWrite<Process<B>>>>,
    vacant: Vec<u32>,
}

impl<B: State> Default for Processes<B> {
    fn default() -> Self {
        Processes { slots: Vec::new(), vacant: Vec::new() }
    }
}

impl<B: State> Clone for Processes<B> {
    fn clone(&self) -> Self {
        Processes { slots: self.slots.clone(), vacant: self.vacant.clone() }
    }

    fn clone_from(&mut self, source: &Self) {
        let Processes { slots, vacant } = source;
        self.slots.clone_from(slots);
        self.vacant.clone_from(vacant);
    }
}

impl<B: State> Processes<B> {
    pub(super) fn get(&self, pid: Pid) -> Option<&Process<B>> {
        self.slots.get(pid.slot())?.as_deref().filter(|process| process.pid == pid)
    }

    pub(super) fn get_mut(&mut self, pid: Pid) -> Option<&mut Process<B>> {
        self.slots
            .get_mut(pid.slot())?
            .as_mut()
            .filter(|process| process.pid == pid)
            .map(CopyOnWrite::get_mut)
    }

    /// The slot that the next process will live in.
    pub(super) fn next_slot(&self) -> u32 {
        self.vacant
            .last()
            .copied()
            .unwrap_or_else(|| u32::try_from(self.slots.len()).expect("fewer than u32::MAX processes"))
    }

    pub(super) fn insert(&mut self, process: Process<B>) {
        match self.vacant.pop() {
            Some(slot) => self.slots[slot as usize] = Some(CopyOnWrite::new(process)),
            None => self.slots.push(Some(CopyOnWrite::new(process))),
        }
    }

    pub(super) fn remove(&mut self, pid: Pid) -> Option<Process<B>> {
        self.get(pid)?;
        self.vacant.push(u32::try_from(pid.slot()).expect("slots are u32"));
        self.slots[pid.slot()].take().map(CopyOnWrite::into_inner)
    }

    /// In the order of their slots: deterministic in a run, no part of the value.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Process<B>> {
        self.slots.iter().flatten().map(|process| &**process)
    }

    pub(super) fn len(&self) -> usize {
        self.slots.len() - self.vacant.len()
    }
}

// A set of processes keyed by pid, as a map's equality is: the slots are no part of it.
impl<B: State> PartialEq for Processes<B> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().all(|process| other.get_equal(process).is_some())
    }
}

impl<B: State> Eq for Processes<B> {}

impl<B: State> Hash for Processes<B> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let digests = self.slots.iter().flatten().map(CopyOnWrite::digest);
        state.write_u64(digests.fold(0, u64::wrapping_add));
    }
}

impl<B: State> Processes<B> {
    /// The process equal to this one of another world, whose slots may differ.
    fn get_equal(&self, theirs: &Process<B>) -> Option<&Process<B>> {
        let ours = self.get(theirs.pid).or_else(|| self.iter().find(|process| process.pid == theirs.pid))?;
        (ours == theirs).then_some(ours)
    }
}
