//! What a program does where there are two nodes.

use crate::kernel::{Connection, Target};

use super::super::ast::ConnectionChange;
use super::ScriptContext;

/// `cut`, `heal` and `disconnect`. What is so already stays as it is.
pub(super) fn change(change: ConnectionChange, context: &mut ScriptContext<'_>) {
    let before = context.world().connection();
    match change {
        ConnectionChange::Cut => context.set_connection(Connection::Cut),
        ConnectionChange::Heal if before == Some(Connection::Cut) => context.set_connection(Connection::Down),
        ConnectionChange::Disconnect if before == Some(Connection::Up) => {
            context.set_connection(Connection::Down);
        }
        ConnectionChange::Heal | ConnectionChange::Disconnect => (),
    }
}

/// Whether somebody lives on another node, or is a name there.
pub(super) fn is_away(target: Target, context: &ScriptContext<'_>) -> bool {
    match target {
        Target::Pid(pid) => pid.is_remote_from(context.pid()),
        Target::Name(_) => false,
        Target::Remote(..) => true,
    }
}
