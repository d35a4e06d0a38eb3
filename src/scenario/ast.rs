//! The typed scenario: what a file says, with the place of every value.
//!
//! Pure data. Names are still text and nothing is resolved but what the file alone can tell: which
//! children are plain workers and which name a definition. A tree that comes out of the parser has
//! no dangling names and no statement where it cannot run.

pub use super::language::{
    Block, Callbacks, Catch, Claim, Clause, Clients, Compound, Data, End, Event, Expectation, Form,
    Happening, Measure, Messages, Mishap, Network, Over, Parsed, Processes, Property, Question, Registries,
    Relations, Role, Said, Statement, StatementKind, Supervisors, Tasks, What,
};

#[macro_use]
mod worded;

mod code;
mod condition;
mod definition;
mod fault;
mod function;
mod happening;
mod knob;
mod node;
mod property;
mod registry;
mod search;
mod start;
mod tree;
mod value;

pub use code::{Code, CodeCall, CodeTests};
pub use condition::{Comparison, Condition, CountField, ReportKind, Reports};
pub use definition::{
    Client, Definition, DefinitionKind, Handler, Init, Process, Server, Shared, StartNumber, StartOutcome,
    Terminate, Variable,
};
pub use fault::{FaultLine, Outage, StartFault, TerminateFault};
pub use function::{InsertedEvent, Operator};
pub use happening::{Deed, MessageKind};
pub use knob::{Fixed, Knob};
pub use node::{ConnectionChange, NameResolution, Nodes};
pub use property::{Allowance, ExpectFailure, FailureCause, FailureOf, Modality, Oracle, Outcomes};
pub use registry::{Partitions, Registry, RegistryKeys};
pub use search::statements;
pub use start::{NewChild, SpecSource, StartedModule};
pub use tree::{
    Application, Child, ChildOptions, Dynamic, MaxChildren, Registration, Supervisor, SupervisorBody, Tree,
    Worker, WorkerModule,
};
pub use value::{
    Duration, DurationKind, Entry, Name, Pool, Span, Spanned, Target, Value, ValueKind, Via, ViaModule,
};

/// A whole scenario file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scenario {
    /// The `scenario` node, or its defaults.
    pub header: Header,
    /// The designs' expected failures: `expect-failure`.
    pub expected_failures: Vec<ExpectFailure>,
    /// Supervision trees and applications, in file order, which is the order they start in.
    pub trees: Vec<Tree>,
    /// Modules: servers, agents, processes, tasks and start functions, in file order.
    pub definitions: Vec<Definition>,
    /// Nodes, and what starts on which.
    pub nodes: Nodes,
    /// Compiled code: where it is, and what of it runs.
    pub code: Code,
    /// Clients, in file order, which is the order they start in.
    pub clients: Vec<Client>,
    /// Variables that every process can read and set.
    pub shared: Vec<Shared>,
    /// Tables that every process can read and write.
    pub shared_tables: Vec<Name>,
    /// `always`, `finally`, `eventually` and `sometimes`.
    pub properties: Vec<Property<Parsed>>,
    /// What the shared variables may hold in the end: `outcomes`.
    pub outcomes: Option<Outcomes>,
    /// Oracles that are switched off: `allow`.
    pub allowances: Vec<Allowance>,
    /// What exploring may break: `fault`.
    pub faults: Vec<FaultLine>,
    /// `fault at_most N`: how many faults may strike in one run, all lines together.
    pub faults_at_most: Option<Spanned<u64>>,
    /// Who is out of order for a while: `outage`.
    pub outages: Vec<Outage>,
    /// What of the design is not for others to change: `fixed`.
    pub fixed: Vec<Fixed>,
}

/// The `scenario` node: what the file is about, and the world it runs in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Header {
    /// One line that says what the scenario shows.
    pub title: Option<Spanned<String>>,
    /// What the file is about, at any length, for whoever reads it.
    pub about: Option<Spanned<String>>,
    /// Within how much virtual time a signal arrives and a runnable process runs. 10 ms if unsaid.
    pub max_delay: Option<Duration>,
    /// The OTP release whose behaviour is simulated, 18 to 29. 28 if unsaid.
    pub otp: Option<Spanned<u32>>,
    /// The minor version of the simulated Elixir (18 for 1.18), 5 to 20. 18 if unsaid.
    pub elixir_minor: Option<Spanned<u32>>,
    /// The virtual time at which a run is given up, in milliseconds. 60000 if unsaid.
    pub horizon_ms: Option<Spanned<u64>>,
}

impl Header {
    /// The release simulated when the file names none.
    pub const DEFAULT_OTP: u32 = 28;
    /// The minor version of Elixir simulated when the file names none.
    pub const DEFAULT_ELIXIR_MINOR: u32 = 18;
    /// The delay bound when the file names none, in milliseconds.
    pub const DEFAULT_MAX_DELAY_MS: u64 = 10;
    /// The horizon when the file names none, in milliseconds.
    pub const DEFAULT_HORIZON_MS: u64 = 60_000;
}
