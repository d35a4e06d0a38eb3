//! What the owner of a stream, its monitor and its tasks say to each other (task/supervised.ex, Elixir 1.14).

use crate::kernel::{Atom, Context, Pid, Ref, Term};

use crate::otp::actor::Actor;
use crate::otp::guest::Guest;
use crate::otp::message::Message;

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
        /// The place of the item in the stream.
        place: u32,
    },
    /// `{spawned, {Monitor, Place}, Pid}`: it has one.
    Spawned {
        /// The owner's monitor of the stream's monitor, which tells streams apart.
        monitor: Ref,
        /// The place of the item in the stream.
        place: u32,
        /// The process that runs the task.
        task: Pid,
    },
    /// `{max_children, Monitor}`: it gets none.
    MaxChildren {
        /// The owner's monitor of the stream's monitor, which tells streams apart.
        monitor: Ref,
    },
    /// `{{Monitor, Place}, Value}`: a task hands its value over.
    Value {
        /// The owner's monitor of the stream's monitor, which tells streams apart.
        monitor: Ref,
        /// The place of the item in the stream.
        place: u32,
        /// What its function has returned.
        value: Term,
    },
    /// `{down, {Monitor, Place}, Reason}`, or with `timed_out`: a task has ended.
    Ended {
        /// The owner's monitor of the stream's monitor, which tells streams apart.
        monitor: Ref,
        /// The place of the item in the stream.
        place: u32,
        /// The reason that the task ended with.
        reason: Term,
        /// It was killed because its time was up.
        timed_out: bool,
    },
    /// `{timeout, {Monitor, Task}}`: the monitor's timer for a task.
    TimeUp {
        /// The owner's monitor of the stream's monitor, which tells streams apart.
        monitor: Ref,
        /// The stream's monitor of the task.
        task: Ref,
    },
    /// `{stop, Monitor}`: the stream is over.
    Stop {
        /// The owner's monitor of the stream's monitor, which tells streams apart.
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
                Term::tuple([Atom::SPAWNED.into(), position_term(*monitor, *place), (*task).into()])
            }
            StreamMessage::MaxChildren { monitor } => Term::tagged(Atom::MAX_CHILDREN, (*monitor).into()),
            StreamMessage::Value { monitor, place, value } => {
                Term::tuple([position_term(*monitor, *place), value.clone()])
            }
            StreamMessage::Ended { monitor, place, reason, timed_out } => {
                let kind = if *timed_out { Atom::TIMED_OUT } else { Atom::TASK_DOWN };
                Term::tuple([kind.into(), position_term(*monitor, *place), reason.clone()])
            }
            StreamMessage::TimeUp { monitor, task } => {
                Term::tagged(Atom::TIMEOUT, Term::tuple([(*monitor).into(), (*task).into()]))
            }
            StreamMessage::Stop { monitor } => Term::tagged(Atom::STOP, (*monitor).into()),
        }
    }
}

/// What a task of a stream is told to answer with: `{Monitor, Place}`.
pub(super) fn position_term(monitor: Ref, place: u32) -> Term {
    Term::tuple([monitor.into(), Term::Int(place.into())])
}

/// What has been sent to this process arrives before anybody else can tell it what came of that. Erlang does
/// not promise it, a real node keeps it, and Elixir's streams rely on it: a task whose end is told before its
/// value comes crashes the owner, and one that ends before its monitor's link comes crashes the monitor.
pub(super) fn before_others<G: Guest>(whom: Pid, context: &mut Context<'_, Actor<G>>) {
    context.is_alive(whom);
}

/// Says something within a stream.
pub(super) fn say<G: Guest>(whom: Pid, said: StreamMessage, context: &mut Context<'_, Actor<G>>) {
    context.send(whom, Message::Stream(Box::new(said)));
}
