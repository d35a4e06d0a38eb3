//! What a supervisor is doing, in one word: for those who ask when it can be hurt.

use super::Phase;
use super::job::Job;
use crate::otp::guest::Guest;

/// What a supervisor is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Occupation {
    /// It is starting, its first children with it, or gives up doing so.
    Starting,
    /// It waits for a message.
    Idle,
    /// It starts a child that somebody has asked for.
    Adding,
    /// It waits for a child to stop, because somebody has asked for that.
    Removing,
    /// It restarts children: it stops them, starts them or both.
    Restarting,
    /// It stops its children before it exits, or exits.
    Stopping,
}

impl<G: Guest> Phase<G> {
    pub(super) fn occupation(&self) -> Occupation {
        match self {
            Phase::Unborn(_) => Occupation::Starting,
            Phase::Loop | Phase::Suspended => Occupation::Idle,
            Phase::Interrupted(job) | Phase::Starting(_, job) | Phase::ShuttingDown(_, job) => {
                job.occupation()
            }
            Phase::TerminatingDynamic(_) | Phase::Leaving(_) => Occupation::Stopping,
        }
    }
}

impl<G: Guest> Job<G> {
    fn occupation(&self) -> Occupation {
        match self {
            Job::Init { .. } | Job::Undo { .. } => Occupation::Starting,
            Job::End { .. } | Job::Terminate { .. } | Job::Leave { .. } => Occupation::Stopping,
            Job::Restart { .. }
            | Job::RestartDynamic { .. }
            | Job::Replace { .. }
            | Job::StopGroup { .. }
            | Job::StartGroup { .. }
            | Job::ReplaceDynamic { .. } => Occupation::Restarting,
            Job::Add { .. } | Job::Again { .. } | Job::AddDynamic { .. } => Occupation::Adding,
            Job::Remove { .. } | Job::RemoveDynamic { .. } => Occupation::Removing,
        }
    }
}
