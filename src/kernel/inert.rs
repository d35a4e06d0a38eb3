//! Signals that can no longer do anything but be dropped.
//!
//! When such a signal arrives makes no difference to anybody, now or later: whoever searches all orders need
//! not try it in all places.

use super::behaviour::Behaviour;
use super::choice::Choice;
use super::signal::Signal;
use super::world::World;

impl<B: Behaviour> World<B> {
    /// A delivery that changes nothing but that the signal is gone, whatever happens before it: a signal to
    /// the dead that is not answered, a `DOWN` of a monitor that is no more, a `demonitor`, a message
    /// through an alias that is no more.
    ///
    /// The dead stay dead, and references and aliases are never made twice, so what is true of such a signal
    /// now is true of it until it arrives.
    pub fn inert_delivery(&self) -> Option<Choice> {
        self.flight.heads().find_map(|(from, to, signal)| {
            let inert = match (self.processes.get(to), signal) {
                (None, Signal::Link | Signal::Monitor { .. } | Signal::Unlink(_)) => false,
                (None, _) | (Some(_), Signal::Demonitor(_)) => true,
                (Some(process), Signal::Down { reference, .. }) => !process.monitors.contains(*reference),
                (Some(process), Signal::Message { alias: Some(alias), .. }) => {
                    !process.aliases.contains(*alias)
                }
                (Some(_), _) => false,
            };
            inert.then_some(Choice::Deliver { from, to })
        })
    }

    /// Whether no timer can fire before what waits now has happened, if no timer that is set from now on is
    /// set to less than `shortest` milliseconds: then it makes no difference to time in which order that is.
    pub fn is_unhurried(&self, shortest: Option<u64>) -> bool {
        let Some(max_delay) = self.max_delay else { return false };
        let first = self.clock.earliest().next().map(|((due, _), _)| due);
        shortest.is_none_or(|shortest| shortest > max_delay)
            && first.is_none_or(|due| due > self.clock.now.saturating_add(max_delay))
    }
}
