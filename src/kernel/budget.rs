//! What a world may use up: whoever goes on without ever waiting, spawns without end, or sends more than anybody
//! reads is stopped, and it is known who that was.
//!
//! All of it is counted and nothing is measured, so a run ends at the same step on every machine. Nothing here stops
//! anybody: a world that is over its budget says so, and whoever runs it leaves it there.

use super::pid::Pid;

/// How much a world may hold, and how long one process may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Budget {
    /// Steps of a run.
    pub steps: u64,
    /// Statements of a run, with what they look through.
    pub work: u64,
    /// Statements that one process takes in one step, without waiting for anything.
    pub statements: u32,
    /// Processes that live at once.
    pub processes: u32,
    /// Messages that one process has not read.
    pub messages: u32,
    /// Signals on their way, and processes that can run.
    pub signals: u32,
    /// Timers that are set and have not fired.
    pub timers: u32,
    /// What all of it takes up: see [`World::weight`](super::World::weight).
    pub bytes: u64,
}

impl Default for Budget {
    fn default() -> Self {
        Budget {
            steps: 1_000_000,
            work: 20_000_000,
            statements: 1_000_000,
            processes: 20_000,
            messages: 500_000,
            signals: 500_000,
            timers: 20_000,
            bytes: 256 << 20,
        }
    }
}

/// What there can be too much of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Resource {
    /// Statements in one step.
    Statements,
    /// Statements of the whole run.
    Work,
    /// Processes that live at the same time.
    Processes,
    /// Messages that nobody has taken yet, in mailboxes and on their way.
    Messages,
    /// Signals on their way.
    Signals,
    /// Timers that are set and have not gone off.
    Timers,
    /// All that the world holds.
    Bytes,
    /// The size or the depth of a term.
    Term,
}

/// The first thing that there was too much of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Overrun {
    /// What there was too much of.
    pub resource: Resource,
    /// How much of it is allowed.
    pub most: u64,
    /// Whose doing it was, or whose mailbox it is.
    pub pid: Pid,
    /// Where in its program the process was that ran then, if it has one: what it counts as it goes on.
    pub place: Option<u32>,
}

/// The budget of a world, and whether it is over it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Account {
    pub(super) budget: Budget,
    pub(super) overrun: Option<Overrun>,
}

impl Account {
    /// Whether so many are too many.
    pub(super) fn is_over(&self, most: u32, number: usize) -> bool {
        number > usize::try_from(most).unwrap_or(usize::MAX) && self.overrun.is_none()
    }
}
