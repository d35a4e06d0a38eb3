//! Floats as Erlang writes them.

use super::Float;

impl Float {
    /// From here on whole floats are written with an exponent (OTP 25).
    pub const SCIENTIFIC_FROM: f64 = 9_007_199_254_740_992.0;

    /// The shortest digits that mean this float, with an exponent where that is shorter: as `float_to_list(F, [short])`
    /// and `io_lib` write it.
    pub fn shortest(self) -> String {
        let (sign, value) =
            if self.value().is_sign_negative() { ("-", -self.value()) } else { ("", self.value()) };
        let scientific = even(value, format!("{value:e}"));
        let (digits, exponent) = scientific.split_once('e').expect("it is written with an exponent");
        let digits: String = digits.chars().filter(char::is_ascii_digit).collect();
        let exponent: i64 = exponent.parse().expect("an exponent is an integer");
        format!("{sign}{}", placed(&digits, exponent + 1, value >= Float::SCIENTIFIC_FROM))
    }
}

/// Of two shortest texts that are equally near the one with an even last digit, which is not always Rust's.
fn even(value: f64, shortest: String) -> String {
    let digits = shortest.bytes().take_while(|byte| *byte != b'e').filter(u8::is_ascii_digit).count();
    let rounded = format!("{value:.*e}", digits - 1);
    if rounded.parse() == Ok(value) { rounded } else { shortest }
}

/// The digits with the point after the first `place` of them, or with an exponent if that takes less room.
fn placed(digits: &str, place: i64, exponent_only: bool) -> String {
    let len = digits.len() as i64;
    let zeros = |count: i64| "0".repeat(usize::try_from(count).unwrap_or(0));
    if (1..len).contains(&place) && !exponent_only {
        let (before, after) = digits.split_at(place as usize);
        return format!("{before}.{after}");
    }
    if place == 0 {
        return format!("0.{digits}");
    }
    let exponent = (place - 1).to_string();
    let cost = exponent.len() as i64 + 1 + if len == 1 { 2 } else { 1 };
    if place < 0 && 2 - place <= cost {
        return format!("0.{}{digits}", zeros(-place));
    }
    if place > 0 && place - len + 2 <= cost && !exponent_only {
        return format!("{digits}{}.0", zeros(place - len));
    }
    let (first, rest) = digits.split_at(1);
    format!("{first}.{}e{exponent}", if rest.is_empty() { "0" } else { rest })
}
