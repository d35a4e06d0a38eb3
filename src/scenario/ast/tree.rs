//! Supervision trees, as the file draws them.

use crate::otp::{AutoShutdown, ChildType, Restart, Shutdown, Strategy};

use super::registry::{Partitions, Registry, Via};
use super::value::{Name, Span, Spanned, Value};

/// A tree at the top level.
#[derive(Clone, Debug, PartialEq)]
pub enum Tree {
    /// A supervisor with its children.
    Supervisor(Supervisor),
    /// A dynamic supervisor that is a tree of its own.
    DynamicSupervisor(DynamicSupervisor),
    /// An application with the one tree it starts.
    Application(Application),
}

impl Tree {
    /// The supervisor that the tree is, or that the application starts.
    pub fn outermost(&self) -> &Tree {
        match self {
            Tree::Application(application) => &application.tree,
            Tree::Supervisor(_) | Tree::DynamicSupervisor(_) => self,
        }
    }
}

/// An application.
#[derive(Clone, Debug, PartialEq)]
pub struct Application {
    /// Its name.
    pub name: Name,
    /// What its death means to the node. `temporary` if unsaid.
    pub kind: Option<Spanned<Restart>>,
    /// Whether it starts at boot.
    pub autostart: bool,
    /// Its tree: never an application.
    pub tree: Box<Tree>,
    /// The `application` line.
    pub span: Span,
}

/// A child node inside a supervisor.
#[derive(Clone, Debug, PartialEq)]
pub enum Child {
    /// `worker` or `agent`.
    Worker(Worker),
    /// A nested supervisor, or a reference to one of the top level.
    Supervisor(Supervisor),
    /// A nested dynamic supervisor.
    DynamicSupervisor(DynamicSupervisor),
}

impl Child {
    /// The name that the node gives the child. Its id, unless [`ChildOptions::id`] says otherwise.
    pub fn name(&self) -> &Name {
        match self {
            Self::Worker(worker) => &worker.id,
            Self::Supervisor(supervisor) => &supervisor.name,
            Self::DynamicSupervisor(supervisor) => &supervisor.name,
        }
    }

    /// What the node says of the child spec.
    pub fn options(&self) -> &ChildOptions {
        match self {
            Self::Worker(worker) => &worker.options,
            Self::Supervisor(supervisor) => &supervisor.options,
            Self::DynamicSupervisor(supervisor) => &supervisor.options,
        }
    }

    /// The child's line.
    pub fn span(&self) -> Span {
        match self {
            Self::Worker(worker) => worker.span,
            Self::Supervisor(supervisor) => supervisor.span,
            Self::DynamicSupervisor(supervisor) => supervisor.span,
        }
    }
}

/// `worker ID [MODULE] [arguments…]`, or `agent ID`.
#[derive(Clone, Debug, PartialEq)]
pub struct Worker {
    /// The child id.
    pub id: Name,
    /// What runs.
    pub module: Module,
    /// The start arguments.
    pub arguments: Vec<Value>,
    /// What the line says of the child spec. [`ChildOptions::id`] is always `None`.
    pub options: ChildOptions,
    /// The line.
    pub span: Span,
}

/// What a worker runs.
#[derive(Clone, Debug, PartialEq)]
pub enum Module {
    /// Nobody defined it: a server that answers every call with `ok` and drops everything else.
    Plain,
    /// The built-in agent.
    Agent,
    /// The `server`, `agent`, `process`, `supervisor` or `dynamic_supervisor` of this name.
    Definition(Name),
}

/// What a line says of a child spec. What is `None` comes from the module's definition, then from
/// OTP's defaults.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChildOptions {
    /// `id=`, where the node has no id of its own: in definitions and in `start_child`.
    pub id: Option<Value>,
    /// `restart=`
    pub restart: Option<Spanned<Restart>>,
    /// `shutdown=`
    pub shutdown: Option<Spanned<Shutdown>>,
    /// `significant=`
    pub significant: Option<Spanned<bool>>,
    /// `name=`
    pub name: Registration,
    /// `modules=`, verbatim: an atom stands for the list of it, but for `dynamic`.
    pub modules: Option<Value>,
}

/// What `child_spec` puts in place of what a specification says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SpecOverrides {
    /// `id=`
    pub id: Option<Value>,
    /// `start=`
    pub start: Option<Value>,
    /// `restart=`
    pub restart: Option<Spanned<Restart>>,
    /// `shutdown=`
    pub shutdown: Option<Spanned<Shutdown>>,
    /// `type=`
    pub kind: Option<Spanned<ChildType>>,
    /// `modules=`, verbatim: an atom stands for the list of it, but for `dynamic`.
    pub modules: Option<Value>,
    /// `significant=`
    pub significant: Option<Spanned<bool>>,
}

/// Under which name a process registers.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Registration {
    /// Unsaid. Children that a tree draws register under their id; the template of a
    /// `simple_one_for_one`, and what a `start`, `start_link` or `start_child` line starts, do not
    /// register.
    #[default]
    Default,
    /// `name=#false`: it does not register.
    None(Span),
    /// `name=NAME`
    Name(Name),
    /// `name=(REGISTRY)key`
    Via(Box<Via>),
}

/// `supervisor NAME { children }`
#[derive(Clone, Debug, PartialEq)]
pub struct Supervisor {
    /// Its name and, nested, its child id.
    pub name: Name,
    /// `strategy=`. `one_for_one` if unsaid.
    pub strategy: Option<Spanned<Strategy>>,
    /// `max_restarts=`. 3 if unsaid.
    pub max_restarts: Option<Spanned<u64>>,
    /// `max_seconds=`. 5 if unsaid.
    pub max_seconds: Option<Spanned<u64>>,
    /// `auto_shutdown=`. `never` if unsaid.
    pub auto_shutdown: Option<Spanned<AutoShutdown>>,
    /// Whether a top-level supervisor starts at boot.
    pub autostart: bool,
    /// What the line says of its own child spec.
    pub options: ChildOptions,
    /// What it supervises.
    pub body: SupervisorBody,
    /// The line.
    pub span: Span,
}

/// What a supervisor supervises.
#[derive(Clone, Debug, PartialEq)]
pub enum SupervisorBody {
    /// Its children in start order; for `simple_one_for_one`, the template alone.
    Children(Vec<Child>),
    /// What its module's `init/1` returns, verbatim.
    Raw(Value),
    /// `init raise VALUE`: `init/1` raises this error.
    Raises(Value),
    /// It is the supervisor of a registry.
    Registry(Registry),
    /// It is a partition supervisor: so many copies of this child.
    Partitions(Partitions, Box<Child>),
    /// The top-level supervisor of this name, nested here. The line then sets nothing but
    /// [`Supervisor::options`].
    Reference,
}

impl SupervisorBody {
    /// The children that the file draws: of a partition supervisor, the one of which all are copies.
    pub fn children(&self) -> &[Child] {
        match self {
            Self::Children(children) => children,
            Self::Partitions(_, child) => std::slice::from_ref(&**child),
            Self::Raw(_) | Self::Raises(_) | Self::Reference | Self::Registry(_) => &[],
        }
    }
}

/// `dynamic_supervisor NAME`, or `task_supervisor NAME`
#[derive(Clone, Debug, PartialEq)]
pub struct DynamicSupervisor {
    /// Its name and, nested, its child id.
    pub name: Name,
    /// `max_children=`. `infinity` if unsaid.
    pub max_children: Option<Spanned<MaxChildren>>,
    /// `max_restarts=`. 3 if unsaid.
    pub max_restarts: Option<Spanned<u64>>,
    /// `max_seconds=`. 5 if unsaid.
    pub max_seconds: Option<Spanned<u64>>,
    /// Whether it is a `task_supervisor`.
    pub tasks: bool,
    /// Put before the arguments of every child.
    pub extra_arguments: Vec<Value>,
    /// Whether a top-level one starts at boot.
    pub autostart: bool,
    /// Whether this line only refers to the top-level dynamic supervisor of this name.
    pub reference: bool,
    /// What the line says of its own child spec.
    pub options: ChildOptions,
    /// The line.
    pub span: Span,
}

/// `max_children=`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MaxChildren {
    /// At most so many.
    Limit(u64),
    /// No limit.
    Infinity,
}

impl Application {
    /// The type of an application whose line names none.
    pub const DEFAULT_TYPE: Restart = Restart::Temporary;
}

impl Supervisor {
    /// The most restarts within [`Self::DEFAULT_MAX_SECONDS`] when the line says nothing.
    pub const DEFAULT_MAX_RESTARTS: u64 = 3;
    /// The restart window when the line says nothing, in seconds.
    pub const DEFAULT_MAX_SECONDS: u64 = 5;

    /// The strategy, said or not.
    pub fn strategy(&self) -> Strategy {
        self.strategy.as_ref().map_or(Strategy::OneForOne, |strategy| strategy.value)
    }

    /// `auto_shutdown`, said or not.
    pub fn auto_shutdown(&self) -> AutoShutdown {
        self.auto_shutdown.as_ref().map_or(AutoShutdown::Never, |said| said.value)
    }
}
