//! What a process holds of its relations: its end of a link, of a monitor, and its aliases.

use std::hash::{Hash, Hasher};
use std::ops::{Deref, DerefMut};

use super::atom::Atom;
use super::pid::{Pid, Ref};
use super::table::Table;

/// One end of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Link {
    /// An exit of either end is heard at the other.
    Active,
    /// Unlinked here; until the other side has acknowledged it, its exits are ignored.
    Unlinking(u32),
    /// The connection that it went through is lost, and the exit that says so is on its way.
    Lost,
}

/// One end of a monitor: among `monitors` it says who is watched, among `watchers` who watches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Monitor {
    /// The process at the other end.
    pub pid: Pid,
    /// The name that the monitor was made by, if it was.
    pub name: Option<Atom>,
}

/// When an alias stops being one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Alias {
    /// Only when it is removed.
    ExplicitUnalias,
    /// When its monitor ends.
    Demonitor,
    /// When its monitor ends or the first message comes through it.
    ReplyDemonitor,
}

/// Who monitors a process. Two of these are equal whatever the order of insertion was, but among the monitors of
/// one process: what they say goes to one receiver, who can tell.
#[derive(Clone, Debug, Default)]
pub struct Watchers(Table<Ref, Monitor>);

impl Watchers {
    /// The table itself.
    pub(super) fn into_inner(self) -> Table<Ref, Monitor> {
        self.0
    }

    /// By who watches, and for each of them in the order in which they were made.
    fn by_watcher(&self) -> Vec<(Pid, Ref, &Monitor)> {
        let mut all: Vec<_> = self
            .0
            .entries()
            .into_iter()
            .map(|(reference, monitor)| (monitor.pid, reference, monitor))
            .collect();
        all.sort_by_key(|(pid, ..)| *pid);
        all
    }
}

impl Deref for Watchers {
    type Target = Table<Ref, Monitor>;

    fn deref(&self) -> &Table<Ref, Monitor> {
        &self.0
    }
}

impl DerefMut for Watchers {
    fn deref_mut(&mut self) -> &mut Table<Ref, Monitor> {
        &mut self.0
    }
}

impl PartialEq for Watchers {
    fn eq(&self, other: &Self) -> bool {
        // Most are watched by nobody or by one, or are as they were.
        self.0 == other.0
            || (self.len() == other.len() && self.len() > 1 && self.by_watcher() == other.by_watcher())
    }
}

impl Eq for Watchers {}

impl Hash for Watchers {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_usize(self.len());
        match self.len() {
            0 | 1 => self.0.iter().for_each(|entry| entry.hash(state)),
            _ => self.by_watcher().hash(state),
        }
    }
}
