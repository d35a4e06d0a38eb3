//! What a dynamic supervisor's `init/1` returns.

use crate::kernel::{Atom, Term};

/// What a dynamic supervisor's `init/1` returns, and in which module it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DynamicSupervisorInit {
    /// The callback module.
    pub module: Atom,
    /// Whether the callback module is `Task.Supervisor`, which adds nothing to what it does but how its
    /// children are asked for.
    pub tasks: bool,
    /// Its options, or whatever else `init/1` returns, to be checked.
    pub result: Result<DynamicOptions, Term>,
}

/// The options of a dynamic supervisor.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DynamicOptions {
    /// How many restarts are allowed within `max_seconds`.
    pub max_restarts: u32,
    /// The period of `max_restarts`, in seconds.
    pub max_seconds: u32,
    /// How many children there may be; none is `:infinity`.
    pub max_children: Option<u32>,
    /// Put before the arguments of every child.
    pub extra_arguments: Vec<Term>,
}
