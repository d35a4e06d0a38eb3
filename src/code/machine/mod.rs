//! The interpreter.

mod call;
mod catch;
mod coverage;
mod data;
mod entry;
mod missing;
pub mod op;
mod process;
mod receive;
mod run;
mod segment;
mod trace;
mod write;

pub use coverage::executed;
pub use entry::Entry;
pub use missing::{Missing, is_service};
pub use process::{Own, Place, Probe, Process};
pub use run::{Ended, Machine, Resume, Spends};
pub use trace::{Traced, stacktrace};
