//! A child as an observer sees it, whatever kind of supervisor it has.

use crate::kernel::{Pid, Term};

use super::spec::{ChildSpec, ChildType, Restart};

/// A child as its supervisor knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its id.
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

impl Member {
    /// A child with this specification.
    pub(super) fn of<S>(spec: &ChildSpec<S>, pid: Option<Pid>, restarting: bool) -> Member {
        Member { id: spec.id.clone(), pid, restarting, restart: spec.restart, kind: spec.kind }
    }
}
