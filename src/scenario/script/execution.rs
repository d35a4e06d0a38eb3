//! A scripted process as a value: where it is in its program, its variables, and what it is in the middle of.

use std::collections::{BTreeMap, VecDeque};

use crate::kernel::{Atom, Pid, Ref, Target, Term};
use crate::otp::From;
use crate::otp::registry::{Pending, Resizing};

use super::expression::Address;
pub use super::last_result::LastResult;
use super::machine::Machine;
use super::program::{Program, ProgramKind};
use super::start::{Callers, StartFunction};

/// A scripted server or process.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Execution {
    /// The number of the program that it runs.
    pub definition: u16,
    /// What its variables hold; nothing where they are not bound.
    pub slots: Vec<Option<Term>>,
    /// What is in the tables of its own.
    pub tables: Vec<BTreeMap<Term, Term>>,
    /// What waits in its queues, the oldest first.
    pub queues: Vec<VecDeque<Term>>,
    /// Which phase it is in.
    pub phase: u16,
    /// The operation it is at, or waits in.
    pub at: Address,
    /// The last result.
    pub result: LastResult,
    pub(super) returning: Returning,
    pub(super) loops: Vec<Loop>,
    /// The task that it has asked a supervisor for.
    pub(super) asked: Option<Box<StartFunction>>,
    /// What stands in place of `DOWN` in the messages of its monitors that have a tag.
    pub(super) tags: Vec<(Ref, Term)>,
    /// What it awaits the end of.
    pub(super) awaited: Option<Ref>,
    /// It sleeps before it tries a block again.
    pub(super) pausing: bool,
    /// What is left of the change to a registry that it is in the middle of.
    pub(super) pending: Option<Box<Pending>>,
    /// The locks that it holds or waits for.
    pub(super) locks: Vec<Held>,
    /// The resize that it is in the middle of.
    pub(super) resizing: Option<Box<Resizing>>,
    /// Who has started it by `proc_lib`, by the name that it had.
    pub(super) ancestor: Option<Target>,
    /// Of a task: who has started it, and on whose behalf.
    pub(super) callers: Option<Callers>,
    /// It runs a block of another process's program, as a copy of it.
    pub(super) copied: Option<Box<Copied>>,
    /// It has been preempted for the operation it is at.
    pub(super) granted: bool,
    /// Of a state machine: what waits, and what is timed.
    pub(super) machine: Option<Box<Machine>>,
}

/// What the callback will return.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Returning {
    /// Whom a call handler answers.
    pub(super) from: Option<From>,
    /// Its return is noticed by others: of `init`, whose starter hears of it, and of `terminate`, which is the end.
    pub(super) is_awaited: bool,
    pub(super) reply: Option<Term>,
    pub(super) stop: Option<Term>,
    pub(super) ignore: bool,
    pub(super) timeout: Option<(u64, Option<Term>)>,
    pub(super) continues: Option<Term>,
}

/// What a task knows that runs a part of another process's program.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Copied {
    /// The process whose program it runs.
    pub owner: Pid,
    /// The partition whose processes it is about.
    pub place: usize,
    /// Where it begins.
    pub from: Address,
}

/// A lock that a process holds: whom it gives it back to, and how it was told that it has it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Held {
    pub server: Pid,
    pub key: Term,
    /// Not there while it is waited for.
    pub monitor: Option<Term>,
    /// How many repeated blocks the process was in when it asked for it.
    pub loops: usize,
}

/// A repeated block that it is in.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Loop {
    /// What is left of a table or queue, last first.
    Each(Vec<(Term, Term)>),
    /// So many times more.
    Repeat(u64),
    /// The tasks that it awaits, the next one last.
    Tasks(Vec<(Pid, Ref)>),
    /// Until its expectations hold.
    Eventually { deadline: u64, every: u64, start: Address },
}

impl Execution {
    /// A process that has not run yet.
    pub fn new(number: u16, definition: &Program, arguments: &[Term]) -> Execution {
        let mut slots = vec![None; definition.slots.len()];
        for (slot, argument) in definition.arguments.iter().zip(arguments) {
            slots[usize::from(*slot)] = Some(argument.clone());
        }
        for (slot, value) in &definition.variables {
            slots[usize::from(*slot)] = Some(value.clone());
        }
        Execution {
            definition: number,
            slots,
            tables: vec![BTreeMap::new(); definition.tables.len()],
            queues: vec![VecDeque::new(); definition.queues.len()],
            phase: 0,
            at: 0,
            result: LastResult::Value(Atom::OK.into()),
            returning: Returning::default(),
            loops: Vec::new(),
            asked: None,
            tags: Vec::new(),
            awaited: None,
            pausing: false,
            pending: None,
            locks: Vec::new(),
            resizing: None,
            ancestor: None,
            callers: None,
            copied: None,
            granted: false,
            machine: matches!(definition.kind, ProgramKind::Server { machine: true, .. }).then(Box::default),
        }
    }

    /// All its variables.
    pub fn variables(&self) -> &[Option<Term>] {
        &self.slots
    }
}
