//! Supervision trees, as the file draws them.

use crate::otp::{AutoShutdown, ChildType, Restart, Shutdown, Strategy};

use super::registry::{Partitions, Registry};
use super::value::{Name, Span, Spanned, Value, Via};

/// A tree at the top level.
#[derive(Clone, Debug, PartialEq)]
pub struct Tree {
    /// The application that starts it, if one does.
    pub application: Option<Application>,
    /// Its outermost supervisor.
    pub supervisor: Supervisor,
}

impl Tree {
    /// Whether it starts at boot.
    pub fn autostart(&self) -> bool {
        self.application.as_ref().map_or(self.supervisor.autostart, |application| application.autostart)
    }
}

/// `application NAME { supervisor … }`
#[derive(Clone, Debug, PartialEq)]
pub struct Application {
    /// What the application is called.
    pub name: Name,
    /// What its death means to the node. `temporary` if unsaid.
    pub kind: Option<Spanned<Restart>>,
    /// Whether it starts at boot.
    pub autostart: bool,
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
}

impl Child {
    /// The name that the node gives the child. Its id, unless [`ChildOptions::id`] says otherwise.
    pub fn name(&self) -> &Name {
        match self {
            Self::Worker(worker) => &worker.id,
            Self::Supervisor(supervisor) => &supervisor.name,
        }
    }

    /// What the node says of the child spec.
    pub fn options(&self) -> &ChildOptions {
        match self {
            Self::Worker(worker) => &worker.options,
            Self::Supervisor(supervisor) => &supervisor.options,
        }
    }

    /// The child's line.
    pub fn span(&self) -> Span {
        match self {
            Self::Worker(worker) => worker.span,
            Self::Supervisor(supervisor) => supervisor.span,
        }
    }
}

/// `worker ID [MODULE] [arguments…]`, or `agent ID`.
#[derive(Clone, Debug, PartialEq)]
pub struct Worker {
    /// The child id.
    pub id: Name,
    /// The module whose process the child is.
    pub module: WorkerModule,
    /// The start arguments.
    pub arguments: Vec<Value>,
    /// What the line says of the child spec. [`ChildOptions::id`] is always `None`.
    pub options: ChildOptions,
    /// Where the line stands that draws it.
    pub span: Span,
}

/// What a worker runs.
#[derive(Clone, Debug, PartialEq)]
pub enum WorkerModule {
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
    /// `id=`, where the node has no id of its own: in definitions, `start_child` and `child_spec`.
    pub id: Option<Value>,
    /// `start=` of `child_spec`.
    pub start: Option<Value>,
    /// When it is restarted: `restart=`
    pub restart: Option<Spanned<Restart>>,
    /// How it is told to stop: `shutdown=`
    pub shutdown: Option<Spanned<Shutdown>>,
    /// `type=` of `child_spec`.
    pub kind: Option<Spanned<ChildType>>,
    /// Whether its end may end the supervisor: `significant=`
    pub significant: Option<Spanned<bool>>,
    /// What it registers as: `name=`
    pub name: Registration,
    /// `modules=`, verbatim: an atom stands for the list of it, but for `dynamic`.
    pub modules: Option<Value>,
}

impl ChildOptions {
    /// What a line says, and what the definition of the module says where the line says nothing.
    pub fn over(&self, defined: &ChildOptions) -> ChildOptions {
        ChildOptions {
            id: self.id.as_ref().or(defined.id.as_ref()).cloned(),
            start: self.start.as_ref().or(defined.start.as_ref()).cloned(),
            restart: self.restart.as_ref().or(defined.restart.as_ref()).cloned(),
            shutdown: self.shutdown.as_ref().or(defined.shutdown.as_ref()).cloned(),
            kind: self.kind.as_ref().or(defined.kind.as_ref()).cloned(),
            significant: self.significant.as_ref().or(defined.significant.as_ref()).cloned(),
            name: if self.name == Registration::Default { &defined.name } else { &self.name }.clone(),
            modules: self.modules.as_ref().or(defined.modules.as_ref()).cloned(),
        }
    }
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
    /// A name that the line gives: `name=NAME`
    Name(Name),
    /// A name that a registry keeps: `name=(REGISTRY)key`
    Via(Box<Via>),
    /// `name=$name`, of a line that starts something.
    Variable(Name),
}

/// `supervisor NAME { children }`, and what is drawn like it: dynamic, of tasks, of partitions, of a registry.
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
    /// Where the line stands that draws it.
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
    /// `dynamic_supervisor NAME`, or `task_supervisor NAME`: its children are started later.
    Dynamic(Dynamic),
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
            Self::Raw(_) | Self::Raises(_) | Self::Reference | Self::Registry(_) | Self::Dynamic(_) => &[],
        }
    }
}

/// What a dynamic supervisor says.
#[derive(Clone, Debug, PartialEq)]
pub struct Dynamic {
    /// `max_children=`. `infinity` if unsaid.
    pub max_children: Option<Spanned<MaxChildren>>,
    /// Whether it is a `task_supervisor`.
    pub tasks: bool,
    /// Put before the arguments of every child.
    pub extra_arguments: Vec<Value>,
}

/// How many there may be: `max_children=`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MaxChildren {
    /// At most so many.
    Limit(u64),
    /// It may have as many children as are started.
    Infinity,
}

impl Application {
    /// Its type, said or not.
    pub fn kind(&self) -> Restart {
        self.kind.as_ref().map_or(Restart::Temporary, |kind| kind.value)
    }
}

impl Supervisor {
    /// The most restarts within [`Self::DEFAULT_MAX_SECONDS`] when the line says nothing.
    pub const DEFAULT_MAX_RESTARTS: u64 = 3;
    /// The restart window when the line says nothing, in seconds.
    pub const DEFAULT_MAX_SECONDS: u64 = 5;

    /// One of which nothing is said but its name.
    pub fn plain(name: Name, body: SupervisorBody, span: Span) -> Supervisor {
        Supervisor {
            name,
            strategy: None,
            max_restarts: None,
            max_seconds: None,
            auto_shutdown: None,
            autostart: true,
            options: ChildOptions::default(),
            body,
            span,
        }
    }

    /// `max_restarts`, said or not.
    pub fn max_restarts(&self) -> u64 {
        self.max_restarts.as_ref().map_or(Self::DEFAULT_MAX_RESTARTS, |said| said.value)
    }

    /// `max_seconds`, said or not.
    pub fn max_seconds(&self) -> u64 {
        self.max_seconds.as_ref().map_or(Self::DEFAULT_MAX_SECONDS, |said| said.value)
    }

    /// The strategy, said or not.
    pub fn strategy(&self) -> Strategy {
        self.strategy.as_ref().map_or(Strategy::OneForOne, |strategy| strategy.value)
    }

    /// `auto_shutdown`, said or not.
    pub fn auto_shutdown(&self) -> AutoShutdown {
        self.auto_shutdown.as_ref().map_or(AutoShutdown::Never, |said| said.value)
    }
}
