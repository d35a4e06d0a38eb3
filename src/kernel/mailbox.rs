//! A mailbox: what has arrived at a process and has not been taken, priority messages first.
//!
//! A priority message goes before the ordinary ones, behind those of its kind (erts, erl_proc_sig_queue.c). What
//! lies here stays where it is, whatever the process says later about what goes first.

use std::collections::VecDeque;
use std::ops::Deref;

use super::pid::Pid;
use super::signal::Received;

/// The messages of a process, in the order in which a `receive` looks at them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Mailbox<M> {
    messages: VecDeque<Received<M>>,
    /// How many priority messages there are: they are the first.
    priority: u32,
    /// How many exits there are: whoever stops many children looks for one of each, and mostly there is none.
    exits: u32,
}

impl<M> Default for Mailbox<M> {
    fn default() -> Self {
        Mailbox { messages: VecDeque::new(), priority: 0, exits: 0 }
    }
}

impl<M> Mailbox<M> {
    /// Puts a message in; at which place.
    pub(super) fn put(&mut self, message: Received<M>, priority: bool) -> usize {
        self.exits += u32::from(matches!(message, Received::Exit { .. }));
        if !priority {
            self.messages.push_back(message);
            return self.messages.len() - 1;
        }
        let place = self.priority as usize;
        self.priority += 1;
        self.messages.insert(place, message);
        place
    }

    /// Takes the message at a place out.
    pub(super) fn take(&mut self, place: usize) -> Option<Received<M>> {
        let message = self.messages.remove(place)?;
        self.priority -= u32::from(place < self.priority as usize);
        self.exits -= u32::from(matches!(message, Received::Exit { .. }));
        Some(message)
    }

    /// Where the oldest exit of this process lies.
    pub(super) fn exit_of(&self, pid: Pid) -> Option<usize> {
        let is_it = |message: &Received<M>| matches!(message, Received::Exit { from, .. } if *from == pid);
        if self.exits == 0 { None } else { self.messages.iter().position(is_it) }
    }
}

impl<M> Deref for Mailbox<M> {
    type Target = VecDeque<Received<M>>;

    fn deref(&self) -> &VecDeque<Received<M>> {
        &self.messages
    }
}

#[cfg(test)]
mod tests {
    use super::super::atom::{Atom, Node};
    use super::super::pid::{Path, Pid};
    use super::super::signal::Received;
    use super::super::term::Term;
    use super::Mailbox;

    #[test]
    fn the_oldest_exit_of_a_process_is_found_wherever_it_lies() {
        let pid = |nth| Pid::at(Path::root(Atom::OK), nth, nth, Node::NONE);
        let exit = |nth| Received::Exit { from: pid(nth), reason: Term::Int(i64::from(nth)) };
        let mut mailbox = Mailbox::default();
        mailbox.put(Received::Message("first"), false);
        assert_eq!(mailbox.exit_of(pid(1)), None);
        mailbox.put(exit(1), false);
        mailbox.put(exit(2), true);
        mailbox.put(exit(1), false);
        assert_eq!([1, 2, 3].map(|nth| mailbox.exit_of(pid(nth))), [Some(2), Some(0), None]);
        for (place, left) in [(2, Some(2)), (2, None), (0, None)] {
            mailbox.take(place);
            assert_eq!(mailbox.exit_of(pid(1)), left);
        }
        assert_eq!((mailbox.exits, mailbox.len()), (0, 1));
    }
}
