//! Start functions of actors in Rust: what one starts, and from which state.

use std::sync::Arc;

use crate::kernel::{Atom, Term};
use crate::otp::{
    Body, ChildSpec, DynamicOptions, DynamicSupervisorInit, Flags, InitResult, Launch, Name, Newborn,
    SupervisorInit,
};

use super::body::AnyBody;
use super::host::Hosting;
use super::instance::Instance;

/// `{Module, start_link, Arguments}`. What an actor begins with is its state before `init`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Start {
    pub(super) module: Atom,
    pub(super) name: Option<Atom>,
    pub(super) what: What,
}

/// What is started.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum What {
    /// A server, and how long its `init` may take.
    Server { body: AnyBody, shown: Arc<str>, timeout: Option<u64> },
    /// A supervisor.
    Supervisor { flags: Flags, children: Arc<[ChildSpec<Start>]> },
    /// A supervisor whose children are started later.
    Dynamic(DynamicOptions),
}

impl Start {
    /// What people call what it starts, if nobody has a better word.
    pub fn called(&self) -> Atom {
        self.name.unwrap_or(self.module)
    }

    /// The start function as `{Module, Function, Arguments}`.
    pub fn mfa(&self) -> Term {
        let argument = match &self.what {
            What::Server { shown, .. } => vec![Term::Text(Arc::clone(shown))],
            What::Supervisor { .. } | What::Dynamic(_) => Vec::new(),
        };
        Term::tuple([self.module.into(), Atom::START_LINK.into(), Term::list(argument)])
    }
}

/// Calls a start function.
pub fn launch<G: Hosting>(start: &Start) -> Launch<G> {
    let (body, timeout) = match &start.what {
        What::Server { body, timeout, .. } => (Body::Server(G::of(Instance::new(body.clone()))), *timeout),
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
