//! Circles of processes each of which waits for the next: deadlocks, looked for whenever nothing is on its way.
//!
//! Who waits for whom changes only where somebody runs or gets a name, so a new circle goes through one of those.
//! Looking from those alone makes it as cheap among ten thousand who are idle as among ten.

use std::collections::BTreeSet;

use crate::kernel::{Choice, EventKind, Pid};
use crate::model::{Part, Sentence};
use crate::otp::{Actor, waits_for};

use super::super::script::{ScriptEvent, ScriptWorld};

/// From how many it is looked before it is looked from all.
const FEW: usize = 16;

/// Where a new circle can be.
#[derive(Debug, Default)]
pub(super) struct Circles {
    /// Who has run or got a name since the last look, if they are few.
    ran: Vec<Pid>,
    /// It can be anywhere.
    anywhere: bool,
    /// There has been one.
    seen: bool,
}

impl Clone for Circles {
    fn clone(&self) -> Self {
        Circles { ran: self.ran.clone(), ..*self }
    }

    fn clone_from(&mut self, source: &Self) {
        self.ran.clone_from(&source.ran);
        (self.anywhere, self.seen) = (source.anywhere, source.seen);
    }
}

impl Circles {
    /// Somebody is about to run, or something else to happen.
    pub(super) fn takes(&mut self, choice: Choice) {
        if let Choice::Run(pid) = choice {
            self.look_from(pid);
        }
    }

    /// Whoever waits for a name waits for its new holder.
    pub(super) fn hear(&mut self, events: &[ScriptEvent]) {
        let named = events.iter().filter(|event| matches!(event.kind, EventKind::Registered(_)));
        named.for_each(|event| self.look_from(event.pid));
    }

    fn look_from(&mut self, pid: Pid) {
        if !self.anywhere && !self.ran.contains(&pid) {
            self.anywhere = self.ran.len() == FEW;
            self.ran.push(pid);
        }
    }

    /// A circle in a world in which nothing is on its way, unless it was there already when this was asked last.
    pub(super) fn look(&mut self, world: &ScriptWorld) -> Option<Sentence> {
        let is_new = self.anywhere
            || self.ran.iter().any(|pid| decides_for_others(*pid, world))
            || circle(self.ran.iter().copied(), world).is_some();
        self.anywhere = false;
        self.ran.clear();
        debug_assert!(is_new || self.seen || anywhere(world).is_none(), "a circle is where nobody has run");
        // It is told from its first process, whoever has closed it.
        let found = if is_new { anywhere(world) } else { None };
        self.seen |= found.is_some();
        found
    }
}

/// Whether others wait for whom this process says.
fn decides_for_others(pid: Pid, world: &ScriptWorld) -> bool {
    match world.process(pid).map(|process| process.behaviour()) {
        Some(
            Actor::RegistryPartition(_)
            | Actor::ApplicationController(_)
            | Actor::GlobalNameServer(_)
            | Actor::ApplicationStarter(_)
            | Actor::ApplicationMaster(_)
            | Actor::ApplicationRoot(_),
        ) => true,
        Some(
            Actor::Server(_)
            | Actor::Plain(_)
            | Actor::Task(_)
            | Actor::StreamMonitor(_)
            | Actor::Supervisor(_)
            | Actor::DynamicSupervisor(_),
        )
        | None => false,
    }
}

/// A circle, wherever it is.
pub(super) fn anywhere(world: &ScriptWorld) -> Option<Sentence> {
    circle(world.processes().map(|process| process.pid), world)
}

/// A circle that one of these is in, or leads to.
fn circle(from: impl Iterator<Item = Pid>, world: &ScriptWorld) -> Option<Sentence> {
    // From where a way has come by before, no other way finds a circle any more.
    let mut seen = BTreeSet::new();
    for first in from {
        // The way from here, and those for whom each on it waits who have not been asked yet.
        let mut way: Vec<(Pid, std::vec::IntoIter<Pid>)> = Vec::new();
        let mut next = Some(first);
        loop {
            if let Some(pid) = next {
                let others = waits_for(pid, world);
                if !others.is_empty() && seen.insert(pid) {
                    way.push((pid, others.into_iter()));
                } else if let Some(start) = way.iter().position(|(earlier, _)| *earlier == pid) {
                    let circle: Vec<Pid> = way[start..].iter().map(|(pid, _)| *pid).collect();
                    return Some(told(&circle));
                }
            }
            let Some((_, others)) = way.last_mut() else { break };
            next = others.next();
            if next.is_none() {
                way.pop();
            }
        }
    }
    None
}

/// `a waits for b, which waits for a`
fn told(pids: &[Pid]) -> Sentence {
    let mut sentence = Vec::new();
    for (place, pid) in pids.iter().enumerate() {
        sentence.push(Part::Process(*pid));
        sentence.push(Part::text(if place == 0 { " waits for " } else { ", which waits for " }));
    }
    sentence.push(Part::Process(pids[0]));
    sentence
}
