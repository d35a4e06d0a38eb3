//! The statements of the language, a file a family.
//!
//! A family is one type that is generic over its operands: with the names, values and places of the file it is
//! what the parser reads, with slots and expressions it is what a process carries out. A row declares a word: its
//! usage, the code it may stand in, the [roles](operand) of its operands, and its [effects]. That is enough to
//! read it, to lower it and to look through what it computes; only what is irregular is read by hand, in the file
//! of its family. What a statement *does* is in `script/perform`, and what the real Erlang does for it in
//! `beam/driver`, which interprets what the file says by itself and so can contradict.

#[macro_use]
mod family;
#[macro_use]
pub(super) mod operand;

mod callback;
mod client;
pub(super) mod condition;
mod control;
mod data;
pub(super) mod effects;
mod event;
pub(super) mod expectation;
mod form;
mod message;
mod mishap;
mod network;
mod process;
mod property;
mod registry;
mod relation;
mod row;
mod said;
mod statement;
mod supervisor;
mod task;
pub(super) mod word;

pub use callback::Callbacks;
pub use client::Clients;
pub use condition::{Asked, Measure, Question, Wanted};
pub use control::{Clause, Compound, Control, End, Over, Part};
pub use data::Data;
pub use event::Event;
pub use expectation::Expectation;
pub use form::{Form, Lowered, Parsed, Role};
pub use message::Messages;
pub use mishap::Mishap;
pub use network::Network;
pub use process::{Processes, StartedFunction};
pub use property::{Claim, Happening, Property, What};
pub use registry::{EntryKey, Registries};
pub use relation::Relations;
pub use said::Said;
pub use statement::{Block, Catch, Operation, OperationKind, Statement, StatementKind};
pub use supervisor::{StartedChild, Supervisors};
pub use task::Tasks;

pub(super) use message::spelt_out;
pub(super) use network::both_nodes;
pub(super) use statement::words;
