//! Elixir's `DynamicSupervisor`.

use crate::kernel::{Atom, Context, Input, Next, Received, Term};

use super::actor::{Actor, Birth};
use super::guest::Guest;
use super::message::Message;

/// What a dynamic supervisor's `init/1` returns, and in which module it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DynamicSupervisorInit<G: Guest> {
    /// The callback module.
    pub module: Atom,
    /// Its options, or whatever else `init/1` returns, to be checked.
    pub result: Result<DynamicOptions<G>, Term>,
}

/// The options of a dynamic supervisor.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DynamicOptions<G: Guest> {
    /// How many restarts are allowed within `max_seconds`.
    pub max_restarts: u32,
    /// Seconds.
    pub max_seconds: u32,
    /// How many children there may be; none is `:infinity`.
    pub max_children: Option<u32>,
    /// Put before the arguments of every child.
    pub extra_arguments: Vec<G::Payload>,
}

/// A `DynamicSupervisor` process.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DynamicSupervisor<G: Guest> {
    birth: Birth,
    init: DynamicSupervisorInit<G>,
}

impl<G: Guest> DynamicSupervisor<G> {
    /// A supervisor that has not run yet.
    pub fn new(init: DynamicSupervisorInit<G>, birth: Birth) -> Self {
        DynamicSupervisor { birth, init }
    }

    /// Whether it would take this message now.
    pub fn accepts(&self, _message: &Received<Message<G>>) -> bool {
        true
    }

    /// Goes on.
    pub fn resume(&mut self, _input: Input<Message<G>>, _context: &mut Context<'_, Actor<G>>) -> Next {
        Next::Receive { timeout: None }
    }
}
