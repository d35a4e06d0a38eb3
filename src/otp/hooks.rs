//! What OTP and the kernel ask of the world that guests live in: its fixed part, and its shared state.
//!
//! None of it is code that OTP calls in a process's name; that is the [`Guest`](super::Guest).

use std::fmt::Debug;
use std::hash::Hash;

use crate::kernel::{Atom, Atoms, Context, Pid, Process, Term};

use super::actor::Actor;
use super::guest::Guest;
use super::message::Message;
use super::registry::Tables;
use super::release::Release;
use super::report::Report;
use super::wrong::{CallbackFault, Struck};

/// What never changes in a world.
pub trait Image: Debug {
    /// The releases that are modelled.
    fn release(&self) -> Release;

    /// What atoms are called, for `phash2`.
    fn atoms(&self) -> &Atoms;

    /// The faults of the plan, by their numbers; none of one that is not about callbacks.
    fn callback_faults(&self) -> &[Option<CallbackFault>] {
        &[]
    }

    /// What stands in `{global, Name}` if this is how such a name is written here and `global` keeps it on two nodes; none
    /// of any other.
    fn global_name(&self, _name: Atom) -> Option<Term> {
        None
    }

    /// Whether [`Common::logged`] keeps account of what OTP logs.
    fn counts_reports(&self) -> bool {
        false
    }
}

/// State that all processes of a world share.
pub trait Common<G: Guest>: Clone + Eq + Hash + Debug {
    /// The tables of registries and partition supervisors.
    fn tables(&self) -> &Tables;

    /// The same, to change.
    fn tables_mut(&mut self) -> &mut Tables;

    /// Which faults have struck and not taken effect yet, where anything can go wrong in callbacks.
    fn struck(&self) -> Option<&Struck> {
        None
    }

    /// The same, to change.
    fn struck_mut(&mut self) -> Option<&mut Struck> {
        None
    }

    /// Whether a process has anything in this that its death concerns: see [`crate::kernel::State::owns`].
    fn has_of(&self, _pid: Pid) -> bool {
        false
    }

    /// What becomes of what a dead process had in this: see [`crate::kernel::State::leaves_behind`].
    fn leaves_behind(&mut self, _dead: Pid, _lives: &dyn Fn(Pid) -> bool) -> Vec<(Pid, Message<G>)> {
        Vec::new()
    }

    /// The running process has logged this.
    fn logged(_report: &Report<G>, _context: &mut Context<'_, Actor<G>>) {}

    /// A fault of the plan strikes: see [`crate::kernel::Behaviour::strike`].
    fn strike(&mut self, _fault: u16, _image: &G::Image) -> Option<(Atom, Term)> {
        None
    }

    /// How many tests have begun one after another, if that is what is run: what is told of one tells nothing of those
    /// before it.
    fn tests_begun(&self) -> u32 {
        0
    }

    /// Whether everything is set up that faults may break: see [`crate::kernel::Behaviour::is_set_up`].
    fn is_set_up(&self) -> bool {
        true
    }

    /// Whether a process is never killed by a fault that may kill any: see
    /// [`crate::kernel::Behaviour::is_spared`].
    fn is_spared(&self, _process: &Process<Actor<G>>) -> bool {
        false
    }
}
