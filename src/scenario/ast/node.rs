//! Nodes, and what happens to the connection between them.

use super::value::Name;

/// Which nodes there are, and what starts on which. Empty in a file of one node.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Nodes {
    /// Their names: none, or two.
    pub names: Vec<Name>,
    /// For each tree of the file, the node that it starts on, if a `node` block holds it.
    pub of_trees: Vec<Option<Name>>,
    /// For each client of the file, the node that it lives on.
    pub of_clients: Vec<Option<Name>>,
    /// Whether the file speaks of global names, so that each node has somebody who keeps them.
    pub global: bool,
}

worded! {
    /// What happens to the connection.
    ConnectionChange {
        /// `disconnect A B`: it is lost, and the next signal from one to the other connects them again.
        Disconnect = "disconnect",
        /// `cut A B`: it is lost, and so is everything that is sent until the network heals.
        Cut = "cut",
        /// `heal A B`: the network carries signals again.
        Heal = "heal",
    }
}

worded! {
    /// The functions of `global` that say what becomes of two processes with one name.
    NameResolution {
        /// One is killed, the other keeps the name.
        RandomExitName = "random_exit_name",
        /// One is sent `{global_name_conflict, Name}`, the other keeps the name.
        RandomNotifyName = "random_notify_name",
        /// Both are sent `{global_name_conflict, Name, OtherPid}`, and nobody keeps the name.
        NotifyAllName = "notify_all_name",
    }
}

impl Default for NameResolution {
    /// What `global:register_name/2` takes.
    fn default() -> Self {
        NameResolution::RandomExitName
    }
}

impl Nodes {
    /// Whether the file has nodes.
    pub fn are_there(&self) -> bool {
        !self.names.is_empty()
    }
}
