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
pub(super) mod compile;
pub mod compiled;
mod ets;
mod ets_function;
mod evaluate;
mod fault;
mod find;
mod frame;
mod heard;
mod image;
mod last_result;
mod launch;
mod local;
mod machine;
mod memory;
pub(super) mod names;
mod nodes;
mod operands;
pub(super) mod parts;
mod perform;
mod proc_lib;
pub(super) mod program;
mod raw;
mod reports;
mod result;
mod sights;
mod start;
mod store;
pub(super) mod trees;
mod turns;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use crate::actors::{Hosting, Instance, Start};
use crate::kernel::{Context, Event, Events, Received, Term, World};
use crate::otp::fault::Wrong;
use crate::otp::{Actor, Cue, Guest, Launch, Message, Name, Report, Step, Supervised};

pub use boot::Boot;
pub use builtin::Builtin;
pub use common::{ClientState, FailedExpectation, Liveness, SharedState, Sides, Unmet};
pub use ets_function::EtsFunction;
pub use find::process as living;
pub use frame::Execution;
pub use image::Image;
pub use local::LocalClients;
pub use memory::memory;
pub use perform::counted;
pub use program::{Asked, Expression};
pub use reports::Wanted;
pub use start::StartFunction;
pub use store::{holds, matches, sides};

use program::{Program, ProgramKind};
use start::Module;

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

impl Hosting for Script {
    fn hosted(start: Start) -> StartFunction {
        let (called, name) = (start.module(), start.name());
        let function = StartFunction::of(called, Module::Rust(Box::new(start)));
        StartFunction { name: name.map(Name::Local), ..function }
    }

    fn launch_hosted(supervisor: u16, child: u16, context: &mut ScriptContext<'_>) -> Launch<Script> {
        let image = context.image();
        launch::launch(image.start_of_child(supervisor, child), None, context)
    }

    fn of(instance: Instance) -> Script {
        Script::Rust(Box::new(instance))
    }

    fn told(text: String) -> Note {
        Note::Log { text: text.into(), values: Vec::new() }
    }

    fn faulted(wrong: Wrong) -> Note {
        Note::Fault(wrong)
    }
}

impl Guest for Script {
    type Start = StartFunction;
    type Common = SharedState;
    type Image = Image;
    type Note = Note;

    fn launch(start: &StartFunction, context: &mut ScriptContext<'_>) -> Launch<Self> {
        launch::launch(start, None, context)
    }

    fn with_arguments(start: &StartFunction, before: &[Term], after: &[Term]) -> StartFunction {
        let arguments = [before, &start.arguments, after].concat();
        StartFunction { arguments, ..start.clone() }
    }

    fn mfa(start: &StartFunction) -> Term {
        start.mfa()
    }

    fn start_of(mfa: &Term, image: &Image) -> Option<StartFunction> {
        raw::start_function(mfa, image)
    }

    fn accepts(&self, message: &Received<Message<Self>>, image: &Image) -> bool {
        match self {
            Script::Boot(_) => true,
            Script::Actor(frame) => frame.accepts(message, image),
            // It only ever waits for time to pass.
            Script::Builtin(_) => false,
            Script::Rust(instance) => instance.accepts(message),
            Script::Compiled(running) => running.accepts(message, image),
        }
    }

    fn hears_supervisor_requests(&self) -> bool {
        matches!(self, Script::Rust(_))
    }

    fn supervises(&self) -> Option<Supervised> {
        match self {
            Script::Compiled(running) => running.supervises(),
            Script::Boot(_) | Script::Actor(_) | Script::Builtin(_) | Script::Rust(_) => None,
        }
    }

    fn resume(&mut self, cue: Cue<Self>, context: &mut ScriptContext<'_>) -> Step<Self> {
        match self {
            Script::Boot(boot) => boot.resume(cue, context),
            Script::Actor(frame) => frame.resume(cue, context),
            Script::Builtin(builtin) => builtin.resume(cue, context),
            Script::Compiled(running) => running.resume(cue, context),
            Script::Rust(instance) => instance.resume(cue, context),
        }
    }
}
