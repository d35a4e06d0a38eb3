//! What of a scenario only Elixir has.

use crate::scenario::ast::{
    Child, Compound, Definition, NewChild, Scenario, StatementKind, Supervisor, SupervisorBody, Supervisors,
};

/// Whether Elixir is needed: for a dynamic supervisor, a registry, a partition supervisor, a task, or a child
/// spec that it makes.
pub fn uses_elixir(scenario: &Scenario) -> bool {
    fn in_child(child: &Child) -> bool {
        match child {
            Child::Worker(_) => false,
            Child::Supervisor(supervisor) => in_supervisor(supervisor),
        }
    }
    fn in_supervisor(supervisor: &Supervisor) -> bool {
        match &supervisor.body {
            SupervisorBody::Children(children) => children.iter().any(in_child),
            SupervisorBody::Registry(_) | SupervisorBody::Partitions(..) | SupervisorBody::Dynamic(_) => true,
            SupervisorBody::Raw(_) | SupervisorBody::Raises(_) | SupervisorBody::Reference => false,
        }
    }
    scenario.definitions.iter().any(Definition::is_task)
        || scenario.statements().into_iter().any(|kind| match kind {
            StatementKind::Supervisors(Supervisors::StartChild { child: NewChild::Node(child), .. }) => {
                in_child(child)
            }
            StatementKind::Registries(_)
            | StatementKind::Compound(Compound::Dispatch { .. } | Compound::Lock { .. })
            | StatementKind::Supervisors(Supervisors::ChildSpec { .. }) => true,
            _ => false,
        })
        || scenario.trees.iter().any(|tree| in_supervisor(&tree.supervisor))
}
