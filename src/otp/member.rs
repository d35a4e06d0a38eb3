//! A child as an observer sees it, whatever kind of supervisor it has.

use crate::kernel::{Atom, Pid, Term};

use super::spec::{ChildSpec, ChildType, Restart};

/// A child as its supervisor knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The id in its specification.
    pub id: Term,
    /// Its process, if it has one.
    pub pid: Option<Pid>,
    /// A restart has failed and will be tried again.
    pub restarting: bool,
    /// Its restart type.
    pub restart: Restart,
    /// Worker or supervisor.
    pub kind: ChildType,
}

/// What a guest has under it that is a supervisor of its own kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Supervised {
    /// The word for how it supervises.
    pub kind: &'static str,
    /// Whether its children are many alike.
    pub alike: bool,
    /// The children that it has, the oldest first.
    pub members: Vec<Member>,
}

/// What `count_children` counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// How many child specifications there are.
    pub specs: i64,
    /// Children that have a process.
    pub active: i64,
    /// Children that are supervisors.
    pub supervisors: i64,
    /// Children that are workers.
    pub workers: i64,
}

impl Counts {
    /// So many more of this type.
    pub(super) fn add(&mut self, kind: ChildType, number: i64) {
        match kind {
            ChildType::Supervisor => self.supervisors += number,
            ChildType::Worker => self.workers += number,
        }
    }

    /// The rows of the answer.
    pub(super) fn rows(self) -> [(Atom, Term); 4] {
        let Counts { specs, active, supervisors, workers } = self;
        [
            (Atom::SPECS, Term::Int(specs)),
            (Atom::ACTIVE, Term::Int(active)),
            (Atom::SUPERVISORS, Term::Int(supervisors)),
            (Atom::WORKERS, Term::Int(workers)),
        ]
    }
}

impl Member {
    /// A child with this specification.
    pub(super) fn of<S>(spec: &ChildSpec<S>, pid: Option<Pid>, restarting: bool) -> Member {
        Member { id: spec.id.clone(), pid, restarting, restart: spec.restart, kind: spec.kind }
    }
}
