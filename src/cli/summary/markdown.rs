//! Results as Markdown: a table of all, and what went wrong folded up below it.

use super::super::exit::Exit;
use super::super::markup::{code_in_cell, fenced, plain};
use super::super::paths::shown;
use super::entry::Entry;

/// All of it.
pub(super) fn text(title: &str, entries: &[Entry]) -> String {
    let bad = entries.iter().filter(|entry| entry.exit != Exit::Held).count();
    let all = entries.len();
    let said = match bad {
        0 => format!("{all} of {all} as they should be"),
        _ => format!("{bad} of {all} not as they should be"),
    };
    let mut text = format!("### {} {title}: {said}\n\n", sign(worst(entries)));
    text.push_str("| | scenario | | |\n|---|---|---|---|\n");
    for entry in entries {
        let name = code_in_cell(&shown(&entry.path));
        let (word, effort, why) = (plain(&entry.word), plain(&entry.effort), plain(&entry.why));
        let about = match entry.exit {
            Exit::Held => effort,
            _ if effort.is_empty() => why,
            _ => format!("{effort}<br>{why}"),
        };
        text.push_str(&format!("| {} | {name} | {word} | {about} |\n", sign(entry.exit)));
    }
    for entry in entries.iter().filter(|entry| entry.exit != Exit::Held && !entry.told.is_empty()) {
        let name = plain(&shown(&entry.path));
        text.push_str(&format!("\n<details>\n<summary>{}: {}</summary>\n\n", name, plain(&entry.why)));
        text.push_str(&fenced(&entry.told));
        if let Some(explained) = &entry.explained {
            text.push_str("\n**Why**\n\n");
            text.push_str(&fenced(explained));
        }
        text.push_str("\n</details>\n");
    }
    text
}

fn worst(entries: &[Entry]) -> Exit {
    entries.iter().map(|entry| entry.exit).max().unwrap_or(Exit::Held)
}

fn sign(exit: Exit) -> &'static str {
    match exit {
        Exit::Held => "✅",
        Exit::Inconclusive | Exit::Unwritten | Exit::Interrupted => "⚠️",
        Exit::Broken | Exit::Wrong => "❌",
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::{Entry, Exit, text};

    #[test]
    fn nothing_that_somebody_chose_is_markup() {
        let hostile = "a|b`<script>*x* [l](u) ```\n# h @me";
        let entry = Entry {
            path: PathBuf::from("d`|.kdl"),
            word: "broken".to_owned(),
            exit: Exit::Broken,
            effort: "1 run".to_owned(),
            why: hostile.to_owned(),
            told: format!("```\n{hostile}\n````"),
            explained: None,
            line: Some(3),
        };
        let told = text("treefall check", &[entry]);
        let (fences, outside): (Vec<&str>, Vec<&str>) =
            told.lines().partition(|line| line.contains("``````"));
        assert!(fences.is_empty(), "a fence is longer than it needs to be: {told}");
        // What is between the fences is text, whatever it is.
        let mut words = outside.join("\n");
        let begin = words.find("`````text").expect("there is a fence longer than any in the text");
        let end = begin + words[begin + 5..].find("\n`````\n").expect("which ends") + 5;
        assert!(words[begin..end].contains(hostile));
        words.replace_range(begin..end, "");
        for markup in ["<script", "*x*", "[l]", "@me", "a|b"] {
            assert!(!words.contains(markup), "{markup}: {words}");
        }
        assert!(words.contains("| <code>d&#96;&#124;.kdl</code> |"), "{words}");
    }
}
