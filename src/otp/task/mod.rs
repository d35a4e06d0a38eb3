//! Elixir's `Task`: a process that runs one function and ends, perhaps after handing over its value.
//!
//! A task that somebody waits for is started before it is told what to do: the message with its work comes
//! from its owner, over the same way as everything else (task/supervised.ex, Elixir 1.14).

mod stream;
mod stream_message;
mod stream_monitor;
mod wait;

use crate::kernel::{Alias, Atom, Context, Input, Next, Pid, Received, Ref, Spawn, Target, Term};

use super::activity::{Activity, Progress};
use super::actor::Actor;
use super::guest::{Callback, Guest, Return};
use super::message::Message;

pub use stream::{PendingStream, Stream, StreamItem};
pub use stream_message::StreamMessage;
pub use stream_monitor::{StreamMonitor, StreamSource};
pub use wait::{Awaited, PendingAwait, PendingTaskShutdown};

/// How long a supervised task waits to be told what to do, in milliseconds (`@ref_timeout`).
pub const WORK_TIMEOUT_MS: u64 = 5_000;

/// What a task is when it is spawned.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TaskBody<G: Guest> {
    /// It runs this function, and nobody waits for its value: `Task.Supervised.noreply/4`.
    Function(G),
    /// It waits for its work: `Task.Supervised.reply/3`.
    Waits {
        /// Who will say what to do.
        owner: Pid,
        /// Whether it watches its owner meanwhile, and gives up after five seconds. One that is linked to its
        /// owner need not.
        watches: bool,
    },
}

/// `{Owner, Ref, ReplyTo, Callers, Function}`: what a task is to do, and under which reference its owner
/// expects the value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Work<G: Guest> {
    /// Who says so.
    pub owner: Pid,
    /// Under what the value is expected; none if nobody waits for it.
    pub expected: Option<Expected>,
    /// The function that it runs.
    pub function: G,
}

/// Under what the owner of a task expects its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Expected {
    /// The owner's monitor of the task, which is an alias too: `async`.
    Alias(Ref),
    /// The owner's monitor of the stream's monitor, and the place in the stream: `async_stream`.
    Position(Ref, u32),
}

impl<G: Guest> Work<G> {
    /// The message as people see it.
    pub fn term(&self) -> Term {
        let owner = self.owner.into();
        match self.expected {
            None => Term::tuple([owner, Atom::UNDEFINED.into(), Atom::UNDEFINED.into()]),
            Some(Expected::Alias(alias)) => Term::tuple([owner, alias.into(), alias.into()]),
            Some(Expected::Position(monitor, place)) => {
                Term::tuple([owner, stream_message::position_term(monitor, place), self.owner.into()])
            }
        }
    }
}

/// A task process.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Task<G: Guest> {
    phase: Phase<G>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Phase<G: Guest> {
    /// It has not run yet.
    Unborn(TaskBody<G>),
    /// It waits for its work.
    Waiting { owner: Pid, monitor: Option<Ref> },
    /// It works, for whoever has asked.
    Working { activity: Activity<G>, asker: Option<(Pid, Expected)> },
    /// It has handed over its value, and nothing is left but to exit.
    Leaving,
}

impl<G: Guest> Task<G> {
    /// A task that has not run yet.
    pub fn new(body: TaskBody<G>) -> Self {
        Task { phase: Phase::Unborn(body) }
    }

    /// Its function and what that is blocked in, once it runs.
    pub fn activity(&self) -> Option<&Activity<G>> {
        match &self.phase {
            Phase::Working { activity, .. } => Some(activity),
            Phase::Unborn(_) | Phase::Waiting { .. } | Phase::Leaving => None,
        }
    }

    /// Its function, running or about to.
    pub fn function(&self) -> Option<&G> {
        match &self.phase {
            Phase::Working { activity, .. } => Some(&activity.guest),
            Phase::Unborn(TaskBody::Function(function)) => Some(function),
            Phase::Unborn(TaskBody::Waits { .. }) | Phase::Waiting { .. } | Phase::Leaving => None,
        }
    }

    /// Who must tell it what to do.
    pub fn waits_for(&self) -> Option<Pid> {
        match &self.phase {
            Phase::Waiting { owner, .. } => Some(*owner),
            Phase::Unborn(_) | Phase::Working { .. } | Phase::Leaving => None,
        }
    }

    /// Whether it would take this message now.
    pub(super) fn accepts(&self, message: &Received<Message<G>>, image: &G::Image) -> bool {
        match (&self.phase, message) {
            (Phase::Unborn(_) | Phase::Leaving, _) => false,
            (Phase::Waiting { owner, .. }, Received::Message(Message::Work(work))) => work.owner == *owner,
            (Phase::Waiting { monitor, .. }, Received::Down { reference, .. }) => {
                Some(*reference) == *monitor
            }
            (Phase::Waiting { .. }, Received::Message(_) | Received::Exit { .. }) => false,
            (Phase::Working { activity, .. }, message) => activity.accepts(message, image),
        }
    }

    /// Goes on with what it has waited for.
    pub(super) fn resume(&mut self, input: Input<Message<G>>, context: &mut Context<'_, Actor<G>>) -> Next {
        match &mut self.phase {
            Phase::Unborn(body) => match body.clone() {
                TaskBody::Function(function) => self.work(function, None, context),
                TaskBody::Waits { owner, watches } => {
                    let monitor = watches.then(|| context.monitor(Target::Pid(owner)));
                    self.phase = Phase::Waiting { owner, monitor };
                    Next::Receive { timeout: watches.then_some(WORK_TIMEOUT_MS) }
                }
            },
            Phase::Waiting { monitor, .. } => match input {
                Input::Message(Received::Message(Message::Work(work))) => {
                    if let Some(monitor) = monitor.take() {
                        context.demonitor_flush(monitor);
                    }
                    let Work { owner, expected, function } = *work;
                    self.work(function, expected.map(|expected| (owner, expected)), context)
                }
                Input::Message(Received::Down { reason, .. }) => {
                    Next::Exit(Term::tagged(Atom::SHUTDOWN, reason))
                }
                _ => Next::Exit(Atom::TIMEOUT.into()),
            },
            Phase::Working { activity, asker } => {
                let (progress, asker) = (activity.resume(input, context), *asker);
                self.finish(progress, asker, context)
            }
            Phase::Leaving => Next::Exit(Atom::NORMAL.into()),
        }
    }

    fn work(
        &mut self,
        function: G,
        asker: Option<(Pid, Expected)>,
        context: &mut Context<'_, Actor<G>>,
    ) -> Next {
        let mut activity = Activity::new(function);
        let progress = activity.call(Callback::Main, context);
        self.phase = Phase::Working { activity, asker };
        self.finish(progress, asker, context)
    }

    fn finish(
        &mut self,
        progress: Progress<G>,
        asker: Option<(Pid, Expected)>,
        context: &mut Context<'_, Actor<G>>,
    ) -> Next {
        match progress {
            Progress::Waits(next) => next,
            Progress::Returned(value) => {
                let Some((owner, expected)) = asker else { return Next::Exit(Atom::NORMAL.into()) };
                let reply = match value {
                    Return::Reply(value, _) => value,
                    _ => Atom::OK.into(),
                };
                match expected {
                    Expected::Alias(alias) => {
                        context.send_alias(owner, alias, Message::Reply { tag: alias, reply, alias: false });
                    }
                    Expected::Position(monitor, place) => {
                        let value = StreamMessage::Value { monitor, place, value: reply };
                        context.send(owner, Message::Stream(Box::new(value)));
                        stream_message::before_others(owner, context);
                    }
                }
                // By now the owner may have the value, and the task has not ended.
                self.phase = Phase::Leaving;
                Next::Preempt
            }
            Progress::Raised(raise) => Next::Exit(raise.reason()),
            Progress::EntersLoop(_) => unreachable!("a task has no such line"),
        }
    }
}

/// Tells a task that waits what to do, and waits for no value.
pub fn tell_work<G: Guest>(task: Pid, function: G, context: &mut Context<'_, Actor<G>>) {
    let work = Work { owner: context.pid(), expected: None, function };
    context.send(task, Message::Work(Box::new(work)));
}

/// `Task.async/3`: spawns and links a task and tells it its work. Its pid, and the reference of its reply.
pub fn start_async<G: Guest>(label: Atom, function: G, context: &mut Context<'_, Actor<G>>) -> (Pid, Ref) {
    let body = TaskBody::Waits { owner: context.pid(), watches: false };
    let options = Spawn { label, link: true, monitor: false, awaited: false };
    let (pid, _) = context.spawn(Actor::Task(Box::new(Task::new(body))), options);
    (pid, hand_over(pid, function, context))
}

/// Tells a task that waits what to do: the reference of its reply, which is a monitor and an alias.
pub fn hand_over<G: Guest>(task: Pid, function: G, context: &mut Context<'_, Actor<G>>) -> Ref {
    let reference = context.monitor_with_alias(Target::Pid(task), Alias::Demonitor, false);
    let work = Work { owner: context.pid(), expected: Some(Expected::Alias(reference)), function };
    context.send(task, Message::Work(Box::new(work)));
    reference
}
