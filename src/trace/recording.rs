//! A recorded run as data: its events by their numbers, who is who in it, and what each event follows from.
//!
//! The story, the signals, the JSON and the explanation read this and learn nothing anew. That an event follows
//! from another is Lamport's happening before, one step of it: what a process does follows from what it did
//! before, what arrives from its sending, what is taken from its arrival. Whatever else had a part in it (a name
//! that was looked up, a table that was read) leaves no event, and is no cause here.

use std::collections::BTreeMap;

use crate::kernel::{Event, EventKind, Fate, Pid, Ref, Signal};
use crate::otp::{Actor, Guest, Message};

use super::names::Directory;

/// A recorded run, from its first event on.
#[derive(Debug)]
pub struct Recording<'r, G: Guest> {
    events: &'r [Event<Actor<G>>],
    directory: &'r Directory,
    /// The causes of each event; nought is none.
    causes: Vec<[u64; 2]>,
}

impl<'r, G: Guest> Recording<'r, G> {
    /// What was recorded, with who is who in it.
    ///
    /// # Panics
    ///
    /// When these are not the first events of a run: each has its place as its number.
    pub fn of(events: &'r [Event<Actor<G>>], directory: &'r Directory) -> Self {
        let mut learner = Learner::default();
        let mut causes = Vec::with_capacity(events.len());
        for (place, event) in events.iter().enumerate() {
            assert_eq!(event.number, place as u64 + 1, "a recording begins with the first event");
            let mut found = learner.hear(event).map(Option::unwrap_or_default);
            found.sort_unstable();
            causes.push(if found[0] == found[1] { [0, found[1]] } else { found });
        }
        Recording { events, directory, causes }
    }

    /// Everything that happened, in order.
    pub fn events(&self) -> &'r [Event<Actor<G>>] {
        self.events
    }

    /// Who is who.
    pub fn directory(&self) -> &'r Directory {
        self.directory
    }

    /// The event with this number.
    pub fn event(&self, number: u64) -> Option<&'r Event<Actor<G>>> {
        self.events.get(usize::try_from(number.checked_sub(1)?).ok()?)
    }

    /// What happened in this step.
    pub fn step(&self, step: u64) -> &'r [Event<Actor<G>>] {
        let begin = self.events.partition_point(|event| event.step < step);
        let end = self.events.partition_point(|event| event.step <= step);
        &self.events[begin..end]
    }

    /// The events that this one directly follows from: none, one or two, with smaller numbers.
    pub fn causes(&self, number: u64) -> impl Iterator<Item = u64> + use<'_, 'r, G> {
        let place = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
        let causes = place.and_then(|place| self.causes.get(place)).copied().unwrap_or_default();
        causes.into_iter().filter(|cause| *cause != 0)
    }
}

/// Goes through the events of a run and knows what the next can follow from.
#[derive(Default)]
struct Learner {
    step: u64,
    /// What each process did last, or that it was spawned.
    did: BTreeMap<Pid, u64>,
    deaths: BTreeMap<Pid, u64>,
    /// The timers that are set.
    timers: BTreeMap<Ref, u64>,
    /// Whoever runs in this step.
    running: Option<Pid>,
    /// What has happened to somebody in this step without his doing.
    befallen: Option<(Pid, u64)>,
}

/// What an event follows from.
type Found = [Option<u64>; 2];

impl Learner {
    fn hear<G: Guest>(&mut self, event: &Event<Actor<G>>) -> Found {
        if event.step != self.step {
            (self.step, self.running, self.befallen) = (event.step, None, None);
        }
        let (pid, number) = (event.pid, event.number);
        match &event.kind {
            EventKind::Spawned { parent, .. } => {
                let found = parent.map_or([None; 2], |parent| self.does(parent, number));
                self.did.insert(pid, number);
                found
            }
            EventKind::Sent { to, signal } => self.sent(pid, *to, signal, number),
            EventKind::Arrived { fate, .. } => {
                if *fate != Fate::Lost {
                    self.befallen = Some((pid, number));
                }
                [event.origin, None]
            }
            EventKind::KilledByFault => {
                self.befallen = Some((pid, number));
                [None; 2]
            }
            EventKind::TimerFired(reference) => {
                self.befallen = Some((pid, number));
                [self.timers.remove(reference), None]
            }
            EventKind::Took(_) => {
                let [before, _] = self.does(pid, number);
                [event.origin, before]
            }
            EventKind::TimerSet { reference, .. } => {
                self.timers.insert(*reference, number);
                self.does(pid, number)
            }
            EventKind::Exited { .. } => {
                let by_itself = self.running == Some(pid);
                let befallen = self.befallen.filter(|(whom, _)| *whom == pid && !by_itself);
                // What it did before it died, it did.
                let before = self.did.insert(pid, number);
                self.deaths.insert(pid, number);
                self.befallen = Some((pid, number));
                [befallen.map(|(_, befallen)| befallen), before]
            }
            // Of somebody who has just died, or by whoever runs.
            EventKind::Registered(_) | EventKind::Unregistered(_) => match self.running {
                Some(running) if !self.deaths.contains_key(&pid) => self.does(running, number),
                _ => self.does(pid, number),
            },
            EventKind::TimedOut | EventKind::TimerCancelled(_) | EventKind::Reported(_) => {
                self.does(pid, number)
            }
        }
    }

    /// A process does something: by itself, or because of what has just befallen it.
    fn does(&mut self, pid: Pid, number: u64) -> Found {
        if let Some((whom, befallen)) = self.befallen
            && whom == pid
            && (self.running != Some(pid) || self.deaths.contains_key(&pid))
        {
            return [Some(befallen), None];
        }
        self.running = Some(pid);
        [self.did.insert(pid, number), None]
    }

    fn sent<G: Guest>(&mut self, pid: Pid, to: Pid, signal: &Signal<Message<G>>, number: u64) -> Found {
        let befallen = self.befallen.is_some_and(|(whom, _)| whom == pid);
        if befallen || (self.did.contains_key(&pid) && !is_in_the_name_of(signal)) {
            return self.does(pid, number);
        }
        // In the name of the dead, because somebody asks now; or of those who cannot be reached any more.
        let asks = self.running.or_else(|| self.deaths.get(&pid).map(|_| to));
        [asks.and_then(|asks| self.did.get(&asks)).copied(), self.deaths.get(&pid).copied()]
    }
}

/// Whether no living process sends this by its own doing.
fn is_in_the_name_of<G: Guest>(signal: &Signal<Message<G>>) -> bool {
    matches!(signal, Signal::LinkExit(_) | Signal::Down { .. })
}
