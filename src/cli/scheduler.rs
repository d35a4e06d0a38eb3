//! Schedulers as the command line names them.

use clap::ValueEnum;

use crate::explore::SchedulerKind;

/// The schedulers that have seeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Name {
    Random,
    Pct,
    Pos,
    Swarm,
}

impl Name {
    /// The scheduler that is meant, with the depth that goes with it.
    ///
    /// # Errors
    ///
    /// When a depth goes with one that has none, in a sentence for people.
    pub(super) fn kind(self, depth: Option<u32>) -> Result<SchedulerKind, &'static str> {
        match (self, depth) {
            (Name::Pct, depth) => Ok(SchedulerKind::pct(depth.unwrap_or(SchedulerKind::DEPTH))),
            (_, Some(_)) => Err("error: --depth is for --scheduler pct"),
            (Name::Random, None) => Ok(SchedulerKind::RANDOM),
            (Name::Pos, None) => Ok(SchedulerKind::POS),
            (Name::Swarm, None) => Ok(SchedulerKind::SWARM),
        }
    }
}
