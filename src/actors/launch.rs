//! Start functions and waits of actors in Rust, as OTP knows them.

use crate::kernel::{Atom, Context};
use crate::otp::{
    Actor, Block, Body, CallTimeout, DynamicSupervisorInit, InitResult, Launch, Name, Newborn, Raise,
    Request, Started, SupervisorInit, SupervisorRequest, Ties,
};

use super::body::{Asked, Start, Wait, What};
use super::host::Host;
use super::instance::{Hosting, Instance};

/// Calls a start function.
pub fn launch<G: Hosting>(start: &Start, context: &mut Context<'_, Actor<G>>) -> Launch<G> {
    let (body, timeout) = match &start.what {
        What::Server { body, timeout, .. } => (Body::Server(G::of(Instance::new(body.clone()))), *timeout),
        What::Template { maker, arguments } => match maker.0.make(arguments, Host::atoms(context)) {
            Some(body) => (Body::Server(G::of(Instance::new(body))), None),
            None => {
                let raised = Raise::Error(Atom::FUNCTION_CLAUSE.into()).reason();
                return Launch::Return(Started::Raised(raised));
            }
        },
        What::Hosted { supervisor, child } => return G::launch_hosted(*supervisor, *child, context),
        What::Process { body, .. } => (Body::Plain(G::of(Instance::new(body.clone()))), None),
        What::Supervisor { flags, children } => {
            let children = children.iter().map(|child| child.clone().map_start(G::hosted)).collect();
            let result = InitResult::Ok(*flags, children);
            let init = SupervisorInit { module: start.module, result, table: None };
            (Body::Supervisor(Box::new(init)), None)
        }
        What::Dynamic(options) => {
            let init =
                DynamicSupervisorInit { module: start.module, tasks: false, result: Ok(options.clone()) };
            (Body::DynamicSupervisor(Box::new(init)), None)
        }
    };
    Launch::Spawn(Newborn {
        body,
        label: start.called(),
        name: start.name.map(Name::Local),
        timeout,
        info: None,
    })
}

impl Wait {
    /// The same, for a guest of this kind.
    pub(super) fn block<G: Hosting>(self, context: &mut Context<'_, Actor<G>>) -> Block<G> {
        match self {
            Wait::Call { target, request, timeout } => {
                Block::Call { target, request: Request::User(request), timeout, said: None }
            }
            Wait::Ask { target, request } => Block::Call {
                target,
                request: Request::Supervisor(Box::new(request.request())),
                timeout: CallTimeout::Infinity,
                said: None,
            },
            Wait::Stop { target, reason, timeout } => Block::Stop { target, reason, timeout },
            Wait::Start(start, label) => {
                Block::Start { launch: launch(&start, context), label: Some(label), how: Ties::LINKED }
            }
            Wait::Spawn(..) => unreachable!("who spawns does not wait for it"),
            Wait::Sleep(time) => Block::Sleep(Some(time)),
            Wait::Receive(time, _) => Block::Receive(time),
            Wait::Quiet(time) => Block::Quiet(time),
        }
    }
}

impl Asked {
    fn request<G: Hosting>(self) -> SupervisorRequest<G> {
        match self {
            Asked::StartChild(spec) => SupervisorRequest::StartChild(spec.map_start(G::hosted)),
            Asked::StartWith(argument) => SupervisorRequest::StartWith(vec![argument]),
            Asked::TerminateChild(child) => SupervisorRequest::TerminateChild(child),
            Asked::RestartChild(child) => SupervisorRequest::RestartChild(child),
            Asked::DeleteChild(child) => SupervisorRequest::DeleteChild(child),
            Asked::WhichChildren => SupervisorRequest::WhichChildren,
            Asked::CountChildren => SupervisorRequest::CountChildren,
        }
    }
}
