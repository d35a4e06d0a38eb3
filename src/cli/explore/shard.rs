//! A part of the seeds of a campaign.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// Seeds end here where only time is a limit: more than all machines of a campaign will try, and a number
/// that can be read.
pub(super) const SEEDS_MAX: u64 = 1_000_000_000_000_000;

/// The `nth` of so many parts, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shard {
    pub nth: u64,
    pub of: u64,
}

impl Shard {
    /// Reads a share of the seeds: `2/8` is the second of eight.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let parsed = text.split_once('/').and_then(|(nth, of)| Some((nth.parse().ok()?, of.parse().ok()?)));
        match parsed {
            Some((nth, of)) if (1..=of).contains(&nth) => Ok(Shard { nth, of }),
            Some((_, of)) if of > 0 => Err(format!("the parts of {of} are 1/{of} to {of}/{of}")),
            _ => Err("expected a part and how many there are, as in 2/8".to_owned()),
        }
    }

    /// Its seeds: the parts follow each other, and differ by one at most in size. In a row, they can be put
    /// together to what one machine finds that stops at the first failure.
    pub(super) fn of(self, seeds: &Range<u64>) -> Range<u64> {
        let count = u128::from(seeds.end - seeds.start);
        let bound = |parts: u64| {
            let before = count * u128::from(parts) / u128::from(self.of);
            seeds.start + u64::try_from(before).expect("it is at most `count`")
        };
        bound(self.nth - 1)..bound(self.nth)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{ProptestConfig, proptest};

    use super::Shard;

    #[test]
    fn parts_are_counted_from_one() {
        assert_eq!(Shard::parse("2/8"), Ok(Shard { nth: 2, of: 8 }));
        for wrong in ["0/8", "9/8", "1/0", "0/0", "2", "a/b", "-1/3", "1/", "/"] {
            assert!(Shard::parse(wrong).is_err(), "{wrong}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn parts_make_the_whole(start in 0..100_u64, count in 0..1_000_u64, of in 1..40_u64) {
            let all = start..start + count;
            let parts: Vec<_> = (1..=of).map(|nth| Shard { nth, of }.of(&all)).collect();
            assert_eq!((parts[0].start, parts[parts.len() - 1].end), (all.start, all.end));
            assert!(parts.windows(2).all(|pair| pair[0].end == pair[1].start));
            let sizes = parts.iter().map(|part| part.end - part.start);
            assert!(sizes.clone().max().unwrap_or(0) - sizes.min().unwrap_or(0) <= 1);
        }
    }
}
