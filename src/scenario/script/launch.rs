//! Start functions: what a name of the scenario starts, with which arguments.

use crate::kernel::{Atom, Context, Term};
use crate::otp::registry::RegistryPartitionInit;
use crate::otp::{Actor, Body, Launch, Name, Newborn, Raise, Started, TaskBody};

use super::super::ast::StartOutcome;
use super::Script;
use super::callers::Callers;
use super::evaluate::Scope;
use super::image::Function;

/// `{Module, start_link, Arguments}` of a scenario.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct StartFunction {
    /// What people call the module.
    pub name_of_module: Atom,
    /// What it starts.
    pub module: Module,
    /// The start arguments.
    pub arguments: Vec<Term>,
    /// The name that it registers.
    pub name: Option<Name>,
    /// How long its `init` may take, in milliseconds.
    pub timeout: Option<u64>,
    /// What to call the process, if not by its module.
    pub label: Option<Atom>,
}

/// What a start function starts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Module {
    /// The definition with this number.
    Definition(u16),
    /// A task that a task supervisor starts.
    Task {
        /// What it runs.
        definition: u16,
        /// Who has asked for it, and on whose behalf.
        callers: Callers,
        /// Whether its owner tells it to begin.
        waits: bool,
    },
    /// The supervisor with this number.
    Supervisor(u16),
    /// The dynamic supervisor with this number.
    DynamicSupervisor(u16),
    /// A partition of the registry with this name.
    RegistryPartition(RegistryPartitionInit),
    /// Nothing: the start function with this number.
    Function(u16),
    /// Nothing: nobody has defined `{Module, Function, Arguments}`.
    Unknown(Term),
}

impl StartFunction {
    /// Starts this module without arguments or a name.
    pub fn of(name_of_module: Atom, module: Module) -> StartFunction {
        StartFunction {
            name_of_module,
            module,
            arguments: Vec::new(),
            name: None,
            timeout: None,
            label: None,
        }
    }

    /// What people call what it starts: its local name, or its module.
    pub fn called(&self) -> Atom {
        self.name.as_ref().and_then(Name::local).unwrap_or(self.name_of_module)
    }

    /// `{Module, start_link, Arguments}`.
    pub fn mfa(&self) -> Term {
        match &self.module {
            Module::Unknown(mfa) => mfa.clone(),
            Module::Task { callers, waits, .. } => {
                let (owner, arguments) = (Term::from(callers[0]), Term::list(self.arguments.iter().cloned()));
                let callers = Term::list(callers.iter().map(|caller| Term::from(*caller)));
                let starter = Term::tuple([Atom::NONODE.into(), owner.clone(), owner]);
                let function = Term::tuple([self.name_of_module.into(), Atom::RUN.into(), arguments]);
                let arguments = match waits {
                    true => Term::list([starter, Atom::MONITOR.into()]),
                    false => Term::list([starter, callers, function]),
                };
                Term::tuple([Atom::TASK_SUPERVISED.into(), Atom::START_LINK.into(), arguments])
            }
            Module::Definition(_)
            | Module::Supervisor(_)
            | Module::DynamicSupervisor(_)
            | Module::RegistryPartition(_)
            | Module::Function(_) => {
                let arguments = Term::list(self.arguments.iter().cloned());
                Term::tuple([self.name_of_module.into(), Atom::START_LINK.into(), arguments])
            }
        }
    }
}

/// Calls a start function. A task is told its callers; if nobody says who they are, whoever runs now is all there is.
pub(super) fn launch(
    start: &StartFunction,
    callers: Option<Callers>,
    context: &mut Context<'_, Actor<Script>>,
) -> Launch<Script> {
    let starter = context.pid();
    let image = context.image();
    let mut info = None;
    let (body, label) = match &start.module {
        Module::Definition(number) => {
            let definition = image.definition(*number);
            info = definition.info.clone();
            // `start_link` is defined with as many arguments as `args` names, and no other.
            if definition.takes_arguments() && definition.arguments.len() != start.arguments.len() {
                return Launch::Return(Started::Raised(Raise::Error(Atom::UNDEF.into()).reason()));
            }
            let script = Script::of(*number, definition, &start.arguments);
            let body = match definition.kind {
                super::program::DefinitionKind::Process { .. } if definition.acknowledges() => {
                    Body::Process(script.with_ancestor(context))
                }
                super::program::DefinitionKind::Process { .. } => Body::Plain(script),
                super::program::DefinitionKind::Task => {
                    let callers = callers.unwrap_or_else(|| Callers::from([starter]));
                    Body::Task(Box::new(TaskBody::Function(script.called_by(callers))))
                }
                _ => Body::Server(script),
            };
            // A module that nobody has defined is called what the child is called.
            (body, start.name_of_module)
        }
        Module::Task { callers, waits: true, .. } => {
            let body = TaskBody::Waits { owner: callers[0], watches: true };
            (Body::Task(Box::new(body)), start.name_of_module)
        }
        Module::Task { definition, callers, .. } => {
            let script = Script::of(*definition, image.definition(*definition), &start.arguments);
            let script = script.called_by(Callers::clone(callers));
            (Body::Task(Box::new(TaskBody::Function(script))), start.name_of_module)
        }
        Module::Supervisor(number) => {
            let supervisor = image.supervisor(*number);
            (Body::Supervisor(Box::new(supervisor.clone())), supervisor.module)
        }
        Module::DynamicSupervisor(number) => {
            let supervisor = image.dynamic_supervisor(*number);
            (Body::DynamicSupervisor(Box::new(supervisor.clone())), supervisor.module)
        }
        Module::RegistryPartition(init) => (Body::RegistryPartition(*init), start.name_of_module),
        Module::Function(number) => return end(image.start_function(*number), context),
        Module::Unknown(_) => {
            return Launch::Return(Started::Raised(Raise::Error(Atom::UNDEF.into()).reason()));
        }
    };
    let label = start.label.unwrap_or(label);
    Launch::Spawn(Newborn { body, label, name: start.name.clone(), timeout: start.timeout, info })
}

/// How a start function ends that spawns nothing.
fn end(function: &Function, context: &Context<'_, Actor<Script>>) -> Launch<Script> {
    let scope = Scope { slots: &[], shared: &context.common().variables, pid: Some(context.pid()) };
    let Some(value) = scope.evaluate(&function.value) else {
        return Launch::Return(Started::Raised(Raise::Error(Atom::UNBOUND.into()).reason()));
    };
    match function.outcome {
        StartOutcome::Returns => Launch::Return(Started::of(value)),
        StartOutcome::Throws => Launch::Throw(value),
        StartOutcome::Exits => Launch::Return(Started::Raised(value)),
        StartOutcome::Raises => Launch::Return(Started::Raised(Raise::Error(value).reason())),
    }
}
