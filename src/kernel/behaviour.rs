//! The seam between the kernel and everything that runs on it.
//!
//! A behaviour is an explicit state machine: it says which messages its current `receive` would take
//! and what it does with one. OTP's own behaviours, scripted servers and users' Rust actors are all
//! guests behind this one trait.

use std::fmt::Debug;
use std::hash::Hash;

use super::context::Context;
use super::process::Process;
use super::signal::Received;
use super::term::{Atom, Term};

/// What a process does.
pub trait Behaviour: Clone + Eq + Hash + Debug {
    /// What ordinary messages carry.
    type Message: Clone + Eq + Hash + Debug;
    /// State that all processes share, as they do named ETS tables.
    type Common: Clone + Eq + Hash + Debug;
    /// What every process may read and nothing ever changes: programs, specifications.
    type Image: Debug;
    /// What a behaviour tells listeners beyond what the kernel sees.
    type Report: Clone + PartialEq + Debug;

    /// Whether the `receive` that this process waits in would take this message.
    fn accepts(&self, message: &Received<Self::Message>, image: &Self::Image) -> bool;

    /// Says the instants until which it waits though another wait has come between, and it may set no timer for
    /// them now: a search must know when time can pass.
    fn deadlines(&self, _tell: &mut dyn FnMut(u64)) {}

    /// A fault of the scenario's plan strikes: leaves in what is shared whatever makes it happen. It may bring a
    /// message to whoever holds a name.
    fn strike(
        _fault: u16,
        _common: &mut Self::Common,
        _image: &Self::Image,
    ) -> Option<(Atom, Self::Message)> {
        None
    }

    /// Whether everything is set up that the faults of a plan may break.
    fn is_set_up(_common: &Self::Common) -> bool {
        true
    }

    /// Whether a process is never killed by a fault that may kill any: it asks the questions, or stands for the
    /// run-time system.
    fn is_spared(_process: &Process<Self>, _common: &Self::Common) -> bool {
        false
    }

    /// `{nodedown, Node}`, for who monitors the other node; none if nobody can be told.
    fn node_down(_node: Atom) -> Option<Self::Message> {
        None
    }

    /// Goes on until it next waits, can be preempted, or ends.
    fn resume(&mut self, input: Input<Self::Message>, context: &mut Context<'_, Self>) -> Next;
}

/// Why a process goes on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Input<M> {
    /// It has just been spawned.
    Start,
    /// It was preempted and may continue.
    Continue,
    /// This message was accepted.
    Message(Received<M>),
    /// Nothing acceptable came in time.
    Timeout,
    /// It waited for quiet, and nothing else can happen.
    Quiet,
}

/// How a process stops going on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Next {
    /// It waits for an acceptable message, at most `timeout` milliseconds.
    Receive {
        /// Milliseconds; none waits for ever.
        timeout: Option<u64>,
    },
    /// It waits until nothing can happen any more: no signal on its way, nobody able to run, no timer
    /// pending. At most `timeout` milliseconds; messages do not wake it.
    Quiet {
        /// Milliseconds.
        timeout: u64,
    },
    /// Others may run between this action and the next.
    Preempt,
    /// It ends.
    Exit(Term),
}
