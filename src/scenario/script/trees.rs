//! Lowering supervision trees: what the file draws becomes what each supervisor's `init` returns.

use crate::kernel::{Atom, Term};
use crate::otp::registry::{Keys, RegistryOptions, RegistryPartitionInit, Via};
use crate::otp::{
    self, ChildSpec, ChildType, DynamicOptions, DynamicSupervisorInit, Flags, InitResult, OwnTable, Restart,
    Shutdown, Strategy, SupervisorInit,
};

use super::super::ast::{
    self, Child, ChildOptions, DynamicSupervisor, MaxChildren, Name, Registration, Supervisor, SupervisorBody,
};
use super::super::language::via_value;
use super::child_spec::listed;
use super::names::Names;
use super::start::{Module, StartFunction};

/// What a supervisor's `init` returns for the supervisor that a file draws.
pub fn supervisor(supervisor: &Supervisor, names: &mut Names) -> SupervisorInit<super::Script> {
    let module = names.atoms.intern(&supervisor.name.text);
    let result = match &supervisor.body {
        SupervisorBody::Raises(value) => {
            InitResult::Raises(names.constant(value).unwrap_or(Atom::UNDEFINED.into()))
        }
        SupervisorBody::Raw(value) => {
            InitResult::Raw(names.constant(value).unwrap_or(Atom::UNDEFINED.into()))
        }
        SupervisorBody::Reference => unreachable!("a reference is not lowered"),
        SupervisorBody::Registry(body) => return registry(supervisor, body, names),
        SupervisorBody::Partitions(body, child) => return partitions(supervisor, body, child, names),
        SupervisorBody::Children(children) => {
            let strategy = supervisor.strategy();
            let template = strategy == Strategy::SimpleOneForOne;
            let specs = children.iter().map(|child| drawn_spec(child, template, names)).collect();
            InitResult::Ok(flags(supervisor, strategy), specs)
        }
    };
    SupervisorInit { module, result, table: None }
}

/// What `Registry.Supervisor.init/1` returns: a partition a number, each called after the registry.
fn registry(said: &Supervisor, body: &ast::Registry, names: &mut Names) -> SupervisorInit<super::Script> {
    let name = names.atoms.intern(&said.name.text);
    let module = names.atoms.intern("Registry.Partition");
    let mut partitions = Vec::new();
    let mut specs = Vec::new();
    for number in 0..body.partitions() {
        let partition = names.atoms.intern(&ast::Registry::partition_name(&said.name.text, number));
        partitions.push(partition);
        let number = usize::try_from(number).expect("the parser limits the number of partitions");
        let init = RegistryPartitionInit { registry: name, number };
        let mut start = StartFunction::of(module, Module::RegistryPartition(init));
        start.name = Some(partition.into());
        start.label = Some(partition);
        specs.push(spec(partition.into(), start, &ChildOptions::default(), names));
    }
    let keys = match body.keys {
        ast::RegistryKeys::Unique => Keys::Unique,
        ast::RegistryKeys::Duplicate => Keys::Duplicate,
    };
    let strategy = match keys {
        Keys::Unique => Strategy::OneForAll,
        Keys::Duplicate => Strategy::OneForOne,
    };
    let constant =
        |value: &ast::Value, names: &mut Names| names.constant(value).unwrap_or(Atom::UNDEFINED.into());
    let options = RegistryOptions {
        name,
        keys,
        partitions: partitions.into(),
        listeners: body.listeners.iter().map(|listener| names.atoms.intern(&listener.text)).collect(),
        meta: body.meta.iter().map(|(key, value)| (constant(key, names), constant(value, names))).collect(),
    };
    SupervisorInit {
        module: name,
        result: InitResult::Ok(flags(said, strategy), specs),
        table: Some(OwnTable::Registry(Box::new(options))),
    }
}

/// What `PartitionSupervisor.init/1` returns: a copy of the child a number.
fn partitions(
    said: &Supervisor,
    body: &ast::Partitions,
    child: &Child,
    names: &mut Names,
) -> SupervisorInit<super::Script> {
    let module = names.atoms.intern(&said.name.text);
    let template = drawn_spec(child, true, names);
    let count = narrow(body.count);
    let copies = (0..count).map(|number| {
        let mut spec = template.clone();
        spec.id = Term::Int(number.into());
        let label = ast::Partitions::copy_name(&child.name().text, number.into());
        spec.start.label = Some(names.atoms.intern(&label));
        if let Some(arguments) = &body.with_arguments {
            let arguments: Vec<ast::Value> =
                arguments.iter().map(|value| with_partition(value, number)).collect();
            spec.start.arguments = names.constants(&arguments).unwrap_or_default();
        }
        spec
    });
    let specs = copies.collect();
    let name = match &said.options.name {
        Registration::Via(via) => via_name(via, names),
        Registration::Default | Registration::None(_) | Registration::Name(_) => None,
    };
    SupervisorInit {
        module,
        result: InitResult::Ok(flags(said, said.strategy()), specs),
        table: Some(OwnTable::Partitions { name: name.unwrap_or(module.into()), count }),
    }
}

/// A value in which `$partition` is this number.
fn with_partition(value: &ast::Value, number: u32) -> ast::Value {
    use ast::ValueKind as Kind;
    let all = |values: &[ast::Value]| values.iter().map(|value| with_partition(value, number)).collect();
    let kind = match &value.kind {
        Kind::Variable(name) if name == ast::Partitions::PARTITION => Kind::Int(number.into()),
        Kind::Tuple(values) => Kind::Tuple(all(values)),
        Kind::List(values) => Kind::List(all(values)),
        Kind::Map(pairs) => Kind::Map(
            pairs
                .iter()
                .map(|(key, value)| (with_partition(key, number), with_partition(value, number)))
                .collect(),
        ),
        other => other.clone(),
    };
    ast::Value { kind, span: value.span }
}

/// What a dynamic supervisor's `init` returns.
pub fn dynamic_supervisor(supervisor: &DynamicSupervisor, names: &mut Names) -> DynamicSupervisorInit {
    let max_restarts =
        supervisor.max_restarts.as_ref().map_or(Supervisor::DEFAULT_MAX_RESTARTS, |said| said.value);
    let max_seconds =
        supervisor.max_seconds.as_ref().map_or(Supervisor::DEFAULT_MAX_SECONDS, |said| said.value);
    let options = DynamicOptions {
        max_restarts: narrow(max_restarts),
        max_seconds: narrow(max_seconds),
        max_children: match supervisor.max_children.as_ref().map(|said| said.value) {
            Some(MaxChildren::Limit(limit)) => Some(narrow(limit)),
            Some(MaxChildren::Infinity) | None => None,
        },
        extra_arguments: names.constants(&supervisor.extra_arguments).unwrap_or_default(),
    };
    DynamicSupervisorInit {
        module: names.atoms.intern(&supervisor.name.text),
        tasks: supervisor.tasks,
        result: Ok(options),
    }
}

/// The child spec of a node in a `start_child` block.
pub fn child_spec(child: &Child, names: &mut Names) -> ChildSpec<StartFunction> {
    drawn_spec(child, false, names)
}

/// The child spec of `start_child SUPERVISOR MODULE`.
pub fn started_spec(module: &Name, options: &ChildOptions, names: &mut Names) -> ChildSpec<StartFunction> {
    let mut start = names.start_function(&module.text);
    start.name = started_name(&options.name, &start, names);
    let defined = names.options.get(&start.name_of_module).and_then(|(defined, _)| defined.id.clone());
    let id = options.id.clone().or(defined).and_then(|id| names.constant(&id));
    spec(id.unwrap_or(start.name_of_module.into()), start, options, names)
}

/// What `Task.Supervisor.start_child/5` makes of a line: it does not look at the definition.
pub fn task_options(options: &ChildOptions) -> (Restart, Shutdown) {
    let restart = options.restart.as_ref().map_or(Restart::Temporary, |said| said.value);
    (restart, task_shutdown(options.shutdown.as_ref().map(|said| said.value)))
}

/// How a task is shut down: in five seconds, if nothing is said.
pub fn task_shutdown(said: Option<Shutdown>) -> Shutdown {
    said.unwrap_or(Shutdown::default_of(ChildType::Worker))
}

/// The name that a `start`, `start_link` or `start_child` line registers: only one that is written, on the
/// line or in the definition.
pub fn started_name(
    registration: &Registration,
    start: &StartFunction,
    names: &mut Names,
) -> Option<otp::Name> {
    let defined = names.options.get(&start.name_of_module).map(|(options, _)| options.name.clone());
    match (registration, &defined) {
        (Registration::Name(name), _) | (Registration::Default, Some(Registration::Name(name))) => {
            Some(names.atoms.intern(&name.text).into())
        }
        (Registration::Via(via), _) | (Registration::Default, Some(Registration::Via(via))) => {
            via_name(via, names)
        }
        (Registration::Default | Registration::None(_), _) => None,
    }
}

/// The start function of a top-level tree: it registers under its name unless told otherwise.
pub fn root(name: &Name, registration: &Registration, names: &mut Names) -> StartFunction {
    let mut start = names.start_function(&name.text);
    start.name = drawn_name(name, registration, names);
    start
}

/// A name that a registry keeps, if it depends on no variable.
fn via_name(via: &ast::Via, names: &mut Names) -> Option<otp::Name> {
    let term = names.constant(&via_value(via))?;
    Via::of(&term).map(|via| otp::Name::Via(Box::new(via)))
}

fn drawn_name(id: &Name, registration: &Registration, names: &mut Names) -> Option<otp::Name> {
    match registration {
        Registration::Default => Some(names.atoms.intern(&id.text).into()),
        Registration::None(_) => None,
        Registration::Name(name) => Some(names.atoms.intern(&name.text).into()),
        Registration::Via(via) => via_name(via, names),
    }
}

fn drawn_spec(child: &Child, template: bool, names: &mut Names) -> ChildSpec<StartFunction> {
    let id = child.name();
    let mut start = match child {
        Child::Worker(worker) => {
            let mut start = match &worker.module {
                ast::Module::Plain => names.start_function(Names::WORKER),
                ast::Module::Agent => names.start_function(Names::AGENT),
                ast::Module::Definition(name) => names.start_function(&name.text),
            };
            if matches!(worker.module, ast::Module::Plain | ast::Module::Agent) {
                start.name_of_module = names.atoms.intern(&id.text);
            }
            start.arguments = names.constants(&worker.arguments).unwrap_or_default();
            start
        }
        Child::Supervisor(nested) => match nested.body {
            SupervisorBody::Reference => names.start_function(&nested.name.text),
            SupervisorBody::Children(_)
            | SupervisorBody::Raw(_)
            | SupervisorBody::Raises(_)
            | SupervisorBody::Registry(_)
            | SupervisorBody::Partitions(..) => {
                let init = supervisor(nested, names);
                let module = init.module;
                StartFunction::of(module, Module::Supervisor(names.add_supervisor(init)))
            }
        },
        Child::DynamicSupervisor(nested) if nested.reference => names.start_function(&nested.name.text),
        Child::DynamicSupervisor(nested) => {
            let init = dynamic_supervisor(nested, names);
            let module = init.module;
            StartFunction::of(module, Module::DynamicSupervisor(names.add_dynamic_supervisor(init)))
        }
    };
    let options = child.options();
    let defined = names.options.get(&start.name_of_module).map(|(options, _)| options.name.clone());
    let registration = match (&options.name, defined) {
        (Registration::Default, Some(defined)) => defined,
        (said, _) => said.clone(),
    };
    start.name = match (&registration, template) {
        (Registration::Default, true) => None,
        _ => drawn_name(id, &registration, names),
    };
    let id = names.atoms.intern(&id.text);
    let is_supervisor = matches!(child, Child::Supervisor(_) | Child::DynamicSupervisor(_));
    let mut spec = spec(id.into(), start, options, names);
    if is_supervisor {
        spec.kind = ChildType::Supervisor;
        if options.shutdown.is_none() {
            spec.shutdown = Shutdown::Infinity;
        }
    }
    spec
}

/// What the line says, then what the definition says, then what OTP says.
fn spec(
    id: Term,
    start: StartFunction,
    options: &ChildOptions,
    names: &mut Names,
) -> ChildSpec<StartFunction> {
    let (defined, kind) = names
        .options
        .get(&start.name_of_module)
        .cloned()
        .unwrap_or((ChildOptions::default(), ChildType::Worker));
    let restart = options.restart.as_ref().or(defined.restart.as_ref()).map(|said| said.value);
    let shutdown = options.shutdown.as_ref().or(defined.shutdown.as_ref()).map(|said| said.value);
    let significant =
        options.significant.as_ref().or(defined.significant.as_ref()).is_some_and(|said| said.value);
    let modules = options.modules.as_ref().or(defined.modules.as_ref());
    let modules = modules.and_then(|value| names.constant(value)).map(listed);
    ChildSpec {
        id,
        start,
        restart: restart.unwrap_or(Restart::Permanent),
        significant,
        shutdown: shutdown.unwrap_or(Shutdown::default_of(kind)),
        kind,
        modules,
    }
}

fn flags(supervisor: &Supervisor, strategy: Strategy) -> Flags {
    let max_restarts =
        supervisor.max_restarts.as_ref().map_or(Supervisor::DEFAULT_MAX_RESTARTS, |said| said.value);
    let max_seconds =
        supervisor.max_seconds.as_ref().map_or(Supervisor::DEFAULT_MAX_SECONDS, |said| said.value);
    Flags {
        strategy,
        intensity: narrow(max_restarts),
        period: narrow(max_seconds),
        auto_shutdown: supervisor.auto_shutdown(),
    }
}

/// More than four thousand million of anything is as good as four thousand million.
fn narrow(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
