//! How much a world holds: about so many bytes, counted and not measured, so that it is as many on every machine.
//!
//! What is hashed is what there is, so a hasher that only counts knows the size of everything without anybody having
//! to say it. What two share counts twice: it takes that much to print it, to compare it, and to hash it.

use std::hash::{Hash, Hasher};

use super::process::Process;
use super::state::State;
use super::world::World;

/// Counts what it is given.
#[derive(Default)]
struct Scales(u64);

impl Hasher for Scales {
    fn write(&mut self, bytes: &[u8]) {
        self.0 = self.0.saturating_add(bytes.len() as u64);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

impl<B: State> World<B> {
    /// How many bytes its processes, their messages and all that is on its way take up, about.
    pub fn weight(&self) -> u64 {
        let mut scales = Scales::default();
        for process in self.processes.iter() {
            process.hash(&mut scales);
            // Of this the process itself has only the fingerprint.
            process.behaviour().hash(&mut scales);
        }
        let each = self.processes.len().saturating_mul(size_of::<Process<B>>());
        scales.0 = scales.0.saturating_add(each as u64);
        self.queues.signals().for_each(|signal| signal.hash(&mut scales));
        self.clock.pending().for_each(|timer| timer.hash(&mut scales));
        (*self.common).hash(&mut scales);
        scales.0
    }
}
