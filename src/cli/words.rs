//! Numbers as the command line takes and gives them.

use std::ops::Range;

/// Reads a range of seeds: `0..32` ends before 32.
pub(super) fn range(text: &str) -> Result<Range<u64>, String> {
    let parsed = text.split_once("..").and_then(|(from, to)| Some(from.parse().ok()?..to.parse().ok()?));
    parsed.ok_or_else(|| "expected two whole numbers, as in 0..32".to_owned())
}

/// `1 run`, `2 runs`
pub(super) fn count(number: u64, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// A part of a whole: `12.5%`.
pub(super) fn percentage(part: u64, whole: u64) -> String {
    let thousandths = u128::from(part) * 1_000 / u128::from(whole.max(1));
    match thousandths {
        0 => "under 0.1%".to_owned(),
        _ => format!("{}.{}%", thousandths / 10, thousandths % 10),
    }
}

#[cfg(test)]
mod tests {
    use super::percentage;

    #[test]
    fn small_parts_are_not_nothing() {
        assert_eq!(percentage(1, 8), "12.5%");
        assert_eq!(percentage(1, 8_000), "under 0.1%");
    }
}
