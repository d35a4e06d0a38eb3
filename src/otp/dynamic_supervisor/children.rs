//! The children of a dynamic supervisor: who they are, how they were specified and how many count.
//!
//! Every operation is as cheap among a hundred thousand children as among a few, but for listing them.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::kernel::{Pid, Table, Term};

use crate::otp::spec::ChildSpec;

/// The children, oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Children<S> {
    table: Table<Pid, Child<S>>,
    /// How many count towards `max_children`: as many as there are, but for the defect of
    /// `Release::dynamic_counts_restarts`.
    counted: i64,
    last: Last<S>,
}

/// How the child that came last was specified: the next one is mostly the same, and shares it. It is no part of the
/// value.
#[derive(Clone, Debug)]
struct Last<S>(Option<Arc<ChildSpec<S>>>);

impl<S> PartialEq for Last<S> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl<S> Eq for Last<S> {}

impl<S> Hash for Last<S> {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

/// One child, alive or between two attempts to restart it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Child<S> {
    pub(super) spec: Arc<ChildSpec<S>>,
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
        Children { table: Table::default(), counted: 0, last: Last(None) }
    }
}

impl<S> Children<S> {
    /// Whether one more is allowed.
    pub(super) fn have_room(&self, max_children: Option<u32>) -> bool {
        max_children.is_none_or(|max_children| self.counted < i64::from(max_children))
    }

    /// What to keep of a specification.
    fn shared(&mut self, spec: ChildSpec<S>) -> Arc<ChildSpec<S>>
    where
        S: PartialEq,
    {
        match &self.last.0 {
            Some(last) if **last == spec => Arc::clone(last),
            _ => Arc::clone(self.last.0.insert(Arc::new(spec))),
        }
    }

    /// A new child.
    pub(super) fn add(&mut self, pid: Pid, spec: ChildSpec<S>)
    where
        S: PartialEq,
    {
        let spec = self.shared(spec);
        self.put(pid, spec);
    }

    fn put(&mut self, pid: Pid, spec: Arc<ChildSpec<S>>) {
        // A start function may return a process that is a child already: there is one entry a pid.
        if self.table.insert(pid, Child { spec, failed: None }).is_none() {
            self.counted += 1;
        }
    }

    /// The process of a child is another one from now on. The place that it gives up is taken again only
    /// `if recounted`.
    pub(super) fn replace(&mut self, old: Pid, new: Pid, recounted: bool) {
        let Some(child) = self.remove(old) else { return };
        self.put(new, child.spec);
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
