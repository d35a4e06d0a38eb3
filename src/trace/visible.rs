//! Text that a terminal shows and does not obey.
//!
//! Names, notes and paths are chosen by whoever writes the scenario, and so is what lies in its lines. A control
//! character in them could move the cursor, hide text or begin a line that looks like a verdict, and one that
//! turns the direction of writing could show a line in another order than it has. They are shown as KDL and
//! Elixir write them: `\n`, `\u{1B}`, `\u{202E}`.

use std::borrow::Cow;
use std::fmt::Write;

/// A text in which every control and bidirectional character is shown and none is left.
pub fn visible(text: &str) -> Cow<'_, str> {
    without(text, &|letter| !is_visible(letter))
}

/// The same for text of several lines: line feeds stay.
pub fn visible_lines(text: &str) -> Cow<'_, str> {
    without(text, &|letter| letter != '\n' && !is_visible(letter))
}

/// The same for text that stands in a file: tabs and the line ends of Windows stay too.
pub fn visible_source(text: &str) -> Cow<'_, str> {
    without(text, &|letter| !matches!(letter, '\n' | '\t' | '\r') && !is_visible(letter))
}

/// The same for lines that are in colours already: what our colours are made of stays too.
pub fn visible_in_colour(text: &str) -> Cow<'_, str> {
    if text.chars().all(|letter| letter == '\n' || is_visible(letter)) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(escape) = rest.find('\u{1b}') {
        shown.push_str(&visible_lines(&rest[..escape]));
        let long = colour(&rest[escape..]);
        match long {
            0 => shown.push_str("\\u{1B}"),
            _ => shown.push_str(&rest[escape..escape + long]),
        }
        rest = &rest[escape + long.max(1)..];
    }
    shown.push_str(&visible_lines(rest));
    Cow::Owned(shown)
}

/// JSON text in which no such character stands for itself. Outside of its strings there are none but line feeds.
pub fn visible_json(json: &str) -> Cow<'_, str> {
    if json.chars().all(|letter| letter == '\n' || is_visible(letter)) {
        return Cow::Borrowed(json);
    }
    let mut shown = String::with_capacity(json.len());
    for letter in json.chars() {
        match letter {
            // All of them are in the first plane: four digits are enough.
            letter if letter != '\n' && !is_visible(letter) => {
                write!(shown, "\\u{:04x}", u32::from(letter)).expect("a string takes anything");
            }
            letter => shown.push(letter),
        }
    }
    Cow::Owned(shown)
}

/// How long the sequence is that sets a colour, if there is one.
fn colour(text: &str) -> usize {
    let Some(rest) = text.strip_prefix("\u{1b}[") else { return 0 };
    let inside = rest.find(|letter: char| !letter.is_ascii_digit() && letter != ';').unwrap_or(rest.len());
    if rest[inside..].starts_with('m') { "\u{1b}[".len() + inside + 1 } else { 0 }
}

fn without<'a>(text: &'a str, is_shown: &dyn Fn(char) -> bool) -> Cow<'a, str> {
    if !text.chars().any(is_shown) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for letter in text.chars() {
        match letter {
            letter if !is_shown(letter) => shown.push(letter),
            '\n' => shown.push_str("\\n"),
            '\t' => shown.push_str("\\t"),
            '\r' => shown.push_str("\\r"),
            letter => {
                write!(shown, "\\u{{{:X}}}", u32::from(letter)).expect("a string takes anything");
            }
        }
    }
    Cow::Owned(shown)
}

/// Whether a character neither controls a terminal nor turns the direction of what is around it.
pub fn is_visible(letter: char) -> bool {
    !letter.is_control()
        && !matches!(
            letter,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        )
}

#[cfg(test)]
mod tests {
    use proptest::proptest;

    use super::{is_visible, visible, visible_in_colour, visible_json, visible_lines};

    const HOSTILE: &str = "a\u{1b}[2J\u{7}\u{9b}31m\u{202e}b\r\nheld: c\u{7f}\u{2028}";

    #[test]
    fn what_a_terminal_would_obey_is_shown() {
        assert_eq!(visible(HOSTILE), "a\\u{1B}[2J\\u{7}\\u{9B}31m\\u{202E}b\\r\\nheld: c\\u{7F}\\u{2028}");
        assert_eq!(
            visible_lines(HOSTILE),
            "a\\u{1B}[2J\\u{7}\\u{9B}31m\\u{202E}b\\r\nheld: c\\u{7F}\\u{2028}"
        );
        assert_eq!(visible("plain – ü 漢字 👍🏽"), "plain – ü 漢字 👍🏽");
        assert_eq!(
            visible_in_colour("\u{1b}[1;31ma\u{1b}[0m\u{1b}[2Jb\u{1b}"),
            "\u{1b}[1;31ma\u{1b}[0m\\u{1B}[2Jb\\u{1B}"
        );
        let json = serde_json::Value::from(HOSTILE).to_string();
        let shown = visible_json(&json);
        assert_eq!(shown, r#""a\u001b[2J\u0007\u009b31m\u202eb\r\nheld: c\u007f\u2028""#);
        assert_eq!(serde_json::from_str::<String>(&shown).expect("it is JSON"), HOSTILE);
    }

    proptest! {
        #[test]
        fn nothing_is_left_and_what_is_visible_stays(text in "(\\PC|\\p{C}|\u{1b}|\\[|m|1){0,40}") {
            assert!(visible(&text).chars().all(is_visible));
            assert!(visible_lines(&text).chars().all(|letter| letter == '\n' || is_visible(letter)));
            if text.chars().all(is_visible) {
                assert_eq!(visible(&text), text);
            }
            let json = serde_json::Value::from(text.as_str()).to_string();
            let shown = visible_json(&json);
            assert!(shown.chars().all(is_visible));
            assert_eq!(serde_json::from_str::<String>(&shown).expect("it is JSON"), text);
        }
    }
}
