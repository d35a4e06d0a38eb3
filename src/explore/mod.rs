//! Schedulers, and the files that record what they chose.
//!
//! A scheduler is given what can happen next and picks one, and it knows nothing else. It has never heard of a
//! scenario or of how processes are shown; whoever drives a run passes the names in.

mod calm;
mod decision;
mod dice;
mod exhaustive;
mod kind;
#[cfg(test)]
mod laws;
mod lenient;
mod lopsided;
mod mismatch;
mod names;
mod party;
mod pct;
mod pos;
mod prefixed;
mod random;
mod replay;
mod schedule;
mod scheduler;
mod shrink;
mod sparing;
mod swarm;
#[cfg(test)]
mod toy;

pub use calm::Calm;
pub use decision::{Compare, Deciding, Decision, Moment, Taken};
pub use dice::Dice;
pub use exhaustive::{Covered, Ending, Order, Search, Searched, Stands, StateSpace, Watch, search};
pub use kind::{By, SchedulerKind};
pub use lenient::Lenient;
pub use lopsided::Lopsided;
pub use mismatch::Mismatch;
pub use names::{Nameless, Names, describe, recognise};
pub use pct::Pct;
pub use pos::Pos;
pub use prefixed::Prefixed;
pub use random::Random;
pub use replay::Replay;
pub use schedule::{Rest, SWEEP, Schedule, ScheduleLine, ScheduleMistake, digest};
pub use scheduler::Scheduler;
pub use shrink::{Fails, shrink};
pub use sparing::Sparing;
pub use swarm::Swarm;
