//! What runs that found nothing are worth, in whole numbers: what is said must be the same everywhere.

/// One, as a number of fixed point.
const ONE: u128 = 1 << 63;
/// A thousand times the natural logarithm of 100, rounded up.
const LN_100: u128 = 4_606;

/// What can be said of a guarantee of PCT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Odds {
    /// What was looked for has been missed with a probability below one in so many, a power of ten.
    Below(u64),
    /// It would take so many seeds to say: below 0.01.
    Takes(u64),
}

/// The guarantee of the paper (see `src/explore/pct.rs`): each run finds a bug of this depth with a
/// probability of at least one in `parties * steps^(depth-1)`, where no run has more parties or steps.
pub(super) fn pct(seeds: u64, parties: u64, steps: u64, depth: u32) -> Odds {
    let one_in = u128::from(steps.max(1))
        .checked_pow(depth.saturating_sub(1))
        .and_then(|orders| orders.checked_mul(u128::from(parties.max(1))))
        .unwrap_or(u128::MAX);
    let missed = missed(one_in, seeds);
    let mut tens = 1_u64;
    while tens < 1_000_000_000 && missed < ONE / (u128::from(tens) * 10) {
        tens *= 10;
    }
    match tens {
        1 | 10 => Odds::Takes(u64::try_from(one_in.saturating_mul(LN_100) / 1_000 + 1).unwrap_or(u64::MAX)),
        tens => Odds::Below(tens),
    }
}

/// What fails one run in so many, or more often, has been missed by so many seeds with a probability below
/// 0.01: `(1 - 1/n)^seeds` is at most `e^(-seeds/n)`. That holds for every scheduler, since each seed is a
/// throw of its own.
pub(super) fn one_in(seeds: u64) -> u64 {
    u64::try_from(u128::from(seeds) * 1_000 / LN_100).expect("it is less than the seeds")
}

/// `(1 - 1/one_in)^times`, or a little more, as a number of fixed point.
fn missed(one_in: u128, times: u64) -> u128 {
    let up = |product: u128| product.div_ceil(ONE);
    let (mut power, mut result, mut left) = (ONE - ONE / one_in, ONE, times);
    while left > 0 {
        if left & 1 == 1 {
            result = up(result * power);
        }
        power = up(power * power);
        left >>= 1;
    }
    result
}

/// `0.01` for 100.
pub(super) fn decimal(one_in: u64) -> String {
    format!("0.{:0>width$}", 1, width = one_in.ilog10() as usize)
}

#[cfg(test)]
mod tests {
    use super::{ONE, Odds, decimal, missed, one_in, pct};

    #[test]
    fn a_guarantee_grows_with_the_seeds() {
        // Two parties and ten steps: a bug of depth 2 in one run of 20.
        assert_eq!(pct(1, 2, 10, 2), Odds::Takes(93));
        assert_eq!(pct(89, 2, 10, 2), Odds::Takes(93));
        assert_eq!(pct(93, 2, 10, 2), Odds::Below(100), "0.95^93 is 0.0085");
        assert_eq!(pct(135, 2, 10, 2), Odds::Below(1_000), "0.95^135 is 0.00098");
        assert_eq!(pct(u64::MAX, 2, 10, 2), Odds::Below(1_000_000_000));
        assert_eq!(pct(1, 1, 1_000, 1), Odds::Below(1_000_000_000), "one party, one order");
        assert_eq!(pct(1_000_000, 100, 1_000_000, 9), Odds::Takes(u64::MAX), "hopeless, and said so");
    }

    #[test]
    fn rounding_never_promises_too_much() {
        assert_eq!(missed(2, 10), ONE >> 10);
        assert!(missed(3, 1) * 3 >= ONE * 2);
        assert_eq!(missed(u128::MAX, 1_000), ONE);
    }

    #[test]
    fn what_is_rare_may_be_missed() {
        assert_eq!(one_in(10_000), 2_171);
        // (1 - 1/2171)^10000 is 0.00999.
        assert!(missed(2_171, 10_000) * 100 < ONE);
        assert_eq!(one_in(3), 0);
    }

    #[test]
    fn decimals_are_written_out() {
        assert_eq!(
            ["0.1", "0.01", "0.000001"],
            [10, 100, 1_000_000].map(decimal).each_ref().map(|s| s.as_str())
        );
    }
}
