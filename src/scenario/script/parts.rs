//! What an operation computes: the values that it may hand to others, and the times that it may set.

use crate::otp::Shutdown;

use super::expression::Expression;

/// The expressions of one operation, patterns aside: those hand nothing on.
#[derive(Debug, Default)]
pub struct Parts<'a> {
    /// Values, targets and reasons.
    pub values: Vec<&'a Expression>,
    /// For how long, in milliseconds.
    pub times: Vec<&'a Expression>,
    /// Timers that it sets without a value that says how long.
    pub sets: Vec<u64>,
}

impl Parts<'_> {
    /// It may tell somebody to stop, and wait for so long.
    pub fn told_to_stop(&mut self, shutdown: Shutdown) {
        match shutdown {
            Shutdown::Timeout(time) => self.sets.push(time),
            Shutdown::BrutalKill | Shutdown::Infinity => (),
        }
    }
}
