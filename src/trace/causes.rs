//! What a step of a run depends on: a backward slice over its events.
//!
//! A step depends on the step before of the same process, on the one that sent the signal it delivers or
//! takes, that spawned the process, or that set the timer. What processes share leaves no trace in events:
//! whoever drives the run finds out, and says so. What a process has only been asked, and what left
//! it as it was, is of no consequence for what it does later; whoever drives the run can tell, and says so.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::kernel::{Choice, Event, EventKind, Object, Pid, Received, Ref, Signal};
use crate::otp::{Actor, Guest, Message};

/// Of a step, an earlier step of the same process after which it was as it was before this one.
pub type Pure = BTreeMap<u64, u64>;

/// Which steps a step depends on.
#[derive(Clone, Debug, Default)]
pub struct Causes {
    causes: BTreeMap<u64, Vec<u64>>,
}

impl Causes {
    /// Learns from a run.
    pub fn of<G: Guest>(choices: &[Choice], events: &[Event<Actor<G>>], pure: &Pure) -> Self {
        let mut learner = Learner { causes: Causes::default(), ..Learner::default() };
        let mut events = events.iter().peekable();
        for step in 0..=choices.len() as u64 {
            while let Some(event) = events.next_if(|event| event.step == step) {
                learner.hear(event);
            }
            // Only what a process does itself changes what it will do.
            if let Some(Choice::Run(pid)) =
                step.checked_sub(1).and_then(|before| choices.get(before as usize))
            {
                let before = learner.ran.get(pid).copied();
                let since = pure.get(&step).copied();
                before.into_iter().for_each(|before| learner.causes.add(step, before));
                learner.ran.insert(*pid, since.unwrap_or(step));
            }
        }
        learner.causes
    }

    /// These steps and all that they depend on.
    pub fn slice(&self, of: impl IntoIterator<Item = u64>) -> BTreeSet<u64> {
        let mut open: Vec<u64> = of.into_iter().collect();
        let mut slice = BTreeSet::new();
        while let Some(step) = open.pop() {
            if slice.insert(step) {
                open.extend(self.causes.get(&step).into_iter().flatten());
            }
        }
        slice
    }

    /// The steps that depend on this one directly.
    pub fn effects(&self, of: u64) -> impl Iterator<Item = u64> {
        self.causes.iter().filter(move |(_, causes)| causes.contains(&of)).map(|(step, _)| *step)
    }

    /// Learns that a step depends on an earlier one in a way that events do not tell.
    pub fn add(&mut self, step: u64, cause: u64) {
        if cause != step {
            self.causes.entry(step).or_default().push(cause);
        }
    }
}

/// The unread messages of a process, with the steps in which they arrived.
type Mail<G> = Vec<(u64, Received<Message<G>>)>;

struct Learner<G: Guest> {
    causes: Causes,
    /// The step after which each process is as it is now.
    ran: BTreeMap<Pid, u64>,
    wires: BTreeMap<(u64, u64), VecDeque<u64>>,
    mail: BTreeMap<Pid, Mail<G>>,
    timers: BTreeMap<Ref, u64>,
    fired: BTreeMap<u64, u64>,
}

impl<G: Guest> Default for Learner<G> {
    fn default() -> Self {
        Learner {
            causes: Causes::default(),
            ran: BTreeMap::new(),
            wires: BTreeMap::new(),
            mail: BTreeMap::new(),
            timers: BTreeMap::new(),
            fired: BTreeMap::new(),
        }
    }
}

impl<G: Guest> Learner<G> {
    fn hear(&mut self, event: &Event<Actor<G>>) {
        let (step, pid) = (event.step, event.pid);
        match &event.kind {
            EventKind::Spawned { .. } => drop(self.ran.insert(pid, step)),
            EventKind::Sent { to, .. } => self.wires.entry(pid.queue_to(*to)).or_default().push_back(step),
            EventKind::Arrived { from, signal, .. } => {
                let sent = self.wires.get_mut(&from.queue_to(pid)).and_then(VecDeque::pop_front);
                let sent = sent.or_else(|| self.fired.get(&from.lineage()).copied());
                sent.into_iter().for_each(|sent| self.causes.add(step, sent));
                self.arrived(step, pid, *from, signal);
            }
            EventKind::Took(received) => {
                let mail = self.mail.entry(pid).or_default();
                if let Some(place) = mail.iter().position(|(_, there)| there == received) {
                    let (arrived, _) = mail.remove(place);
                    self.causes.add(step, arrived);
                }
            }
            EventKind::TimerSet { reference, .. } => drop(self.timers.insert(*reference, step)),
            EventKind::TimerFired(reference) => {
                let set = self.timers.get(reference).copied();
                set.into_iter().for_each(|set| self.causes.add(step, set));
                self.fired.insert(reference.lineage(), step);
            }
            // What it did before it died, it did.
            EventKind::Exited { .. } => {
                let before = self.ran.get(&pid).copied();
                before.into_iter().for_each(|before| self.causes.add(step, before));
            }
            EventKind::TimedOut
            | EventKind::Registered(_)
            | EventKind::Unregistered(_)
            | EventKind::TimerCancelled(_)
            | EventKind::KilledByFault
            | EventKind::Reported(_) => (),
        }
    }

    /// What may be taken out of a mailbox later.
    fn arrived(&mut self, step: u64, pid: Pid, from: Pid, signal: &Signal<Message<G>>) {
        let received = match signal {
            Signal::Message { body, .. } => Received::Message(body.clone()),
            Signal::Exit(reason) | Signal::LinkExit(reason) => {
                Received::Exit { from, reason: reason.clone() }
            }
            Signal::Down { reference, name, reason } => {
                let object = name.map_or(Object::Pid(from), |name| Object::Name(name, from.node()));
                Received::Down { reference: *reference, object, reason: reason.clone() }
            }
            _ => return,
        };
        self.mail.entry(pid).or_default().push((step, received));
    }
}
