//! Parts of sentences: numbers that can be read, lists, and values that stay on one line where they can.

use std::fmt;

/// How many children a sentence names before it counts the rest.
const NAMED_MAX: usize = 4;

/// Values up to this length are kept on one line.
const WHOLE_MAX: usize = 48;

/// And elements of longer values up to this one.
const ELEMENT_MAX: usize = 60;

/// A short value stays on one line, if it can; of a longer one, its short elements and its pairs do.
pub(super) fn whole(value: String) -> String {
    if value.len() <= WHOLE_MAX {
        return value.replace(' ', "\u{a0}");
    }
    let (mut text, mut depth, mut rest) = (String::with_capacity(value.len()), 0_usize, value.as_str());
    while let Some(letter) = rest.chars().next() {
        let end = if depth == 1 && "{[#%".contains(letter) { bracketed(rest) } else { None };
        let taken = match end {
            Some(end) => {
                text.push_str(&rest[..end].replace(' ', "\u{a0}"));
                end
            }
            None => {
                match letter {
                    '{' | '[' => depth += 1,
                    '}' | ']' => depth = depth.saturating_sub(1),
                    _ => (),
                }
                let joins =
                    letter == ' ' && (text.ends_with(':') || text.ends_with("=>") || rest.starts_with(" =>"));
                text.push(if joins { '\u{a0}' } else { letter });
                letter.len_utf8()
            }
        };
        rest = &rest[taken..];
    }
    text
}

/// Where what this begins with, in brackets, ends; none if that is farther than anybody wants to know.
fn bracketed(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (place, letter) in text.char_indices().take(ELEMENT_MAX) {
        match letter {
            '{' | '[' => depth += 1,
            '}' | ']' if depth == 1 => return Some(place + 1),
            '}' | ']' => depth = depth.saturating_sub(1),
            _ => (),
        }
    }
    None
}

/// `a, b and c`.
pub(super) fn list(items: &[String]) -> String {
    match items {
        [] => "nothing".to_owned(),
        [only] => only.clone(),
        _ if items.len() > NAMED_MAX + 1 => {
            let rest = items.len() - NAMED_MAX;
            format!("{} and {} more", items[..NAMED_MAX].join(", "), grouped(rest))
        }
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// A large number by thousands: `10,000`.
pub fn grouped(number: impl fmt::Display) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `3 restarts in 5 s`.
pub(super) fn restarts(intensity: u32, period: u32) -> String {
    match intensity {
        1 => whole(format!("1 restart in {period} s")),
        intensity => whole(format!("{intensity} restarts in {period} s")),
    }
}

/// What is too much for that intensity.
pub(super) fn more_than(intensity: u32, period: u32) -> String {
    match intensity {
        0 => "no restart is allowed".to_owned(),
        intensity => format!("more than {}", restarts(intensity, period)),
    }
}
