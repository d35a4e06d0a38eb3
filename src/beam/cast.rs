//! Who takes part in a scenario, as far as the comparison must know them apart.

use std::collections::BTreeSet;

use crate::scenario::ast::{
    Block, Child, Client, Compound, Definition, Name, NewChild, Scenario, SpecSource, StatementKind,
    Supervisor, Supervisors, ValueKind, WorkerModule, statements,
};

/// Who takes part.
#[derive(Clone, Debug, Default)]
pub struct Roles {
    /// The clients whose answers can be compared, by their places: how often one that retries is answered is a matter of time.
    pub(super) answered: BTreeSet<String>,
    /// What plain processes are called: they have no `init` that could fail.
    pub(super) plain: BTreeSet<String>,
    /// The shared variables that the file's outcomes are made of: where each is, and its name.
    pub(super) outcomes: Vec<(usize, String)>,
}

impl Roles {
    /// The clients whose answers can be compared, by their places.
    pub fn answered(&self) -> impl Iterator<Item = &str> {
        self.answered.iter().map(String::as_str)
    }

    /// Who takes part in this scenario.
    pub fn of(scenario: &Scenario) -> Roles {
        let place = |at: usize, client: &Client| match scenario.nodes.of_clients.get(at) {
            Some(Some(node)) => format!("{}@{}", label(client), node.text),
            _ => label(client),
        };
        let clients = || scenario.clients.iter().enumerate();
        let mut answered: BTreeSet<String> = clients().map(|(at, client)| place(at, client)).collect();
        for (at, client) in clients().filter(|(_, client)| retries(&client.body)) {
            answered.remove(&place(at, client));
        }
        let mut plain: BTreeSet<String> = scenario.clients.iter().map(label).collect();
        plain.extend(processes_of(scenario).map(|process| process.name.text.clone()));
        let processes = plain.clone();
        for tree in &scenario.trees {
            in_supervisor(&tree.supervisor, &processes, &mut plain);
        }
        plain.extend(given_ids(scenario, &processes));
        if scenario.statements().into_iter().any(dispatches_in_parallel) {
            plain.insert("dispatch".to_owned());
        }
        let place = |name: &Name| scenario.shared.iter().position(|shared| shared.name.text == name.text);
        let variables = scenario.outcomes.iter().flat_map(|outcomes| &outcomes.variables);
        let outcomes = variables.filter_map(|name| Some((place(name)?, name.text.clone()))).collect();
        Roles { answered, plain, outcomes }
    }
}

fn dispatches_in_parallel(kind: &StatementKind) -> bool {
    matches!(kind, StatementKind::Compound(Compound::Dispatch { parallel: true, .. }))
}

/// The ids that lines and definitions give to processes which they make children.
fn given_ids(scenario: &Scenario, processes: &BTreeSet<String>) -> BTreeSet<String> {
    let lines = scenario.statements().into_iter().filter_map(|kind| match kind {
        StatementKind::Supervisors(Supervisors::StartChild {
            child: NewChild::Module { module, options, .. },
            ..
        }) => Some((module, options.id.as_ref()?)),
        StatementKind::Supervisors(Supervisors::ChildSpec {
            of: SpecSource::Module(module, _),
            overrides,
            ..
        }) => Some((module, overrides.id.as_ref()?)),
        _ => None,
    });
    let definitions =
        processes_of(scenario).filter_map(|process| Some((&process.name, process.options.id.as_ref()?)));
    let given = lines.chain(definitions).filter(|(module, _)| processes.contains(&module.text));
    let given = given.filter_map(|(_, id)| match &id.kind {
        ValueKind::Atom(text) => Some(text.clone()),
        _ => None,
    });
    given.collect()
}

fn label(client: &Client) -> String {
    client.name.as_ref().map_or("client".to_owned(), |name| name.text.clone())
}

fn processes_of(scenario: &Scenario) -> impl Iterator<Item = &Definition> {
    scenario.definitions.iter().filter(|definition| definition.process().is_some())
}

fn in_supervisor(supervisor: &Supervisor, processes: &BTreeSet<String>, plain: &mut BTreeSet<String>) {
    for child in supervisor.body.children() {
        match child {
            Child::Worker(worker) => {
                if let WorkerModule::Definition(module) = &worker.module
                    && processes.contains(&module.text)
                {
                    plain.insert(worker.id.text.clone());
                }
            }
            Child::Supervisor(nested) => in_supervisor(nested, processes, plain),
        }
    }
}

fn retries(block: &Block) -> bool {
    statements(block).iter().any(|kind| matches!(kind, StatementKind::Compound(Compound::Eventually { .. })))
}
