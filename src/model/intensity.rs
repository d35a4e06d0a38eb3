//! How close a supervisor has come to giving up.

use std::collections::BTreeMap;

use crate::kernel::Atom;
use crate::otp::Decision;

/// How close a supervisor has come to giving up: the most restarts that it has counted at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IntensityUse {
    /// How many restarts.
    pub used: u32,
    /// How many it allows.
    pub intensity: u32,
    /// In so many seconds.
    pub period: u32,
    /// One more has come, and it has given up.
    pub gave_up: bool,
}

/// By supervisor: the labels from the top of its tree down to it. Those that come and go at one place are one.
pub type IntensityUses = BTreeMap<Vec<Atom>, IntensityUse>;

impl IntensityUse {
    /// What a decision says of who makes it.
    pub fn of(decision: &Decision) -> Option<IntensityUse> {
        match *decision {
            Decision::Restarting { used, intensity, period, .. } => {
                Some(IntensityUse { used, intensity, period, gave_up: false })
            }
            Decision::GivingUp { intensity, period, .. } => {
                Some(IntensityUse { used: intensity, intensity, period, gave_up: true })
            }
            _ => None,
        }
    }

    /// Whether this is closer to the end than another: fewer restarts are left. Of two as close, one goes
    /// before the other all the same, so that it does not matter in which order they are met.
    pub fn exceeds(&self, other: &IntensityUse) -> bool {
        let rank = |of: &IntensityUse| {
            let left = of.intensity.saturating_sub(of.used);
            (!of.gave_up, left, of.intensity, of.period)
        };
        rank(self) < rank(other)
    }

    /// Keeps the closest.
    pub fn note(self, path: &[Atom], uses: &mut IntensityUses) {
        match uses.get_mut(path) {
            Some(known) if !self.exceeds(known) => (),
            Some(known) => *known = self,
            None => drop(uses.insert(path.to_vec(), self)),
        }
    }
}
