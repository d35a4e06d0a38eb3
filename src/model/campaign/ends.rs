//! In how many final states runs have ended, in memory that does not grow with them.
//!
//! Up to a limit every final state is known by its fingerprint. Beyond it only every second one is kept,
//! then every fourth and so on, chosen by the fingerprint itself: what is kept depends on which states there
//! were and not on their order, so parts of a campaign can be counted apart and put together. This is
//! adaptive sampling (Wegman's; Flajolet, "On adaptive sampling", Computing 43, 1990), with errors of some
//! six per cent once it samples.

use std::collections::BTreeMap;

#[cfg(feature = "scenarios")]
use serde::{Deserialize, Serialize};

/// So many final states are told apart one by one.
const KEPT_MAX: usize = 256;

/// The final states of some runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "scenarios", derive(Serialize, Deserialize))]
pub struct Ends {
    /// A state is kept if its fingerprint ends in so many zeros.
    level: u32,
    /// The fingerprints, and whether more than one run has ended there.
    kept: BTreeMap<u64, bool>,
}

impl Ends {
    /// Counts a run that has ended in the state of this fingerprint.
    pub fn add(&mut self, fingerprint: u64) {
        self.count(fingerprint, false);
    }

    /// Counts all runs that another has counted.
    pub fn append(&mut self, other: Ends) {
        self.raise(other.level);
        for (fingerprint, again) in other.kept {
            self.count(fingerprint, again);
        }
    }

    fn count(&mut self, fingerprint: u64, again: bool) {
        if fingerprint.trailing_zeros() < self.level {
            return;
        }
        self.kept.entry(fingerprint).and_modify(|seen_again| *seen_again = true).or_insert(again);
        while self.kept.len() > KEPT_MAX {
            self.raise(self.level + 1);
        }
    }

    fn raise(&mut self, level: u32) {
        if level > self.level {
            self.level = level;
            self.kept.retain(|fingerprint, _| fingerprint.trailing_zeros() >= level);
        }
    }

    /// How many final states there were: exactly, or about so many if it samples.
    pub fn distinct(&self) -> u64 {
        self.scaled(self.kept.len())
    }

    /// In how many of them a single run has ended.
    pub fn once(&self) -> u64 {
        self.scaled(self.kept.values().filter(|again| !**again).count())
    }

    /// Whether the numbers are exact.
    pub fn is_exact(&self) -> bool {
        self.level == 0
    }

    fn scaled(&self, count: usize) -> u64 {
        u64::try_from(count).unwrap_or(u64::MAX).checked_shl(self.level).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{ProptestConfig, prop, proptest};

    use super::Ends;
    use crate::kernel::Fingerprint;

    fn of(states: &[u16]) -> Ends {
        let mut ends = Ends::default();
        states.iter().for_each(|state| ends.add(Fingerprint::of(state)));
        ends
    }

    #[test]
    fn few_states_are_counted_one_by_one() {
        let ends = of(&[1, 2, 3, 2, 3, 3]);
        assert_eq!((ends.distinct(), ends.once(), ends.is_exact()), (3, 1, true));
    }

    #[test]
    fn many_states_are_estimated() {
        let states: Vec<u16> = (0..20_000).chain(0..10_000).collect();
        let ends = of(&states);
        assert!(!ends.is_exact());
        assert!((17_000..23_000).contains(&ends.distinct()), "{}", ends.distinct());
        assert!((8_000..12_000).contains(&ends.once()), "{}", ends.once());
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn parts_put_together_are_the_whole(
            states in prop::collection::vec(0..2_000_u16, 0..3_000),
            at in 0..3_000_usize,
        ) {
            let at = at.min(states.len());
            let mut parts = of(&states[..at]);
            parts.append(of(&states[at..]));
            assert_eq!(parts, of(&states));
            let mut backwards = of(&states[at..]);
            backwards.append(of(&states[..at]));
            assert_eq!(backwards, of(&states));
        }
    }
}
