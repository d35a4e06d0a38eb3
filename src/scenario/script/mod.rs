//! Scripted actors: the interpreter of the scenario language, as a guest of OTP.
//!
//! It knows what statements do. What calls, starts and stops are it leaves to OTP, and where a file's
//! mistakes are to the parser.

mod application;
mod boot;
mod builtin;
mod callers;
mod child_spec;
mod common;
mod compile;
mod control;
mod data;
mod dispatch;
mod evaluate;
mod expect;
mod fault;
mod find;
mod finish;
mod frame;
mod image;
mod launch;
mod names;
mod nodes;
mod operands;
mod operation;
mod parts;
mod perform;
mod proc_lib;
mod program;
mod raw;
mod registry;
mod relation;
mod reports;
mod shelter;
mod statement;
mod store;
mod supervise;
mod task;
mod trees;

use std::sync::Arc;

use crate::kernel::{Atom, Context, Process, Received, Term};
use crate::otp::registry::Tables;
use crate::otp::{Actor, Cue, Guest, Launch, Message, Place, Release, Report, Step};

pub use boot::Boot;
pub use builtin::Builtin;
pub use common::{ClientState, Common, Condition, Expectation, Failure, Sides};
pub use expect::counted;
pub use fault::Struck;
pub use find::process as living;
pub use frame::Frame;
pub use image::Image;
pub use launch::StartFunction;
pub use program::{Asked, Expected, Expression};
pub use shelter::Shelter;
pub use store::{holds, sides};

use program::{Definition, DefinitionKind};

/// A scripted process.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Script {
    /// The process that starts everything.
    Boot(Box<Boot>),
    /// A server, process or client with a program.
    Actor(Box<Frame>),
    /// An agent or a plain worker.
    Builtin(Box<Builtin>),
}

impl Script {
    /// A process of this definition that has not run yet.
    fn of(number: u16, definition: &Definition, arguments: &[Term]) -> Script {
        match definition.kind {
            DefinitionKind::Server { .. } | DefinitionKind::Process { .. } | DefinitionKind::Task => {
                Script::Actor(Box::new(Frame::new(number, definition, arguments)))
            }
            DefinitionKind::Agent | DefinitionKind::Worker => {
                Script::Builtin(Box::new(Builtin { definition: number, ..Builtin::default() }))
            }
        }
    }
}

/// What a script tells listeners.
#[derive(Clone, Debug, PartialEq)]
pub enum Note {
    /// `log` and `note`.
    Log {
        /// The text.
        text: Arc<str>,
        /// The values after it.
        values: Vec<Term>,
    },
    /// A fault of the plan strikes in a callback of this process.
    Fault(Struck),
}

impl Guest for Script {
    type Payload = Term;
    type Start = StartFunction;
    type Common = Common;
    type Image = Image;
    type Note = Note;

    fn release(image: &Image) -> Release {
        image.release()
    }

    fn tables(common: &Common) -> &Tables {
        &common.registries
    }

    fn tables_mut(common: &mut Common) -> &mut Tables {
        &mut common.registries
    }

    fn atom_text(atom: Atom, image: &Image) -> &str {
        image.atoms().text(atom)
    }

    fn launch(start: &StartFunction, context: &mut Context<'_, Actor<Self>>) -> Launch<Self> {
        launch::launch(start, None, context)
    }

    fn with_arguments(start: &StartFunction, extra: &[Term], place: Place) -> StartFunction {
        let mut start = start.clone();
        match place {
            Place::Append => start.arguments.extend_from_slice(extra),
            Place::Prepend => drop(start.arguments.splice(0..0, extra.iter().cloned())),
        }
        start
    }

    fn mfa(start: &StartFunction) -> Term {
        start.mfa()
    }

    fn start_of(mfa: &Term, image: &Image) -> Option<StartFunction> {
        raw::start_function(mfa, image)
    }

    fn term(payload: &Term) -> Term {
        payload.clone()
    }

    fn node_down(node: Atom) -> Option<Term> {
        Some(Term::tagged(Atom::NODEDOWN, node.into()))
    }

    fn strike(fault: u16, common: &mut Common, image: &Image) -> Option<(Atom, Term)> {
        fault::strike(fault, common, image)
    }

    fn counts_reports(image: &Image) -> bool {
        !image.reports.is_empty()
    }

    fn logged(report: &Report<Self>, context: &mut Context<'_, Actor<Self>>) {
        reports::logged(report, context);
    }

    fn is_set_up(common: &Common) -> bool {
        common.booted
    }

    fn is_spared(process: &Process<Actor<Self>>, common: &Common) -> bool {
        process.label == Atom::BOOT || common.is_client(process.pid)
    }

    fn payload(term: &Term) -> Option<Term> {
        Some(term.clone())
    }

    fn accepts(&self, message: &Received<Message<Self>>, image: &Image) -> bool {
        match self {
            Script::Boot(_) => true,
            Script::Actor(frame) => frame.accepts(message, image),
            // It only ever waits for time to pass.
            Script::Builtin(_) => false,
        }
    }

    fn resume(&mut self, cue: Cue<Self>, context: &mut Context<'_, Actor<Self>>) -> Step<Self> {
        match self {
            Script::Boot(boot) => boot.resume(cue, context),
            Script::Actor(frame) => frame.resume(cue, context),
            Script::Builtin(builtin) => builtin.resume(cue, context),
        }
    }
}
