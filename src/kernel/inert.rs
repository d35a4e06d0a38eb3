//! Signals that can no longer do anything but be dropped.
//!
//! When such a signal arrives makes no difference to anybody, now or later: whoever searches all orders need
//! not try it in all places.

use super::choice::Choice;
use super::signal::Signal;
use super::state::State;
use super::world::World;

impl<B: State> World<B> {
    /// A delivery that changes nothing but that the signal is gone, whatever happens before it: a signal to
    /// the dead that is not answered, a `DOWN` of a monitor that is no more, a `demonitor`, the acknowledgement of an
    /// unlink, a message or an exit through an alias that is no more.
    ///
    /// The dead stay dead, and references and aliases are never made twice, so what is true of such a signal
    /// now is true of it until it arrives.
    pub fn inert_delivery(&self) -> Option<Choice> {
        if let Some(choice) = self.queues.unnoticed() {
            return Some(choice);
        }
        self.queues.heads().find_map(|(from, to, signal)| {
            let inert = match (self.processes.get(to), signal) {
                (None, Signal::Link | Signal::Monitor { .. } | Signal::Unlink(_)) => false,
                (None, _) => true,
                (Some(process), Signal::Down { reference, .. }) => !process.monitors.contains(*reference),
                (
                    Some(process),
                    Signal::Message { alias: Some(through), .. } | Signal::ExitAlias(through, _),
                ) => !process.aliases.contains(through.alias),
                (Some(_), _) => false,
            };
            inert.then_some(Choice::Deliver { from, to })
        })
    }

    /// The arrival of a signal of which nobody will ever notice when it was, if there is one that can be told at a glance.
    /// Signals to another node can be lost, and as long as a fault is left, whatever is to happen makes a difference.
    pub fn unnoticed_delivery(&self) -> Option<Choice> {
        let choice = self.queues.unnoticed()?;
        (self.distribution.is_none() && !self.has_faults_left()).then_some(choice)
    }

    /// Whether this is the arrival of a monitor with a message right behind it, as in a call. Nothing can be told
    /// apart between the two: a monitor shows only when its process dies, and then the message is lost unread,
    /// whether it had arrived or not.
    pub fn is_monitor_of_request(&self, choice: Choice) -> bool {
        let Choice::Deliver { from, to } = choice else { return false };
        let mut signals = self.in_flight(from, to);
        matches!(signals.next(), Some(Signal::Monitor { .. }))
            && matches!(signals.next(), Some(Signal::Message { .. }))
            && self.distribution.is_none()
            && self.processes.get(to).is_some()
    }

    /// Whether nothing else can happen before the running process has gone on, whatever it has done so far: then
    /// it makes no difference whether others may run in between. Faults that a plan has left are not asked for: a
    /// run with them must meet the same choices as the run without them from which their moments are taken.
    pub(super) fn is_alone(&self) -> bool {
        let soon = self.max_delay.map(|max_delay| self.clock.now.saturating_add(max_delay));
        let is_due = |(due, _)| soon.is_none_or(|soon| due <= soon);
        self.queues.len() <= 1 && !self.clock.earliest_instant().is_some_and(is_due)
    }

    /// Whether no timer can fire before what waits now has happened, if no timer that is set from now on is
    /// set to less than `shortest` milliseconds: then it makes no difference to time in which order that is.
    pub fn is_unhurried(&self, shortest: Option<u64>) -> bool {
        let Some(max_delay) = self.max_delay else { return false };
        if shortest.is_some_and(|shortest| shortest <= max_delay) {
            return false;
        }
        let later = self.clock.now.saturating_add(max_delay);
        let first = self.clock.earliest_instant().map(|(due, _)| due);
        let mut hurried = first.is_some_and(|due| due <= later);
        if !hurried {
            self.deadlines(&mut |due| hurried |= due > self.clock.now && due <= later);
        }
        !hurried
    }

    /// Forgets of everything that waits since when it does, as far as that makes no difference, if no timer that
    /// is set from now on is set to less than `shortest` milliseconds.
    ///
    /// Since when something waits says one thing: up to which instant time may pass before it has happened. If
    /// no timer can fire between two such instants they are the same.
    pub fn forget_how_long(&mut self, shortest: Option<u64>) {
        let now = self.clock.now;
        let Some(max_delay) = self.max_delay else {
            return self.queues.age_anew(|_| now);
        };
        if self.queues.waiting_since().is_none_or(|since| since == now) {
            return;
        }
        let mut instants: Vec<u64> = self.clock.pending().map(|((due, _), _)| due).collect();
        self.deadlines(&mut |due| instants.push(due));
        let new = shortest.map_or(u64::MAX, |shortest| now.saturating_add(shortest));
        self.queues.age_anew(|since| {
            let until = since.saturating_add(max_delay);
            let next = instants.iter().copied().filter(|due| *due > until).min().unwrap_or(u64::MAX).min(new);
            match next > until {
                // The last instant before the next at which something can fire.
                true => (next - 1).saturating_sub(max_delay).clamp(since, now),
                false => since,
            }
        });
    }

    fn deadlines(&self, tell: &mut dyn FnMut(u64)) {
        self.processes.iter().for_each(|process| process.behaviour().deadlines(tell));
    }
}
