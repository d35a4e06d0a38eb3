//! The kernel: processes, signals, names and time, exactly as Erlang has them, as one value.
//!
//! It has never heard of a supervisor, a server or a scenario; those are behaviours. It draws no
//! randomness and reads no clock: someone else picks among [`World::choices`], and [`World::step`] does it.

mod behaviour;
mod choice;
mod clock;
mod context;
mod death;
mod delivery;
mod distribution;
mod event;
mod fault;
mod fingerprint;
mod flight;
mod hint;
mod inert;
mod order;
mod pid;
mod priority;
mod process;
mod quiet;
mod relation;
mod shared;
mod signal;
mod table;
mod term;
mod timers;
mod unordered;
mod world;

pub use behaviour::{Behaviour, Input, Next};
pub use choice::{Choice, Choices};
pub use context::{BadArgument, Context, NoProcess, Spawn};
pub use distribution::Connection;
pub use event::{Event, EventKind, Events, Fate};
pub use fault::{Fault, FaultKind, Victims};
pub use fingerprint::Fingerprint;
pub use pid::{Pid, Ref};
pub use process::{Alias, Link, Monitor, Process, Wakeup};
pub use signal::{Object, Received, Signal, Target, Through};
pub use table::Table;
pub use term::{Atom, Atoms, Term};
pub use unordered::{Unordered, Watchers};
pub use world::World;
