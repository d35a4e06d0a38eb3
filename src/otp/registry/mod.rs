//! Elixir's `Registry`: names and values of processes in shared tables, which clients read and write by
//! themselves, and one process a partition, which removes what the dead have left.
//!
//! Nobody is asked and nobody waits: a look is a look into a table. That is what makes it fast, and what
//! makes it stale, for an entry goes when the partition handles the exit of its owner and not before.
//! The names that `PartitionSupervisor` gives out are found in a table as well, so they live here too.
//!
//! Follows `registry.ex` and `partition_supervisor.ex` of Elixir 1.14.

mod change;
mod hash;
mod look;
mod partition;
mod resize;
mod tables;
mod via;

pub use super::name::Via;
pub use change::{Change, Pending, register, unregister, unregister_match, update_value};
pub use hash::phash2;
pub use look::{
    count, dispatch_entries, dispatch_share, dispatch_tasks, keys, living_holder, lock_server, lookup,
    matching, meta, partitions_of, put_meta, values,
};
pub use partition::{RegistryPartition, RegistryPartitionInit};
pub use resize::Resizing;
pub use tables::{Keys, RegistryOptions, Tables};
