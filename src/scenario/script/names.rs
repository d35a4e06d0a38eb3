//! What the names of a file mean: numbers of definitions, supervisors, clients and shared things.

use std::collections::{BTreeMap, BTreeSet};

use crate::kernel::{Atom, Atoms, Term};
use crate::otp::ChildType;

use super::super::ast::{ChildOptions, ReportKind, Value, ValueKind};
use super::start::{AnySupervisor, Module, StartFunction};

/// The numbers that names stand for. Built in one pass over the file, before anything is lowered.
#[derive(Clone, Debug, Default)]
pub struct Numbering {
    /// The texts of all atoms.
    pub atoms: Atoms,
    /// What `start` of a module starts.
    pub modules: BTreeMap<String, Module>,
    /// Which modules are tasks.
    pub tasks: BTreeSet<String>,
    /// The numbers of the clients.
    pub clients: BTreeMap<String, u16>,
    /// The numbers of the shared variables.
    pub shared: BTreeMap<String, u16>,
    /// The numbers of the shared tables.
    pub shared_tables: BTreeMap<String, u16>,
    /// The numbers of the applications.
    pub applications: BTreeMap<String, u16>,
    /// What definitions say of their child specs, by the name of the module.
    pub options: BTreeMap<Atom, (ChildOptions, ChildType)>,
    /// What supervisors' `init` returns; none of one that is still to be lowered.
    pub supervisors: Vec<Option<AnySupervisor>>,
    /// Of which supervisors which reports are counted.
    pub reports: BTreeSet<(Atom, ReportKind)>,
    /// Somebody asks in which order things happen, and a line of the story is one.
    pub in_order: bool,
}

impl Numbering {
    /// The module of a worker that nobody has defined. No file can name it.
    pub const WORKER: &'static str = "(worker)";
    /// The module of an agent that nobody has defined.
    pub const AGENT: &'static str = "(agent)";

    /// Numbers a supervisor.
    pub fn add_supervisor(&mut self, init: AnySupervisor) -> Module {
        self.supervisors.push(Some(init));
        Module::Supervisor(number(self.supervisors.len() - 1))
    }

    /// The start function of a module: an unknown one starts nothing.
    pub fn start_function(&mut self, module: &str) -> StartFunction {
        let atom = self.atoms.intern(module);
        let module = self.modules.get(module).cloned().unwrap_or_else(|| {
            Module::Unknown(Term::tuple([atom.into(), Atom::START_LINK.into(), Term::list([])]))
        });
        StartFunction::of(atom, module)
    }

    /// A value without variables; one with variables has none here.
    pub fn constant(&mut self, value: &Value) -> Option<Term> {
        Some(match &value.kind {
            ValueKind::Atom(text) => Term::Atom(self.atoms.intern(text)),
            ValueKind::Int(number) => Term::Int(*number),
            ValueKind::Text(text) => Term::Text(text.as_str().into()),
            ValueKind::Tuple(values) => Term::tuple(self.constants(values)?),
            ValueKind::List(values) => Term::list(self.constants(values)?),
            ValueKind::Map(pairs) => {
                let mut terms = Vec::new();
                for (key, value) in pairs {
                    terms.push((self.constant(key)?, self.constant(value)?));
                }
                Term::map(terms)
            }
            ValueKind::Variable(_) | ValueKind::SelfPid | ValueKind::Wildcard => return None,
        })
    }

    /// A value that the parser has seen to be without variables.
    pub fn known(&mut self, value: &Value) -> Term {
        self.constant(value).unwrap_or(Atom::UNDEFINED.into())
    }

    /// What a line says of a child spec, and the module where the line says nothing; and what kind of child it is.
    pub fn options_of(&self, said: &ChildOptions, module: Atom) -> (ChildOptions, ChildType) {
        match self.options.get(&module) {
            Some((defined, kind)) => (said.over(defined), *kind),
            None => (said.clone(), ChildType::Worker),
        }
    }

    /// Values without variables.
    pub fn constants(&mut self, values: &[Value]) -> Option<Vec<Term>> {
        values.iter().map(|value| self.constant(value)).collect()
    }
}

/// The number of what stands at this place.
pub(super) fn number(index: usize) -> u16 {
    u16::try_from(index).expect("a file of a megabyte has fewer definitions")
}
