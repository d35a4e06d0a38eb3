//! In which order the children of a supervisor stand, and whether it stops them in the reverse of that.
//!
//! A child that is restarted keeps its place, so the order is that in which the specifications came. Only
//! whole shutdowns and group restarts are ordered: a child that is stopped alone has no order to keep.

use std::collections::BTreeMap;

use crate::kernel::{Atom, Pid, Term};
use crate::otp::Decision;

/// What is known of the order of everybody's children.
#[derive(Clone, Debug, Default)]
pub(super) struct StartOrders {
    rows: BTreeMap<Pid, Vec<OrderedChild>>,
    stopping: BTreeMap<Pid, Whole>,
}

/// A child's place, and who has it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct OrderedChild {
    label: Atom,
    pid: Pid,
}

/// The children of a living supervisor, in order, and whom it is stopping.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct ChildrenInOrder {
    supervisor: Pid,
    /// The dead among them have a place and no process.
    rows: Vec<(Atom, Option<Pid>)>,
    stopping: Option<Whole>,
}

/// Whom a supervisor stops in order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Whole {
    /// All of its children: it ends.
    All,
    /// These, in a group restart, to start those again.
    These { stop: Vec<Term>, start: Vec<Term> },
}

impl StartOrders {
    /// A child is born. `is_known` says whether its supervisor has had this child before.
    pub(super) fn born(
        &mut self,
        supervisor: Pid,
        (label, pid): (Atom, Pid),
        is_known: impl FnOnce() -> bool,
        is_dead: impl Fn(Pid) -> bool,
    ) {
        let rows = self.rows.entry(supervisor).or_default();
        // A group that is started again is in a new order, if a code change has made one.
        if let Some(Whole::These { start, .. }) = self.stopping.remove(&supervisor) {
            rows.retain(|row| !start.contains(&Term::Atom(row.label)));
        }
        let before = rows.iter().position(|row| row.label == label && is_dead(row.pid));
        match before {
            Some(place) if is_known() => rows[place].pid = pid,
            Some(place) => {
                rows.remove(place);
                rows.push(OrderedChild { label, pid });
            }
            None => rows.push(OrderedChild { label, pid }),
        }
    }

    /// A supervisor has decided something; the younger sibling that it should have stopped before, if there
    /// is one.
    pub(super) fn decided(
        &mut self,
        supervisor: Pid,
        decision: &Decision,
        is_dead: impl Fn(Pid) -> bool,
    ) -> Option<Pid> {
        match decision {
            Decision::Terminating { .. } => {
                self.stopping.insert(supervisor, Whole::All);
                None
            }
            Decision::Restarting { stop, start, .. } if !stop.is_empty() => {
                let (stop, start) = (stop.clone(), start.clone());
                self.stopping.insert(supervisor, Whole::These { stop, start });
                None
            }
            Decision::Stopping { child, pid, .. } => {
                let whole = self.stopping.get(&supervisor)?;
                let is_stopped = |id: &Term| match whole {
                    Whole::All => true,
                    Whole::These { stop, .. } => stop.contains(id),
                };
                if !is_stopped(child) {
                    return None;
                }
                let rows = self.rows.get_mut(&supervisor)?;
                if *whole == Whole::All {
                    // They are of no interest any more, and there may be many.
                    while rows.last().is_some_and(|row| is_dead(row.pid)) {
                        rows.pop();
                    }
                }
                let younger = rows.iter().rev().take_while(|row| row.pid != *pid);
                let mut living =
                    younger.filter(|row| !is_dead(row.pid) && is_stopped(&Term::Atom(row.label)));
                living.next().map(|row| row.pid)
            }
            _ => None,
        }
    }

    /// What of it can still matter.
    pub(super) fn past(
        &self,
        lives: impl Fn(&Pid) -> bool,
        is_dead: impl Fn(Pid) -> bool,
    ) -> Vec<ChildrenInOrder> {
        let living = self.rows.iter().filter(|(supervisor, _)| lives(supervisor));
        living
            .map(|(supervisor, rows)| {
                let rows = rows.iter().map(|row| (row.label, (!is_dead(row.pid)).then_some(row.pid)));
                let (supervisor, stopping) = (*supervisor, self.stopping.get(supervisor).cloned());
                ChildrenInOrder { supervisor, rows: rows.collect(), stopping }
            })
            .collect()
    }
}
