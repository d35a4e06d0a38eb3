//! What is found in a whole file: its statements, wherever code stands, and what its modules say of themselves.

use std::collections::BTreeMap;

use crate::otp::ChildType;

use super::{Block, ChildOptions, DefinitionKind, Scenario, StatementKind};

impl Scenario {
    /// Every statement of every handler, process and client, those in blocks too.
    pub fn statements(&self) -> Vec<&StatementKind> {
        let mut found = Vec::new();
        for definition in &self.definitions {
            match &definition.kind {
                DefinitionKind::Server(server) => {
                    found.extend(server.inits.iter().flat_map(|init| statements(&init.body)));
                    found.extend(server.handlers.iter().flat_map(|handler| statements(&handler.body)));
                    found.extend(server.terminate.iter().flat_map(|terminate| statements(&terminate.body)));
                }
                DefinitionKind::Process(process) => found.extend(statements(&process.body)),
                DefinitionKind::Agent | DefinitionKind::StartFunction { .. } => (),
            }
        }
        found.extend(self.clients.iter().flat_map(|client| statements(&client.body)));
        found
    }

    /// What the modules of the file say of their own child specs, by their names.
    pub fn module_options(&self) -> BTreeMap<&str, (&ChildOptions, ChildType)> {
        let definitions = self.definitions.iter();
        let definitions = definitions.map(|it| (&it.name, (&it.options, ChildType::Worker)));
        let supervisors = self.trees.iter().map(|tree| &tree.supervisor);
        let supervisors = supervisors.map(|it| (&it.name, (&it.options, ChildType::Supervisor)));
        definitions.chain(supervisors).map(|(name, said)| (name.text.as_str(), said)).collect()
    }
}

/// Every statement of a block, and of those within.
pub fn statements(block: &Block) -> Vec<&StatementKind> {
    let mut found = Vec::new();
    for statement in block {
        found.push(&statement.kind);
        if let StatementKind::Compound(said) = &statement.kind {
            found.extend(said.blocks().into_iter().flat_map(statements));
        }
    }
    found
}
