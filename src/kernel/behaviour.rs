//! The seam between the kernel and everything that runs on it.
//!
//! A behaviour is an explicit state machine: it says which messages its current `receive` would take
//! ([`State::accepts`]) and what it does with one. OTP's own behaviours, scripted servers and users' Rust actors
//! are all guests behind this one trait.

use super::atom::Atom;
use super::context::Context;
use super::process::Process;
use super::signal::Received;
use super::state::State;
use super::term::Term;

/// What a process does, and what its world does when a fault strikes.
pub trait Behaviour: State {
    /// Goes on until it next waits, can be preempted, or ends.
    fn resume(&mut self, input: Input<Self::Message>, context: &mut Context<'_, Self>) -> Next;

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
        /// How long it waits, in milliseconds of virtual time.
        timeout: u64,
    },
    /// Others may run between this action and the next.
    Preempt,
    /// It ends with this reason.
    Exit(Term),
}
