//! What all drawings do to words: cut them where there is no room, and leave nothing in them that is not seen.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::trace::{Entry, visible};

/// The first so many columns of a text.
pub(super) fn cut(text: &str, columns: usize) -> String {
    let text = visible(text);
    if text.width() <= columns {
        return text.into_owned();
    }
    let mut kept = String::new();
    let mut wide = 1;
    for letter in text.chars() {
        wide += letter.width().unwrap_or(0);
        if wide > columns {
            break;
        }
        kept.push(letter);
    }
    format!("{}…", kept.trim_end())
}

/// What stands in the box of a process: its name, what it is, and what it does if that says anything.
pub(super) fn node_words(entry: &Entry) -> Vec<String> {
    let name = match &entry.of {
        Some(of) => format!("{} of {of}", entry.name),
        None => entry.name.clone(),
    };
    let kind: Vec<&str> = [entry.kind, entry.restart].into_iter().filter(|word| !word.is_empty()).collect();
    let mut lines = vec![name];
    if !kind.is_empty() {
        lines.push(kind.join(", "));
    }
    match entry.mail {
        0 => lines.push(entry.state.clone()),
        mail => lines.push(format!("{}, {mail} in its mailbox", entry.state)),
    }
    lines
}
