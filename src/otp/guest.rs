//! The seam between OTP's behaviours and what users write: callback modules and plain processes.
//!
//! A guest is an explicit state machine too. OTP calls it with a [`Cue`] and it goes on until it has
//! returned, wants to block, or can be preempted. What blocking means is OTP's business, so a call from
//! inside a handler is the same real protocol as any other.

use std::fmt::Debug;
use std::hash::Hash;

use crate::kernel::{Atom, Context, Object, Pid, Received, Ref, Target, Term};

use super::actor::Actor;
use super::hooks::{Common, Image};
use super::member::Supervised;
use super::message::{CallTimeout, From, Message, Request};
use super::raise::Raise;
use super::spec::Shutdown;
use super::start::{Launch, Started, Ties};
use super::supervisor::InitResult;
use super::task::{Awaited, Stream};

/// A callback module with its state, or the body of a plain process.
///
/// What requests, replies and messages carry are terms, whatever the guest is made of: so guests of several
/// kinds can live in one world and talk.
pub trait Guest: Clone + Eq + Hash + Debug + Sized {
    /// A start function with its arguments: `{Module, Function, Arguments}`.
    type Start: Clone + Eq + Hash + Debug;
    /// State that all processes share.
    type Common: Common<Self>;
    /// What never changes.
    type Image: Image;
    /// What a guest tells listeners.
    type Note: Clone + PartialEq + Debug;

    /// Calls a start function: what it would spawn, or what it returns.
    fn launch(start: &Self::Start, context: &mut Context<'_, Actor<Self>>) -> Launch<Self>;

    /// The same start function with more arguments, before and after those that it has.
    fn with_arguments(start: &Self::Start, before: &[Term], after: &[Term]) -> Self::Start;

    /// The start function as `{Module, Function, Arguments}`.
    fn mfa(start: &Self::Start) -> Term;

    /// The start function that `{Module, Function, Arguments}` names; none if nobody defined it.
    fn start_of(mfa: &Term, image: &Self::Image) -> Option<Self::Start>;

    /// Whether the `receive` that it blocks in would take this message.
    fn accepts(&self, message: &Received<Message<Self>>, image: &Self::Image) -> bool;

    /// Whether its `handle_call` may have a clause for what supervisors are asked.
    fn hears_supervisor_requests(&self) -> bool {
        false
    }

    /// Whom it supervises, if it is a supervisor of its own kind.
    fn supervises(&self) -> Option<Supervised> {
        None
    }

    /// Goes on until it needs something that takes others, and says what.
    fn resume(&mut self, cue: Cue<Self>, context: &mut Context<'_, Actor<Self>>) -> Step<Self>;
}

/// Why a guest goes on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Cue<G: Guest> {
    /// A callback is called.
    Callback(Callback),
    /// It was preempted.
    Continue,
    /// A call has been answered, or exits with this reason.
    Called(Result<Term, Term>),
    /// A start function has returned.
    Started(Started),
    /// `start_monitor` has returned: what it says of the start, and its monitor, if it spawned anybody.
    StartedMonitor(Started, Option<Ref>),
    /// `gen_server:stop` has returned, or exits with this reason.
    Stopped(Result<(), Term>),
    /// `Task.await` or `Task.yield` has come to this.
    Awaited(Awaited),
    /// `Task.shutdown` has returned this.
    TaskShutDown(Term),
    /// The results of `Task.async_stream`, or what asking for them has raised.
    Streamed(Result<Term, Raise>),
    /// It has slept, or what it waited for did not come in time.
    TimeUp,
    /// A message that it accepted.
    Received(Received<Message<G>>),
    /// It waited for quiet: whether all is quiet, or its patience ran out.
    Quiet(bool),
}

/// The callbacks of a server, and the body of a plain process.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Callback {
    /// The whole life of a plain process.
    Main,
    /// `init/1`, with what it was started with.
    Init,
    /// `handle_call/3`, which may answer now, later or never.
    Call {
        /// Whom to answer.
        from: From,
        /// What the caller asks.
        request: Term,
    },
    /// `handle_cast/2`, with the request.
    Cast(Term),
    /// `handle_info/2`, with any other message.
    Info(Info),
    /// `handle_continue/2`, with what the callback before it has asked for.
    Continue(Term),
    /// `terminate/2`, with the reason.
    Terminate(Term),
}

/// What `handle_info/2` gets.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Info {
    /// An ordinary message, or one of OTP's own that has come too late for whoever waited for it.
    Message(Term),
    /// The message of a timeout without any time, before all that is queued.
    AtOnce(Term),
    /// `timeout`: no message came in the time that the last callback gave.
    Timeout,
    /// `{'EXIT', From, Reason}`, not from the parent.
    Exit {
        /// The process that has exited.
        from: Pid,
        /// The reason that it ended with.
        reason: Term,
    },
    /// `{'DOWN', Reference, process, Object, Reason}`.
    Down {
        /// The monitor that has seen it.
        reference: Ref,
        /// Who has gone.
        object: Object,
        /// The reason that it ended with.
        reason: Term,
    },
}

/// How far a guest went.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Step<G: Guest> {
    /// Others may run here.
    Preempt,
    /// It blocks until something is done.
    Block(Block<G>),
    /// The callback returns.
    Return(Return),
    /// The callback ends in an uncaught exception.
    Raise(Raise),
    /// `gen_server:enter_loop`: the plain process is a server from now on. Only of plain processes.
    EnterLoop(Box<EnterLoop<G>>),
}

/// What a process becomes by `gen_server:enter_loop/5`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EnterLoop<G: Guest> {
    /// The callback module with its state.
    pub guest: G,
    /// Whose exit signal ends it.
    pub parent: Pid,
    /// What it does first.
    pub then: Then,
}

/// What a guest waits for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Block<G: Guest> {
    /// `gen_server:call/3`. Answered with [`Cue::Called`].
    Call {
        /// Whom to ask.
        target: Target,
        /// What it is asked.
        request: Request<G>,
        /// For how long at most.
        timeout: CallTimeout,
        /// Whom, as the caller wrote it, if that is neither a pid nor a local name.
        said: Option<Box<Term>>,
    },
    /// `start_link`, `start` or `start_monitor`. Answered with [`Cue::Started`], the last with
    /// [`Cue::StartedMonitor`].
    Start {
        /// What to start.
        launch: Launch<G>,
        /// What to call it.
        label: Option<Atom>,
        /// Whether the new process is linked, and whether a monitor stays.
        how: Ties,
    },
    /// A code change of a supervisor, whose `init/1` returns this now. Answered with [`Cue::Called`].
    CodeChange {
        /// Whom to change.
        target: Target,
        /// What its `init/1` returns.
        init: Box<InitResult<G::Start>>,
    },
    /// `Task.await/2` or `Task.yield/2`. Answered with [`Cue::Awaited`].
    Await {
        /// The process that runs the task.
        task: Pid,
        /// Of the task.
        reference: Ref,
        /// Whether the task is given up when the time is.
        gives_up: bool,
        /// Milliseconds; none is `infinity`.
        timeout: Option<u64>,
    },
    /// `Task.shutdown/2`. Answered with [`Cue::TaskShutDown`].
    TaskShutdown {
        /// The process that runs the task.
        task: Pid,
        /// Of the task.
        reference: Ref,
        /// How it is told to end.
        how: Shutdown,
    },
    /// `Task.async_stream`, read until its end or until there are enough results. Answered with
    /// [`Cue::Streamed`].
    Stream(Box<Stream<G>>),
    /// `gen_server:stop/3`. Answered with [`Cue::Stopped`].
    Stop {
        /// The process that is to stop.
        target: Target,
        /// With which reason.
        reason: Term,
        /// Milliseconds; none is `infinity`.
        timeout: Option<u64>,
    },
    /// It hears nothing for so many milliseconds, or for ever. Answered with [`Cue::TimeUp`].
    Sleep(Option<u64>),
    /// A selective `receive`: [`Guest::accepts`] says of what. Answered with [`Cue::Received`], or with
    /// [`Cue::TimeUp`] after so many milliseconds.
    Receive(Option<u64>),
    /// Until nothing else can happen, at most so many milliseconds. Answered with [`Cue::Quiet`].
    Quiet(u64),
}

/// What a callback returns.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Return {
    /// From `init`: `{ok, State, ..}`. From others: `{noreply, State, ..}`. From a plain process or
    /// `terminate`: it is done.
    Ok(Then),
    /// `{reply, Reply, State, ..}`.
    Reply(Term, Then),
    /// `{stop, Reason, State}`, or from `init` `{stop, Reason}`.
    Stop(Term),
    /// `{stop, Reason, Reply, State}`.
    StopReply(Term, Term),
    /// From `init`: `ignore`.
    Ignore,
    /// From `init`: `{error, Reason}` (OTP 26).
    Error(Term),
    /// It returned something that no callback may return.
    Bad(Term),
}

/// What a server does after a callback.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Then {
    /// Waits for a message.
    Wait,
    /// Waits for a message, at most so many milliseconds.
    Timeout(u64),
    /// Waits for a message, at most so many milliseconds; then `handle_info/2` gets this one. System messages
    /// do not count (OTP 28).
    EventTimeout(u64, Term),
    /// Calls `handle_continue/2` before any queued message.
    Continue(Term),
}
