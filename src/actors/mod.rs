//! Actors in Rust: servers as state machines of the user's own types, under OTP's supervisors, in tests.
//!
//! [`Actor`] is what one writes, [`Child`], [`Supervisor`], [`DynamicSupervisor`] and [`SimpleOneForOne`] put it into
//! trees, and [`Simulation`] tries them: the example on the first page of the crate goes through all of them. What a
//! callback can do is [`Effects`], what may go wrong [`Fault`], what a property sees [`View`], and what comes of it a
//! [`Run`], a [`Failure`] or, of the designs next to one, a [`Judging`]. [`Async`] is the way here from an `async` runtime,
//! [`conformance`] is for those who write supervisors, and [`Catalogue`] for those whose scenario files use their actors.
//!
//! It stands on models, OTP and the kernel, and has never heard of a scenario file.

mod actor;
mod address;
mod body;
mod calls;
mod catalogue;
mod channel;
mod child;
mod client;
pub mod conformance;
mod data;
mod effects;
mod explore;
mod fault;
#[cfg(any(test, feature = "proptest"))]
pub mod generate;
mod halt;
mod host;
mod instance;
mod judge;
mod judging;
mod launch;
mod on_kernel;
mod outcome;
mod player;
mod process;
mod properties;
mod reason;
mod simple;
mod simulation;
mod view;

pub use crate::explore::SchedulerKind;
pub use crate::otp::{AutoShutdown, ChildType, Release, Restart, Shutdown, Strategy};
pub use actor::{Actor, Answer, Answered, Caller, Context, Handled, Info, Next};
pub use address::Address;
#[doc(hidden)]
pub use body::Start;
pub use calls::{Asking, KnowsByPid, Monitor, Supervises, TakesSpecs, Timer};
pub use catalogue::Catalogue;
pub use channel::{Closed, JoinHandle, NotReceived, Receiver, Sender};
pub use child::{Child, DynamicSupervisor, Invalid, Supervisor};
pub use client::Client;
pub use data::{Data, Never};
#[doc(hidden)]
pub use data::{parts, row};
pub use effects::Effects;
pub use explore::{Exhausted, Explored};
pub use fault::Fault;
pub use halt::Halt;
#[doc(hidden)]
pub use instance::{Hosting, Instance};
#[doc(hidden)]
pub use judge::Judge;
pub use judging::{Costs, Judged, Judging, Outcome};
#[cfg(feature = "scenarios")]
pub(crate) use launch::launch;
pub use outcome::{Failure, Run};
#[doc(hidden)]
pub use player::{Note, Player, Setting, Shared};
pub use process::{Async, Process};
pub use properties::{Holds, Oracle};
pub use reason::Reason;
pub use simple::SimpleOneForOne;
pub use simulation::Simulation;
pub use view::View;
