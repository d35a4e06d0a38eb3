//! OTP on the kernel's public face: servers, supervisors and the protocols between them.
//!
//! Nothing here has heard of a scenario. What users write, scripted or in Rust, comes in through one
//! trait, [`Guest`]; the world that it lives in answers [`Image`] and [`Common`].

mod activity;
mod actor;
mod application;
mod call;
mod child_spec;
mod code_change;
mod dynamic_supervisor;
pub mod fault;
mod global;
mod guest;
mod hooks;
mod member;
mod message;
mod name;
mod naming;
mod plain;
mod raise;
pub mod registry;
mod release;
mod report;
#[cfg(test)]
mod script;
mod server;
mod spec;
mod spec_check;
#[cfg(test)]
pub(crate) mod stage;
mod start;
mod supervisor;
mod system;
mod task;
#[cfg(test)]
pub(crate) mod toy;
mod waits;
mod wrong;

pub use activity::{Activity, Blocked, Progress};
pub use actor::{Actor, Birth, Body};
pub use application::{
    Application, ApplicationController, ApplicationMaster, ApplicationRequest, ApplicationRoot,
    ApplicationStarter, NodeApplications,
};
pub use call::{PendingCall, PendingStop, call_failure, reply};
pub use child_spec::{child_spec, override_spec};
pub use code_change::{PendingCodeChange, SYS_TIMEOUT_MS};
pub use dynamic_supervisor::{
    DynamicOptions, DynamicSupervisor, DynamicSupervisorInit, Refusal, check_child,
};
pub use global::{GlobalNameServer, GlobalNameServerInit, global_registration, global_release};
pub use guest::{Block, Callback, Cue, EnterLoop, Guest, Info, Return, Step, Then};
pub use hooks::{Common, Image};
pub use member::{Counts, Member, Supervised};
pub use message::{CALL_TIMEOUT_MS, CallTimeout, From, Message, Request, SupervisorRequest, SystemRequest};
pub use name::Name;
pub use naming::Naming;
pub use plain::Plain;
pub use raise::Raise;
pub use release::Release;
pub use report::{
    ApplicationReport, Decision, ErrorContext, Level, NameConflict, Offender, OffenderPid, Report,
};
pub use server::{Phase, Server, is_abnormal};
pub use spec::{AutoShutdown, ChildSpec, ChildType, Flags, Restart, Shutdown, StartFunction, Strategy};
pub use spec_check::{check_childspecs, check_combination};
pub use start::{Launch, Newborn, PendingStart, Started, Ties};
pub use supervisor::{InitResult, Occupation, OwnTable, Supervisor, SupervisorInit};
pub use task::{
    Awaited, Expected, PendingAwait, PendingStream, PendingTaskShutdown, Stream, StreamItem, StreamMessage,
    StreamMonitor, StreamSource, Task, TaskBody, WORK_TIMEOUT_MS, Work, hand_over, start_async, tell_work,
};
pub use waits::waits_for;
