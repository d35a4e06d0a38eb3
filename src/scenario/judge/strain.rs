//! How close a supervisor has come to giving up.

use std::collections::BTreeMap;

use crate::kernel::Atom;
use crate::otp::Decision;

/// How close a supervisor has come to giving up: the most restarts that it has counted at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Strain {
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
pub type Strains = BTreeMap<Vec<Atom>, Strain>;

impl Strain {
    /// What a decision says of who makes it.
    pub(super) fn of(decision: &Decision) -> Option<Strain> {
        match *decision {
            Decision::Restarting { used, intensity, period, .. } => {
                Some(Strain { used, intensity, period, gave_up: false })
            }
            Decision::GivingUp { intensity, period, .. } => {
                Some(Strain { used: intensity, intensity, period, gave_up: true })
            }
            _ => None,
        }
    }

    /// Whether this is closer to the end than another: fewer restarts are left. Of two as close, one goes
    /// before the other all the same, so that it does not matter in which order they are met.
    pub fn exceeds(&self, other: &Strain) -> bool {
        let rank = |strain: &Strain| {
            let left = strain.intensity.saturating_sub(strain.used);
            (!strain.gave_up, left, strain.intensity, strain.period)
        };
        rank(self) < rank(other)
    }

    /// Keeps the closest.
    pub fn note(self, path: &[Atom], strains: &mut Strains) {
        match strains.get_mut(path) {
            Some(known) if !self.exceeds(known) => (),
            Some(known) => *known = self,
            None => drop(strains.insert(path.to_vec(), self)),
        }
    }
}
