//! Registries and partition supervisors: how they are drawn, the names that they keep, and what a process
//! does with them.

use super::statement::Block;
use super::value::{Name, Span, Spanned, Target, Value};

/// `registry NAME keys=KEYS { … }`: what is in the line beside the child spec, and in its block.
#[derive(Clone, Debug, PartialEq)]
pub struct Registry {
    /// `keys=`
    pub keys: RegistryKeys,
    /// `partitions=`. 1 if unsaid.
    pub partitions: Option<Spanned<u64>>,
    /// Those who are told of every registration.
    pub listeners: Vec<Name>,
    /// Metadata to begin with.
    pub meta: Vec<(Value, Value)>,
}

/// `keys=`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RegistryKeys {
    /// A key is held by one process.
    Unique,
    /// A key is held by any number of processes.
    Duplicate,
}

impl Registry {
    /// How many partitions it has, said or not.
    pub fn partitions(&self) -> u64 {
        self.partitions.as_ref().map_or(1, |said| said.value)
    }

    /// What its partition with this number is called, as a child and as a process.
    pub fn partition_name(registry: &str, number: u64) -> String {
        format!("{registry}.PIDPartition{number}")
    }
}

/// `partition_supervisor NAME partitions=N { CHILD }`: what is in the line beside the child spec.
#[derive(Clone, Debug, PartialEq)]
pub struct Partitions {
    /// `partitions=`
    pub count: u64,
    /// `with_arguments VALUE…`: the arguments of each copy, in which `$partition` is its number.
    pub with_arguments: Option<Vec<Value>>,
}

impl Partitions {
    /// The variable that `with_arguments` may read.
    pub const PARTITION: &'static str = "partition";

    /// What the copy with this number is called.
    pub fn copy_name(child: &str, number: u64) -> String {
        format!("{child}.{number}")
    }
}

/// `(REGISTRY)key` as a name for a process: `{via, Module, {Holder, Key}}`.
#[derive(Clone, Debug, PartialEq)]
pub struct Via {
    /// Who keeps the name.
    pub module: ViaModule,
    /// The registry or the partition supervisor.
    pub holder: Pool,
    /// The key.
    pub key: Value,
    /// The value that a process which takes the name registers. Only a term can say it.
    pub value: Option<Value>,
    /// Where it stands.
    pub span: Span,
}

/// Whoever keeps names, by a name of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Pool {
    /// What the file calls it.
    pub name: Name,
    /// The name that a registry keeps for it, if it has no local one.
    pub via: Option<Box<Via>>,
}

/// The module of a via name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ViaModule {
    /// `'Registry'`
    Registry,
    /// `'PartitionSupervisor'`
    PartitionSupervisor,
}

impl ViaModule {
    /// The module's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Registry => "Registry",
            Self::PartitionSupervisor => "PartitionSupervisor",
        }
    }
}

/// `(REGISTRY)key`: an entry of a registry.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The registry.
    pub registry: Name,
    /// The key.
    pub key: Value,
}

/// What a process does with a registry or a partition supervisor.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "named after the statements of the language")]
pub enum RegistryStatement {
    Register {
        entry: Entry,
        value: Value,
        bind: Option<Name>,
    },
    /// `matching=` makes it `unregister_match`.
    Unregister {
        entry: Entry,
        matching: Option<Value>,
    },
    /// `matching=` makes it `match`.
    Lookup {
        entry: Entry,
        matching: Option<Value>,
        bind: Option<Name>,
    },
    /// `size REGISTRY`: `count`.
    Count {
        registry: Name,
        bind: Option<Name>,
    },
    /// `size (REGISTRY)key matching=PATTERN`: `count_match`.
    CountMatch {
        entry: Entry,
        matching: Value,
        bind: Option<Name>,
    },
    /// Nobody else is meant: the values of the process itself.
    Values {
        entry: Entry,
        owner: Option<Target>,
        bind: Option<Name>,
    },
    Keys {
        registry: Name,
        owner: Option<Target>,
        bind: Option<Name>,
    },
    UpdateValue {
        entry: Entry,
        value: Value,
        bind: Option<Name>,
    },
    /// `parallel=#true`: each partition's processes in a task of their own.
    Dispatch {
        entry: Entry,
        pid: Name,
        value: Name,
        parallel: bool,
        body: Block,
    },
    /// `whereis (HOLDER)key`
    Whereis {
        via: Via,
        bind: Option<Name>,
    },
    Meta {
        registry: Name,
        key: Value,
        bind: Option<Name>,
    },
    /// Without a value it is `delete_meta`.
    PutMeta {
        registry: Name,
        key: Value,
        value: Option<Value>,
    },
    Lock {
        registry: Name,
        key: Value,
        body: Block,
    },
    Partitions {
        supervisor: Pool,
        bind: Option<Name>,
    },
    Resize {
        supervisor: Pool,
        count: Value,
        bind: Option<Name>,
    },
}
