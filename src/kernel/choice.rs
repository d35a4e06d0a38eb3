//! One thing that can happen: the vocabulary of schedulers and of schedule files.

use super::pid::Pid;

/// One thing that can happen.
///
/// Choices are copied at every step. With a tag as wide as what is in them that is done word by word; with the
/// narrowest, which `u16` allows, the rest begins at an odd place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u64)]
pub enum Choice {
    /// The oldest signal on its way between two processes arrives.
    Deliver {
        /// Who sent it; a timer counts as a sender of its own.
        from: Pid,
        /// Whom it is for.
        to: Pid,
    },
    /// A process goes on until it next waits.
    Run(Pid),
    /// The clock jumps to a timer of the earliest instant, which fires.
    Tick {
        /// The instant, in milliseconds.
        due: u64,
        /// As which of that instant it was set.
        nth: u32,
    },
    /// A fault that the plan allows: the process is killed.
    Kill(Pid),
    /// A fault that the plan allows, by its number there: what it does is the behaviour's business.
    Fault(u16),
}
