//! Child specs written verbatim: `#{id => a, start => {Module, start_link, [..]}}`.

use crate::kernel::{Atom, Process, Target, Term};
use crate::otp::{self, Actor, ChildSpec, Refusal, Shutdown, SupervisorRequest};

use super::execution::Execution;
use super::start::StartFunction;
use super::{Image, Script, ScriptContext};

/// The start function that `{Module, Function, Arguments}` names, if the file defines the module.
pub(super) fn start_function(mfa: &Term, image: &Image) -> Option<StartFunction> {
    let [Term::Atom(module), Term::Atom(Atom::START_LINK), Term::List(arguments, _)] = mfa.as_tuple()? else {
        return None;
    };
    let mut start = StartFunction::of(*module, image.module(*module)?);
    start.arguments = arguments.to_vec();
    Some(start)
}

impl Execution {
    /// A verbatim child spec: a supervisor checks it itself, `DynamicSupervisor.start_child/2` before it
    /// asks. An error is what the function answers without asking.
    pub(super) fn raw_child(
        &self,
        target: Target,
        spec: Term,
        context: &ScriptContext<'_>,
    ) -> Result<SupervisorRequest<Script>, Refusal> {
        if is_dynamic(target, context) {
            otp::check_child(&spec, context.image().release())?;
        }
        Ok(SupervisorRequest::StartRawChild(spec))
    }
}

/// What `DynamicSupervisor.start_child/2` answers by itself to a child spec that the file draws.
pub(super) fn refused_by_caller(
    target: Target,
    spec: &ChildSpec<StartFunction>,
    context: &ScriptContext<'_>,
) -> Option<Refusal> {
    let release = context.image().release();
    let error = if spec.shutdown == Shutdown::Timeout(0) && !release.dynamic_accepts_no_time() {
        Term::tagged(Atom::INVALID_SHUTDOWN, Term::Int(0))
    } else if spec.significant && release.dynamic_refuses_significant() {
        Term::tagged(Atom::INVALID_SIGNIFICANT, Term::boolean(true))
    } else {
        return None;
    };
    is_dynamic(target, context).then(|| Refusal::Returns(Term::tagged(Atom::ERROR, error)))
}

/// Whether the module whose function is called is `Task.Supervisor`.
pub(super) fn supervises_tasks(target: Target, context: &ScriptContext<'_>) -> bool {
    match (living(target, context), target) {
        (Some(process), _) => {
            matches!(process.behaviour(), Actor::DynamicSupervisor(supervisor) if supervisor.supervises_tasks())
        }
        (None, Target::Name(name) | Target::Remote(name, _)) => {
            context.image().dynamic_supervisor(name).is_some_and(|init| init.tasks)
        }
        (None, Target::Pid(_)) => false,
    }
}

/// The process that a target means now, if it lives on the own node.
fn living<'c>(target: Target, context: &'c ScriptContext<'_>) -> Option<&'c Process<Actor<Script>>> {
    let node = context.node();
    let pid = match target {
        Target::Pid(pid) => Some(pid),
        Target::Remote(_, other) if other != node => None,
        Target::Name(name) | Target::Remote(name, _) => context.world().whereis_on(node, name),
    };
    context.world().process(pid?)
}

/// Whether the module whose function is called is `DynamicSupervisor`: a file says so by whom it calls, or,
/// when nobody is there, by what it calls by that name.
fn is_dynamic(target: Target, context: &ScriptContext<'_>) -> bool {
    match (living(target, context), target) {
        (Some(process), _) => matches!(process.behaviour(), Actor::DynamicSupervisor(_)),
        (None, Target::Name(name) | Target::Remote(name, _)) => {
            context.image().dynamic_supervisor(name).is_some()
        }
        (None, Target::Pid(_)) => false,
    }
}
