//! Nodes, and the connection between them.

use crate::kernel::Term;

use super::super::super::language::{Lowered, Network};
use super::super::ScriptContext;
use super::super::frame::{Execution, Performed};
use super::super::nodes;

impl Execution {
    pub(super) fn perform_network(
        &mut self,
        said: &Network<Lowered>,
        context: &mut ScriptContext<'_>,
    ) -> Performed {
        match said {
            Network::MonitorNode { node, flag } => context.monitor_node(*node, *flag),
            Network::Connection { change } => nodes::change(*change, context),
        }
        Ok(self.done(Term::boolean(true)))
    }
}
