//! Who judges a run: told of every step, asked at its end.

use std::hash::Hash;

use crate::kernel::{Choice, Event, World};
use crate::otp::{Actor, Guest};

use super::breach::{Breach, Sentence};
use super::intensity::IntensityUses;
use super::span::Span;

/// Listens to one run. Cloned, it goes on from there with another; going back to one by `clone_from` should cost
/// what has changed.
pub trait Judge<G: Guest>: Clone + Send + Sync {
    /// What of its memory can still change a verdict. Two judges that agree on it, each with the same world, agree
    /// on everything to come, but for words.
    type Memory: Eq + Hash;

    /// A step is about to be taken.
    fn takes(&mut self, _choice: Choice) {}

    /// A step has been taken; before the first one it is told how the world was started.
    fn observe(&mut self, events: &[Event<Actor<G>>], world: &World<Actor<G>>, step: u64);

    /// How many things it has gone through to judge the last step, but for what has happened in it.
    fn effort(&self) -> usize {
        0
    }

    /// What has been broken so far.
    fn so_far(&self) -> &[Breach];

    /// The run is over: all that is broken.
    fn settled(self, world: &World<Actor<G>>, step: u64) -> Vec<Breach>;

    /// What can still change a verdict.
    fn memory(&self, world: &World<Actor<G>>) -> Self::Memory;

    /// Whether it still hopes for something, which a run that goes on for ever may never bring.
    fn hopes(&self) -> bool {
        false
    }

    /// What is hoped for in vain by a run that can repeat its last `length` steps for ever.
    fn in_vain(&self, _world: &World<Actor<G>>, _step: u64, _length: u64) -> Vec<Breach> {
        Vec::new()
    }

    /// The numbers of what some run should reach, and this one has.
    fn reached(&self) -> impl Iterator<Item = usize> {
        std::iter::empty()
    }

    /// Where it stands in the text of the model what some run should reach, and this one, which is over, has not.
    fn not_seen(&self, _world: &World<Actor<G>>) -> Vec<Span> {
        Vec::new()
    }

    /// What is worth a word of a run that is over, though it breaks nothing.
    fn notes(&self, _world: &World<Actor<G>>) -> Vec<Sentence> {
        Vec::new()
    }

    /// How close supervisors have come to giving up; nothing if nobody counts that.
    fn intensity(&self) -> &IntensityUses {
        const NONE: &IntensityUses = &IntensityUses::new();
        NONE
    }
}
