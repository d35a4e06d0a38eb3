//! The names of a run as its schedule needs them: every process and every timer has one of its own.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::explore::Names;
use crate::kernel::{Atoms, Event, EventKind, Pid};
use crate::otp::{Actor, Guest};
use crate::trace::Directory;

/// Everybody who has taken part in a run so far.
#[derive(Clone, Debug, Default)]
pub struct Cast {
    directory: Directory,
    heard: usize,
    by_name: BTreeMap<String, Pid>,
    /// Timers of one process share a name in traces; here they are numbered. By lineage.
    timers: BTreeMap<u64, String>,
    /// What the model says of its faults.
    faults: Arc<[String]>,
}

impl Cast {
    /// Nobody yet. `faults` are what the model says of its faults.
    pub fn of(faults: &[String]) -> Self {
        Cast { faults: faults.into(), ..Cast::default() }
    }

    /// Learns from the events of a run that it has not heard yet. Of a run that never ends only the beginning
    /// is told, and all of that has been heard.
    pub fn learn<G: Guest>(&mut self, events: &[Event<Actor<G>>], atoms: &Atoms) {
        for event in events.get(self.heard..).unwrap_or_default() {
            self.directory.hear(event, atoms);
            match &event.kind {
                EventKind::Spawned { .. } => {
                    self.by_name.insert(self.directory.name(event.pid).to_owned(), event.pid);
                }
                EventKind::TimerSet { reference, .. } => {
                    let maker = self.directory.name(event.pid);
                    let nth = self.directory.reference(*reference).map_or(0, |(_, nth)| nth);
                    self.timers.insert(reference.lineage(), format!("timer {nth} of {maker}"));
                }
                EventKind::Sent { to, .. } => {
                    for end in [event.pid, *to] {
                        if end.as_name().is_some() {
                            self.by_name.insert(self.directory.name(end).to_owned(), end);
                        }
                    }
                }
                _ => (),
            }
        }
        self.heard = events.len();
    }

    /// The names of all processes so far, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(String::as_str)
    }

    /// The names as traces use them.
    pub fn directory(&self) -> &Directory {
        &self.directory
    }
}

impl Names for Cast {
    fn name(&self, pid: Pid) -> String {
        match self.timers.get(&pid.lineage()) {
            Some(timer) => timer.clone(),
            None => self.directory.name(pid).to_owned(),
        }
    }

    fn find(&self, name: &str) -> Option<Pid> {
        self.by_name.get(name).copied()
    }

    fn fault(&self, number: u16) -> Option<&str> {
        self.faults.get(usize::from(number)).map(String::as_str)
    }

    fn find_fault(&self, words: &str) -> Option<u16> {
        let number = self.faults.iter().position(|known| known == words)?;
        u16::try_from(number).ok()
    }

    fn knows(&self, name: &str) -> bool {
        self.by_name.contains_key(name) || self.timers.values().any(|timer| timer == name)
    }
}
