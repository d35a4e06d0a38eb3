//! `supervisor`.

use crate::kernel::{Atom, Context, Input, Next, Received, Term};

use super::actor::{Actor, Birth};
use super::guest::Guest;
use super::message::Message;
use super::spec::{ChildSpec, Flags};

/// What a supervisor's `init/1` returns, and in which module it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SupervisorInit<G: Guest> {
    /// The callback module.
    pub module: Atom,
    /// What its `init/1` returns.
    pub result: InitResult<G>,
}

/// What a supervisor's `init/1` returns.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum InitResult<G: Guest> {
    /// `{ok, {Flags, Specs}}`, known to be valid but for combinations that depend on the release.
    Ok(Flags, Vec<ChildSpec<G::Start>>),
    /// Anything, to be checked as `supervisor.erl` does.
    Raw(Term),
}

/// A `supervisor` process.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Supervisor<G: Guest> {
    birth: Birth,
    init: SupervisorInit<G>,
}

impl<G: Guest> Supervisor<G> {
    /// A supervisor that has not run yet.
    pub fn new(init: SupervisorInit<G>, birth: Birth) -> Self {
        Supervisor { birth, init }
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
