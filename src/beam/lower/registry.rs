//! Registries and partition supervisors: how they are started, the names that they keep, and what a process
//! does with them.

use crate::scenario::ast::{
    Child, Entry, Partitions, Pool, Registration, Registry, RegistryKeys, RegistryStatement, Supervisor, Via,
};

use super::program::Program;
use super::value::{atom, bind, constant, list, name, pattern, target, value, values};

impl Program<'_> {
    /// The options of `Registry.start_link/1`.
    pub(super) fn define_registry(&mut self, key: &str, supervisor: &Supervisor, body: &Registry) {
        let keys = match body.keys {
            RegistryKeys::Unique => "unique",
            RegistryKeys::Duplicate => "duplicate",
        };
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

    /// A statement that concerns a registry or a partition supervisor.
    pub(super) fn registry(&mut self, said: &RegistryStatement) -> String {
        use RegistryStatement as Said;
        let matching = |said: Option<&crate::scenario::ast::Value>| said.map_or("none".to_owned(), pattern);
        let owner = |said: Option<&crate::scenario::ast::Target>| said.map_or("self".to_owned(), target);
        let asked = match said {
            Said::Register { entry, value: what, bind: into } => {
                format!("{{register,{},{},{}}}", self::entry(entry), value(what), bind(into.as_ref()))
            }
            Said::Unregister { entry, matching: said } => {
                format!("{{unregister,{},{}}}", self::entry(entry), matching(said.as_ref()))
            }
            Said::Lookup { entry, matching: said, bind: into } => {
                format!(
                    "{{lookup,{},{},{}}}",
                    self::entry(entry),
                    matching(said.as_ref()),
                    bind(into.as_ref())
                )
            }
            Said::Count { registry, bind: into } => {
                format!("{{count,{},{}}}", name(registry), bind(into.as_ref()))
            }
            Said::CountMatch { entry, matching, bind: into } => {
                format!(
                    "{{count_match,{},{},{}}}",
                    self::entry(entry),
                    pattern(matching),
                    bind(into.as_ref())
                )
            }
            Said::Values { entry, owner: of, bind: into } => {
                format!("{{values,{},{},{}}}", self::entry(entry), owner(of.as_ref()), bind(into.as_ref()))
            }
            Said::Keys { registry, owner: of, bind: into } => {
                format!("{{keys,{},{},{}}}", name(registry), owner(of.as_ref()), bind(into.as_ref()))
            }
            Said::UpdateValue { entry, value: what, bind: into } => {
                format!("{{update_value,{},{},{}}}", self::entry(entry), value(what), bind(into.as_ref()))
            }
            Said::Dispatch { entry, pid, value: what, parallel, body } => {
                let body = self.block(body);
                let word = if *parallel { "dispatch_parallel" } else { "dispatch" };
                format!("{{{word},{},{},{},{body}}}", self::entry(entry), name(pid), name(what))
            }
            Said::Whereis { via: whom, bind: into } => {
                format!("{{whereis,{},{}}}", via(whom), bind(into.as_ref()))
            }
            Said::Meta { registry, key, bind: into } => {
                format!("{{meta,{},{},{}}}", name(registry), value(key), bind(into.as_ref()))
            }
            Said::PutMeta { registry, key, value: Some(what) } => {
                format!("{{put_meta,{},{},{}}}", name(registry), value(key), value(what))
            }
            Said::PutMeta { registry, key, value: None } => {
                format!("{{delete_meta,{},{}}}", name(registry), value(key))
            }
            Said::Lock { registry, key, body } => {
                let body = self.block(body);
                format!("{{lock,{},{},{body}}}", name(registry), value(key))
            }
            Said::Partitions { supervisor, bind: into } => {
                format!("{{partitions,{},{}}}", pool(supervisor), bind(into.as_ref()))
            }
            Said::Resize { supervisor, count, bind: into } => {
                format!("{{resize,{},{},{}}}", pool(supervisor), value(count), bind(into.as_ref()))
            }
        };
        format!("{{registry,{asked}}}")
    }
}

fn entry(entry: &Entry) -> String {
    format!("{},{}", name(&entry.registry), value(&entry.key))
}

/// Whoever keeps names, as it is named itself.
fn pool(pool: &Pool) -> String {
    pool.via.as_deref().map_or_else(|| name(&pool.name), known_via)
}

/// A name that somebody else keeps, to be computed.
pub(super) fn via(via: &Via) -> String {
    let module = atom(&format!("Elixir.{}", via.module.name()));
    let value_of_name = via.value.as_ref().map(|said| format!(",{}", value(said))).unwrap_or_default();
    let holder = pool(&via.holder);
    format!("{{t,[{{k,via}},{{k,{module}}},{{t,[{{k,{holder}}},{}{value_of_name}]}}]}}", value(&via.key))
}

/// The same as a term, where no code runs that could give a variable its value.
pub(super) fn known_via(via: &Via) -> String {
    let holder = pool(&via.holder);
    let parts = [Some(holder), constant(&via.key), via.value.as_ref().and_then(constant)];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    format!("{{via,{},{{{}}}}}", atom(&format!("Elixir.{}", via.module.name())), parts.join(","))
}
