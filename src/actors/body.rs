//! Code with its state, whatever type it is of; how it is started, and what a callback of it has done and waits for.
//!
//! They are in one file because they hold each other: a callback can wait for a start, which starts code.
//!
//! A callback that waits in its middle is no state machine, and a suspended future could not be compared or hashed.
//! So nothing is suspended: the callback is run from its beginning again whenever it can go on, on the state that it
//! began with, and what it has done before is answered from a list without being done again. Its state while it waits
//! is that list, which is a value.

use std::any::Any;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::kernel::{Atom, Atoms, Ref, Target, Term};
use crate::otp::{CallTimeout, Callback, ChildSpec, DynamicOptions, Flags, Return};

use super::halt::Halt;
use super::host::Host;

/// Code with its state.
pub(super) trait Body: fmt::Debug + Send + Sync + 'static {
    /// Runs a callback: the state after it, and what it returns.
    fn run(
        &self,
        callback: &Callback,
        host: &mut dyn Host,
        pass: &mut Pass,
    ) -> Result<(AnyBody, Return), Halt>;

    /// Its state, to look at.
    fn state(&self) -> &dyn Any;

    fn is(&self, other: &dyn Body) -> bool;

    fn digest(&self, hasher: &mut dyn Hasher);
}

/// Some code with its state. Worlds that are clones share it until it changes.
#[derive(Clone)]
pub(super) struct AnyBody(pub(super) Arc<dyn Body>);

impl PartialEq for AnyBody {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.is(&*other.0)
    }
}

impl Eq for AnyBody {}

impl Hash for AnyBody {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.digest(state);
    }
}

impl fmt::Debug for AnyBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Makes code with its state of what a start function is called with.
pub(super) trait Make: fmt::Debug + Send + Sync + 'static {
    /// None if the function has no clause for these arguments.
    fn make(&self, arguments: &[Term], atoms: &Atoms) -> Option<AnyBody>;

    /// What it is, to look at: two of one type are one.
    fn key(&self) -> &dyn Any;

    fn name(&self) -> &'static str;
}

/// Something that makes code with its state.
#[derive(Clone, Debug)]
pub(super) struct AnyMaker(pub(super) Arc<dyn Make>);

impl PartialEq for AnyMaker {
    fn eq(&self, other: &Self) -> bool {
        self.0.key().type_id() == other.0.key().type_id()
    }
}

impl Eq for AnyMaker {}

impl Hash for AnyMaker {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.name().hash(state);
    }
}

/// `{Module, start_link, Arguments}`. What an actor begins with is its state before `init`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Start {
    pub(super) module: Atom,
    pub(super) name: Option<Atom>,
    pub(super) what: What,
}

/// What is started.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum What {
    /// A server, and how long its `init` may take.
    Server { body: AnyBody, shown: Arc<str>, timeout: Option<u64> },
    /// A server that is made of the arguments that its start function is called with.
    Template { maker: AnyMaker, arguments: Vec<Term> },
    /// A child of whoever hosts the actors, by its number and that of its supervisor.
    #[cfg_attr(not(feature = "scenarios"), expect(dead_code, reason = "only scenario files host actors"))]
    Hosted { supervisor: u16, child: u16 },
    /// A process that is no server.
    Process { body: AnyBody, shown: Arc<str> },
    /// A supervisor with its children.
    Supervisor { flags: Flags, children: Arc<[ChildSpec<Start>]> },
    /// A supervisor whose children are started later.
    Dynamic(DynamicOptions),
}

impl Start {
    /// The module that it is a function of.
    pub fn module(&self) -> Atom {
        self.module
    }

    /// The local name that what it starts registers.
    pub fn name(&self) -> Option<Atom> {
        self.name
    }

    /// What people call what it starts, if nobody has a better word.
    pub fn called(&self) -> Atom {
        self.name.unwrap_or(self.module)
    }

    /// The same, called with more arguments.
    pub(crate) fn called_with(&self, more: &[Term]) -> Start {
        let mut start = self.clone();
        if let What::Template { arguments, .. } = &mut start.what {
            arguments.extend_from_slice(more);
        }
        start
    }

    /// The start function as `{Module, Function, Arguments}`.
    pub fn mfa(&self) -> Term {
        let argument = match &self.what {
            What::Server { shown, .. } | What::Process { shown, .. } => vec![Term::Text(Arc::clone(shown))],
            What::Template { arguments, .. } => arguments.clone(),
            What::Supervisor { .. } | What::Dynamic(_) | What::Hosted { .. } => Vec::new(),
        };
        Term::tuple([self.module.into(), Atom::START_LINK.into(), Term::list(argument)])
    }
}

/// What an actor waits for.
#[derive(Clone, Debug)]
pub(super) enum Wait {
    /// The answer to a call.
    Call { target: Target, request: Term, timeout: CallTimeout },
    /// The answer of a supervisor.
    Ask { target: Target, request: Asked },
    /// The end of a process that is stopped.
    Stop { target: Target, reason: Term, timeout: Option<u64> },
    /// A start with a link, and what to call the process.
    Start(Start, Atom),
    /// A process that is no server, with a monitor, and what to call it: it is there at once.
    Spawn(Start, Atom),
    /// So many milliseconds.
    Sleep(u64),
    /// Any message but what tells the end of a task that it has spawned, for so long at most; none is for ever. Or
    /// only what one of these monitors tells.
    Receive(Option<u64>, Arc<[Ref]>),
    /// That nothing else can happen, for so long at most.
    Quiet(u64),
}

/// What a supervisor is asked.
#[derive(Clone, Debug)]
pub(super) enum Asked {
    StartChild(Box<ChildSpec<Start>>),
    StartWith(Term),
    TerminateChild(Term),
    RestartChild(Term),
    DeleteChild(Term),
    WhichChildren,
    CountChildren,
}

/// Something that was done, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Entry {
    pub(super) act: &'static str,
    pub(super) found: Result<Term, Term>,
    /// It was waited for.
    pub(super) waited: bool,
}

impl Entry {
    /// Whether a task was spawned here that this monitor watches.
    pub(super) fn spawned(&self, monitor: Ref) -> bool {
        let parts = self.found.as_ref().ok().and_then(Term::as_tuple);
        self.act == "spawn" && parts.is_some_and(|parts| parts.contains(&Term::Ref(monitor)))
    }
}

/// A callback that is not over.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Doing {
    pub(super) callback: Callback,
    pub(super) entries: Vec<Entry>,
    /// What it waits for, if it does.
    pub(super) pending: Option<&'static str>,
    /// Of the messages of which monitors, if not of any.
    pub(super) only: Arc<[Ref]>,
}

/// How a callback that does not go on stands.
#[derive(Clone, Debug)]
pub(super) enum Stand {
    /// Others may run.
    Preempted,
    /// It waits for this.
    Waits(&'static str, Wait),
    /// It has done something else than before.
    Strays { before: &'static str, now: &'static str },
}

/// One pass through a callback.
#[derive(Debug)]
pub(super) struct Pass {
    pub(super) entries: Vec<Entry>,
    /// How many of the entries have been come by.
    pub(super) next: usize,
    /// It has done something that others can notice since it last waited.
    pub(super) noticed: bool,
    /// Others have run just before what comes next.
    pub(super) granted: bool,
    /// Why it does not go on.
    pub(super) stand: Option<Stand>,
}

impl Pass {
    pub(super) fn new(entries: Vec<Entry>, granted: bool) -> Pass {
        Pass { entries, next: 0, noticed: false, granted, stand: None }
    }
}
