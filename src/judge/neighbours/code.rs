//! What code says that makes a design: whether who starts a process is linked to it, and who traps exits.

use crate::scenario::FileLine;
use crate::scenario::ast::{DefinitionKind, Knob, Span};

use super::super::change::{Change, Edit, Proposal, propose as change};
use super::super::design::Design;
use super::nesting::with_line_end;

/// Words that differ in whether one process hears of the other's end, and how.
const WORDS: &[(&str, &str)] = &[
    ("spawn", "spawn_link"),
    ("spawn_link", "spawn"),
    ("start", "start_link"),
    ("start_link", "start"),
    ("link", "monitor"),
    ("monitor", "link"),
];

pub(super) fn propose(design: &Design, found: &mut Vec<Proposal>) {
    design.visit(&mut |line, _| {
        let ways = WORDS.iter().filter(|(word, _)| line.word == *word && !line.arguments.is_empty());
        for (word, other) in ways {
            let rest = &design.said(line.line)[word.len()..];
            change(
                found,
                Change {
                    knob: Knob::Link,
                    of: format!("line {}:", design.line_number(line.line)),
                    told: format!("{other}{rest}"),
                    was: Some(design.said(line.line).to_owned()),
                    edits: vec![Edit { span: line.word_span, text: (*other).to_owned() }],
                },
            );
        }
    });
    for definition in &design.scenario.definitions {
        let DefinitionKind::Server(server) = &definition.kind else { continue };
        let Some(line) = design.place(definition.span).filter(|line| line.has_block) else { continue };
        let declared = line.block.iter().find(|inner| inner.word == "trap_exit");
        let edit = match declared.filter(|_| server.trap_exit) {
            Some(declared) => Edit { span: with_line_end(&design.text, declared.whole), text: String::new() },
            None => first_in(design, line, "trap_exit #true"),
        };
        let told = if server.trap_exit { "no trap_exit" } else { "trap_exit #true" };
        change(
            found,
            Change {
                knob: Knob::TrapExit,
                of: definition.name.text.clone(),
                told: told.to_owned(),
                was: None,
                edits: vec![edit],
            },
        );
    }
}

/// A line before all others of a block, in its own style.
fn first_in(design: &Design, line: &FileLine, said: &str) -> Edit {
    match line.block.first() {
        Some(first) => {
            let at = first.line.start;
            let indent = design.text[..at].rsplit('\n').next().unwrap_or("");
            let text = match indent.trim() {
                "" => format!("{said}\n{indent}"),
                _ => format!("{said}; "),
            };
            Edit { span: Span::new(at, at), text }
        }
        None => {
            let at = line.whole.end.saturating_sub(1);
            Edit { span: Span::new(at, at), text: format!(" {said} ") }
        }
    }
}
