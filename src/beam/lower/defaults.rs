//! What the definitions of a file say of their child specs.

use std::collections::BTreeMap;

use crate::scenario::ast::{ChildOptions, Name, Scenario, Tree};

/// What a definition says of its child spec.
#[derive(Clone, Debug)]
pub(super) struct Defaults {
    pub(super) options: ChildOptions,
    pub(super) is_supervisor: bool,
}

/// What all definitions of a file say of their child specs.
pub(super) fn collect_defaults(scenario: &Scenario) -> BTreeMap<String, Defaults> {
    let mut found = BTreeMap::new();
    let mut add = |name: &Name, options: &ChildOptions, is_supervisor| {
        found.insert(name.text.clone(), Defaults { options: options.clone(), is_supervisor });
    };
    for server in &scenario.servers {
        add(&server.name, &server.options, false);
    }
    for agent in &scenario.agents {
        add(&agent.name, &agent.options, false);
    }
    for function in &scenario.start_functions {
        add(&function.name, &function.options, false);
    }
    for process in &scenario.processes {
        add(&process.name, &process.options, false);
    }
    for tree in &scenario.trees {
        match tree.outermost() {
            Tree::Supervisor(supervisor) => add(&supervisor.name, &supervisor.options, true),
            Tree::DynamicSupervisor(supervisor) => add(&supervisor.name, &supervisor.options, true),
            Tree::Application(_) => (),
        }
    }
    found
}
