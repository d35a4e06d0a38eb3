//! All statements of a file, wherever code stands.

use super::{Block, Scenario, StatementKind};

impl Scenario {
    /// Every statement of every handler, process and client, those in blocks too.
    pub fn statements(&self) -> Vec<&StatementKind> {
        let servers = self.servers.iter().flat_map(|server| {
            let inits = server.inits.iter().map(|init| &init.body);
            let handlers = server.handlers.iter().map(|handler| &handler.body);
            inits.chain(handlers).chain(server.terminate.iter().map(|terminate| &terminate.body))
        });
        let processes = self.processes.iter().map(|process| &process.body);
        let clients = self.clients.iter().map(|client| &client.body);
        servers.chain(processes).chain(clients).flat_map(statements).collect()
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
