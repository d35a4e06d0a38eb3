//! Scripted actors: the interpreter of the scenario language, as a guest of OTP.
//!
//! It knows what statements do. What calls, starts and stops are it leaves to OTP, and where a file's
//! mistakes are to the parser.

mod application;
mod boot;
mod builtin;
mod callers;
pub(super) mod child_spec;
mod common;
mod compile;
pub mod compiled;
pub(super) mod compiler;
mod ets;
mod ets_function;
mod evaluate;
mod execution;
pub(super) mod expression;
mod fault;
mod find;
mod frame;
mod generated;
mod guest;
mod heard;
mod image;
mod last_result;
mod launch;
mod local;
mod machine;
mod memory;
pub(super) mod names;
mod nodes;
mod numbering;
mod operands;
pub(super) mod parts;
mod perform;
mod proc_lib;
mod program;
mod raw;
mod reports;
pub(super) mod resolver;
mod result;
mod sights;
mod start;
mod store;
pub(super) mod trees;
mod turns;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use crate::actors::Instance;
use crate::kernel::{Context, Event, Events, Pid, Term, World};
use crate::otp::fault::Wrong;
use crate::otp::{Actor, Callback, Report};

pub use common::{ClientState, FailedExpectation, Liveness, SharedState, Sides, Unmet};
pub use ets_function::EtsFunction;
pub use execution::Execution;
pub use expression::Expression;
pub use find::process as living;
pub use image::Image;
pub use local::LocalClients;
pub use memory::memory;
pub use perform::counted;
pub use start::StartFunction;
pub use store::{holds, matches, sides};

use program::{Program, ProgramKind};

/// A scripted process.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Script {
    /// The process that starts everything.
    Boot(Box<Boot>),
    /// A server, process or client with a program.
    Actor(Box<Execution>),
    /// An agent or a plain worker.
    Builtin(Box<Builtin>),
    /// A process of compiled code.
    Compiled(Box<compiled::Running>),
    /// An actor in Rust.
    Rust(Box<Instance>),
}

impl Script {
    /// How much it remembers that is gone when it ends: entries of its own tables and queues, or of an agent's map,
    /// and variables that no longer hold what they began with.
    pub fn remembers(&self, image: &Image) -> u64 {
        let entries = match self {
            Script::Actor(execution) => {
                let tables = execution.tables.iter().map(BTreeMap::len);
                let entries: usize = tables.chain(execution.queues.iter().map(VecDeque::len)).sum();
                entries + execution.changed_variables(image)
            }
            Script::Builtin(builtin) => builtin.map.len(),
            Script::Boot(_) | Script::Compiled(_) | Script::Rust(_) => 0,
        };
        u64::try_from(entries).unwrap_or(u64::MAX)
    }

    /// A process of this definition that has not run yet.
    fn of(number: u16, definition: &Program, arguments: &[Term]) -> Script {
        match definition.kind {
            ProgramKind::Server { .. } | ProgramKind::Process { .. } | ProgramKind::Task => {
                Script::Actor(Box::new(Execution::new(number, definition, arguments)))
            }
            ProgramKind::Agent | ProgramKind::Worker => {
                Script::Builtin(Box::new(Builtin { definition: number, ..Builtin::default() }))
            }
        }
    }
}

/// The process that starts everything: how far it has come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Boot {
    /// How many of the trees have been started.
    pub(super) next: usize,
    /// The application controller, if the scenario has applications and it runs.
    pub(super) controller: Option<Pid>,
}

/// A module that needs no program: an agent, or a plain worker.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Builtin {
    /// The number of the module that it runs.
    pub definition: u16,
    /// What an agent holds.
    pub map: BTreeMap<Term, Term>,
    /// The callback that it will answer when it has been slow for long enough.
    pub(super) late: Option<Callback>,
}

/// The world that scenarios run in.
pub type ScriptWorld = World<Actor<Script>>;
/// What happens in it.
pub type ScriptEvent = Event<Actor<Script>>;
/// Who listens to it.
pub type ScriptEvents = Events<Actor<Script>>;

/// What a script sees of the world while it runs.
type ScriptContext<'a> = Context<'a, Actor<Script>>;

/// What a script tells listeners.
#[derive(Clone, Debug, PartialEq)]
pub enum Note {
    /// `log` and `note`.
    Log {
        /// What the line says before its values.
        text: Arc<str>,
        /// The values after it.
        values: Vec<Term>,
    },
    /// A line raises `badarg`: which one, and what it says.
    BadArgument {
        /// Counted from 1; none if the text is not known.
        line: usize,
        /// The line as it stands in the file.
        code: String,
    },
    /// A fault of the plan strikes in a callback of this process.
    Fault(Wrong),
}

/// Tells the story what a step says.
fn say(note: impl FnOnce() -> Note, context: &mut ScriptContext<'_>) {
    context.report(|| Report::Guest(note()));
}
