//! Registries and partition supervisors: how they are started, and the names that they keep.

use crate::scenario::ast::{Child, Entry, Partitions, Pool, Registration, Registry, Supervisor, Via};

use super::program::Program;
use super::value::{atom, constant, list, name, value, values};

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
            Registration::Default | Registration::None(_) | Registration::Name(_) => name(&supervisor.name),
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

/// An entry: two elements of a tuple.
pub(super) fn entry(entry: &Entry) -> String {
    format!("{},{}", name(&entry.registry), value(&entry.key))
}

/// Whoever keeps names, as it is named itself.
pub(super) fn pool(pool: &Pool) -> String {
    pool.via.as_deref().map_or_else(|| name(&pool.name), known_via)
}

/// A name that somebody else keeps, to be computed.
pub(super) fn via(via: &Via) -> String {
    let module = atom(&format!("Elixir.{}", via.module.word()));
    let value_of_name = via.value.as_ref().map(|said| format!(",{}", value(said))).unwrap_or_default();
    let holder = pool(&via.holder);
    format!("{{t,[{{k,via}},{{k,{module}}},{{t,[{{k,{holder}}},{}{value_of_name}]}}]}}", value(&via.key))
}

/// The same as a term, where no code runs that could give a variable its value.
pub(super) fn known_via(via: &Via) -> String {
    let holder = pool(&via.holder);
    let parts = [Some(holder), constant(&via.key), via.value.as_ref().and_then(constant)];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    format!("{{via,{},{{{}}}}}", atom(&format!("Elixir.{}", via.module.word())), parts.join(","))
}
