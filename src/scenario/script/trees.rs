//! Lowering supervision trees: what the file draws becomes what each supervisor's `init` returns.

use crate::kernel::{Atom, Term};
use crate::otp::{
    self, ChildSpec, ChildType, DynamicOptions, DynamicSupervisorInit, Flags, InitResult, SupervisorInit,
};

use super::super::ast::{
    self, Child, ChildOptions, DynamicSupervisor, MaxChildren, Name, Registration, Strategy, Supervisor,
    SupervisorBody,
};
use super::launch::{Module, StartFunction};
use super::names::Names;

const WORKER_SHUTDOWN_MS: u64 = 5_000;

/// What a supervisor's `init` returns for the supervisor that a file draws.
pub(super) fn supervisor(supervisor: &Supervisor, names: &mut Names) -> SupervisorInit<super::Script> {
    let module = names.atoms.intern(&supervisor.name.text);
    let result = match &supervisor.body {
        SupervisorBody::Raises(value) => {
            InitResult::Raises(names.constant(value).unwrap_or(Atom::UNDEFINED.into()))
        }
        SupervisorBody::Raw(value) => {
            InitResult::Raw(names.constant(value).unwrap_or(Atom::UNDEFINED.into()))
        }
        SupervisorBody::Reference => unreachable!("a reference is not lowered"),
        SupervisorBody::Children(children) => {
            let strategy = supervisor.strategy();
            let template = strategy == Strategy::SimpleOneForOne;
            let specs = children.iter().map(|child| drawn_spec(child, template, names)).collect();
            InitResult::Ok(flags(supervisor, strategy), specs)
        }
    };
    SupervisorInit { module, result }
}

/// What a dynamic supervisor's `init` returns.
pub(super) fn dynamic_supervisor(
    supervisor: &DynamicSupervisor,
    names: &mut Names,
) -> DynamicSupervisorInit<super::Script> {
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
    DynamicSupervisorInit { module: names.atoms.intern(&supervisor.name.text), result: Ok(options) }
}

/// The child spec of a node in a `start_child` block.
pub(super) fn child_spec(child: &Child, names: &mut Names) -> ChildSpec<StartFunction> {
    drawn_spec(child, false, names)
}

/// The child spec of `start_child SUPERVISOR MODULE`.
pub(super) fn started_spec(
    module: &Name,
    options: &ChildOptions,
    names: &mut Names,
) -> ChildSpec<StartFunction> {
    let mut start = names.start_function(&module.text);
    start.name = started_name(&options.name, &start, names);
    let id = match &options.id {
        Some(id) => names.constant(id),
        None => None,
    };
    spec(id.unwrap_or(start.name_of_module.into()), start, options, names)
}

/// The name that a `start`, `start_link` or `start_child` line registers: only one that is written, on the
/// line or in the definition.
pub(super) fn started_name(
    registration: &Registration,
    start: &StartFunction,
    names: &mut Names,
) -> Option<Atom> {
    let defined = names.options.get(&start.name_of_module).map(|(options, _)| options.name.clone());
    match (registration, &defined) {
        (Registration::Name(name), _) | (Registration::Default, Some(Registration::Name(name))) => {
            Some(names.registered(&name.text))
        }
        (Registration::Default | Registration::None(_), _) => None,
    }
}

/// The start function of a top-level tree: it registers under its name unless told otherwise.
pub(super) fn root(name: &Name, registration: &Registration, names: &mut Names) -> StartFunction {
    let mut start = names.start_function(&name.text);
    start.name = drawn_name(name, registration, names);
    start
}

fn drawn_name(id: &Name, registration: &Registration, names: &mut Names) -> Option<Atom> {
    match registration {
        Registration::Default => Some(names.atoms.intern(&id.text)),
        Registration::None(_) => None,
        Registration::Name(name) => Some(names.registered(&name.text)),
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
            SupervisorBody::Children(_) | SupervisorBody::Raw(_) | SupervisorBody::Raises(_) => {
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
            spec.shutdown = otp::Shutdown::Infinity;
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
    let modules = modules.and_then(|value| names.constant(value)).map(|modules| match modules {
        Term::Atom(Atom::DYNAMIC) | Term::List(_) => modules,
        module => Term::list([module]),
    });
    ChildSpec {
        id,
        start,
        restart: match restart {
            None | Some(ast::Restart::Permanent) => otp::Restart::Permanent,
            Some(ast::Restart::Transient) => otp::Restart::Transient,
            Some(ast::Restart::Temporary) => otp::Restart::Temporary,
        },
        significant,
        shutdown: match (shutdown, kind) {
            (Some(ast::Shutdown::BrutalKill), _) => otp::Shutdown::BrutalKill,
            (Some(ast::Shutdown::Milliseconds(time)), _) => otp::Shutdown::Timeout(time),
            (Some(ast::Shutdown::Infinity), _) | (None, ChildType::Supervisor) => otp::Shutdown::Infinity,
            (None, ChildType::Worker) => otp::Shutdown::Timeout(WORKER_SHUTDOWN_MS),
        },
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
        strategy: match strategy {
            Strategy::OneForOne => otp::Strategy::OneForOne,
            Strategy::OneForAll => otp::Strategy::OneForAll,
            Strategy::RestForOne => otp::Strategy::RestForOne,
            Strategy::SimpleOneForOne => otp::Strategy::SimpleOneForOne,
        },
        intensity: narrow(max_restarts),
        period: narrow(max_seconds),
        auto_shutdown: match supervisor.auto_shutdown() {
            ast::AutoShutdown::Never => otp::AutoShutdown::Never,
            ast::AutoShutdown::AnySignificant => otp::AutoShutdown::AnySignificant,
            ast::AutoShutdown::AllSignificant => otp::AutoShutdown::AllSignificant,
        },
    }
}

/// More than four thousand million of anything is as good as four thousand million.
fn narrow(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
