//! Actors in Rust: servers as state machines of the user's own types, under OTP's supervisors, in tests.
//!
//! It stands on models, OTP and the kernel, and has never heard of a scenario file.

mod actor;
mod address;
mod body;
mod calls;
mod catalogue;
mod child;
mod client;
pub mod conformance;
mod data;
mod effects;
mod explore;
#[cfg(any(test, feature = "proptest"))]
pub mod generate;
mod halt;
mod host;
mod instance;
mod judge;
mod launch;
mod on_kernel;
mod outcome;
mod player;
mod process;
mod properties;
mod reason;
mod simulation;
mod view;

pub use crate::explore::SchedulerKind;
pub use crate::otp::{AutoShutdown, Release, Restart, Shutdown, Strategy};
pub use actor::{Actor, Answer, Answered, Caller, Context, Handled, Info, Next};
pub use address::Address;
pub use body::Start;
pub use calls::{Asking, Monitor, Supervises, Timer};
pub use catalogue::Catalogue;
pub use child::{Child, DynamicSupervisor, Invalid, Supervisor};
pub use client::Client;
pub use data::{Data, Never};
#[doc(hidden)]
pub use data::{parts, row};
pub use effects::Effects;
pub use explore::{Exhausted, Explored};
pub use halt::Halt;
pub use instance::{Hosting, Instance};
pub use judge::Judge;
pub use launch::launch;
pub use outcome::{Failure, Run};
pub use player::{Note, Player, Setting, Shared};
pub use process::{Async, Process};
pub use properties::{Holds, Oracle};
pub use reason::Reason;
pub use simulation::Simulation;
pub use view::View;
