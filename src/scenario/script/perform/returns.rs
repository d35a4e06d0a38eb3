//! What a server's callback returns.

use crate::kernel::Atom;
use crate::otp::{self, Callback, Info};

use super::super::super::ast::InsertedEvent;
use super::super::super::language::{Callbacks, Lowered};
use super::super::ScriptContext;
use super::super::execution::Execution;
use super::super::frame::{Flow, Performed};
use super::super::machine::Happened;
use super::super::operands::bad_argument;

impl Execution {
    pub(super) fn perform_callbacks(
        &mut self,
        said: &Callbacks<Lowered>,
        context: &mut ScriptContext<'_>,
    ) -> Performed {
        Ok(match said {
            Callbacks::Reply { value } => {
                self.returning.reply = Some(self.value(value, context)?);
                Flow::Next
            }
            Callbacks::ReplyTo { from, value } => {
                let from = otp::From::of(&self.value(from, context)?).ok_or_else(bad_argument)?;
                let value = self.value(value, context)?;
                otp::reply(from, value, context);
                self.done(Atom::OK.into())
            }
            Callbacks::Continue { value } => {
                self.returning.continues = Some(self.value(value, context)?);
                Flow::Next
            }
            Callbacks::Timeout { after, message } => {
                let message = self.optional(message, context)?;
                self.returning.timeout = self.milliseconds(after, context)?.map(|after| (after, message));
                Flow::Next
            }
            Callbacks::StopSelf { reason } | Callbacks::Fail { reason } => {
                self.returning.stop = Some(self.value(reason, context)?);
                Flow::Return
            }
            Callbacks::Goto { phase } => {
                self.phase = *phase;
                Flow::Next
            }
            Callbacks::Postpone => {
                self.machine.get_or_insert_default().postpone();
                Flow::Next
            }
            Callbacks::NextEvent { kind, content } => {
                let content = self.value(content, context)?;
                let event = match kind {
                    InsertedEvent::Internal => Happened::Internal(content),
                    InsertedEvent::Cast => Happened::Called(Callback::Cast(content)),
                    InsertedEvent::Info => Happened::Called(Callback::Info(Info::Message(content))),
                };
                self.machine.get_or_insert_default().insert(event);
                Flow::Next
            }
            Callbacks::StartTimeout { kind, after, content } => {
                let (kind, after) = (self.value(kind, context)?, self.milliseconds(after, context)?);
                let content = self.optional(content, context)?.unwrap_or(Atom::UNDEFINED.into());
                self.machine.get_or_insert_default().times(kind, after, content);
                Flow::Next
            }
            Callbacks::Ignore => {
                self.returning.ignore = true;
                Flow::Return
            }
        })
    }
}
