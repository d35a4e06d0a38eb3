//! Which signal is which, for a recorder: the event that sent what is on its way, and the one by which what lies
//! in a mailbox has arrived.
//!
//! A world does not number its signals, or no two worlds that differ only in their history would be equal. So
//! whoever records mirrors where they are, and the kernel says where it puts one and from where it takes one.
//! Nobody else pays for it.

use std::collections::{BTreeMap, VecDeque};

use super::pid::Pid;
use super::slot::Slot;

/// The number of an event; none if the listener was not there yet, or if nothing was told.
pub(super) type Origin = Option<u64>;

/// Where all signals and messages of a run are.
#[derive(Clone, Debug, Default)]
pub(super) struct Whereabouts {
    /// What has been sent, by its place in flight.
    in_flight: Vec<Origin>,
    mailboxes: BTreeMap<Pid, VecDeque<Origin>>,
}

impl Whereabouts {
    /// A signal is on its way from now on, at this place.
    pub(super) fn sent(&mut self, place: Slot, origin: Origin) {
        if self.in_flight.len() <= place.index() {
            self.in_flight.resize(place.index() + 1, None);
        }
        self.in_flight[place.index()] = origin;
    }

    /// The signal at this place is on its way no longer.
    pub(super) fn taken_off(&mut self, place: Slot) -> Origin {
        self.in_flight.get_mut(place.index())?.take()
    }

    /// A message has been put into a mailbox, at this place.
    pub(super) fn queued(&mut self, pid: Pid, place: usize, origin: Origin) {
        let mailbox = self.mailboxes.entry(pid).or_default();
        if mailbox.len() < place {
            mailbox.resize(place, None);
        }
        mailbox.insert(place, origin);
    }

    /// The message at this place of a mailbox has been taken out.
    pub(super) fn taken_out(&mut self, pid: Pid, place: usize) -> Origin {
        self.mailboxes.get_mut(&pid)?.remove(place)?
    }

    /// A process is dead, and its mailbox with it.
    pub(super) fn died(&mut self, pid: Pid) {
        self.mailboxes.remove(&pid);
    }
}
