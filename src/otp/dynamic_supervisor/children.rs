//! The children of a dynamic supervisor: who they are, how they were specified and how many count.
//!
//! Every operation is as cheap among a hundred thousand children as among a few, but for listing them.

use crate::kernel::{Pid, Table, Term};

use crate::otp::spec::ChildSpec;

/// The children, oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Children<S> {
    table: Table<Pid, Child<S>>,
    /// How many count towards `max_children`: as many as there are, but for the defect of
    /// `Release::dynamic_counts_restarts`.
    counted: i64,
}

/// One child, alive or between two attempts to restart it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Child<S> {
    pub(super) spec: ChildSpec<S>,
    /// Why its last restart has failed: it is kept under its old pid until it is tried again.
    pub(super) failed: Option<Term>,
}

impl<S> Child<S> {
    /// Whether it has no process, and a restart is to be tried again.
    pub(super) fn is_restarting(&self) -> bool {
        self.failed.is_some()
    }
}

impl<S> Default for Children<S> {
    fn default() -> Self {
        Children { table: Table::default(), counted: 0 }
    }
}

impl<S> Children<S> {
    /// Whether one more is allowed.
    pub(super) fn have_room(&self, max_children: Option<u32>) -> bool {
        max_children.is_none_or(|max_children| self.counted < i64::from(max_children))
    }

    /// A new child.
    pub(super) fn add(&mut self, pid: Pid, spec: ChildSpec<S>) {
        // A start function may return a process that is a child already: there is one entry a pid.
        if self.table.insert(pid, Child { spec, failed: None }).is_none() {
            self.counted += 1;
        }
    }

    /// The process of a child is another one from now on. The place that it gives up is taken again only
    /// `if recounted`.
    pub(super) fn replace(&mut self, old: Pid, new: Pid, recounted: bool) {
        let Some(child) = self.remove(old) else { return };
        self.add(new, child.spec);
        if !recounted {
            self.counted -= 1;
        }
    }

    /// A child is gone.
    pub(super) fn remove(&mut self, pid: Pid) -> Option<Child<S>> {
        let child = self.table.remove(pid)?;
        self.counted -= 1;
        Some(child)
    }

    /// A restart has failed.
    pub(super) fn keep_restarting(&mut self, pid: Pid, why: Term) {
        if let Some(child) = self.table.get_mut(pid) {
            child.failed = Some(why);
        }
    }

    /// A child by its pid, or by its old pid while it is restarting.
    pub(super) fn get(&self, pid: Pid) -> Option<&Child<S>> {
        self.table.get(pid)
    }

    /// All of them.
    pub(super) fn entries(&self) -> Vec<(Pid, &Child<S>)> {
        self.table.entries()
    }
}
