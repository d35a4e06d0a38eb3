//! The names that OTP's processes are started under.
//!
//! A local name is the kernel's own. Any other is kept by somebody else (`{via, Module, Name}`).

use crate::kernel::{Atom, Term};

/// What a process is registered as.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Name {
    /// A name of the node: `{local, Name}`
    Local(Atom),
    /// `{via, Module, Name}`
    Via(Box<Via>),
}

/// A name that a module of Elixir keeps.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Via {
    /// `{via, 'Registry', {Registry, Key}}` or `{via, 'Registry', {Registry, Key, Value}}`
    Registry {
        /// The registry that keeps it.
        registry: Atom,
        /// The key that it is kept under.
        key: Term,
        /// The value that a process which takes the name registers.
        value: Option<Term>,
    },
    /// `{via, 'PartitionSupervisor', {Supervisor, Key}}`
    Partition {
        /// The name of the partition supervisor.
        supervisor: Name,
        /// The key that it is kept under.
        key: Term,
    },
}

impl Name {
    /// The local name, if it is one.
    pub fn local(&self) -> Option<Atom> {
        match self {
            Name::Local(name) => Some(*name),
            Name::Via(_) => None,
        }
    }

    /// Reads an atom or `{via, Module, Name}`; none if it is nothing like that.
    pub fn of(term: &Term) -> Option<Name> {
        match term {
            Term::Atom(name) => Some(Name::Local(*name)),
            other => Some(Name::Via(Box::new(Via::of(other)?))),
        }
    }

    /// As it is written.
    pub fn term(&self) -> Term {
        match self {
            Name::Local(name) => (*name).into(),
            Name::Via(via) => via.term(),
        }
    }
}

impl Via {
    /// Reads `{via, Module, Name}`; none if it is nothing like that.
    pub fn of(term: &Term) -> Option<Via> {
        let [via, module, name] = term.as_tuple()? else { return None };
        if !via.is(Atom::VIA) {
            return None;
        }
        match (module.as_atom()?, name.as_tuple()?) {
            (Atom::REGISTRY, [registry, key]) => {
                Some(Via::Registry { registry: registry.as_atom()?, key: key.clone(), value: None })
            }
            (Atom::REGISTRY, [registry, key, value]) => Some(Via::Registry {
                registry: registry.as_atom()?,
                key: key.clone(),
                value: Some(value.clone()),
            }),
            (Atom::PARTITION_SUPERVISOR, [supervisor, key]) => {
                Some(Via::Partition { supervisor: Name::of(supervisor)?, key: key.clone() })
            }
            _ => None,
        }
    }

    /// As it is written.
    pub fn term(&self) -> Term {
        let (module, name) = match self {
            Via::Registry { registry, key, value } => {
                let parts = [(*registry).into(), key.clone()].into_iter().chain(value.clone());
                (Atom::REGISTRY, Term::tuple(parts))
            }
            Via::Partition { supervisor, key } => {
                (Atom::PARTITION_SUPERVISOR, Term::tuple([supervisor.term(), key.clone()]))
            }
        };
        Term::tuple([Atom::VIA.into(), module.into(), name])
    }
}

impl From<Atom> for Name {
    fn from(name: Atom) -> Self {
        Name::Local(name)
    }
}
