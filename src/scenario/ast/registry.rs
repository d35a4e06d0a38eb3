//! Registries and partition supervisors: how they are drawn, and the names that they keep.

use super::value::{Name, Spanned, Value};

/// `registry NAME keys=KEYS { … }`: what is in the line beside the child spec, and in its block.
#[derive(Clone, Debug, PartialEq)]
pub struct Registry {
    /// Who can hold a key: `keys=`
    pub keys: RegistryKeys,
    /// `partitions=`. 1 if unsaid.
    pub partitions: Option<Spanned<u64>>,
    /// Those who are told of every registration.
    pub listeners: Vec<Name>,
    /// Metadata to begin with.
    pub meta: Vec<(Value, Value)>,
}

worded! {
    /// Who can hold a key: `keys=`
    RegistryKeys {
        /// A key is held by one process.
        Unique = "unique",
        /// A key is held by any number of processes.
        Duplicate = "duplicate",
    }
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
    /// How many copies there are: `partitions=`
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
