//! Child specs that `Supervisor.child_spec/2` makes: what the modules of a file would say to `use`, and the lines.

use crate::scenario::ast::{
    ChildOptions, Name, Scenario, SpecOverrides, SpecSource, StatementKind, Supervisor, SupervisorBody,
    Supervisors, Tree,
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
        let used = |behaviour: &'static str| ("use", behaviour);
        let mut all: Vec<(&Name, &ChildOptions, (&str, &str))> = Vec::new();
        all.extend(scenario.servers.iter().map(|it| (&it.name, &it.options, used("GenServer"))));
        all.extend(scenario.agents.iter().map(|it| (&it.name, &it.options, used("Agent"))));
        let tasks = scenario.processes.iter().filter(|process| process.task);
        all.extend(tasks.map(|it| (&it.name, &it.options, used("Task"))));
        all.extend(scenario.trees.iter().filter_map(|tree| match tree.outermost() {
            Tree::Supervisor(it) => Some((&it.name, &it.options, supervisor(it))),
            Tree::DynamicSupervisor(it) if it.tasks => {
                Some((&it.name, &it.options, ("called", "Task.Supervisor")))
            }
            Tree::DynamicSupervisor(it) => Some((&it.name, &it.options, used("DynamicSupervisor"))),
            Tree::Application(_) => None,
        }));
        let specs: Vec<String> = all
            .into_iter()
            .map(|(module, options, (how, elixir))| {
                let elixir = atom(&format!("Elixir.{elixir}"));
                format!("{}=>{{{how},{elixir},{}}}", name(module), self.options(options))
            })
            .collect();
        format!("#{{{}}}", specs.join(",\n"))
    }

    fn options(&mut self, options: &ChildOptions) -> String {
        let parts = [
            ("id", options.id.as_ref().and_then(constant)),
            ("restart", options.restart.as_ref().map(|said| said.value.word().to_owned())),
            ("shutdown", options.shutdown.as_ref().map(|said| self.shutdown(said.value))),
            ("significant", options.significant.as_ref().map(|said| said.value.to_string())),
            ("modules", options.modules.as_ref().and_then(modules)),
        ];
        list(parts.into_iter().filter_map(|(key, said)| Some(format!("{{{key},{}}}", said?))))
    }

    /// What a `child_spec` line puts in place of what is there.
    pub(super) fn overrides(&mut self, said: &SpecOverrides) -> String {
        let known = |term: String| format!("{{k,{term}}}");
        let modules = said.modules.as_ref().map(|said| modules(said).map_or_else(|| value(said), known));
        let kind = said.kind.as_ref().map(|kind| kind.value.word());
        let parts = [
            ("id", said.id.as_ref().map(value)),
            ("start", said.start.as_ref().map(value)),
            ("restart", said.restart.as_ref().map(|said| known(said.value.word().to_owned()))),
            ("shutdown", said.shutdown.as_ref().map(|said| known(self.shutdown(said.value)))),
            ("type", kind.map(|kind| known(kind.to_owned()))),
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
    match supervisor.body {
        SupervisorBody::Registry(_) => ("called", "Registry"),
        SupervisorBody::Partitions(..) => ("called", "PartitionSupervisor"),
        SupervisorBody::Children(_)
        | SupervisorBody::Raw(_)
        | SupervisorBody::Raises(_)
        | SupervisorBody::Reference => ("use", "Supervisor"),
    }
}
