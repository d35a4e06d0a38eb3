//! Starting and stopping the applications of a scenario.

use crate::kernel::Context;
use crate::otp::{Actor, Block};

use super::super::ast::ApplicationType;
use super::Script;
use super::frame::{Flow, Frame};
use super::program::OperationKind;

type ScriptContext<'a> = Context<'a, Actor<Script>>;

/// `application:start(Application, Type)`.
pub(super) fn start(
    _number: u16,
    _kind: Option<ApplicationType>,
    _context: &mut ScriptContext<'_>,
) -> Block<Script> {
    Block::Sleep(Some(0))
}

impl Frame {
    pub(super) fn control(&mut self, _kind: &OperationKind, _context: &mut ScriptContext<'_>) -> Flow {
        Flow::Next
    }
}
