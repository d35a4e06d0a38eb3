//! Who waits until nothing else can happen.

use std::hash::{Hash, Hasher};

use super::fingerprint::Fingerprint;
use super::pid::Pid;

/// Who waits for quiet, longest first. Each of them may be the first to go on, so the order is an accident of
/// history.
#[derive(Clone, Debug, Default)]
pub(super) struct Quiet(pub(super) Vec<Pid>);

impl PartialEq for Quiet {
    fn eq(&self, other: &Self) -> bool {
        self.0.len() == other.0.len() && self.0.iter().all(|pid| other.0.contains(pid))
    }
}

impl Eq for Quiet {}

impl Hash for Quiet {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.0.iter().map(Fingerprint::of).fold(0, u64::wrapping_add));
    }
}
