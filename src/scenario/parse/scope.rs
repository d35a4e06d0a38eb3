//! Where a statement stands, and which names it can see there.

use std::collections::BTreeSet;
use std::rc::Rc;

/// What kind of code a statement belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// A server's `init`.
    Init,
    /// A server's `on call`.
    Call,
    /// Another handler of a server.
    Handler,
    /// A server's `terminate`.
    Terminate,
    /// The body of a `process`.
    Process,
    /// The body of a `task`.
    Task,
    /// The steps of a `client`.
    Client,
    /// A block of a `dispatch` that runs in tasks.
    Parallel,
    /// Not code: a tree, a declaration or a property.
    Outside,
}

/// Code of any kind.
pub const ANYWHERE: &[Code] = &[
    Code::Init,
    Code::Call,
    Code::Handler,
    Code::Terminate,
    Code::Process,
    Code::Task,
    Code::Client,
    Code::Parallel,
];
/// Code of a server.
pub const SERVER: &[Code] = &[Code::Init, Code::Call, Code::Handler, Code::Terminate];
/// Code of a server that returns to its loop.
pub const CALLBACK: &[Code] = &[Code::Init, Code::Call, Code::Handler];
/// Code of a server that handles a message.
pub const HANDLER: &[Code] = &[Code::Call, Code::Handler];
/// Code of a server that somebody waits for.
pub const CALL: &[Code] = &[Code::Call];
/// Code that runs while a server starts.
pub const INIT: &[Code] = &[Code::Init];
/// Code that runs from its start to its end.
pub const SCRIPT: &[Code] = &[Code::Process, Code::Task, Code::Client];
/// Code of a process that somebody may start.
pub const PROCESS: &[Code] = &[Code::Process];
/// Code that somebody may wait for the value of.
pub const TASK: &[Code] = &[Code::Task];

/// Where a state is entered, in words.
pub const ENTER: &str = "an `enter` block";

/// Where statements of `places` belong, in words.
pub fn belongs(places: &[Code]) -> &'static str {
    match places {
        [Code::Call] => "it stands in `on call`, where somebody waits for it",
        [Code::Init] => "it stands in `init`",
        [Code::Call, Code::Handler] => "it stands in a server's handlers",
        [Code::Process] => "it stands in a `process`",
        [Code::Task] => "it stands in a `task`",
        [Code::Process, Code::Task, Code::Client] => "it stands in a `client`, a `process` or a `task`",
        [Code::Init, Code::Call, Code::Handler] => "it stands in a server's `init` and handlers",
        _ => "it stands in a `server`",
    }
}

/// The names that a server declares.
#[derive(Clone, Debug, Default)]
pub struct State {
    pub variables: BTreeSet<String>,
    pub tables: BTreeSet<String>,
    pub queues: BTreeSet<String>,
    pub phases: BTreeSet<String>,
    /// It is a state machine.
    pub machine: bool,
}

/// What the statements of one block of code can see.
#[derive(Clone, Debug)]
pub struct Scope {
    pub place: Code,
    /// The place in words, as in "cannot stand in …".
    pub place_name: &'static str,
    /// Variables that something before may have bound. Forgiving: what one branch of an `if` binds
    /// counts after both.
    pub bound: BTreeSet<String>,
    pub state: Rc<State>,
    /// Whether a statement before may have left a result.
    pub has_result: bool,
}

impl Scope {
    pub fn new(place: Code, place_name: &'static str, state: Rc<State>) -> Self {
        Self { place, place_name, bound: BTreeSet::new(), state, has_result: false }
    }

    /// What a block sees that runs in another process than the one it stands in: its variables as they are then,
    /// and neither its tables nor its queues.
    pub fn elsewhere(&self) -> Self {
        let bound = self.bound.clone();
        let state = State { variables: self.state.variables.clone(), ..State::default() };
        let place_name = "a block that runs in parallel";
        Self { bound, ..Self::new(Code::Parallel, place_name, Rc::new(state)) }
    }

    /// Where there is no code.
    pub fn outside() -> Self {
        Self::new(Code::Outside, "here", Rc::default())
    }
}
