//! Priority messages (OTP 28): which messages of a process go before all that are waiting.
//!
//! A process says so itself, of an alias, a link or a monitor. On their way such signals are like any other; it
//! is when one arrives that its message is put before the ordinary ones, behind those of its kind (erts,
//! erl_proc_sig_queue.c). What lies in the mailbox stays where it is, whatever the process says later.

use std::collections::BTreeSet;

use super::behaviour::Behaviour;
use super::pid::{Pid, Ref};
use super::process::Process;
use super::signal::{Received, Signal, Through};

/// What a process receives first. Most processes have none of this.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Priorities {
    /// How many priority messages there are: they are the first of the mailbox.
    waiting: usize,
    aliases: BTreeSet<Ref>,
    links: BTreeSet<Pid>,
    monitors: BTreeSet<Ref>,
}

impl Priorities {
    fn accept(&self, through: Through) -> bool {
        through.priority && self.aliases.contains(&through.alias)
    }
}

impl<B: Behaviour> Process<B> {
    /// What is sent through this alias as a priority message is one.
    pub(super) fn prefer_alias(&mut self, alias: Ref) {
        self.priorities_mut().aliases.insert(alias);
    }

    /// The `DOWN` of this monitor is a priority message.
    pub(super) fn prefer_monitor(&mut self, reference: Ref) {
        self.priorities_mut().monitors.insert(reference);
    }

    /// Whether the `EXIT` of this link is a priority message.
    pub(super) fn prefer_link(&mut self, peer: Pid, flag: bool) {
        if flag {
            self.priorities_mut().links.insert(peer);
        } else {
            self.change_priorities(|priorities| priorities.links.remove(&peer));
        }
    }

    /// This alias or monitor is no more.
    pub(super) fn forget_preferred(&mut self, reference: Ref) {
        self.change_priorities(|priorities| {
            priorities.aliases.remove(&reference) | priorities.monitors.remove(&reference)
        });
    }

    /// Whether this signal becomes a priority message, if it becomes a message.
    pub(super) fn prefers(&self, from: Pid, signal: &Signal<B::Message>) -> bool {
        let Some(priorities) = &self.priorities else { return false };
        match signal {
            Signal::Message { alias: Some(through), .. } | Signal::ExitAlias(through, _) => {
                priorities.accept(*through)
            }
            Signal::LinkExit(_) => priorities.links.contains(&from),
            Signal::Down { reference, .. } => priorities.monitors.contains(reference),
            Signal::Message { alias: None, .. }
            | Signal::Exit(_)
            | Signal::Link
            | Signal::Unlink(_)
            | Signal::UnlinkAck(_)
            | Signal::Monitor { .. }
            | Signal::Demonitor(_) => false,
        }
    }

    /// Whether what is sent so becomes one.
    pub(super) fn prefers_through(&self, through: Through) -> bool {
        self.priorities.as_ref().is_some_and(|priorities| priorities.accept(through))
    }

    /// Puts a message into the mailbox; at which place.
    pub(super) fn put(&mut self, message: Received<B::Message>, priority: bool) -> usize {
        if !priority {
            self.mailbox.push_back(message);
            return self.mailbox.len() - 1;
        }
        let priorities = self.priorities_mut();
        let place = priorities.waiting;
        priorities.waiting += 1;
        self.mailbox.insert(place, message);
        place
    }

    /// Takes a message out of the mailbox.
    pub(super) fn take(&mut self, place: usize) -> Option<Received<B::Message>> {
        let message = self.mailbox.remove(place)?;
        self.change_priorities(|priorities| {
            let was_one = place < priorities.waiting;
            priorities.waiting -= usize::from(was_one);
            was_one
        });
        Some(message)
    }

    fn priorities_mut(&mut self) -> &mut Priorities {
        self.priorities.get_or_insert_default()
    }

    /// Changes what there is, if anything, and says so: nothing left is nothing at all.
    fn change_priorities(&mut self, change: impl FnOnce(&mut Priorities) -> bool) {
        if let Some(priorities) = &mut self.priorities
            && change(priorities)
            && **priorities == Priorities::default()
        {
            self.priorities = None;
        }
    }
}
