//! Markdown in which nothing that somebody chose is markup.

use crate::trace::visible;

/// Of a longer text, only the beginning is told: GitHub refuses comments of more than 65,536 letters.
const LETTERS_MAX: usize = 8_000;

/// Text between fences that nothing in it can end.
pub(super) fn fenced(text: &str) -> String {
    let fence = "`".repeat(longest_ticks(text).max(2) + 1);
    let short: String = text.chars().take(LETTERS_MAX).collect();
    let more = if short.len() < text.len() { "\n…" } else { "" };
    format!("{fence}text\n{}{more}\n{fence}\n", short.trim_matches('\n'))
}

fn longest_ticks(text: &str) -> usize {
    text.split(|letter| letter != '`').map(str::len).max().unwrap_or(0)
}

/// A name as code on one line, however many ticks it has.
pub(super) fn code(name: &str) -> String {
    let ticks = "`".repeat(longest_ticks(name) + 1);
    let space = if name.starts_with('`') || name.ends_with('`') { " " } else { "" };
    format!("{ticks}{space}{}{space}{ticks}", visible(name))
}

/// The same in the cell of a table. A bar would end that, in code too, and so would one behind two backslashes.
pub(super) fn code_in_cell(name: &str) -> String {
    if name.contains('|') { format!("<code>{}</code>", plain(&visible(name))) } else { code(name) }
}

/// Words in which nothing means anything to Markdown or HTML.
pub(super) fn plain(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '~' | '#' | '@' | '!' | '$' | '{' | '}' => {
                safe.push_str(&format!("&#{};", u32::from(letter)));
            }
            '\n' => safe.push(' '),
            letter => safe.push(letter),
        }
    }
    safe
}
