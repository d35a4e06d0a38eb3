//! Child specs that `Supervisor.child_spec/2` makes: what the modules of a file would say to `use`, and the lines.

use crate::scenario::ast::{
    ChildOptions, DefinitionKind, Scenario, SpecSource, StatementKind, Supervisor, SupervisorBody,
    Supervisors, Value,
};

use super::program::Program;
use super::tree::modules;
use super::value::{atom, constant, list, name, value, values};

impl Program<'_> {
    /// What the driver calls `child_spec/1` of: `Module => {use, Behaviour, Options}`, or `{called, Module,
    /// Options}` of those that are Elixir's own, which have no options of that kind. Nothing, where no line asks.
    pub(super) fn generated_specs(&mut self, scenario: &Scenario) -> String {
        if !scenario
            .statements()
            .iter()
            .any(|kind| matches!(kind, StatementKind::Supervisors(Supervisors::ChildSpec { .. })))
        {
            return "#{}".to_owned();
        }
        let definitions = scenario.definitions.iter().filter_map(|definition| {
            let behaviour = match &definition.kind {
                DefinitionKind::Server(_) => "GenServer",
                DefinitionKind::Agent => "Agent",
                DefinitionKind::Process(process) if process.task => "Task",
                DefinitionKind::Process(_) | DefinitionKind::StartFunction { .. } => return None,
            };
            Some((&definition.name, &definition.options, ("use", behaviour)))
        });
        let supervisors = scenario.trees.iter().map(|tree| &tree.supervisor);
        let all = definitions.chain(supervisors.map(|it| (&it.name, &it.options, supervisor(it))));
        let specs: Vec<String> = all
            .map(|(module, options, (how, elixir))| {
                let elixir = atom(&format!("Elixir.{elixir}"));
                let said = self.overrides(options, constant, |term| term);
                format!("{}=>{{{how},{elixir},{said}}}", name(module))
            })
            .collect();
        format!("#{{{}}}", specs.join(",\n"))
    }

    /// What a line or a definition says of a child spec, key by key.
    pub(super) fn overrides(
        &mut self,
        said: &ChildOptions,
        value: fn(&Value) -> Option<String>,
        known: fn(String) -> String,
    ) -> String {
        let modules = said.modules.as_ref().and_then(|said| modules(said).map(known).or_else(|| value(said)));
        let parts = [
            ("id", said.id.as_ref().and_then(value)),
            ("start", said.start.as_ref().and_then(value)),
            ("restart", said.restart.as_ref().map(|said| known(said.value.word().to_owned()))),
            ("shutdown", said.shutdown.as_ref().map(|said| known(self.shutdown(said.value)))),
            ("type", said.kind.as_ref().map(|said| known(said.value.word().to_owned()))),
            ("modules", modules),
            ("significant", said.significant.as_ref().map(|said| known(said.value.to_string()))),
        ];
        list(parts.into_iter().filter_map(|(key, said)| Some(format!("{{{key},{}}}", said?))))
    }
}

/// Whose child spec a line makes.
pub(super) fn source(of: &SpecSource) -> String {
    match of {
        SpecSource::Module(module, arguments) => format!("{{module,{},{}}}", name(module), values(arguments)),
        SpecSource::Raw(child) => format!("{{raw,{}}}", value(child)),
    }
}

/// Whose `child_spec/1` the module of a supervisor has.
fn supervisor(supervisor: &Supervisor) -> (&'static str, &'static str) {
    match &supervisor.body {
        SupervisorBody::Registry(_) => ("called", "Registry"),
        SupervisorBody::Partitions(..) => ("called", "PartitionSupervisor"),
        SupervisorBody::Dynamic(body) if body.tasks => ("called", "Task.Supervisor"),
        SupervisorBody::Dynamic(_) => ("use", "DynamicSupervisor"),
        SupervisorBody::Children(_)
        | SupervisorBody::Raw(_)
        | SupervisorBody::Raises(_)
        | SupervisorBody::Reference => ("use", "Supervisor"),
    }
}
