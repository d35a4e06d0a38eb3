//! Nodes, and the connection between them.

use crate::kernel::Term;

use super::super::super::ast::ConnectionChange;
use super::super::super::language::{Lowered, Network};
use super::super::frame::{Execution, Performed};
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
