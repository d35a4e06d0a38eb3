//! What the kernel must know of a process while that waits: a value, and what it would receive.
//!
//! What a process does when it goes on is another matter (`behaviour.rs`), which a world that nobody steps does
//! not need.

use std::fmt::Debug;
use std::hash::Hash;

use super::atom::Atom;
use super::pid::Pid;
use super::signal::Received;

/// What a process is while it waits, and what the processes of its world have in common.
pub trait State: Clone + Eq + Hash + Debug {
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

    /// Whether a process has anything in what all share that its death concerns.
    fn owns(_pid: Pid, _common: &Self::Common) -> bool {
        false
    }

    /// What becomes of what a process that has just died had in what all share: whom it is sent to, in its name. It is
    /// told who lives.
    fn leaves_behind(
        _dead: Pid,
        _common: &mut Self::Common,
        _lives: &dyn Fn(Pid) -> bool,
    ) -> Vec<(Pid, Self::Message)> {
        Vec::new()
    }

    /// `{nodedown, Node}`, for who monitors the other node; none if nobody can be told.
    fn node_down(_node: Atom) -> Option<Self::Message> {
        None
    }

    /// The name that whoever is registered who is told whenever the connection between the nodes comes and goes
    /// (net_kernel, `monitor_nodes/2`), and `{nodeup, Node}`; none if nobody is told.
    fn node_up(_node: Atom) -> Option<(Atom, Self::Message)> {
        None
    }
}
