//! What the signals on their way say, by the place of each: shared between cloned worlds, and put into the same room
//! again and again.
//!
//! Where nobody shares them, sending and taking a signal asks for no memory. A search, which clones a world for every
//! step it tries, copies none but those that a step has sent or taken, and hashes each once.

use std::hash::Hash;

use super::copy_on_write::CopyOnWrite;
use super::signal::Signal;

/// Signals by their place. What is in a place that nobody has filled since it was emptied is no part of the value.
#[derive(Debug)]
pub(super) struct Envelopes<M>(Vec<Option<CopyOnWrite<Option<Signal<M>>>>>);

impl<M> Default for Envelopes<M> {
    fn default() -> Self {
        Envelopes(Vec::new())
    }
}

impl<M> Clone for Envelopes<M> {
    fn clone(&self) -> Self {
        Envelopes(self.0.clone())
    }

    fn clone_from(&mut self, source: &Self) {
        self.0.clone_from(&source.0);
    }
}

impl<M> Envelopes<M> {
    /// Fills a place.
    pub(super) fn put(&mut self, place: u32, signal: Signal<M>) {
        let place = place as usize;
        if self.0.len() <= place {
            self.0.resize_with(place + 1, || None);
        }
        match &mut self.0[place] {
            Some(envelope) => envelope.set(Some(signal)),
            empty => *empty = Some(CopyOnWrite::new(Some(signal))),
        }
    }

    /// What is in a place that is filled.
    pub(super) fn get(&self, place: u32) -> &Signal<M> {
        self.envelope(place).as_ref().expect("a place on a wire is filled")
    }

    fn envelope(&self, place: u32) -> &CopyOnWrite<Option<Signal<M>>> {
        self.0[place as usize].as_ref().expect("a place on a wire was filled")
    }
}

impl<M: Clone> Envelopes<M> {
    /// Empties a place that is filled.
    pub(super) fn take(&mut self, place: u32) -> Signal<M> {
        let envelope = self.0[place as usize].as_mut().expect("a place on a wire was filled");
        envelope.take().expect("a place on a wire is filled")
    }
}

impl<M: Hash> Envelopes<M> {
    /// The fingerprint of what is in a place that is filled.
    pub(super) fn digest(&self, place: u32) -> u64 {
        self.envelope(place).digest()
    }
}
