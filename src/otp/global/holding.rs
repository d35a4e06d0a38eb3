//! Who has a name.

use crate::kernel::{Atom, Pid, Term};

/// Who has a name, and what is done when both nodes have it for somebody.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Holding {
    pub(super) name: Atom,
    pub(super) pid: Pid,
    /// The function of `global` that resolves a conflict.
    pub(super) method: Atom,
}

impl Holding {
    /// Reads `Name, Pid, Method`.
    pub(super) fn of(terms: &[Term]) -> Option<Holding> {
        let [Term::Atom(name), Term::Pid(pid), Term::Atom(method)] = terms else { return None };
        Some(Holding { name: *name, pid: *pid, method: *method })
    }

    /// As it is sent.
    pub(super) fn terms(&self) -> [Term; 3] {
        [self.name.into(), self.pid.into(), self.method.into()]
    }
}
