//! `Task.async_stream`: what its owner does, from the first task to the last result (task/supervised.ex,
//! `stream/7`, Elixir 1.14).
//!
//! The owner asks a process of the stream, its monitor, for each task, tells the task its work and gathers the
//! values. How tasks end it hears from the monitor. It knows nothing of how they are started.

use std::collections::{BTreeMap, VecDeque};

use crate::kernel::{Atom, Context, Pid, Received, Ref, Spawn, Term};

use super::stream_message::{StreamMessage, say};
use super::stream_monitor::{StreamMonitor, StreamSource};
use super::{Expected, Work};
use crate::otp::actor::Actor;
use crate::otp::guest::Guest;
use crate::otp::message::Message;
use crate::otp::raise::Raise;

/// A stream as it is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Stream<G: Guest> {
    /// One for each task, in order.
    pub items: VecDeque<StreamItem<G>>,
    /// Who starts the tasks.
    pub source: StreamSource<G>,
    /// How many tasks run at a time.
    pub max_concurrency: u64,
    /// Whether the results come in the order of the items.
    pub ordered: bool,
    /// How many milliseconds each task has; none is `infinity`.
    pub timeout: Option<u64>,
    /// A task that takes longer is a result, `{exit, timeout}`, and not the end of its owner.
    pub kills_late_tasks: bool,
    /// Whether a result that is an exit names its item.
    pub zips_input: bool,
    /// After how many results the stream is halted (`Enum.take/2`); none reads all.
    pub wanted: Option<u64>,
}

/// What one task is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct StreamItem<G: Guest> {
    /// What the task runs.
    pub function: G,
    /// The item that it was made of.
    pub input: Term,
}

/// A stream that its owner reads.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PendingStream<G: Guest> {
    stream: Stream<G>,
    /// The process that starts and watches the tasks.
    pub monitor: Pid,
    /// The owner's monitor of it, under which everything comes.
    reference: Ref,
    /// How many more tasks may run now.
    free: u64,
    /// The place of the next task.
    spawned: u32,
    /// How many results have been read.
    delivered: u32,
    /// The tasks whose results have not been read.
    waiting: BTreeMap<u32, Waiting>,
    results: Vec<Term>,
    phase: Phase,
}

/// How far a task is, as its owner knows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Waiting {
    /// This one works on this item.
    Running(Pid, Term),
    /// This one has handed over its value: `{ok, Value}`.
    Replied(Pid, Term),
    /// It has ended, and this is its result.
    Done(Term),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Phase {
    /// It waits for a task.
    Spawning,
    /// It waits for values and ends.
    Gathering,
    /// It waits for the end of the monitor, and then returns or raises.
    Closing { refused: bool },
}

/// What a stream has come to.
type Streamed = Result<Term, Raise>;

impl<G: Guest> PendingStream<G> {
    /// Spawns the monitor and asks for the first task.
    pub(in crate::otp) fn begin(stream: Stream<G>, context: &mut Context<'_, Actor<G>>) -> Self {
        let owner = context.pid();
        let monitor = StreamMonitor::new(owner, stream.source.clone(), stream.timeout, context.traps_exits());
        let options = Spawn { label: Atom::STREAM_MONITOR, link: true, monitor: true, awaited: false };
        let (monitor, reference) = context.spawn(Actor::StreamMonitor(Box::new(monitor)), options);
        let reference = reference.expect("it is monitored from its first moment");
        say(monitor, StreamMessage::Begin { owner, monitor: reference }, context);
        let mut pending = PendingStream {
            free: stream.max_concurrency,
            stream,
            monitor,
            reference,
            spawned: 0,
            delivered: 0,
            waiting: BTreeMap::new(),
            results: Vec::new(),
            phase: Phase::Spawning,
        };
        pending.reduce(context);
        pending
    }

    /// Whether the owner's `receive` would take this message.
    pub(in crate::otp) fn accepts(&self, message: &Received<Message<G>>) -> bool {
        let said = match message {
            Received::Down { reference, .. } => return *reference == self.reference,
            Received::Message(Message::Stream(said)) => &**said,
            Received::Message(_) | Received::Exit { .. } => return false,
        };
        match (&self.phase, said) {
            (Phase::Spawning, StreamMessage::Spawned { monitor, place, .. }) => {
                *monitor == self.reference && *place == self.spawned
            }
            (Phase::Spawning, StreamMessage::MaxChildren { monitor }) => *monitor == self.reference,
            (Phase::Gathering, said) => self.is_result(said),
            (Phase::Spawning | Phase::Closing { .. }, _) => false,
        }
    }

    /// Goes on with an accepted message: what the stream has come to, once it has.
    pub(in crate::otp) fn hear(
        &mut self,
        message: Received<Message<G>>,
        context: &mut Context<'_, Actor<G>>,
    ) -> Option<Streamed> {
        let said = match message {
            Received::Down { reason, .. } => return Some(self.closed(reason, context)),
            Received::Message(Message::Stream(said)) => *said,
            Received::Message(_) | Received::Exit { .. } => unreachable!("it has not accepted this"),
        };
        match said {
            StreamMessage::Spawned { place, task, .. } => {
                let item = self.stream.items.pop_front().expect("it has asked for the next one");
                let expected = Some(Expected::Position(self.reference, place));
                let work = Work { owner: context.pid(), expected, function: item.function };
                context.send(task, Message::Work(Box::new(work)));
                self.waiting.insert(place, Waiting::Running(task, item.input));
                self.free -= 1;
                self.spawned += 1;
                self.reduce(context);
            }
            StreamMessage::MaxChildren { .. } => self.close(true, context),
            StreamMessage::Value { place, value, .. } => {
                // Between nodes it may come after the end of its task, which the monitor tells.
                let Some(Waiting::Running(task, _)) = self.waiting.get(&place) else {
                    let waiting = Term::tagged(Atom::BADMATCH, self.waiting_term());
                    return Some(Err(Raise::Error(waiting)));
                };
                let value = Term::tagged(Atom::OK, value);
                self.waiting.insert(place, Waiting::Replied(*task, value));
            }
            StreamMessage::Ended { place, reason, timed_out, .. } => {
                let result = match self.waiting.remove(&place) {
                    Some(Waiting::Replied(_, value) | Waiting::Done(value)) => value,
                    _ if timed_out && !self.stream.kills_late_tasks => {
                        self.clean_up(context);
                        return Some(Err(self.exit(Atom::TIMEOUT.into())));
                    }
                    Some(Waiting::Running(_, input)) => self.exited(input, reason, timed_out),
                    None => unreachable!("a task ends once"),
                };
                self.free += 1;
                if self.deliver(place, result) {
                    self.close(false, context);
                } else {
                    self.reduce(context);
                }
            }
            StreamMessage::Begin { .. }
            | StreamMessage::Spawn { .. }
            | StreamMessage::TimeUp { .. }
            | StreamMessage::Stop { .. } => unreachable!("these are for the monitor"),
        }
        None
    }

    /// The result of a task that has ended without a value.
    fn exited(&self, input: Term, reason: Term, timed_out: bool) -> Term {
        let reason = if timed_out { Atom::TIMEOUT.into() } else { reason };
        let reason = if self.stream.zips_input { Term::tuple([input, reason]) } else { reason };
        Term::tagged(Atom::EXIT_TAG, reason)
    }

    /// Reads the results that can be read now; says whether there are enough.
    fn deliver(&mut self, place: u32, result: Term) -> bool {
        if !self.stream.ordered {
            return self.read(result);
        }
        self.waiting.insert(place, Waiting::Done(result));
        while let Some(Waiting::Done(_)) = self.waiting.get(&self.delivered) {
            if let Some(Waiting::Done(result)) = self.waiting.remove(&self.delivered)
                && self.read(result)
            {
                return true;
            }
        }
        false
    }

    fn read(&mut self, result: Term) -> bool {
        self.results.push(result);
        self.delivered += 1;
        self.stream.wanted.is_some_and(|wanted| u64::from(self.delivered) >= wanted)
    }

    /// The tasks whose results have not been read, as the owner keeps them.
    fn waiting_term(&self) -> Term {
        let of = |waiting: &Waiting| match waiting {
            Waiting::Running(task, input) => {
                let input = if self.stream.zips_input { input.clone() } else { Atom::NIL.into() };
                Term::tuple([(*task).into(), Atom::RUNNING.into(), input])
            }
            Waiting::Replied(task, value) => Term::tuple([(*task).into(), value.clone()]),
            Waiting::Done(result) => Term::tagged(Atom::DONE, result.clone()),
        };
        Term::map(self.waiting.iter().map(|(place, waiting)| (Term::Int((*place).into()), of(waiting))))
    }

    /// Asks for the next task, waits for those that there are, or ends: `stream_reduce/7`.
    fn reduce(&mut self, context: &mut Context<'_, Actor<G>>) {
        if self.stream.items.is_empty() && self.spawned == self.delivered {
            self.close(false, context);
        } else if self.stream.items.is_empty() || self.free == 0 {
            self.phase = Phase::Gathering;
        } else {
            say(self.monitor, StreamMessage::Spawn { place: self.spawned }, context);
            self.phase = Phase::Spawning;
        }
    }

    fn close(&mut self, refused: bool, context: &mut Context<'_, Actor<G>>) {
        say(self.monitor, StreamMessage::Stop { monitor: self.reference }, context);
        self.phase = Phase::Closing { refused };
    }

    /// The monitor has ended. That ends the stream, whether it was asked for or not.
    fn closed(&mut self, reason: Term, context: &mut Context<'_, Actor<G>>) -> Streamed {
        self.clean_up(context);
        match self.phase {
            Phase::Closing { refused } if reason.is(Atom::NORMAL) => {
                if refused {
                    return Err(Raise::Error(Atom::RUNTIME_ERROR.into()));
                }
                Ok(Term::list(std::mem::take(&mut self.results)))
            }
            Phase::Closing { .. } | Phase::Spawning | Phase::Gathering => Err(self.exit(reason)),
        }
    }

    /// `exit({Reason, {'Elixir.Task.Supervised', stream, [Timeout]}})`
    fn exit(&self, reason: Term) -> Raise {
        let timeout = match self.stream.timeout {
            Some(timeout) => Term::Int(timeout.cast_signed()),
            None => Atom::INFINITY.into(),
        };
        let call = Term::tuple([Atom::TASK_SUPERVISED.into(), Atom::STREAM.into(), Term::list([timeout])]);
        Raise::Exit(Term::tuple([reason, call]))
    }

    /// Removes what nobody will read from the mailbox: `stream_cleanup_inbox/2`.
    fn clean_up(&self, context: &mut Context<'_, Actor<G>>) {
        context.receive_exit_now(self.monitor);
        let is_result = |message: &Received<Message<G>>| matches!(message, Received::Message(Message::Stream(said)) if self.is_result(said));
        while context.receive_now(is_result).is_some() {}
    }

    fn is_result(&self, said: &StreamMessage) -> bool {
        match said {
            StreamMessage::Value { monitor, .. } | StreamMessage::Ended { monitor, .. } => {
                *monitor == self.reference
            }
            _ => false,
        }
    }
}
