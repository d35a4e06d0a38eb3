//! The names of a run as its schedule needs them.

use std::sync::Arc;

use crate::explore;
use crate::kernel::{Atoms, Choice, Event, Pid, World};
use crate::otp::{Actor, Guest};
use crate::trace::{Clause, Directory, Names, Notation, Settings, offered};

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

    /// The same after some more events, which need not have happened.
    pub fn after<G: Guest>(&self, events: &[Event<Actor<G>>], atoms: &Atoms) -> Self {
        let mut after = self.clone();
        events.iter().for_each(|event| after.directory.hear(event, atoms));
        after
    }

    /// The names as traces use them.
    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    /// A choice and what happened in the step in which it was made, whoever has come in it included.
    pub fn clause<G: Guest>(&self, choice: Choice, events: &[Event<Actor<G>>], atoms: &Atoms) -> Clause {
        match choice {
            Choice::Fault(number) => self.fault_clause(number),
            choice => {
                let directory = &self.directory;
                let names = Names { atoms, directory, notation: Notation::fitting(directory) };
                Clause::of(choice, events, &names)
            }
        }
    }

    /// What a choice would do in a world that offers it, as a sentence.
    pub fn offered<G: Guest>(&self, choice: Choice, world: &World<Actor<G>>, atoms: &Atoms) -> String {
        match choice {
            Choice::Fault(number) => self.fault_clause(number).to_string(),
            choice => offered(choice, world, &self.directory, &Settings::plain(atoms)),
        }
    }

    fn fault_clause(&self, number: u16) -> Clause {
        Clause::of_fault(self.faults.get(usize::from(number)).map_or("of the plan", String::as_str))
    }
}

impl explore::Names for Cast {
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
