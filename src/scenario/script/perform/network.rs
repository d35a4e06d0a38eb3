//! Nodes, and the connection between them.

use crate::kernel::{Atom, Target, Term};
use crate::otp::{Block, CallTimeout, Request, global_registration, global_release};

use super::super::super::ast::ConnectionChange;
use super::super::super::language::{Lowered, Network};
use super::super::execution::Execution;
use super::super::frame::{Flow, Performed};
use super::super::nodes;
use super::super::{Note, ScriptContext, say};

impl Execution {
    pub(super) fn perform_network(
        &mut self,
        said: &Network<Lowered>,
        context: &mut ScriptContext<'_>,
    ) -> Performed {
        match said {
            Network::MonitorNode { node, flag } => {
                context.monitor_node(self.atom(node, context)?, *flag);
            }
            Network::RegisterName { name, target, resolve } => {
                let method = Atom::of(resolve.word());
                let holder = self.process(target, context)?;
                return Ok(ask_names(global_registration(*name, holder, method)));
            }
            Network::UnregisterName { name } => {
                return Ok(match context.whereis(*name) {
                    Some(_) => ask_names(global_release(*name)),
                    None => self.done(Atom::OK.into()),
                });
            }
            Network::Connection { change } => {
                let text = match change {
                    ConnectionChange::Cut => "cuts the network between the nodes",
                    ConnectionChange::Heal => "heals the network between the nodes",
                    ConnectionChange::Disconnect => "disconnects the nodes",
                };
                say(|| Note::Log { text: text.into(), values: Vec::new() }, context);
                nodes::change(*change, context);
            }
        }
        Ok(self.done(Term::boolean(true)))
    }
}

/// What is asked of the `global_name_server` of the own node.
fn ask_names(request: Term) -> Flow {
    Flow::Block(Block::Call {
        said: None,
        target: Target::Name(Atom::GLOBAL_NAME_SERVER),
        request: Request::User(request),
        timeout: CallTimeout::Infinity,
    })
}
