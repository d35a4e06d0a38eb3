//! A code change of a supervisor as who makes it sees it: `sys:suspend/1`, `sys:change_code/4` and
//! `sys:resume/1`, one call after the other.

use crate::kernel::{Context, Input, Received, Target, Term};

use super::actor::Actor;
use super::call::PendingCall;
use super::guest::Guest;
use super::message::{CallTimeout, Message, Request, SystemRequest};
use super::supervisor::InitResult;

/// How long `sys` waits for an answer, unless it is told otherwise.
pub const SYS_TIMEOUT_MS: u64 = 5_000;

/// A code change that waits for an answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PendingCodeChange<G: Guest> {
    target: Target,
    call: PendingCall<G>,
    stage: Stage<G>,
}

/// What is being waited for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Stage<G: Guest> {
    /// `sys:suspend/1`; then this is what `init/1` returns.
    Suspending(Box<InitResult<G::Start>>),
    /// It waits for the answer to `sys:change_code/4`.
    Changing,
    /// `sys:resume/1`; then the change has answered this.
    Resuming(Term),
}

/// What comes next.
pub enum Advanced<G: Guest> {
    /// The next answer, for which it waits as long again.
    Waits(PendingCodeChange<G>),
    /// What `sys:change_code/4` has returned, or the reason that the caller exits with.
    Done(Result<Term, Term>),
}

impl<G: Guest> PendingCodeChange<G> {
    /// Begins to suspend it.
    pub(super) fn begin(
        target: Target,
        init: Box<InitResult<G::Start>>,
        context: &mut Context<'_, Actor<G>>,
    ) -> Advanced<G> {
        ask(target, SystemRequest::Suspend, Stage::Suspending(init), context)
    }

    /// Whom it changes.
    pub fn target(&self) -> Target {
        self.target
    }

    /// Whether the caller's `receive` would take this message.
    pub(super) fn accepts(&self, message: &Received<Message<G>>) -> bool {
        self.call.accepts(message)
    }

    /// Goes on with an answer, or without one.
    pub(super) fn resume(self, input: Input<Message<G>>, context: &mut Context<'_, Actor<G>>) -> Advanced<G> {
        let answered = match input {
            Input::Message(message) => self.call.hear(message, context),
            _ => self.call.time_out(context),
        };
        let answer = match answered {
            Ok(answer) => answer,
            Err(reason) => return Advanced::Done(Err(reason)),
        };
        match self.stage {
            Stage::Suspending(init) => {
                ask(self.target, SystemRequest::ChangeCode(init), Stage::Changing, context)
            }
            Stage::Changing => ask(self.target, SystemRequest::Resume, Stage::Resuming(answer), context),
            Stage::Resuming(changed) => Advanced::Done(Ok(changed)),
        }
    }
}

fn ask<G: Guest>(
    target: Target,
    request: SystemRequest<G>,
    stage: Stage<G>,
    context: &mut Context<'_, Actor<G>>,
) -> Advanced<G> {
    match PendingCall::begin(
        target,
        Request::System(request),
        CallTimeout::Milliseconds(SYS_TIMEOUT_MS),
        None,
        context,
    ) {
        Ok(call) => Advanced::Waits(PendingCodeChange { target, call, stage }),
        Err(reason) => Advanced::Done(Err(reason)),
    }
}
