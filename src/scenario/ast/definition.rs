//! Definitions of modules, clients, and what they share.

use super::tree::ChildOptions;
use super::value::{Name, Span, Spanned, Value};
use super::{Block, Event, Parsed};

/// A module of the file: what children and statements can start.
#[derive(Clone, Debug, PartialEq)]
pub struct Definition {
    /// The module's name.
    pub name: Name,
    /// Defaults of its child spec.
    pub options: ChildOptions,
    /// What it defines.
    pub kind: DefinitionKind,
    /// Where the line stands that defines it.
    pub span: Span,
}

/// What a definition defines.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "a tree of syntax is built once and then only read")]
pub enum DefinitionKind {
    /// `server NAME { … }`: a `gen_server`.
    Server(Server),
    /// `agent NAME`: an `Agent` that holds a map.
    Agent,
    /// `start_function NAME returns VALUE…` and its like: a start function that spawns nothing.
    StartFunction {
        /// How it ends.
        outcome: StartOutcome,
        /// What it ends with.
        value: Value,
    },
    /// `process NAME { … }`: a plain process. `task NAME { … }`: what a `Task` runs.
    Process(Process),
}

impl Definition {
    /// The program, if it is a process or a task.
    pub fn process(&self) -> Option<&Process> {
        match &self.kind {
            DefinitionKind::Process(process) => Some(process),
            DefinitionKind::Server(_) | DefinitionKind::Agent | DefinitionKind::StartFunction { .. } => None,
        }
    }

    /// Whether it is what a `Task` runs.
    pub fn is_task(&self) -> bool {
        self.process().is_some_and(|process| process.task)
    }
}

/// What a `server` says in its block.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Server {
    /// `info=`: its start function returns `{ok, Pid, Info}`.
    pub info: Option<Value>,
    /// `args`: what the start arguments are called, in `init` and in every handler.
    pub arguments: Vec<Name>,
    /// `trap_exit #true` as a declaration.
    pub trap_exit: bool,
    /// `var`s with their first values.
    pub variables: Vec<Variable>,
    /// The names of its tables, in the order in which they are declared.
    pub tables: Vec<Name>,
    /// The names of its queues, in the order in which they are declared.
    pub queues: Vec<Name>,
    /// It is a `gen_statem`: `statem NAME { … }`.
    pub machine: bool,
    /// `phase`s, or `state`s of a state machine. The first is the initial one.
    pub phases: Vec<Name>,
    /// `init` blocks; the first whose start number fits is used.
    pub inits: Vec<Init>,
    /// Handlers in file order. The first that matches wins.
    pub handlers: Vec<Handler>,
    /// The `terminate` block.
    pub terminate: Option<Terminate>,
}

/// A named variable with its first value.
#[derive(Clone, Debug, PartialEq)]
pub struct Variable {
    /// What statements call it, without a `$`.
    pub name: Name,
    /// Its first value.
    pub value: Value,
}

/// `init { … }`
#[derive(Clone, Debug, PartialEq)]
pub struct Init {
    /// At which starts of the child it is used; at every other one if `None`.
    pub start: Option<Spanned<StartNumber>>,
    /// What it does.
    pub body: Block,
    /// The `init` line.
    pub span: Span,
}

/// Which starts of one child id are meant. The first start is 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StartNumber {
    /// That start alone: `start=2`
    Only(u64),
    /// That start and all later: `start="2.."`
    From(u64),
    /// `start="2..4"`: both of them too.
    Between(u64, u64),
}

impl StartNumber {
    /// Whether the `nth` start is meant.
    pub fn covers(self, nth: u64) -> bool {
        match self {
            Self::Only(only) => nth == only,
            Self::From(first) => nth >= first,
            Self::Between(first, last) => (first..=last).contains(&nth),
        }
    }
}

/// `on … { … }`
#[derive(Clone, Debug, PartialEq)]
pub struct Handler {
    /// What it handles.
    pub event: Event<Parsed>,
    /// In which phase only; in all phases if `None`.
    pub phase: Option<Name>,
    /// What it does.
    pub body: Block,
    /// The `on` line.
    pub span: Span,
}

/// `terminate [REASON] { … }`
#[derive(Clone, Debug, PartialEq)]
pub struct Terminate {
    /// What the reason is matched with: a variable or `_`, since there is one `terminate`.
    pub reason: Option<Value>,
    /// What it does.
    pub body: Block,
    /// The `terminate` line.
    pub span: Span,
}

worded! {
    /// How a start function ends that spawns nothing.
    StartOutcome {
        /// It returns: `returns`
        Returns = "returns",
        /// It throws: `throws`
        Throws = "throws",
        /// It ends with an exit, by `exit/1`.
        Exits = "exits",
        /// It ends with an error, by `error/1`.
        Raises = "raises",
    }
}

/// What a `process` or a `task` says.
#[derive(Clone, Debug, PartialEq)]
pub struct Process {
    /// Whether it is a `task`.
    pub task: bool,
    /// Whether it tells whoever starts it how that went: then `proc_lib` starts it.
    pub acknowledges: bool,
    /// `args`: what the start arguments are called.
    pub arguments: Vec<Name>,
    /// What it does, to its normal end.
    pub body: Block,
}

/// `client NAME { … }`: a plain process that starts when the trees have started.
#[derive(Clone, Debug, PartialEq)]
pub struct Client {
    /// Its registered name.
    pub name: Option<Name>,
    /// Whether it traps exits: `trap_exit=#true`
    pub trap_exit: bool,
    /// What it does, from its start to its end.
    pub body: Block,
    /// The `client` line.
    pub span: Span,
}

/// `shared NAME VALUE`: a variable every process can read and set.
#[derive(Clone, Debug, PartialEq)]
pub struct Shared {
    /// What statements call it, without a `$`.
    pub name: Name,
    /// Its first value.
    pub value: Value,
}
