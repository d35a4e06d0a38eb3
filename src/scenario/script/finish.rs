//! What an operation makes of the result that it has waited for, and where results go.

use crate::kernel::{Atom, Context, Term};
use crate::otp::{self, Actor, Block, Cue, Raise};

use super::super::ast::{Catch, Span};
use super::super::global;
use super::Script;
use super::common::{Expectation, Failure};
use super::frame::{Flow, Frame, Loop, Outcome};
use super::operation::{Operation, OperationKind};
use super::perform::Fault;
use super::program::Pattern;

type ScriptContext<'a> = Context<'a, Actor<Script>>;

impl Frame {
    /// Goes on with what an operation has waited for.
    pub(super) fn finish(
        &mut self,
        operation: &Operation,
        cue: Cue<Script>,
        context: &mut ScriptContext<'_>,
    ) -> Flow {
        match self.try_finish(operation, cue, context) {
            Ok(flow) => flow,
            Err(Fault::Error(term)) if operation.catch == Catch::Raise => {
                self.result = Outcome::Raise(term);
                Flow::Next
            }
            Err(Fault::Error(term)) => Flow::Raise(Raise::Error(term)),
            Err(Fault::Exit(reason)) => self.exited(operation, reason, context),
        }
    }

    fn try_finish(
        &mut self,
        operation: &Operation,
        cue: Cue<Script>,
        context: &mut ScriptContext<'_>,
    ) -> Result<Flow, Fault> {
        use OperationKind as Op;
        match (&operation.kind, cue) {
            (
                Op::Call { bind, .. }
                | Op::CodeChange { bind, .. }
                | Op::Suspend { bind, .. }
                | Op::Resume { bind, .. },
                Cue::Called(Ok(reply)),
            ) => self.bound(bind.as_ref(), reply, context),
            (Op::Supervise { .. }, Cue::Called(Ok(reply))) => self.supervised(operation, reply, context),
            (Op::Async { .. }, Cue::Called(Ok(reply))) => self.finish_async(operation, reply, context),
            (Op::AsyncStream(stream), Cue::Streamed(Ok(results))) => {
                self.bound(stream.bind.as_ref(), results, context)
            }
            (Op::AsyncStream(_), Cue::Streamed(Err(raise))) => Err(raise.into()),
            (_, Cue::Awaited(awaited)) => self.finish_wait(operation, awaited, context),
            (Op::ShutdownTask { bind, .. }, Cue::TaskShutDown(result)) => {
                self.bound(bind.as_ref(), result, context)
            }
            (Op::Expect(expected), Cue::Called(Ok(reply))) => {
                self.expect_reply(expected, reply, operation.span, context)
            }
            (Op::StartApplication { .. } | Op::StopApplication(_), Cue::Called(Ok(reply))) => {
                Ok(self.done(reply))
            }
            (Op::Registry(asked), Cue::Called(answer)) => self.enlisted(operation, asked, answer, context),
            (_, Cue::Called(Err(reason))) => {
                self.asked = None;
                Ok(self.exited(operation, reason, context))
            }
            (Op::Start { bind, .. }, Cue::Started(started)) => {
                if let otp::Started::Raised(reason) = started {
                    return Ok(self.exited(operation, reason, context));
                }
                self.unwrapped(bind.as_ref(), started.into(), context)
            }
            (Op::Start { start, bind, reference, .. }, Cue::StartedMonitor(started, monitor)) => {
                self.finish_start_monitor(operation, start, [bind, reference], started, monitor, context)
            }
            (Op::Stop { bind, .. }, Cue::Stopped(Ok(()))) => {
                self.bound(bind.as_ref(), Atom::OK.into(), context)
            }
            (Op::Stop { .. }, Cue::Stopped(Err(reason))) => Ok(self.exited(operation, reason, context)),
            (Op::Receive { clauses, .. }, Cue::Received(message)) => {
                let message = self.message_term(&message);
                for (pattern, address) in clauses {
                    if self.bind(pattern, &message, context) {
                        self.result = Outcome::Value(message);
                        return Ok(Flow::Jump(*address));
                    }
                }
                unreachable!("it has accepted the message by one of these clauses")
            }
            (Op::Receive { after: Some((_, address)), .. }, Cue::TimeUp) => Ok(Flow::Jump(*address)),
            (Op::ReceiveOne { pattern, .. }, Cue::Received(message)) => {
                let message = self.message_term(&message);
                self.bind(pattern, &message, context);
                Ok(self.done(message))
            }
            (Op::ReceiveOne { .. }, Cue::TimeUp) => {
                Ok(self.fail(Expectation::NoMessage, operation.span, context))
            }
            (Op::Settle(_), Cue::Quiet(false)) => {
                Ok(self.fail(Expectation::NotSettled, operation.span, context))
            }
            (Op::Await(_), _) => {
                self.awaited = None;
                Ok(Flow::Next)
            }
            (Op::Sleep(_) | Op::Settle(_), _) => Ok(Flow::Next),
            (kind, cue) => unreachable!("{kind:?} does not wait for {cue:?}"),
        }
    }

    /// The operation has returned this value, and nothing binds it.
    pub(super) fn done(&mut self, value: Term) -> Flow {
        self.result = Outcome::Value(value);
        Flow::Next
    }

    /// The operation exits the process, unless the next step expects that.
    pub(super) fn exited(
        &mut self,
        operation: &Operation,
        reason: Term,
        context: &ScriptContext<'_>,
    ) -> Flow {
        // The call that is quoted may have been to a global name.
        let reason = global::shown(&reason, context.image().atoms());
        if operation.catch == Catch::Exit {
            self.result = Outcome::Exit(reason);
            return Flow::Next;
        }
        Flow::Raise(Raise::Exit(reason))
    }

    /// `Pattern = Value`
    pub(super) fn bound(
        &mut self,
        pattern: Option<&Pattern>,
        value: Term,
        context: &ScriptContext<'_>,
    ) -> Result<Flow, Fault> {
        if let Some(pattern) = pattern
            && !self.bind(pattern, &value, context)
        {
            return Err(Fault::Error(Term::tagged(Atom::BADMATCH, value)));
        }
        Ok(self.done(value))
    }

    /// `{ok, Pattern} = Value`
    pub(super) fn unwrapped(
        &mut self,
        pattern: Option<&Pattern>,
        value: Term,
        context: &ScriptContext<'_>,
    ) -> Result<Flow, Fault> {
        if let Some(pattern) = pattern {
            let matches = value.untag(Atom::OK).is_some_and(|inner| self.bind(pattern, inner, context));
            if !matches {
                return Err(Fault::Error(Term::tagged(Atom::BADMATCH, value)));
            }
        }
        Ok(self.done(value))
    }

    /// An expectation does not hold: it is tried again, or the process ends.
    pub(super) fn fail(&mut self, why: Expectation, span: Span, context: &mut ScriptContext<'_>) -> Flow {
        if self.tries_again(context) {
            let every = match self.loops.last() {
                Some(Loop::Eventually { every, .. }) => *every,
                _ => 0,
            };
            return Flow::Block(Block::Sleep(Some(every)));
        }
        let pid = context.pid();
        context.common_mut().failures.push(Failure { pid, start: span.start, end: span.end, why });
        Flow::Raise(Raise::Exit(Atom::EXPECTATION_FAILED.into()))
    }

    /// A client ends in an exception: the file's place is kept for the verdict.
    pub(super) fn record_crash(&mut self, span: Span, raise: &Raise, context: &mut ScriptContext<'_>) {
        if matches!(raise, Raise::Exit(reason) if reason.is(Atom::EXPECTATION_FAILED)) {
            return; // Recorded where it failed.
        }
        let (pid, why) = (context.pid(), Expectation::Exited(raise.clone().reason()));
        context.common_mut().failures.push(Failure { pid, start: span.start, end: span.end, why });
    }
}
