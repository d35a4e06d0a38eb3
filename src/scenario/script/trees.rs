//! Lowering supervision trees: what the file draws becomes what each supervisor's `init` returns.

use crate::kernel::Term;
use crate::otp::registry::{self, Keys, RegistryOptions, RegistryPartitionInit};
use crate::otp::{
    self, ChildSpec, ChildType, DynamicOptions, DynamicSupervisorInit, Flags, InitResult, OwnTable, Restart,
    Shutdown, Strategy, SupervisorInit,
};

use super::super::ast::{
    Child, ChildOptions, Dynamic, MaxChildren, Name, Partitions, Registration, Registry, RegistryKeys,
    Supervisor, SupervisorBody, Value, ValueKind as Kind, Via, WorkerModule,
};
use super::child_spec::listed;
use super::names::Numbering;
use super::start::{AnySupervisor, Module, StartFunction};

/// What a supervisor's `init` returns for the supervisor that a file draws.
pub fn supervisor(supervisor: &Supervisor, names: &mut Numbering) -> AnySupervisor {
    AnySupervisor::Static(match &supervisor.body {
        SupervisorBody::Dynamic(body) => {
            return AnySupervisor::Dynamic(dynamic_supervisor(supervisor, body, names));
        }
        SupervisorBody::Registry(body) => registry(supervisor, body, names),
        SupervisorBody::Partitions(body, child) => partitions(supervisor, body, child, names),
        SupervisorBody::Children(_)
        | SupervisorBody::Raw(_)
        | SupervisorBody::Raises(_)
        | SupervisorBody::Reference => {
            let module = names.atoms.intern(&supervisor.name.text);
            SupervisorInit { module, result: init_result(supervisor, names), table: None }
        }
    })
}

/// The same for one whose `init` is the file's own.
pub fn init_result(supervisor: &Supervisor, names: &mut Numbering) -> InitResult<StartFunction> {
    match &supervisor.body {
        SupervisorBody::Raises(value) => InitResult::Raises(names.known(value)),
        SupervisorBody::Raw(value) => InitResult::Raw(names.known(value)),
        SupervisorBody::Children(children) => {
            let strategy = supervisor.strategy();
            let template = strategy == Strategy::SimpleOneForOne;
            let specs = children.iter().map(|child| drawn_spec(child, template, names)).collect();
            InitResult::Ok(flags(supervisor, strategy), specs)
        }
        SupervisorBody::Dynamic(_)
        | SupervisorBody::Registry(_)
        | SupervisorBody::Partitions(..)
        | SupervisorBody::Reference => {
            unreachable!("the init of {} is not the file's own", supervisor.name.text)
        }
    }
}

/// What `Registry.Supervisor.init/1` returns: a partition a number, each called after the registry.
fn registry(said: &Supervisor, body: &Registry, names: &mut Numbering) -> SupervisorInit<StartFunction> {
    let name = names.atoms.intern(&said.name.text);
    let module = names.atoms.intern("Registry.Partition");
    let mut partitions = Vec::new();
    let mut specs = Vec::new();
    for number in 0..body.partitions() {
        let partition = names.atoms.intern(&Registry::partition_name(&said.name.text, number));
        partitions.push(partition);
        let number = usize::try_from(number).expect("the parser limits the number of partitions");
        let init = RegistryPartitionInit { registry: name, number };
        let mut start = StartFunction::of(module, Module::RegistryPartition(init));
        start.name = Some(partition.into());
        start.label = Some(partition);
        specs.push(spec(partition.into(), start, &ChildOptions::default(), ChildType::Worker, names));
    }
    let keys = match body.keys {
        RegistryKeys::Unique => Keys::Unique,
        RegistryKeys::Duplicate => Keys::Duplicate,
    };
    let strategy = match keys {
        Keys::Unique => Strategy::OneForAll,
        Keys::Duplicate => Strategy::OneForOne,
    };
    let options = RegistryOptions {
        name,
        keys,
        partitions: partitions.into(),
        listeners: body.listeners.iter().map(|listener| names.atoms.intern(&listener.text)).collect(),
        meta: body.meta.iter().map(|(key, value)| (names.known(key), names.known(value))).collect(),
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
    body: &Partitions,
    child: &Child,
    names: &mut Numbering,
) -> SupervisorInit<StartFunction> {
    let module = names.atoms.intern(&said.name.text);
    let template = drawn_spec(child, true, names);
    let count = narrow(body.count);
    let copies = (0..count).map(|number| {
        let mut spec = template.clone();
        spec.id = Term::Int(number.into());
        let label = Partitions::copy_name(&child.name().text, number.into());
        spec.start.label = Some(names.atoms.intern(&label));
        if let Some(arguments) = &body.with_arguments {
            let arguments: Vec<Value> = arguments.iter().map(|value| with_partition(value, number)).collect();
            spec.start.arguments = names.constants(&arguments).unwrap_or_default();
        }
        spec
    });
    let specs = copies.collect();
    let name = match &said.options.name {
        Registration::Via(via) => via_name(via, names),
        Registration::Default | Registration::None(_) | Registration::Name(_) | Registration::Variable(_) => {
            None
        }
    };
    SupervisorInit {
        module,
        result: InitResult::Ok(flags(said, said.strategy()), specs),
        table: Some(OwnTable::Partitions { name: name.unwrap_or(module.into()), count }),
    }
}

/// A value in which `$partition` is this number.
fn with_partition(value: &Value, number: u32) -> Value {
    let all = |values: &[Value]| values.iter().map(|value| with_partition(value, number)).collect();
    let kind = match &value.kind {
        Kind::Variable(name) if name == Partitions::PARTITION => Kind::Int(number.into()),
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
    Value { kind, span: value.span }
}

fn dynamic_supervisor(said: &Supervisor, body: &Dynamic, names: &mut Numbering) -> DynamicSupervisorInit {
    let options = DynamicOptions {
        max_restarts: narrow(said.max_restarts()),
        max_seconds: narrow(said.max_seconds()),
        max_children: match body.max_children.as_ref().map(|said| said.value) {
            Some(MaxChildren::Limit(limit)) => Some(narrow(limit)),
            Some(MaxChildren::Infinity) | None => None,
        },
        extra_arguments: names.constants(&body.extra_arguments).unwrap_or_default(),
    };
    DynamicSupervisorInit {
        module: names.atoms.intern(&said.name.text),
        tasks: body.tasks,
        result: Ok(options),
    }
}

/// The child spec of a node in a `start_child` block.
pub fn child_spec(child: &Child, names: &mut Numbering) -> ChildSpec<StartFunction> {
    drawn_spec(child, false, names)
}

/// The child spec of `start_child SUPERVISOR MODULE`.
pub fn started_spec(
    module: &Name,
    options: &ChildOptions,
    names: &mut Numbering,
) -> ChildSpec<StartFunction> {
    let mut start = names.start_function(&module.text);
    start.name = started_name(&options.name, &start, names);
    let (said, kind) = names.options_of(options, start.name_of_module);
    let id = said.id.as_ref().and_then(|id| names.constant(id));
    spec(id.unwrap_or(start.name_of_module.into()), start, &said, kind, names)
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
    names: &mut Numbering,
) -> Option<otp::Name> {
    let options = ChildOptions { name: registration.clone(), ..ChildOptions::default() };
    match names.options_of(&options, start.name_of_module).0.name {
        Registration::Name(name) => Some(names.atoms.intern(&name.text).into()),
        Registration::Via(via) => via_name(&via, names),
        Registration::Default | Registration::None(_) | Registration::Variable(_) => None,
    }
}

/// The start function of a top-level tree: it registers under its name unless told otherwise.
pub fn root(name: &Name, registration: &Registration, names: &mut Numbering) -> StartFunction {
    let mut start = names.start_function(&name.text);
    start.name = drawn_name(name, registration, names);
    start
}

/// A name that a registry keeps, if it depends on no variable.
fn via_name(via: &Via, names: &mut Numbering) -> Option<otp::Name> {
    let term = names.constant(&via.value())?;
    registry::Via::of(&term).map(|via| otp::Name::Via(Box::new(via)))
}

fn drawn_name(id: &Name, registration: &Registration, names: &mut Numbering) -> Option<otp::Name> {
    match registration {
        Registration::Default => Some(names.atoms.intern(&id.text).into()),
        Registration::None(_) | Registration::Variable(_) => None,
        Registration::Name(name) => Some(names.atoms.intern(&name.text).into()),
        Registration::Via(via) => via_name(via, names),
    }
}

fn drawn_spec(child: &Child, template: bool, names: &mut Numbering) -> ChildSpec<StartFunction> {
    let id = child.name();
    let mut start = match child {
        Child::Worker(worker) => {
            let mut start = match &worker.module {
                WorkerModule::Plain => names.start_function(Numbering::WORKER),
                WorkerModule::Agent => names.start_function(Numbering::AGENT),
                WorkerModule::Definition(name) => names.start_function(&name.text),
            };
            if matches!(worker.module, WorkerModule::Plain | WorkerModule::Agent) {
                start.name_of_module = names.atoms.intern(&id.text);
            }
            start.arguments = names.constants(&worker.arguments).unwrap_or_default();
            start
        }
        Child::Supervisor(nested) if nested.body == SupervisorBody::Reference => {
            names.start_function(&nested.name.text)
        }
        Child::Supervisor(nested) => {
            let init = supervisor(nested, names);
            StartFunction::of(init.module(), names.add_supervisor(init))
        }
    };
    let options = child.options();
    let (said, kind) = names.options_of(options, start.name_of_module);
    start.name = match (&said.name, template) {
        (Registration::Default, true) => None,
        (registration, _) => drawn_name(id, registration, names),
    };
    let id = names.atoms.intern(&id.text);
    let mut spec = spec(id.into(), start, &said, kind, names);
    if matches!(child, Child::Supervisor(_)) {
        spec.kind = ChildType::Supervisor;
        if options.shutdown.is_none() {
            spec.shutdown = Shutdown::Infinity;
        }
    }
    spec
}

/// What the line and the definition say, then what OTP says.
fn spec(
    id: Term,
    start: StartFunction,
    said: &ChildOptions,
    kind: ChildType,
    names: &mut Numbering,
) -> ChildSpec<StartFunction> {
    ChildSpec {
        id,
        start,
        restart: said.restart.as_ref().map_or(Restart::Permanent, |said| said.value),
        significant: said.significant.as_ref().is_some_and(|said| said.value),
        shutdown: said.shutdown.as_ref().map_or(Shutdown::default_of(kind), |said| said.value),
        kind,
        modules: said.modules.as_ref().and_then(|value| names.constant(value)).map(listed),
    }
}

fn flags(supervisor: &Supervisor, strategy: Strategy) -> Flags {
    Flags {
        strategy,
        intensity: narrow(supervisor.max_restarts()),
        period: narrow(supervisor.max_seconds()),
        auto_shutdown: supervisor.auto_shutdown(),
    }
}

/// More than four thousand million of anything is as good as four thousand million.
fn narrow(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
