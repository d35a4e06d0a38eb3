//! What becomes of a start function: the process that it starts, or how it ends.

use crate::actors::Hosting;
use crate::kernel::Atom;
use crate::otp::{Body, Launch, Newborn, Raise, Started, TaskBody};

use super::super::ast::StartOutcome;
use super::evaluate::Scope;
use super::image::Function;
use super::program::ProgramKind;
use super::start::{AnySupervisor, Callers, Module, StartFunction};
use super::{Script, ScriptContext};

/// Calls a start function. A task is told its callers; if nobody says who they are, whoever runs now is all there is.
pub(super) fn launch(
    start: &StartFunction,
    callers: Option<Callers>,
    context: &mut ScriptContext<'_>,
) -> Launch<Script> {
    let starter = context.pid();
    let image = context.image();
    let mut info = None;
    let (body, label) = match &start.module {
        Module::Definition(number) => {
            let definition = image.program(*number);
            info = definition.info.clone();
            // `start_link` is defined with as many arguments as `args` names, and no other.
            if definition.takes_arguments() && definition.arguments.len() != start.arguments.len() {
                return Launch::Return(Started::Raised(Raise::Error(Atom::UNDEF.into()).reason()));
            }
            let script = match definition.kind {
                // A worker that nobody has defined may be an actor in Rust.
                ProgramKind::Worker => image.actors.get(&start.name_of_module).cloned().map(Hosting::of),
                _ => None,
            };
            let script = script.unwrap_or_else(|| Script::of(*number, definition, &start.arguments));
            let body = match definition.kind {
                ProgramKind::Process { .. } if definition.acknowledges() => {
                    Body::Process(script.with_ancestor(context))
                }
                ProgramKind::Process { .. } => Body::Plain(script),
                ProgramKind::Task => {
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
            let script = Script::of(*definition, image.program(*definition), &start.arguments);
            let script = script.called_by(Callers::clone(callers));
            (Body::Task(Box::new(TaskBody::Function(script))), start.name_of_module)
        }
        Module::Supervisor(number) => match &image.supervisors[usize::from(*number)] {
            AnySupervisor::Static(init) => match image.own_supervisor(*number) {
                Some(instance) => (Body::Server(Hosting::of(instance)), init.module),
                None => (Body::Supervisor(Box::new(init.clone())), init.module),
            },
            AnySupervisor::Dynamic(init) => (Body::DynamicSupervisor(Box::new(init.clone())), init.module),
        },
        Module::Rust(started) => {
            return crate::actors::launch(&started.called_with(&start.arguments), context);
        }
        Module::RegistryPartition(init) => (Body::RegistryPartition(*init), start.name_of_module),
        Module::Function(number) => return end(&image.functions[usize::from(*number)], context),
        Module::Unknown(_) => {
            return Launch::Return(Started::Raised(Raise::Error(Atom::UNDEF.into()).reason()));
        }
    };
    let label = start.label.unwrap_or(label);
    Launch::Spawn(Newborn { body, label, name: start.name.clone(), timeout: start.timeout, info })
}

/// How a start function ends that spawns nothing.
fn end(function: &Function, context: &ScriptContext<'_>) -> Launch<Script> {
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
