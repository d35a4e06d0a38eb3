//! The tables of registries and partition supervisors: what would be ETS tables.
//!
//! They are data that all processes share. A table lives as long as its owner: nothing is cleaned up when the
//! owner dies, for whoever looks into the table asks whether the owner lives.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::kernel::{Atom, Pid, Term};
use crate::otp::name::Name;
use crate::otp::release::Release;

/// Whether a key can be held once or many times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Keys {
    /// By one process.
    Unique,
    /// By many, and many times by each.
    Duplicate,
}

/// How a registry is started.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RegistryOptions {
    /// Its name, which is also that of its table.
    pub name: Atom,
    /// Whether keys are unique.
    pub keys: Keys,
    /// What its partitions are called, one after the other.
    pub partitions: Arc<[Atom]>,
    /// The names of those who are told of every registration.
    pub listeners: Arc<[Atom]>,
    /// Metadata to begin with.
    pub meta: Vec<(Term, Term)>,
}

/// All tables of a world.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Tables {
    pub(super) registries: BTreeMap<Atom, RegistryTable>,
    /// Of partition supervisors with local names, which their tables have too.
    pub(super) pools: BTreeMap<Atom, PoolTable>,
    /// Of those whose names somebody else keeps. They are found by the process, in a registry of Elixir's own
    /// that holds nothing else.
    pub(super) unnamed_pools: BTreeMap<Pid, PoolTable>,
}

/// The named table of a registry, which its supervisor owns, and the tables of its partitions.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct RegistryTable {
    pub(super) owner: Pid,
    pub(super) keys: Keys,
    pub(super) listeners: Arc<[Atom]>,
    pub(super) meta: BTreeMap<Term, Term>,
    /// The tables of each partition that has started once; those of a dead one are there until the next
    /// has started, and hold nothing for anybody.
    pub(super) partitions: Vec<Option<PartitionTables>>,
}

/// The two tables that a partition owns.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct PartitionTables {
    /// The process that owns them. Each owns two of its own, so it also says which tables they are.
    pub(super) server: Pid,
    /// Who holds each key, with its value, in the order of registration. A unique key has one holder.
    pub(super) keys: BTreeMap<Term, Vec<(Pid, Term)>>,
    /// What each process has registered, and in whose table of keys, oldest first.
    pub(super) pids: BTreeMap<Pid, Vec<(Term, Pid)>>,
}

/// The table of a partition supervisor.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct PoolTable {
    pub(super) owner: Pid,
    pub(super) partitions: u32,
    /// How many there were at first: it can shrink, and grow back to that.
    pub(super) most: u32,
    pub(super) children: BTreeMap<u32, Pid>,
}

impl Tables {
    /// The supervisor of a registry starts, and makes its table.
    pub(in crate::otp) fn open_registry(&mut self, options: &RegistryOptions, owner: Pid) {
        let table = RegistryTable {
            owner,
            keys: options.keys,
            listeners: options.listeners.clone(),
            meta: options.meta.iter().cloned().collect(),
            partitions: vec![None; options.partitions.len()],
        };
        self.registries.insert(options.name, table);
    }

    /// A partition starts, and makes its two.
    pub(super) fn open_partition(&mut self, registry: Atom, number: usize, server: Pid) {
        let place = self.registries.get_mut(&registry).and_then(|table| table.partitions.get_mut(number));
        if let Some(place) = place {
            *place = Some(PartitionTables { server, keys: BTreeMap::new(), pids: BTreeMap::new() });
        }
    }

    /// A partition supervisor starts (`partition_supervisor.ex`, `init_table/1`, Elixir 1.14).
    pub(in crate::otp) fn open_pool(&mut self, name: &Name, partitions: u32, owner: Pid) {
        let table = PoolTable { owner, partitions, most: partitions, children: BTreeMap::new() };
        match name {
            Name::Local(name) => self.pools.insert(*name, table),
            Name::Via(_) => self.unnamed_pools.insert(owner, table),
        };
    }

    /// The table that a partition supervisor made.
    pub(super) fn pool_of(&mut self, name: &Name, owner: Pid) -> Option<&mut PoolTable> {
        match name {
            Name::Local(name) => self.pools.get_mut(name),
            Name::Via(_) => self.unnamed_pools.get_mut(&owner),
        }
    }

    /// One of its children has started (`partition_supervisor.ex`, `register_child/3`, Elixir 1.14).
    pub(in crate::otp) fn enter_child(
        &mut self,
        (name, owner): (&Name, Pid),
        number: u32,
        child: Pid,
        release: Release,
    ) {
        let Some(table) = self.pool_of(name, owner) else { return };
        if name.local().is_some() || release.kept_pool_finds_the_restarted() {
            table.children.insert(number, child);
        } else {
            table.children.entry(number).or_insert(child);
        }
    }
}

impl RegistryTable {
    /// The tables that this process owns, if it has been replaced by no other.
    pub(super) fn of(&mut self, server: Pid) -> Option<&mut PartitionTables> {
        self.partitions.iter_mut().flatten().find(|tables| tables.server == server)
    }
}

impl PartitionTables {
    /// Whether a process has registered anything here.
    pub(super) fn knows(&self, pid: Pid) -> bool {
        self.pids.contains_key(&pid)
    }

    /// Adds a key that a process has registered, in the table of keys of `holder`.
    pub(super) fn add(&mut self, pid: Pid, key: Term, holder: Pid) {
        self.pids.entry(pid).or_default().push((key, holder));
    }

    /// Takes out the entries of a process that this keeps not. What is left empty is not kept, so that equal
    /// tables are equal whatever they once held.
    pub(super) fn retain_pids(&mut self, pid: Pid, mut keeps: impl FnMut(&(Term, Pid)) -> bool) {
        if let Some(entries) = self.pids.get_mut(&pid) {
            entries.retain(|entry| keeps(entry));
            if entries.is_empty() {
                self.pids.remove(&pid);
            }
        }
    }

    /// Takes out the newest of a process's equal entries.
    pub(super) fn take_back(&mut self, pid: Pid, key: &Term, holder: Pid) {
        if let Some(entries) = self.pids.get_mut(&pid) {
            if let Some(place) = entries.iter().rposition(|entry| entry.0 == *key && entry.1 == holder) {
                entries.remove(place);
            }
            if entries.is_empty() {
                self.pids.remove(&pid);
            }
        }
    }

    /// Takes out the holders of a key that this keeps not; how many that were.
    pub(super) fn retain_keys(&mut self, key: &Term, mut keeps: impl FnMut(&(Pid, Term)) -> bool) -> usize {
        let Some(holders) = self.keys.get_mut(key) else { return 0 };
        let before = holders.len();
        holders.retain(|holder| keeps(holder));
        let removed = before - holders.len();
        if holders.is_empty() {
            self.keys.remove(key);
        }
        removed
    }
}
