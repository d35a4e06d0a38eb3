//! The names of a run as its schedule needs them.

use std::sync::Arc;

use crate::explore::Names;
use crate::kernel::{Atoms, Event, Pid};
use crate::otp::{Actor, Guest};
use crate::trace::Directory;

/// Everybody who has taken part in a run so far, and the faults of its model.
#[derive(Clone, Debug, Default)]
pub struct Cast {
    directory: Directory,
    heard: usize,
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
        }
        self.heard = events.len();
    }

    /// The names as traces use them.
    pub fn directory(&self) -> &Directory {
        &self.directory
    }
}

impl Names for Cast {
    fn name(&self, pid: Pid) -> String {
        self.directory.schedule_name(pid)
    }

    fn find(&self, name: &str) -> Option<Pid> {
        self.directory.find(name)
    }

    fn fault(&self, number: u16) -> Option<&str> {
        self.faults.get(usize::from(number)).map(String::as_str)
    }

    fn find_fault(&self, words: &str) -> Option<u16> {
        let number = self.faults.iter().position(|known| known == words)?;
        u16::try_from(number).ok()
    }

    fn knows(&self, name: &str) -> bool {
        self.directory.knows(name)
    }
}
