//! What the owner of a stream, its monitor and its tasks say to each other (task/supervised.ex, Elixir 1.14).

use crate::kernel::{Atom, Pid, Ref, Term};

/// What is said within a stream.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum StreamMessage {
    /// `{Owner, Monitor}`: the owner tells the monitor the reference of everything else.
    Begin {
        /// Who says so.
        owner: Pid,
        /// The owner's monitor of the process.
        monitor: Ref,
    },
    /// `{spawn, Place}`: the owner wants a task.
    Spawn {
        /// Of the item.
        place: u32,
    },
    /// `{spawned, {Monitor, Place}, Pid}`: it has one.
    Spawned {
        /// Which stream.
        monitor: Ref,
        /// Of the item.
        place: u32,
        /// The task.
        task: Pid,
    },
    /// `{max_children, Monitor}`: it gets none.
    MaxChildren {
        /// Which stream.
        monitor: Ref,
    },
    /// `{{Monitor, Place}, Value}`: a task hands its value over.
    Value {
        /// Which stream.
        monitor: Ref,
        /// Of the item.
        place: u32,
        /// The value.
        value: Term,
    },
    /// `{down, {Monitor, Place}, Reason}`, or with `timed_out`: a task has ended.
    Ended {
        /// Which stream.
        monitor: Ref,
        /// Of the item.
        place: u32,
        /// Why.
        reason: Term,
        /// It was killed because its time was up.
        timed_out: bool,
    },
    /// `{timeout, {Monitor, Task}}`: the monitor's timer for a task.
    TimeUp {
        /// Which stream.
        monitor: Ref,
        /// The stream's monitor of the task.
        task: Ref,
    },
    /// `{stop, Monitor}`: the stream is over.
    Stop {
        /// Which stream.
        monitor: Ref,
    },
}

impl StreamMessage {
    /// The message as people see it.
    pub fn term(&self) -> Term {
        match self {
            StreamMessage::Begin { owner, monitor } => Term::tuple([(*owner).into(), (*monitor).into()]),
            StreamMessage::Spawn { place } => Term::tagged(Atom::SPAWN, Term::Int((*place).into())),
            StreamMessage::Spawned { monitor, place, task } => {
                Term::tuple([Atom::SPAWNED.into(), place_term(*monitor, *place), (*task).into()])
            }
            StreamMessage::MaxChildren { monitor } => Term::tagged(Atom::MAX_CHILDREN, (*monitor).into()),
            StreamMessage::Value { monitor, place, value } => {
                Term::tuple([place_term(*monitor, *place), value.clone()])
            }
            StreamMessage::Ended { monitor, place, reason, timed_out } => {
                let kind = if *timed_out { Atom::TIMED_OUT } else { Atom::TASK_DOWN };
                Term::tuple([kind.into(), place_term(*monitor, *place), reason.clone()])
            }
            StreamMessage::TimeUp { monitor, task } => {
                Term::tagged(Atom::TIMEOUT, Term::tuple([(*monitor).into(), (*task).into()]))
            }
            StreamMessage::Stop { monitor } => Term::tagged(Atom::STOP, (*monitor).into()),
        }
    }
}

/// `{Monitor, Place}`
pub(super) fn place_term(monitor: Ref, place: u32) -> Term {
    Term::tuple([monitor.into(), Term::Int(place.into())])
}
