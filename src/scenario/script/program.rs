//! Programs: what definitions are lowered to. A definition is a flat list of operations, so that where a
//! process is in it is one number.

use crate::kernel::{Atom, Term};

use super::super::ast::Condition;
use super::super::language::{Event, Lowered, Operation, Question};

/// What a target begins with that is any child of a supervisor: no program writes such an atom.
pub const ANY_CHILD: Atom = Atom::of("(any)");

/// An index into the operations of one definition.
pub type Address = u32;
/// A variable of a definition.
pub type Slot = u16;

/// A value to be computed.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression {
    /// Known when the file is read.
    Constant(Term),
    /// A variable of the definition.
    Slot(Slot),
    /// A shared variable.
    Shared(u16),
    /// The pid of the process.
    SelfPid,
    /// A tuple of what these come to.
    Tuple(Vec<Expression>),
    /// A list of what these come to.
    List(Vec<Expression>),
    /// A map of what these keys and values come to.
    Map(Vec<(Expression, Expression)>),
}

/// What a value must look like.
#[derive(Clone, Debug, PartialEq)]
pub enum Pattern {
    /// Any value at all, which gets no name.
    Any,
    /// Equal to this value. An unbound variable is bound to what is there.
    Is(Expression),
    /// Anything, and from then on the variable's value, whatever that was: `as=`.
    Set(Slot),
    /// A tuple of these.
    Tuple(Vec<Pattern>),
    /// A list of these.
    List(Vec<Pattern>),
    /// A map that has these keys.
    Map(Vec<(Expression, Pattern)>),
}

impl Expression {
    /// Whether what it comes to depends on a shared variable.
    fn reads_shared(&self) -> bool {
        match self {
            Expression::Shared(_) => true,
            Expression::Constant(_) | Expression::Slot(_) | Expression::SelfPid => false,
            Expression::Tuple(parts) | Expression::List(parts) => parts.iter().any(Expression::reads_shared),
            Expression::Map(pairs) => {
                pairs.iter().any(|(key, value)| key.reads_shared() || value.reads_shared())
            }
        }
    }
}

impl Pattern {
    /// Whether what it fits depends on a shared variable.
    pub fn reads_shared(&self) -> bool {
        match self {
            Pattern::Any | Pattern::Set(_) => false,
            Pattern::Is(expression) => expression.reads_shared(),
            Pattern::Tuple(patterns) | Pattern::List(patterns) => patterns.iter().any(Pattern::reads_shared),
            Pattern::Map(pairs) => {
                pairs.iter().any(|(key, value)| key.reads_shared() || value.reads_shared())
            }
        }
    }
}

/// Where a table or queue is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Store {
    /// A table of the process.
    Table(u16),
    /// A queue of the process.
    Queue(u16),
    /// A table that all processes share.
    SharedTable(u16),
}

/// A variable to be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variable {
    /// Of the definition.
    Slot(Slot),
    /// A variable that all processes share, by its number.
    Shared(u16),
}

/// A question, with the words that the file has for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// What is asked.
    pub question: Question<Lowered>,
    /// How the file says it.
    pub words: Condition,
}

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
