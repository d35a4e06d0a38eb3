//! Child specifications and supervisor flags, once they are known to be valid.

use crate::kernel::Term;

/// When a child is restarted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Restart {
    /// Always.
    Permanent,
    /// Only after an abnormal exit: not after `normal`, `shutdown` or `{shutdown, Term}`.
    Transient,
    /// Never; its specification goes with it.
    Temporary,
}

/// How a child is shut down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shutdown {
    /// It is killed without being asked.
    BrutalKill,
    /// It is told to, and killed after so many milliseconds.
    Timeout(u64),
    /// It is told to, and awaited for ever.
    Infinity,
}

/// What a child says it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChildType {
    /// A process that does the work.
    Worker,
    /// A process that supervises others.
    Supervisor,
}

/// Which children a restart concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Strategy {
    /// The one that died.
    OneForOne,
    /// All of them.
    OneForAll,
    /// The one that died and those started after it.
    RestForOne,
    /// The one that died, of many made from one template.
    SimpleOneForOne,
}

/// Whether a supervisor ends when its significant children have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AutoShutdown {
    /// It does not.
    Never,
    /// When any significant child ends by itself.
    AnySignificant,
    /// When the last significant child ends by itself.
    AllSignificant,
}

/// How a supervisor supervises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Flags {
    /// Which children a restart concerns.
    pub strategy: Strategy,
    /// How many restarts are allowed within a period.
    pub intensity: u32,
    /// The period, in seconds.
    pub period: u32,
    /// Whether it ends with its significant children.
    pub auto_shutdown: AutoShutdown,
}

/// How one child is started, restarted and stopped. `S` is how a process is started.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ChildSpec<S> {
    /// What the supervisor calls it.
    pub id: Term,
    /// How it is started.
    pub start: S,
    /// When it is restarted.
    pub restart: Restart,
    /// Whether its end may end the supervisor.
    pub significant: bool,
    /// How it is stopped.
    pub shutdown: Shutdown,
    /// What it says it is.
    pub kind: ChildType,
    /// Its modules, for code change; none stands for the module that starts it.
    pub modules: Option<Term>,
}

/// A start function as a raw specification names it: whether there is such a function shows only when it
/// is called.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum StartFunction<S> {
    /// Somebody defined it.
    Known(S),
    /// Nobody did: calling `{Module, Function, Arguments}` raises `undef`.
    Unknown(Term),
}

impl<S> ChildSpec<S> {
    /// The same specification with another view of how the child is started.
    pub fn map_start<T>(self, view: impl FnOnce(S) -> T) -> ChildSpec<T> {
        let ChildSpec { id, start, restart, significant, shutdown, kind, modules } = self;
        ChildSpec { id, start: view(start), restart, significant, shutdown, kind, modules }
    }
}
