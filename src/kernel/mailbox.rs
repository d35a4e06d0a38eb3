//! A mailbox: what has arrived at a process and has not been taken, priority messages first.
//!
//! A priority message goes before the ordinary ones, behind those of its kind (erts, erl_proc_sig_queue.c). What
//! lies here stays where it is, whatever the process says later about what goes first.

use std::collections::VecDeque;
use std::ops::Deref;

use super::signal::Received;

/// The messages of a process, in the order in which a `receive` looks at them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Mailbox<M> {
    messages: VecDeque<Received<M>>,
    /// How many priority messages there are: they are the first.
    priority: usize,
}

impl<M> Default for Mailbox<M> {
    fn default() -> Self {
        Mailbox { messages: VecDeque::new(), priority: 0 }
    }
}

impl<M> Mailbox<M> {
    /// Puts a message in; at which place.
    pub(super) fn put(&mut self, message: Received<M>, priority: bool) -> usize {
        if !priority {
            self.messages.push_back(message);
            return self.messages.len() - 1;
        }
        let place = self.priority;
        self.priority += 1;
        self.messages.insert(place, message);
        place
    }

    /// Takes the message at a place out.
    pub(super) fn take(&mut self, place: usize) -> Option<Received<M>> {
        let message = self.messages.remove(place)?;
        self.priority -= usize::from(place < self.priority);
        Some(message)
    }
}

impl<M> Deref for Mailbox<M> {
    type Target = VecDeque<Received<M>>;

    fn deref(&self) -> &VecDeque<Received<M>> {
        &self.messages
    }
}
