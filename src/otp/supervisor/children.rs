//! The children of a supervisor in the order of their starting, found by row, by id and by pid.
//!
//! A few are a plain row. Many are indexed, and leave holes where they are removed, so that nothing ever
//! costs as much as there are siblings. It knows specifications and pids, and starts and stops nobody.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::kernel::{Pid, Term};
use crate::otp::guest::Guest;
use crate::otp::spec::{ChildSpec, Restart, StartFunction};

/// How many children a plain row holds.
const FEW: usize = 12;

/// A specification as a supervisor holds it.
pub(super) type Spec<G> = ChildSpec<StartFunction<<G as Guest>::Start>>;

/// One child, with its specification.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Child<G: Guest> {
    /// How it is started and stopped.
    pub(super) spec: Arc<Spec<G>>,
    /// Whether there is a process.
    pub(super) state: Incarnation,
    /// It is temporary and was started on request: its arguments are not kept.
    pub(super) forgets_arguments: bool,
}

/// The process of a child, if it has one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Incarnation {
    /// There is none, and the specification stays: `undefined`.
    None,
    /// This process is the child.
    Alive(Pid),
    /// `{restarting, OldPid}`: a restart has failed and will be tried again.
    Restarting(Box<Failure>),
}

/// A restart that has failed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Failure {
    /// The last process, if there was one.
    pub(super) old: Option<Pid>,
    /// Which note in the mailbox is meant for it (OTP 29; before, always 0).
    pub(super) tag: u32,
    /// Why it could not be started.
    pub(super) why: Term,
}

impl Incarnation {
    /// The process, now or before the restart that failed.
    pub(super) fn last(&self) -> Option<Pid> {
        match self {
            Incarnation::None => None,
            Incarnation::Alive(pid) => Some(*pid),
            Incarnation::Restarting(failure) => failure.old,
        }
    }

    /// The process that is running as far as the supervisor knows.
    pub(super) fn alive(&self) -> Option<Pid> {
        match self {
            Incarnation::Alive(pid) => Some(*pid),
            Incarnation::None | Incarnation::Restarting(_) => None,
        }
    }
}

/// All children, oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Children<G: Guest> {
    rows: Vec<Option<Child<G>>>,
    index: Option<Index>,
    holes: usize,
    /// How many significant ones are running or restarting.
    significant: usize,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Index {
    ids: BTreeMap<Term, usize>,
    pids: BTreeMap<Pid, usize>,
}

impl<G: Guest> Default for Children<G> {
    fn default() -> Self {
        Children { rows: Vec::new(), index: None, holes: 0, significant: 0 }
    }
}

impl<G: Guest> Children<G> {
    /// The number that follows the last row.
    pub(super) fn end(&self) -> usize {
        self.rows.len()
    }

    /// The child in a row that is known to be taken.
    pub(super) fn child(&self, row: usize) -> &Child<G> {
        self.rows[row].as_ref().expect("rows are used while their child is there")
    }

    /// The first taken row from this one on.
    pub(super) fn from(&self, row: usize) -> Option<usize> {
        (row..self.rows.len()).find(|row| self.rows[*row].is_some())
    }

    /// The last taken row before this one.
    pub(super) fn below(&self, row: usize) -> Option<usize> {
        (0..row).rev().find(|row| self.rows[*row].is_some())
    }

    /// All of them, oldest first.
    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = (usize, &Child<G>)> {
        self.rows.iter().enumerate().filter_map(|(row, child)| child.as_ref().map(|child| (row, child)))
    }

    /// The row of the child with this id.
    pub(super) fn by_id(&self, id: &Term) -> Option<usize> {
        match &self.index {
            Some(index) => index.ids.get(id).copied(),
            None => self.iter().find(|(_, child)| child.spec.id == *id).map(|(row, _)| row),
        }
    }

    /// The row of the child with this process.
    pub(super) fn by_pid(&self, pid: Pid) -> Option<usize> {
        match &self.index {
            Some(index) => index.pids.get(&pid).copied(),
            None => self.iter().find(|(_, child)| child.state.alive() == Some(pid)).map(|(row, _)| row),
        }
    }

    /// Adds the newest child. Its id is known to be new. Rows may be numbered anew.
    pub(super) fn push(&mut self, child: Child<G>) -> usize {
        if self.holes * 2 > self.rows.len() {
            self.rows.retain(Option::is_some);
            self.holes = 0;
            self.index = None;
        }
        let row = self.rows.len();
        if child.spec.significant && child.state != Incarnation::None {
            self.significant += 1;
        }
        if let Some(index) = &mut self.index {
            index.add(row, &child);
        }
        self.rows.push(Some(child));
        if self.index.is_none() && self.rows.len() > FEW {
            let mut index = Index::default();
            for (row, child) in self.iter() {
                index.add(row, child);
            }
            self.index = Some(index);
        }
        row
    }

    /// Says what process a child has from now on.
    pub(super) fn set(&mut self, row: usize, state: Incarnation) {
        let child = self.rows[row].as_mut().expect("rows are used while their child is there");
        let old = std::mem::replace(&mut child.state, state);
        if let Some(index) = &mut self.index {
            if let Some(pid) = old.alive()
                && index.pids.get(&pid) == Some(&row)
            {
                index.pids.remove(&pid);
            }
            if let Some(pid) = child.state.alive() {
                index.pids.insert(pid, row);
            }
        }
        if child.spec.significant {
            match (old == Incarnation::None, child.state == Incarnation::None) {
                (true, false) => self.significant += 1,
                (false, true) => self.significant -= 1,
                (true, true) | (false, false) => (),
            }
        }
    }

    /// Removes a child. Few close the gap, so the next child is in this row then; many leave a hole.
    pub(super) fn remove(&mut self, row: usize) {
        self.set(row, Incarnation::None);
        let Some(index) = &mut self.index else {
            self.rows.remove(row);
            return;
        };
        let child = self.rows[row].take().expect("rows are used while their child is there");
        index.ids.remove(&child.spec.id);
        self.holes += 1;
        if index.ids.is_empty() {
            *self = Children::default();
        }
    }

    /// The child has ended for good or is given up: a temporary one is removed, any other keeps its
    /// specification (`supervisor.erl`, `del_child/2`, OTP 25). Whether it is kept.
    pub(super) fn del_child(&mut self, row: usize) -> bool {
        let kept = self.child(row).spec.restart != Restart::Temporary;
        if kept {
            self.set(row, Incarnation::None);
        } else {
            self.remove(row);
        }
        kept
    }

    /// Whether a significant child is running or restarting.
    pub(super) fn has_significant(&self) -> bool {
        self.significant > 0
    }
}

impl Index {
    fn add<G: Guest>(&mut self, row: usize, child: &Child<G>) {
        self.ids.insert(child.spec.id.clone(), row);
        if let Some(pid) = child.state.alive() {
            self.pids.insert(pid, row);
        }
    }
}
