//! What a supervisor's `init/1` returns. It knows no processes: whoever reads a file can make one.

use crate::kernel::{Atom, Term};
use crate::otp::name::Name;
use crate::otp::registry::RegistryOptions;
use crate::otp::spec::{ChildSpec, Flags};

/// What a supervisor's `init/1` returns, and in which module it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SupervisorInit<S> {
    /// The callback module.
    pub module: Atom,
    /// What its `init/1` returns.
    pub result: InitResult<S>,
    /// A table that it makes before that, and owns.
    pub table: Option<OwnTable>,
}

/// What a supervisor's `init/1` returns.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum InitResult<S> {
    /// `{ok, {Flags, Specs}}`, known to be valid but for combinations that depend on the release.
    Ok(Flags, Vec<ChildSpec<S>>),
    /// Anything, to be checked as `supervisor.erl` does.
    Raw(Term),
    /// It returns nothing but raises this error.
    Raises(Term),
}

/// A table that a supervisor owns.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum OwnTable {
    /// That of a registry.
    Registry(Box<RegistryOptions>),
    /// That of a partition supervisor.
    Partitions {
        /// The name of the partition supervisor, under which its table is found.
        name: Name,
        /// How many partitions it has.
        count: u32,
    },
}
