//! Goes through the events of a run and knows what the next can follow from.

use std::collections::BTreeMap;

use crate::kernel::{Atom, Event, EventKind, Fate, Node, Observed, Pid, Received, Ref, SharedPlace, Signal};
use crate::otp::{Actor, Guest, Message};

/// What an event follows from.
#[derive(Clone, Debug, Default)]
pub(super) struct Causes {
    /// What its process did before.
    pub(super) before: Option<u64>,
    others: Vec<u64>,
}

impl Causes {
    fn of(others: impl IntoIterator<Item = u64>) -> Causes {
        Causes { before: None, others: others.into_iter().collect() }
    }

    fn and(mut self, others: impl IntoIterator<Item = u64>) -> Causes {
        self.others.extend(others);
        self
    }

    /// The events beside that one.
    pub(super) fn others(&self) -> impl Iterator<Item = u64> + use<'_> {
        self.others.iter().copied()
    }
}

/// What has happened so far, as far as something can follow from it.
#[derive(Debug, Default)]
pub(super) struct Learner {
    step: u64,
    /// What each process did last, or that it was spawned.
    did: BTreeMap<Pid, u64>,
    births: BTreeMap<Pid, (u64, Atom)>,
    deaths: BTreeMap<Pid, u64>,
    /// The timers that are set.
    timers: BTreeMap<Ref, u64>,
    /// When each name was last taken or given up, by the node.
    names: BTreeMap<(Node, Atom), u64>,
    /// When a process that is called so by its parent last died.
    called: BTreeMap<Atom, u64>,
    /// Who has made which monitor, and which link.
    monitors: BTreeMap<Ref, u64>,
    links: BTreeMap<[Pid; 2], u64>,
    /// Whose answer each waits for.
    asked: BTreeMap<Pid, Pid>,
    /// When each place was last written.
    writes: BTreeMap<SharedPlace, u64>,
    /// Whoever runs in this step.
    running: Option<Pid>,
    /// What has happened to somebody in this step without his doing.
    befallen: Option<(Pid, u64)>,
}

impl Learner {
    /// The next event.
    pub(super) fn hear<G: Guest>(&mut self, event: &Event<Actor<G>>) -> Causes {
        if event.step != self.step {
            (self.step, self.running, self.befallen) = (event.step, None, None);
        }
        let (pid, number) = (event.pid, event.number);
        match &event.kind {
            EventKind::Spawned { parent, label, linked, monitored, .. } => {
                let found = parent.map_or_else(Causes::default, |parent| self.does(parent, number));
                self.did.insert(pid, number);
                self.births.insert(pid, (number, *label));
                if let Some(parent) = parent.filter(|_| *linked) {
                    self.links.insert(pair(pid, parent), number);
                }
                self.monitors.extend(monitored.map(|reference| (reference, number)));
                found
            }
            EventKind::Sent { to, signal } => self.sent(pid, *to, signal, number),
            EventKind::Arrived { fate, .. } => {
                if *fate != Fate::Lost {
                    self.befallen = Some((pid, number));
                }
                let dead = self.deaths.get(&pid).copied().filter(|_| *fate == Fate::NoProcess);
                Causes::of(event.origin.into_iter().chain(dead))
            }
            EventKind::KilledByFault => {
                self.befallen = Some((pid, number));
                Causes::default()
            }
            EventKind::TimerFired(reference) => {
                self.befallen = Some((pid, number));
                Causes::of(self.timers.remove(reference))
            }
            EventKind::Took(received) => {
                if let Received::Message(Message::Reply { .. }) | Received::Down { .. } = received {
                    self.asked.remove(&pid);
                }
                self.does(pid, number).and(event.origin)
            }
            EventKind::TimerSet { reference, .. } => {
                self.timers.insert(*reference, number);
                self.does(pid, number)
            }
            EventKind::Exited { .. } => self.exited(pid, number),
            EventKind::Registered(name) | EventKind::Unregistered(name) => {
                let before = self.names.insert((pid.node(), *name), number);
                // Of somebody who has just died, or by whoever runs.
                let found = match self.running {
                    Some(running) if !self.deaths.contains_key(&pid) => self.does(running, number),
                    _ => self.does(pid, number),
                };
                found.and(before)
            }
            EventKind::TimedOut => {
                let silent = self.asked.remove(&pid);
                let silent = silent.and_then(|silent| self.deaths.get(&silent).or(self.did.get(&silent)));
                let silent = silent.copied();
                self.does(pid, number).and(silent)
            }
            EventKind::Saw { at, found } => {
                let seen = self.seen(pid, at, found.as_ref().and_then(|found| found.as_pid()));
                self.does(pid, number).and(seen)
            }
            EventKind::Wrote { place, .. } => {
                self.writes.insert(place.clone(), number);
                self.does(pid, number)
            }
            EventKind::Unsent { .. } | EventKind::TimerCancelled { .. } | EventKind::Reported(_) => {
                self.does(pid, number)
            }
        }
    }

    fn exited(&mut self, pid: Pid, number: u64) -> Causes {
        let by_itself = self.running == Some(pid);
        let befallen = self.befallen.filter(|(whom, _)| *whom == pid && !by_itself);
        // What it did before it died, it did.
        let before = self.did.insert(pid, number);
        self.deaths.insert(pid, number);
        if let Some((_, label)) = self.births.get(&pid) {
            self.called.insert(*label, number);
        }
        self.befallen = Some((pid, number));
        Causes { before, others: befallen.map(|(_, befallen)| befallen).into_iter().collect() }
    }

    /// A process does something: by itself, or because of what has just befallen it.
    fn does(&mut self, pid: Pid, number: u64) -> Causes {
        if let Some((whom, befallen)) = self.befallen
            && whom == pid
            && (self.running != Some(pid) || self.deaths.contains_key(&pid))
        {
            return Causes::of([befallen]);
        }
        self.running = Some(pid);
        Causes { before: self.did.insert(pid, number), others: Vec::new() }
    }

    fn sent<G: Guest>(&mut self, pid: Pid, to: Pid, signal: &Signal<Message<G>>, number: u64) -> Causes {
        let tie = match signal {
            Signal::Monitor { reference, .. } => {
                self.monitors.insert(*reference, number);
                None
            }
            Signal::Link => {
                self.links.insert(pair(pid, to), number);
                None
            }
            Signal::Message { body: Message::Call { .. } | Message::Terminate { .. }, .. } => {
                self.asked.insert(pid, to);
                None
            }
            Signal::Down { reference, .. } => self.monitors.get(reference).copied(),
            Signal::LinkExit(_) => self.links.get(&pair(pid, to)).copied(),
            _ => None,
        };
        let befallen = self.befallen.is_some_and(|(whom, _)| whom == pid);
        if befallen || (self.did.contains_key(&pid) && !is_in_the_name_of(signal)) {
            let dead = self.deaths.get(&pid).copied().filter(|_| is_in_the_name_of(signal));
            return self.does(pid, number).and(tie).and(dead);
        }
        // In the name of the dead, because somebody asks now; or of those who cannot be reached any more.
        let asks = self.running.or_else(|| self.deaths.get(&pid).map(|_| to));
        let asks = asks.and_then(|asks| self.did.get(&asks)).copied();
        Causes::of(asks.into_iter().chain(self.deaths.get(&pid).copied()))
    }

    /// What has made it so.
    fn seen(&self, by: Pid, at: &Observed, found: Option<Pid>) -> Vec<u64> {
        let birth = |pid: &Pid| self.births.get(pid).map(|(number, _)| *number);
        let named = |name: Atom| self.names.get(&(by.node(), name)).copied();
        match at {
            Observed::Life(pid) => self.deaths.get(pid).copied().or_else(|| birth(pid)).into_iter().collect(),
            Observed::Name(name) => named(*name).into_iter().collect(),
            Observed::Called(name) => match found {
                Some(pid) => birth(&pid).into_iter().chain(named(*name)).collect(),
                None => self.called.get(name).copied().into_iter().chain(named(*name)).collect(),
            },
            Observed::Inside(pid) => self.did.get(pid).copied().into_iter().collect(),
            Observed::Shared(place @ SharedPlace { key: Some(_), .. }) => {
                self.writes.get(place).copied().into_iter().collect()
            }
            Observed::Shared(place) => {
                let of_it = self.writes.iter().filter(|(written, _)| written.name == place.name);
                of_it.map(|(_, number)| *number).collect()
            }
        }
    }
}

fn pair(one: Pid, other: Pid) -> [Pid; 2] {
    if one <= other { [one, other] } else { [other, one] }
}

/// Whether no living process sends this by its own doing.
fn is_in_the_name_of<G: Guest>(signal: &Signal<Message<G>>) -> bool {
    matches!(signal, Signal::LinkExit(_) | Signal::Down { .. })
}
