//! Start functions: what a name of the scenario starts, with which arguments.

use std::sync::Arc;

use crate::actors::Start;
use crate::kernel::{Atom, Pid, Term};
use crate::otp::registry::RegistryPartitionInit;
use crate::otp::{DynamicSupervisorInit, Name, SupervisorInit};

/// Whoever has started a task first.
pub type Callers = Arc<[Pid]>;

/// `{Module, start_link, Arguments}` of a scenario.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct StartFunction {
    /// What people call the module.
    pub name_of_module: Atom,
    /// What it starts.
    pub module: Module,
    /// The start arguments.
    pub arguments: Vec<Term>,
    /// The name that it registers.
    pub name: Option<Name>,
    /// How long its `init` may take, in milliseconds.
    pub timeout: Option<u64>,
    /// What to call the process, if not by its module.
    pub label: Option<Atom>,
}

/// What a start function starts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Module {
    /// The definition with this number.
    Definition(u16),
    /// A task that a task supervisor starts.
    Task {
        /// What it runs.
        definition: u16,
        /// Who has asked for it, and on whose behalf.
        callers: Callers,
        /// Whether its owner tells it to begin.
        waits: bool,
    },
    /// The supervisor with this number, dynamic or not.
    Supervisor(u16),
    /// A partition of the registry with this name.
    RegistryPartition(RegistryPartitionInit),
    /// What an actor in Rust has asked for.
    Rust(Box<Start>),
    /// Nothing: the start function with this number.
    Function(u16),
    /// Nothing: nobody has defined `{Module, Function, Arguments}`.
    Unknown(Term),
}

/// What a supervisor's `init` returns.
#[derive(Clone, Debug, PartialEq)]
pub enum AnySupervisor {
    /// Of one that begins with its children.
    Static(SupervisorInit<StartFunction>),
    /// Of one whose children are started later.
    Dynamic(DynamicSupervisorInit),
}

impl AnySupervisor {
    /// The module whose `init` returns this.
    pub fn module(&self) -> Atom {
        match self {
            Self::Static(init) => init.module,
            Self::Dynamic(init) => init.module,
        }
    }

    /// Whether it owns a table of names.
    pub fn keeps_names(&self) -> bool {
        matches!(self, Self::Static(SupervisorInit { table: Some(_), .. }))
    }
}

impl StartFunction {
    /// Starts this module without arguments or a name.
    pub fn of(name_of_module: Atom, module: Module) -> StartFunction {
        StartFunction {
            name_of_module,
            module,
            arguments: Vec::new(),
            name: None,
            timeout: None,
            label: None,
        }
    }

    /// What people call what it starts: its local name, or its module.
    pub fn called(&self) -> Atom {
        self.name.as_ref().and_then(Name::local).unwrap_or(self.name_of_module)
    }

    /// `{Module, start_link, Arguments}`.
    pub fn mfa(&self) -> Term {
        match &self.module {
            Module::Unknown(mfa) => mfa.clone(),
            Module::Rust(start) => start.mfa(),
            Module::Task { callers, waits, .. } => {
                let (owner, arguments) = (Term::from(callers[0]), Term::list(self.arguments.iter().cloned()));
                let callers = Term::list(callers.iter().map(|caller| Term::from(*caller)));
                let starter = Term::tuple([Atom::NONODE.into(), owner.clone(), owner]);
                let function = Term::tuple([self.name_of_module.into(), Atom::RUN.into(), arguments]);
                let arguments = match waits {
                    true => Term::list([starter, Atom::MONITOR.into()]),
                    false => Term::list([starter, callers, function]),
                };
                Term::tuple([Atom::TASK_SUPERVISED.into(), Atom::START_LINK.into(), arguments])
            }
            Module::Definition(_)
            | Module::Supervisor(_)
            | Module::RegistryPartition(_)
            | Module::Function(_) => {
                let arguments = Term::list(self.arguments.iter().cloned());
                Term::tuple([self.name_of_module.into(), Atom::START_LINK.into(), arguments])
            }
        }
    }
}
