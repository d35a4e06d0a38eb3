//! Seeds, times and progress as the command line takes and gives them.

use std::ops::Range;
use std::time::Duration;

use super::super::words::range;
use crate::model::campaign::Progress;
use crate::scenario::ast::Oracle;
use crate::trace::grouped;

/// `0..32`, and not none.
pub(super) fn seeds(text: &str) -> Result<Range<u64>, String> {
    match range(text) {
        Ok(range) if range.is_empty() => Err("there are no seeds from there to there".to_owned()),
        range => range,
    }
}

/// `500ms`, `30s`, `10m`, `2h`
pub(in super::super) fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let milliseconds = match unit {
        "ms" => Some(1),
        "s" => Some(1_000),
        "m" => Some(60_000),
        "h" => Some(3_600_000),
        _ => None,
    };
    // A year is for ever, and leaves every clock room.
    const MOST: u64 = 365 * 24 * 3_600_000;
    let parsed =
        number.parse::<u64>().ok().zip(milliseconds).and_then(|(number, unit)| number.checked_mul(unit));
    match parsed {
        Some(time) if (1..=MOST).contains(&time) => Ok(Duration::from_millis(time)),
        _ => Err("expected a time, as in 500ms, 30s, 10m or 2h".to_owned()),
    }
}

/// That in so many of them somebody waits for a message that nobody can send any more, and how to see who.
pub(super) fn forgotten_waits(number: u64, of: &str) -> String {
    format!(
        "note: in {} of {of} somebody waits for a message that nobody can send any more; `always {}` shows who",
        grouped(number),
        Oracle::NoForgottenWaits.word()
    )
}

/// `, 12345 runs/s`, if that can be said.
pub(super) fn rate(runs: u64, elapsed: Duration) -> String {
    match elapsed.as_millis() {
        0..=9 => String::new(),
        milliseconds => format!(", {} runs/s", u128::from(runs) * 1_000 / milliseconds),
    }
}

/// `pool.kdl: 1200 of 10000 runs, 2400 runs/s, about 4 s left`
pub(super) fn progress(file: &str, progress: Progress, elapsed: Duration, limit: Option<Duration>) -> String {
    let Progress { runs, of } = progress;
    let rate = rate(runs, elapsed);
    let (total, left) = match limit {
        Some(limit) => (String::new(), limit.saturating_sub(elapsed).as_secs()),
        None => {
            let left =
                elapsed.as_millis() * u128::from(of.saturating_sub(runs)) / u128::from(runs.max(1)) / 1_000;
            (format!(" of {of}"), u64::try_from(left).unwrap_or(u64::MAX))
        }
    };
    format!("{file}: {runs}{total} runs{rate}, about {left} s left")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Progress, duration, progress, seeds};

    #[test]
    fn times_have_a_unit() {
        assert_eq!(duration("30s"), Ok(Duration::from_secs(30)));
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("2h"), Ok(Duration::from_secs(7_200)));
        for wrong in ["30", "s", "", "-1s", "0s", "1.5s", "99999999999999999999s", "9999999999h"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn seeds_are_a_range() {
        assert_eq!(seeds("3..5"), Ok(3..5));
        assert!(["3", "5..3", "3..3", "a..b", "1..", "-1..3"].iter().all(|wrong| seeds(wrong).is_err()));
    }

    #[test]
    fn progress_says_how_long_it_will_take() {
        let told =
            |runs, limit| progress("a.kdl", Progress { runs, of: 1_000 }, Duration::from_secs(2), limit);
        assert_eq!(told(250, None), "a.kdl: 250 of 1000 runs, 125 runs/s, about 6 s left");
        assert_eq!(told(250, Some(Duration::from_secs(30))), "a.kdl: 250 runs, 125 runs/s, about 28 s left");
    }
}
