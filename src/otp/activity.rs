//! A guest at work: running its code, and doing on its behalf what it blocks in.
//!
//! Servers and plain processes share it. It knows the protocols of calls, starts and stops, and nothing of
//! what the guest makes of their results.

use crate::kernel::{Context, Input, Next, Received, Ref};

use super::actor::Actor;
use super::call::{PendingCall, PendingStop};
use super::code_change::{Advanced, PendingCodeChange, SYS_TIMEOUT_MS};
use super::guest::{Block, Callback, Cue, EnterLoop, Guest, Return, Step};
use super::message::Message;
use super::raise::Raise;
use super::start::{self, Begun, PendingStart, Started};
use super::task::{PendingAwait, PendingStream, PendingTaskShutdown};

/// A guest and what it is blocked in.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Activity<G: Guest> {
    /// The callback module or plain process.
    pub guest: G,
    blocked: Blocked<G>,
}

/// What a guest is blocked in.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Blocked<G: Guest> {
    /// Nothing: it is not being called.
    No,
    /// Others may run.
    Preempted,
    /// It waits in `gen_server:call`.
    Call(PendingCall<G>),
    /// It waits in `start_link`.
    Start(PendingStart),
    /// It waits in `gen_server:stop`.
    Stop(PendingStop),
    /// `sys:suspend`, `sys:change_code` or `sys:resume`.
    CodeChange(PendingCodeChange<G>),
    /// `Task.await` or `Task.yield`.
    Await(PendingAwait),
    /// It waits in `Task.shutdown`.
    TaskShutdown(PendingTaskShutdown),
    /// It waits in `Task.async_stream`.
    Stream(Box<PendingStream<G>>),
    /// It hears nothing.
    Sleep,
    /// A selective `receive`.
    Receive,
    /// It waits for quiet.
    Quiet,
}

/// How far it went.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Progress<G: Guest> {
    /// It waits, or can be preempted.
    Waits(Next),
    /// The callback has returned.
    Returned(Return),
    /// The callback has ended in an uncaught exception.
    Raised(Raise),
    /// The plain process has become a server.
    EntersLoop(Box<EnterLoop<G>>),
}

impl<G: Guest> Activity<G> {
    /// A guest that nobody has called yet.
    pub fn new(guest: G) -> Self {
        Activity { guest, blocked: Blocked::No }
    }

    /// What it is blocked in.
    pub fn blocked(&self) -> &Blocked<G> {
        &self.blocked
    }

    /// Until when it waits, if it does so in several waits.
    pub fn deadline(&self) -> Option<u64> {
        match &self.blocked {
            Blocked::Stop(stop) => stop.deadline(),
            Blocked::No
            | Blocked::Preempted
            | Blocked::Call(_)
            | Blocked::Start(_)
            | Blocked::CodeChange(_)
            | Blocked::Await(_)
            | Blocked::TaskShutdown(_)
            | Blocked::Stream(_)
            | Blocked::Sleep
            | Blocked::Receive
            | Blocked::Quiet => None,
        }
    }

    /// Calls a callback.
    pub fn call(&mut self, callback: Callback, context: &mut Context<'_, Actor<G>>) -> Progress<G> {
        self.advance(Cue::Callback(callback), context)
    }

    /// Whether it waits for this message.
    pub(super) fn accepts(&self, message: &Received<Message<G>>, image: &G::Image) -> bool {
        match &self.blocked {
            Blocked::No | Blocked::Preempted | Blocked::Sleep | Blocked::Quiet => false,
            Blocked::Call(call) => call.accepts(message),
            Blocked::Start(start) => start.accepts(message),
            Blocked::Stop(stop) => stop.accepts(message),
            Blocked::CodeChange(change) => change.accepts(message),
            Blocked::Await(wait) => wait.accepts(message),
            Blocked::TaskShutdown(shutdown) => shutdown.accepts(message),
            Blocked::Stream(stream) => stream.accepts(message),
            Blocked::Receive => self.guest.accepts(message, image),
        }
    }

    /// Goes on with what the kernel has for it.
    pub(super) fn resume(
        &mut self,
        input: Input<Message<G>>,
        context: &mut Context<'_, Actor<G>>,
    ) -> Progress<G> {
        let cue = match (std::mem::replace(&mut self.blocked, Blocked::No), input) {
            (Blocked::No | Blocked::Preempted, _) => Cue::Continue,
            (Blocked::Call(call), Input::Message(message)) => Cue::Called(call.hear(message, context)),
            (Blocked::Call(call), Input::Timeout) => Cue::Called(call.time_out(context)),
            (Blocked::Start(mut start), input) => {
                let started = match input {
                    Input::Message(message) => start.hear(message, context),
                    _ => start.go_on(context),
                };
                match started {
                    Some(started) => returned(started, start.kept()),
                    None => {
                        let next = start.wait();
                        self.blocked = Blocked::Start(start);
                        return Progress::Waits(next);
                    }
                }
            }
            (Blocked::Stop(mut stop), input) => {
                let stopped = match input {
                    Input::Message(message) => stop.hear(message, context),
                    _ => stop.time_out(context),
                };
                match stopped {
                    Some(stopped) => Cue::Stopped(stopped),
                    None => {
                        let timeout = stop.timeout(context.now());
                        self.blocked = Blocked::Stop(stop);
                        return Progress::Waits(Next::Receive { timeout });
                    }
                }
            }
            (Blocked::CodeChange(change), input) => match change.resume(input, context) {
                Advanced::Waits(change) => {
                    self.blocked = Blocked::CodeChange(change);
                    return Progress::Waits(Next::Receive { timeout: Some(SYS_TIMEOUT_MS) });
                }
                Advanced::Done(answer) => Cue::Called(answer),
            },
            (Blocked::Await(wait), Input::Message(message)) => Cue::Awaited(wait.hear(message, context)),
            (Blocked::Await(wait), _) => Cue::Awaited(wait.time_out(context)),
            (Blocked::TaskShutdown(shutdown), Input::Message(message)) => {
                Cue::TaskShutDown(shutdown.hear(message, context))
            }
            (Blocked::TaskShutdown(mut shutdown), _) => {
                shutdown.time_out(context);
                self.blocked = Blocked::TaskShutdown(shutdown);
                return Progress::Waits(Next::Receive { timeout: None });
            }
            (Blocked::Stream(mut stream), Input::Message(message)) => match stream.hear(message, context) {
                Some(streamed) => Cue::Streamed(streamed),
                None => {
                    self.blocked = Blocked::Stream(stream);
                    return Progress::Waits(Next::Receive { timeout: None });
                }
            },
            (Blocked::Receive, Input::Message(message)) => Cue::Received(message),
            (Blocked::Receive | Blocked::Sleep, _) => Cue::TimeUp,
            (Blocked::Quiet, input) => Cue::Quiet(input == Input::Quiet),
            (Blocked::Call(_) | Blocked::Stream(_), _) => Cue::Continue,
        };
        self.advance(cue, context)
    }

    /// Runs the guest until it has returned or must wait.
    fn advance(&mut self, cue: Cue<G>, context: &mut Context<'_, Actor<G>>) -> Progress<G> {
        let mut cue = cue;
        loop {
            let step = self.guest.resume(cue, context);
            if context.is_doomed() {
                return Progress::Waits(Next::Preempt); // The kernel ends it.
            }
            let block = match step {
                Step::Preempt => {
                    self.blocked = Blocked::Preempted;
                    return Progress::Waits(Next::Preempt);
                }
                Step::Return(value) => return Progress::Returned(value),
                Step::Raise(raise) => return Progress::Raised(raise),
                Step::EnterLoop(entered) => return Progress::EntersLoop(entered),
                Step::Block(block) => block,
            };
            match self.block(block, context) {
                Ok(next) => return Progress::Waits(next),
                Err(done) => cue = done,
            }
        }
    }

    /// Begins to wait; an error is a wait that is over already.
    fn block(&mut self, block: Block<G>, context: &mut Context<'_, Actor<G>>) -> Result<Next, Cue<G>> {
        let (blocked, next) = match block {
            Block::Call { target, request, timeout, said } => {
                match PendingCall::begin(target, request, timeout, said, context) {
                    Ok(call) => (Blocked::Call(call), Next::Receive { timeout: timeout.milliseconds() }),
                    Err(reason) => return Err(Cue::Called(Err(reason))),
                }
            }
            Block::Start { launch, label, how } => match start::begin(launch, label, how, context) {
                Begun::Pending(start) => {
                    if let Some(started) = start.at_once() {
                        return Err(returned(started, start.kept()));
                    }
                    let next = start.begin();
                    (Blocked::Start(start), next)
                }
                Begun::Done(started) => return Err(returned(started, how.monitor.then_some(None))),
            },
            Block::CodeChange { target, init } => match PendingCodeChange::begin(target, init, context) {
                Advanced::Waits(change) => {
                    (Blocked::CodeChange(change), Next::Receive { timeout: Some(SYS_TIMEOUT_MS) })
                }
                Advanced::Done(answer) => return Err(Cue::Called(answer)),
            },
            Block::Stop { target, reason, timeout } => {
                match PendingStop::begin(target, reason, timeout, context) {
                    Ok(stop) => (Blocked::Stop(stop), Next::Receive { timeout }),
                    Err(reason) => return Err(Cue::Stopped(Err(reason))),
                }
            }
            Block::Await { task, reference, gives_up, timeout } => {
                (Blocked::Await(PendingAwait { task, reference, gives_up }), Next::Receive { timeout })
            }
            Block::TaskShutdown { task, reference, how } => {
                let shutdown = PendingTaskShutdown::begin(task, reference, how, context);
                let timeout = shutdown.timeout;
                (Blocked::TaskShutdown(shutdown), Next::Receive { timeout })
            }
            Block::Stream(stream) => {
                let stream = PendingStream::begin(*stream, context);
                (Blocked::Stream(Box::new(stream)), Next::Receive { timeout: None })
            }
            Block::Sleep(timeout) => (Blocked::Sleep, Next::Receive { timeout }),
            Block::Receive(timeout) => (Blocked::Receive, Next::Receive { timeout }),
            Block::Quiet(timeout) => (Blocked::Quiet, Next::Quiet { timeout }),
        };
        self.blocked = blocked;
        Ok(next)
    }
}

/// A start function has returned; `kept` is the monitor of `start_monitor`.
fn returned<G: Guest>(started: Started, kept: Option<Option<Ref>>) -> Cue<G> {
    match kept {
        None => Cue::Started(started),
        Some(monitor) => Cue::StartedMonitor(started, monitor),
    }
}

/// What a start function returned, as the term that Erlang shows.
impl From<Started> for crate::kernel::Term {
    fn from(started: Started) -> Self {
        use crate::kernel::{Atom, Term};
        match started {
            Started::Ok { pid, info: None } => Term::tagged(Atom::OK, pid.into()),
            Started::Ok { pid, info: Some(info) } => Term::tuple([Atom::OK.into(), pid.into(), info]),
            Started::Ignore => Atom::IGNORE.into(),
            Started::Error(reason) => Term::tagged(Atom::ERROR, reason),
            Started::Junk(term) => term,
            Started::Raised(reason) => Term::tagged(Atom::EXIT, reason),
        }
    }
}
