//! Messages and time.

use crate::kernel::{Atom, Target, Term, Through};
use crate::otp::{Block, CallTimeout, Cue, Message, Request};

use super::super::super::ast::Span;
use super::super::super::language::{Lowered, Messages};
use super::super::common::Unmet;
use super::super::execution::Execution;
use super::super::frame::{Flow, Performed};
use super::super::nodes;
use super::super::operands::{Whom, bad_argument, call};
use super::super::{Script, ScriptContext};

impl Execution {
    pub(super) fn perform_messages(
        &mut self,
        said: &Messages<Lowered>,
        context: &mut ScriptContext<'_>,
    ) -> Performed {
        Ok(match said {
            Messages::Send { target, value, priority } => {
                if let Term::Ref(alias) = self.value(target, context)? {
                    let value = self.value(value, context)?;
                    let through = Through { alias, priority: *priority };
                    context.send_to_alias(through, Message::Info(value.clone()));
                    return Ok(self.done(value));
                }
                let (whom, value) = (self.whom(target, context)?, self.value(value, context)?);
                let target = match whom {
                    Whom::Known(target) => target,
                    Whom::Via(via) => Target::Pid(via.addressee(context)?),
                };
                context.send_to(target, Message::Info(value.clone())).map_err(|_| bad_argument())?;
                self.done(value)
            }
            Messages::Cast { target, value } => {
                let (whom, value) = (self.whom(target, context)?, self.value(value, context)?);
                let target = match whom {
                    Whom::Known(target) => Some(target),
                    Whom::Via(via) => via.addressee(context).ok().map(Target::Pid),
                };
                // A cast never fails (gen_server.erl, cast/2).
                let _ = target.map(|target| context.send_to(target, Message::Cast(value)));
                self.done(Atom::OK.into())
            }
            Messages::Call { target, value, timeout, .. } => {
                let whom = self.whom(target, context)?;
                let request = Request::User(self.value(value, context)?);
                let timeout = match timeout {
                    Some(timeout) => self.milliseconds(timeout, context)?.into(),
                    None => CallTimeout::Unsaid,
                };
                call(whom, request, timeout, context)?
            }
            Messages::SendAfter { after, target, value, bind }
            | Messages::StartTimer { after, target, value, bind } => {
                let after = self.milliseconds(after, context)?.ok_or_else(bad_argument)?;
                let (target, value) = (self.target(target, context)?, self.value(value, context)?);
                if nodes::is_away(target, context) {
                    return Err(bad_argument());
                }
                let reference = context.make_ref();
                let value = if matches!(said, Messages::StartTimer { .. }) {
                    Term::tuple([Atom::TIMEOUT.into(), reference.into(), value])
                } else {
                    value
                };
                context.start_timer(reference, after, target, Message::Info(value));
                self.bound(bind, reference.into(), context)?
            }
            Messages::CancelTimer { timer, bind } | Messages::ReadTimer { timer, bind } => {
                let reference = self.reference(timer, context)?;
                let left = match said {
                    Messages::ReadTimer { .. } => context.read_timer(reference),
                    _ => context.cancel_timer(reference),
                };
                let left = left.map_or(Term::boolean(false), |left| Term::Int(left.cast_signed()));
                self.bound(bind, left, context)?
            }
            Messages::Sleep { time } => Flow::Block(Block::Sleep(self.milliseconds(time, context)?)),
            Messages::Hang => Flow::Block(Block::Sleep(None)),
            Messages::ReceiveOne { timeout, .. } => {
                let timeout = match timeout {
                    Some(timeout) => self.milliseconds(timeout, context)?,
                    None => None,
                };
                Flow::Block(Block::Receive(timeout))
            }
        })
    }

    pub(super) fn finish_messages(
        &mut self,
        said: &Messages<Lowered>,
        cue: Cue<Script>,
        span: Span,
        context: &mut ScriptContext<'_>,
    ) -> Performed {
        match (said, cue) {
            (Messages::Call { bind, .. }, Cue::Called(Ok(reply))) => self.bound(bind, reply, context),
            (Messages::ReceiveOne { pattern, .. }, Cue::Received(message)) => {
                let message = self.message_term(&message);
                self.bind(pattern, &message, context);
                Ok(self.done(message))
            }
            (Messages::ReceiveOne { .. }, Cue::TimeUp) => Ok(self.fail(Unmet::NoMessage, span, context)),
            (Messages::Sleep { .. } | Messages::Hang, _) => Ok(Flow::Next),
            (said, cue) => unreachable!("{said:?} does not wait for {cue:?}"),
        }
    }
}
