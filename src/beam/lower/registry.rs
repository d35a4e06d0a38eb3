//! Registries and partition supervisors: how they are started, and the names that they keep.

use crate::scenario::ast::{Child, Partitions, Registration, Registry, Supervisor};

use super::program::Program;
use super::value::{constant, known_via, list, name, values};

impl Program<'_> {
    /// The options of `Registry.start_link/1`.
    pub(super) fn define_registry(&mut self, key: &str, supervisor: &Supervisor, body: &Registry) {
        let keys = body.keys.word();
        let meta = body
            .meta
            .iter()
            .filter_map(|(key, value)| Some(format!("{{{},{}}}", constant(key)?, constant(value)?)));
        let module = name(&supervisor.name);
        let definition = format!(
            "#{{module=>{module},registry=>[{{keys,{keys}}},{{name,{module}}},{{partitions,{}}},\
             {{listeners,{}}},{{meta,{}}}]}}",
            body.partitions(),
            list(body.listeners.iter().map(name)),
            list(meta),
        );
        self.define(key, &definition);
    }

    /// The options of `PartitionSupervisor.start_link/1`.
    pub(super) fn define_partitions(
        &mut self,
        key: &str,
        supervisor: &Supervisor,
        body: &Partitions,
        child: &Child,
    ) {
        let spec = self.drawn_spec(child, true);
        let arguments = body.with_arguments.as_ref().map_or("none".to_owned(), |said| values(said));
        let mut options = vec![format!("{{strategy,{}}}", supervisor.strategy().word())];
        options
            .extend(supervisor.max_restarts.as_ref().map(|said| format!("{{max_restarts,{}}}", said.value)));
        options.extend(supervisor.max_seconds.as_ref().map(|said| format!("{{max_seconds,{}}}", said.value)));
        let called = match &supervisor.options.name {
            Registration::Via(via) => known_via(via),
            Registration::Default
            | Registration::None(_)
            | Registration::Name(_)
            | Registration::Variable(_) => name(&supervisor.name),
        };
        let definition = format!(
            "#{{module=>{},called=>{called},count=>{},child=>{spec},with_arguments=>{arguments},options=>{}}}",
            name(&supervisor.name),
            body.count,
            list(options),
        );
        self.define(key, &definition);
    }
}
