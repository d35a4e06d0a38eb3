//! What was heard of all states together.

use std::collections::BTreeSet;

/// What was heard of all states together.
#[derive(Debug, Default)]
pub(super) struct Heard {
    /// Why it was left.
    pub(super) enough: Option<String>,
    /// Which `sometimes` properties some state has reached.
    pub(super) reached: BTreeSet<usize>,
    /// The fingerprints of the final worlds.
    pub(super) ends: BTreeSet<u64>,
    /// Those of them in which somebody waits for a message that nobody can send any more.
    pub(super) forgotten: BTreeSet<u64>,
    /// As which of the file's `outcomes` runs have ended.
    pub(super) outcomes: BTreeSet<usize>,
    /// In how many ways runs go on for ever while clients still wait.
    pub(super) endless: u64,
    /// Why the calm run does not end, if it does not.
    pub(super) without_end: Option<String>,
}
