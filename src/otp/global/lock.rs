//! The lock of one node that whoever changes global names holds.

use std::collections::VecDeque;

/// Who asks for the lock of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Locker {
    /// The registrar of this node.
    Here,
    /// The registrar of the other node.
    There,
    /// Whoever makes the names of both nodes the same.
    Exchange,
}

/// Who has it, and who waits for it, first come first served. (Who finds it taken tries again after a random time in
/// `global.erl`. But there are two registrars only, each of which does one thing after the other, so that who is
/// next has come next in some order of arrival.)
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Lock {
    holder: Option<Locker>,
    waiting: VecDeque<Locker>,
}

impl Lock {
    /// Whether it is given at once; if not, it will be.
    pub(super) fn ask(&mut self, who: Locker) -> bool {
        if self.holder.is_none() {
            self.holder = Some(who);
            return true;
        }
        self.waiting.push_back(who);
        false
    }

    /// Somebody has no more use for it: who gets it then, if that one had it.
    pub(super) fn give_up(&mut self, who: Locker) -> Option<Locker> {
        self.waiting.retain(|waiting| *waiting != who);
        if self.holder != Some(who) {
            return None;
        }
        self.holder = self.waiting.pop_front();
        self.holder
    }
}
