//! The names that a file defines.

use std::collections::{BTreeMap, BTreeSet};

use kdl::KdlEntry;

use super::super::ast::Span;

/// What a name at the top level defines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModuleKind {
    Server,
    Agent,
    Process,
    Task,
    StartFunction,
    Supervisor,
    DynamicSupervisor,
    TaskSupervisor,
}

/// A definition at the top level that a child or a statement can start.
#[derive(Clone, Debug)]
pub struct DefinedModule {
    pub kind: ModuleKind,
    /// Where its name stands.
    pub span: Span,
    /// `restart=` of its child spec is something else than permanent.
    pub impermanent: bool,
    /// Its end may end its supervisor: `significant=#true`
    pub significant: bool,
    /// It starts at boot.
    pub autostart: bool,
    /// It tells whoever starts it how that went.
    pub acknowledges: bool,
}

/// The names of a file.
#[derive(Clone, Debug, Default)]
pub struct DefinedNames {
    /// What children and statements can start.
    pub definitions: BTreeMap<String, DefinedModule>,
    pub clients: BTreeMap<String, Span>,
    pub applications: BTreeMap<String, DefinedModule>,
    pub shared: BTreeMap<String, Span>,
    pub shared_tables: BTreeMap<String, Span>,
    /// Properties that the file names itself.
    pub conditions: BTreeMap<String, Span>,
    /// Ids of children, anywhere.
    pub ids: BTreeSet<String>,
    /// Names that a process may at some time be registered under.
    pub registered: BTreeSet<String>,
    /// A process takes a name that only a run tells.
    pub registers_any: bool,
    /// Supervisors, by the name that they register, with the word that draws them.
    pub supervisors: BTreeMap<String, String>,
    /// Supervisors whose children are made from a template.
    pub templates: BTreeSet<String>,
    /// Definitions and applications that something starts.
    pub started: BTreeSet<String>,
    /// Registries, at the top level and among children.
    pub registries: BTreeSet<String>,
    /// Partition supervisors, anywhere, with the name that a registry keeps for each that has one.
    pub pools: BTreeMap<String, Option<KdlEntry>>,
    /// The nodes, with where their names stand.
    pub nodes: BTreeMap<String, Span>,
    /// The node that a client of this name lives on.
    pub clients_on: BTreeMap<String, String>,
    /// The simulated release.
    pub otp: u32,
    /// The minor version of the simulated Elixir.
    pub elixir_minor: u32,
}

impl DefinedNames {
    /// Whether a process may at some time be registered under this name.
    pub fn may_be_registered(&self, name: &str) -> bool {
        self.registers_any || self.registered.contains(name)
    }

    /// Whether a process tells whoever starts it how that went.
    pub fn acknowledges(&self, process: &str) -> bool {
        self.definitions.get(process).is_some_and(|definition| definition.acknowledges)
    }
}
