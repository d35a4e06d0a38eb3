//! Where a statement stands, and which names it can see there.

use std::collections::BTreeSet;
use std::rc::Rc;

/// What kind of code a statement belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A server's `init`.
    Init,
    /// A server's `on call`.
    Call,
    /// Another handler of a server.
    Handler,
    /// A server's `terminate`.
    Terminate,
    /// A `process`.
    Process,
    /// A `task`.
    Task,
    /// A `client`.
    Client,
    /// A block of a `dispatch` that runs in tasks.
    Parallel,
    /// Not code: a tree, a declaration or a property.
    Outside,
}

/// Code of any kind.
pub const ANYWHERE: &[Place] = &[
    Place::Init,
    Place::Call,
    Place::Handler,
    Place::Terminate,
    Place::Process,
    Place::Task,
    Place::Client,
    Place::Parallel,
];
/// Code of a server.
pub const SERVER: &[Place] = &[Place::Init, Place::Call, Place::Handler, Place::Terminate];
/// Code of a server that returns to its loop.
pub const CALLBACK: &[Place] = &[Place::Init, Place::Call, Place::Handler];
/// Handlers.
pub const HANDLER: &[Place] = &[Place::Call, Place::Handler];
/// Call handlers.
pub const CALL: &[Place] = &[Place::Call];
/// `init`.
pub const INIT: &[Place] = &[Place::Init];
/// Code that runs from its start to its end.
pub const SCRIPT: &[Place] = &[Place::Process, Place::Task, Place::Client];
/// Code of a process that somebody may start.
pub const PROCESS: &[Place] = &[Place::Process];
/// Code that somebody may wait for the value of.
pub const TASK: &[Place] = &[Place::Task];

/// Where statements of `places` belong, in words.
pub fn belongs(places: &[Place]) -> &'static str {
    match places {
        [Place::Call] => "it stands in `on call`, where somebody waits for it",
        [Place::Init] => "it stands in `init`",
        [Place::Call, Place::Handler] => "it stands in a server's handlers",
        [Place::Process] => "it stands in a `process`",
        [Place::Task] => "it stands in a `task`",
        [Place::Process, Place::Task, Place::Client] => "it stands in a `client`, a `process` or a `task`",
        [Place::Init, Place::Call, Place::Handler] => "it stands in a server's `init` and handlers",
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
}

/// What the statements of one block of code can see.
#[derive(Clone, Debug)]
pub struct Scope {
    pub place: Place,
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
    pub fn new(place: Place, place_name: &'static str, state: Rc<State>) -> Self {
        Self { place, place_name, bound: BTreeSet::new(), state, has_result: false }
    }

    /// What a block sees that runs in another process than the one it stands in: its variables as they are then,
    /// and neither its tables nor its queues.
    pub fn elsewhere(&self) -> Self {
        let bound = self.bound.clone();
        let state = State { variables: self.state.variables.clone(), ..State::default() };
        let place_name = "a block that runs in parallel";
        Self { bound, ..Self::new(Place::Parallel, place_name, Rc::new(state)) }
    }

    /// Where there is no code.
    pub fn outside() -> Self {
        Self::new(Place::Outside, "here", Rc::default())
    }
}
