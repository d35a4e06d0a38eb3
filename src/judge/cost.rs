//! What a design costs: who is stopped that had not failed, whose name nobody has for how long, what is forgotten, how
//! often it restarts and how close it comes to giving up, and what is refused.
//!
//! Each is the most that any one run has cost, of those that have judged the design.

use std::collections::BTreeMap;

use crate::kernel::Atoms;
use crate::model::IntensityUses;

/// How much there is of something, and whose it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Measure {
    /// How much there is all together.
    pub total: u64,
    /// How much of it is whose, by name.
    pub by: BTreeMap<String, u64>,
}

/// In which runs it was counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Extent {
    /// In every order.
    EveryOrder,
    /// In the calm run.
    #[default]
    Calm,
    /// In the calm run, and under so many seeds.
    Seeds(u64),
}

/// What the runs of a design have cost at most.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Costs {
    /// In which runs.
    pub counted: Extent,
    /// Processes that a supervisor stopped in a restart or when it gave up, though they had not failed.
    pub innocent: Measure,
    /// Children that failed and that their supervisor did not start again.
    pub dropped: Measure,
    /// For how many milliseconds of virtual time nobody had a name that somebody had before and after.
    pub unserved: Measure,
    /// Entries of tables, queues and agents, and variables that had changed, that their process took along when it
    /// ended.
    pub lost: Measure,
    /// Restarts, by supervisor.
    pub restarts: Measure,
    /// Messages and calls for nobody.
    pub refused: Measure,
    /// How close a supervisor came to giving up: how many restarts counted at once, and how many may.
    pub tightest: Option<(String, u32, u32)>,
    /// A supervisor gave up in some run.
    pub gave_up: bool,
}

impl Measure {
    pub(super) fn add(&mut self, name: &str, much: u64) {
        if much > 0 {
            self.total += much;
            *self.by.entry(name.to_owned()).or_default() += much;
        }
    }

    fn most(&mut self, other: &Measure) {
        if other.total > self.total {
            self.clone_from(other);
        }
    }
}

impl Costs {
    /// What can be compared, each the less the better.
    pub fn vector(&self) -> [u64; 7] {
        let close = self.tightest.as_ref().map_or(0, |(_, used, of)| {
            if self.gave_up { 1000 } else { u64::from(*used) * 100 / u64::from((*of).max(1)) }
        });
        [
            self.innocent.total,
            self.dropped.total,
            self.unserved.total,
            self.lost.total,
            self.restarts.total,
            self.refused.total,
            close,
        ]
    }

    /// The most of these and of another run's.
    pub(super) fn take(&mut self, other: &Costs) {
        self.innocent.most(&other.innocent);
        self.dropped.most(&other.dropped);
        self.unserved.most(&other.unserved);
        self.lost.most(&other.lost);
        self.restarts.most(&other.restarts);
        self.refused.most(&other.refused);
    }

    /// How close supervisors have come to giving up in another run.
    pub(super) fn note_intensity(&mut self, uses: &IntensityUses, atoms: &Atoms) {
        for (path, of) in uses {
            let closer = |(_, used, intensity): &(String, u32, u32)| {
                u64::from(of.used) * u64::from(*intensity) > u64::from(*used) * u64::from(of.intensity)
            };
            if self.tightest.as_ref().is_none_or(closer) {
                let name = path.last().map_or("", |name| atoms.text(*name));
                self.tightest = Some((name.to_owned(), of.used, of.intensity));
            }
            self.gave_up |= of.gave_up;
        }
    }

    /// A supervisor has restarted as often as it may, in runs in which it might have more often.
    pub(super) fn note_no_headroom(&mut self, supervisor: &str, restarts: u64) {
        let restarts = u32::try_from(restarts).unwrap_or(u32::MAX);
        let has_room = |(_, used, of): &(String, u32, u32)| used < of;
        if restarts > 0 && self.tightest.as_ref().is_none_or(has_room) {
            self.tightest = Some((supervisor.to_owned(), restarts, restarts));
        }
    }
}
