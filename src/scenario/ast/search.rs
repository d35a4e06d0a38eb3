//! All statements of a file, wherever code stands.

use super::{Block, RegistryStatement, Scenario, StatementKind};

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
        for inner in blocks(&statement.kind) {
            found.extend(statements(inner));
        }
    }
    found
}

fn blocks(kind: &StatementKind) -> Vec<&Block> {
    use StatementKind as Said;
    match kind {
        Said::If { then, otherwise, .. } => [then].into_iter().chain(otherwise).collect(),
        Said::Registry(RegistryStatement::Dispatch { body, .. } | RegistryStatement::Lock { body, .. })
        | Said::Repeat { body, .. }
        | Said::Eventually { body, .. }
        | Said::EachEntry { body, .. }
        | Said::EachItem { body, .. } => vec![body],
        Said::Receive { clauses, after } => {
            clauses.iter().map(|clause| &clause.body).chain(after.iter().map(|(_, body)| body)).collect()
        }
        Said::Match { clauses, otherwise, .. } => {
            clauses.iter().map(|clause| &clause.body).chain(otherwise).collect()
        }
        _ => Vec::new(),
    }
}
