//! The numbers of what a file names, in the order in which it is lowered.

use super::super::ast::{DefinitionKind, Scenario};
use super::names::{Numbering, number};
use super::start::Module;

impl Numbering {
    /// Numbers the shared things and the clients of a file.
    pub fn of(scenario: &Scenario) -> Numbering {
        let mut names = Numbering::default();
        for (index, client) in scenario.clients.iter().enumerate() {
            if let Some(name) = &client.name {
                names.clients.insert(name.text.clone(), number(index));
            }
        }
        for task in scenario.definitions.iter().filter(|definition| definition.is_task()) {
            names.tasks.insert(task.name.text.clone());
        }
        for (index, shared) in scenario.shared.iter().enumerate() {
            names.shared.insert(shared.name.text.clone(), number(index));
        }
        for (index, table) in scenario.shared_tables.iter().enumerate() {
            names.shared_tables.insert(table.text.clone(), number(index));
        }
        number_modules(scenario, &mut names);
        names
    }
}

/// Gives every name that can be started its number, in the order in which they are lowered.
fn number_modules(scenario: &Scenario, names: &mut Numbering) {
    let (mut programs, mut functions) = (0, 0);
    for definition in &scenario.definitions {
        let module = match definition.kind {
            DefinitionKind::StartFunction { .. } => Module::Function(post_increment(&mut functions)),
            _ => Module::Definition(post_increment(&mut programs)),
        };
        names.modules.insert(definition.name.text.clone(), module);
    }
    for name in [Numbering::WORKER, Numbering::AGENT] {
        names.modules.insert(name.to_owned(), Module::Definition(post_increment(&mut programs)));
    }
    for (index, tree) in scenario.trees.iter().enumerate() {
        names.supervisors.push(None);
        names.modules.insert(tree.supervisor.name.text.clone(), Module::Supervisor(number(index)));
    }
    let defined = scenario.module_options();
    let trees = scenario.trees.iter().map(|tree| &tree.supervisor.name);
    for name in scenario.definitions.iter().map(|definition| &definition.name).chain(trees) {
        let (options, kind) = defined[name.text.as_str()];
        let module = names.atoms.intern(&name.text);
        names.options.insert(module, (options.clone(), kind));
    }
    let applications = scenario.trees.iter().filter_map(|tree| tree.application.as_ref());
    for (index, application) in applications.enumerate() {
        names.applications.insert(application.name.text.clone(), number(index));
    }
}

fn post_increment(count: &mut u16) -> u16 {
    *count += 1;
    *count - 1
}
