//! Programs: what definitions are lowered to. A definition is a flat list of operations, so that where a
//! process is in it is one number.

use crate::kernel::{Atom, Term};

use super::super::language::{Event, Lowered, Operation};
use super::expression::{Address, Pattern, Slot};

/// A handler of a server.
#[derive(Clone, Debug, PartialEq)]
pub struct Handler {
    /// In which phase only.
    pub phase: Option<u16>,
    /// What it handles.
    pub event: Event<Lowered>,
    /// Where it begins.
    pub entry: Address,
}

/// What a module is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Program {
    /// What the module is called.
    pub name: Atom,
    /// What kind of process it makes.
    pub kind: ProgramKind,
    /// What its start function returns beside the pid.
    pub info: Option<Term>,
    /// What it does.
    pub operations: Vec<Operation>,
    /// The names of the variables, for messages to people.
    pub slots: Vec<Atom>,
    /// How many of them outlive a callback: variables and start arguments.
    pub lasting: usize,
    /// The slots of the start arguments.
    pub arguments: Vec<Slot>,
    /// The first values of the variables.
    pub variables: Vec<(Slot, Term)>,
    /// What its tables are called.
    pub tables: Vec<Atom>,
    /// What its queues are called.
    pub queues: Vec<Atom>,
}

impl Program {
    /// A module that does nothing by itself.
    pub fn without_code(name: Atom, kind: ProgramKind) -> Program {
        Program {
            name,
            kind,
            info: None,
            operations: Vec::new(),
            slots: Vec::new(),
            lasting: 0,
            arguments: Vec::new(),
            variables: Vec::new(),
            tables: Vec::new(),
            queues: Vec::new(),
        }
    }

    /// Whether it says how many start arguments it takes; the built-in modules take any.
    pub fn takes_arguments(&self) -> bool {
        matches!(self.kind, ProgramKind::Server { .. } | ProgramKind::Process { .. } | ProgramKind::Task)
    }

    /// Whether it tells whoever starts it how that went: then `proc_lib` starts it.
    pub fn acknowledges(&self) -> bool {
        matches!(self.kind, ProgramKind::Process { acknowledges: true, .. })
    }
}

/// What kind of process a definition makes.
#[derive(Clone, Debug, PartialEq)]
pub enum ProgramKind {
    /// A `gen_server` with callbacks.
    Server {
        /// Whether it is a `gen_statem`.
        machine: bool,
        /// Whether it traps exits from the start.
        trap_exit: bool,
        /// `init` blocks and at which starts each is used.
        inits: Vec<(Option<super::super::ast::StartNumber>, Address)>,
        /// Handlers in file order.
        handlers: Vec<Handler>,
        /// The `terminate` block, and what its reason is matched with.
        terminate: Option<(Pattern, Address)>,
    },
    /// A plain process, or a client, which has a number.
    Process {
        /// Whether it traps exits from the start.
        trap_exit: bool,
        /// As which client it was written.
        client: Option<u16>,
        /// Whether it tells whoever starts it how that went.
        acknowledges: bool,
    },
    /// What a `Task` runs.
    Task,
    /// The built-in agent.
    Agent,
    /// The plain worker: answers every call with `ok`.
    Worker,
}
