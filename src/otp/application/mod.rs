//! Applications: trees that a node starts in order and stops in the reverse one.
//!
//! As in OTP an application has two processes above its top supervisor, and a third that starts them. The [`ApplicationMaster`] leads the
//! group of all processes of the application; the [`ApplicationRoot`], which `application_master.erl` calls
//! X, calls `Mod:start/2` and is the parent of the top supervisor. One [`ApplicationController`] a node
//! decides what the end of an application means.
//!
//! Nothing here knows of code loading, configuration, start phases or distribution.

mod controller;
mod master;
mod root;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::kernel::{Atom, Term};

pub use self::controller::ApplicationController;
pub use self::master::{ApplicationMaster, ApplicationStarter};
pub use self::root::ApplicationRoot;
use super::guest::Guest;
use super::spec::Restart;

/// An application, as its resource file and its callback module describe it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Application<G: Guest> {
    /// What it is called.
    pub name: Atom,
    /// The callback module.
    pub module: Atom,
    /// The second argument of `Mod:start/2`.
    pub arguments: Term,
    /// What `Mod:start/2` does: it starts the top supervisor.
    pub start: G::Start,
    /// The applications that must have been started before.
    pub applications: Vec<Atom>,
    /// `Mod:prep_stop/1`: called, as the main function of a plain process, before the top supervisor is
    /// stopped or when it has ended.
    pub prep_stop: Option<G>,
    /// `Mod:stop/1`: called when the top supervisor has ended.
    pub stop: Option<G>,
}

/// The applications of a node.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NodeApplications<G: Guest> {
    /// All that can be started.
    pub applications: Vec<Arc<Application<G>>>,
    /// Those that are started at once, one after the other; the node is up when all are.
    pub boot: Vec<(Atom, Restart)>,
}

/// The requests of `application`'s API. The answers are what its functions return.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ApplicationRequest {
    /// `application:start(Name, Type)`. In `Type`, `permanent` says that the node ends with the application,
    /// `transient` that it does unless the reason is `normal`, `temporary` that it does not.
    Start(Atom, Restart),
    /// `application:stop(Name)`: stop it, and tell whoever asked.
    Stop(Atom),
}

impl ApplicationRequest {
    /// The request as people see it, for exit reasons that quote it.
    pub fn term(&self) -> Term {
        match self {
            ApplicationRequest::Start(name, restart) => {
                Term::tuple([Atom::START_APPLICATION.into(), (*name).into(), restart.atom().into()])
            }
            ApplicationRequest::Stop(name) => Term::tagged(Atom::STOP_APPLICATION, (*name).into()),
        }
    }
}
