//! The only source of randomness.
//!
//! ChaCha with eight rounds, whose stream is the same on every machine and in every release of
//! `rand_chacha`. What is drawn from it is drawn here, in integers: the distributions of `rand` may change
//! between releases, and floats between machines.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Dice with any number of sides, thrown in an order that the seed decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dice(ChaCha8Rng);

impl Dice {
    /// The dice of this seed.
    pub fn new(seed: u64) -> Self {
        // `seed_from_u64` is a default method that another release may define otherwise.
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        Dice(ChaCha8Rng::from_seed(key))
    }

    /// A number from 0 up to and without `sides`; 0 if there are none.
    ///
    /// Multiply and shift (Lemire 2019), without the rejection that would make it exactly uniform: for a
    /// thousand sides the bias is below one in 10^16, and every throw costs one word of the stream.
    pub fn throw(&mut self, sides: u64) -> u64 {
        let wide = u128::from(self.0.next_u64()) * u128::from(sides);
        u64::try_from(wide >> 64).expect("the upper half of 128 bits has 64")
    }

    /// The place of one of `count` things.
    pub fn index(&mut self, count: usize) -> usize {
        let sides = u64::try_from(count).expect("no machine counts further than 64 bits");
        usize::try_from(self.throw(sides)).expect("less than `count`")
    }

    /// True `numerator` times in `denominator`.
    pub fn chance(&mut self, numerator: u64, denominator: u64) -> bool {
        self.throw(denominator) < numerator
    }
}

#[cfg(test)]
mod tests {
    use super::Dice;

    /// Seeds in bug reports and snapshots mean these streams. They must never change.
    #[test]
    fn the_stream_is_frozen() {
        let throws = |seed: u64| {
            let mut dice = Dice::new(seed);
            [6, 6, 6, 6, 100, 100, 1_000_000, u64::MAX].map(|sides| dice.throw(sides))
        };
        insta::assert_snapshot!(format!("{:?}\n{:?}\n{:?}", throws(0), throws(1), throws(u64::MAX)), @"
        [5, 3, 1, 0, 25, 9, 6599, 4827309107960445751]
        [2, 1, 4, 5, 85, 13, 733846, 14475689433924248209]
        [4, 1, 3, 2, 53, 54, 808283, 10588403732235879976]
        ");
    }

    #[test]
    fn every_side_comes_up_and_no_other() {
        let mut dice = Dice::new(7);
        let mut seen = [0_u32; 6];
        for _ in 0..6_000 {
            seen[dice.index(6)] += 1;
        }
        assert!(seen.iter().all(|count| (850..1150).contains(count)), "{seen:?}");
        assert_eq!(dice.throw(0), 0);
    }

    #[test]
    fn a_chance_is_a_ratio() {
        let mut dice = Dice::new(7);
        let hits = (0..8_000).filter(|_| dice.chance(1, 8)).count();
        assert!((850..1150).contains(&hits), "{hits}");
        assert!((0..100).all(|_| dice.chance(1, 1)));
        assert!((0..100).all(|_| !dice.chance(0, 1)));
    }
}
