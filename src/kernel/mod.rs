//! The kernel: processes, signals, names and time, exactly as Erlang has them, as one value.
//!
//! It has never heard of a supervisor, a server or a scenario; those are behaviours. It draws no
//! randomness and reads no clock: someone else picks among [`World::choices`], and [`World::step`] does it.

mod atom;
mod behaviour;
mod budget;
mod bulk;
mod check;
mod choice;
mod choices;
mod clock;
mod context;
mod copy_on_write;
mod death;
mod delivery;
mod distribution;
mod ends;
mod event;
mod fault;
mod fingerprint;
mod inert;
mod mailbox;
mod nodes;
mod observed;
mod order;
mod pid;
mod priority;
mod process;
mod queues;
mod quiet;
mod relation;
mod signal;
mod slot;
mod state;
mod step;
mod stop;
mod table;
mod term;
mod timers;
mod unordered;
mod weight;
mod whereabouts;
mod world;

pub use atom::{Atom, Atoms, Node};
pub use behaviour::{Behaviour, Input, Next};
pub use budget::{Budget, Overrun, Resource};
pub use bulk::Bulk;
pub use choice::Choice;
pub use choices::Choices;
pub use context::{BadArgument, Context, NoProcess, Spawn};
pub use ends::{Alias, Link, Monitor, Watchers};
pub use event::{Event, EventKind, Events, Fate};
pub use fault::{Fault, FaultKind, Victims};
pub use fingerprint::Fingerprint;
pub use mailbox::Mailbox;
pub use nodes::Connection;
pub use observed::{Observed, SharedPlace};
pub use pid::{Pid, Ref};
pub use process::{Process, Wakeup};
pub use signal::{Object, Received, Signal, Target, Through};
pub use state::State;
pub use stop::StopFlag;
pub use table::Table;
pub use term::Term;
pub use unordered::Unordered;
pub use world::World;
