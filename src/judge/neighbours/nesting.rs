//! A child below a supervisor of its own, or taken up one level.

use crate::scenario::FileLine;
use crate::scenario::ast::{Child, Knob, Span};

use super::super::change::{Change, Edit, Proposal, propose as change};
use super::super::design::Design;

pub(super) fn propose(design: &Design, found: &mut Vec<Proposal>) {
    for supervisor in design.supervisors() {
        let Some(children) = Design::draws(supervisor) else { continue };
        for child in children {
            let Some(line) = design.place(child.span()) else { continue };
            let name = &child.name().text;
            // With itself alone below its supervisor, it has one of its own.
            if children.len() > 1 {
                guarded(design, name, line.whole, found);
            }
            if let Child::Supervisor(below) = child
                && let Some(inner) = Design::draws(below).filter(|inner| inner.len() > 1)
            {
                for grandchild in inner {
                    taken_up(design, grandchild, line, &supervisor.name.text, found);
                }
            }
        }
    }
    let mut lines: Vec<&FileLine> = Vec::new();
    design.visit(&mut |line, _| lines.push(line));
    for line in lines {
        started(design, line, found);
    }
}

/// What a supervisor of one child is called: as the file calls others.
fn name_of_guard(design: &Design, child: &str) -> String {
    let is_module = child.starts_with(char::is_uppercase);
    let first = if is_module { format!("{child}.Supervisor") } else { format!("{child}_sup") };
    std::iter::once(first.clone())
        .chain((2..).map(|nth| format!("{first}_{nth}")))
        .find(|name| !design.text.contains(name.as_str()))
        .expect("not every name is taken")
}

/// The two ways in which a supervisor of one child can end: it is restarted, or not.
const GUARDS: [(&str, &str); 2] = [("", ""), (" restart=temporary", ", temporary")];

fn guarded(design: &Design, name: &str, whole: Span, found: &mut Vec<Proposal>) {
    let guard = name_of_guard(design, name);
    for (option, word) in GUARDS {
        let text = format!("supervisor {guard}{option} {{ {} }}", design.said(whole));
        change(
            found,
            Change {
                knob: Knob::Nesting,
                of: name.to_owned(),
                told: format!("below a supervisor of its own{word}"),
                was: None,
                edits: vec![Edit { span: whole, text }],
            },
        );
    }
}

/// `start_child SUPERVISOR MODULE …` with a supervisor between the two.
fn started(design: &Design, line: &FileLine, found: &mut Vec<Proposal>) {
    let ("start_child", [of, module, arguments @ ..], false) =
        (line.word.as_str(), line.arguments.as_slice(), line.has_block)
    else {
        return;
    };
    // Who keeps the pid wants the child's, and would get that of its supervisor.
    if !line.properties.is_empty() {
        return;
    }
    let name = design.said(*module);
    let supervisors = design.supervisors();
    let above = design.said(*of);
    if !supervisors.iter().any(|supervisor| supervisor.name.text == above.trim_matches('"')) {
        return;
    }
    let guard = name_of_guard(design, name);
    let arguments: String = arguments.iter().map(|span| format!(" {}", design.said(*span))).collect();
    for (option, word) in GUARDS {
        let child = format!("worker {name} {name}{arguments} name=#false");
        let text = format!("start_child {above} {{ supervisor {guard}{option} name=#false {{ {child} }} }}");
        change(
            found,
            Change {
                knob: Knob::Nesting,
                of: format!("line {}: {name}{arguments}", design.line_number(line.line)),
                told: format!("below a supervisor of its own{word}"),
                was: None,
                edits: vec![Edit { span: line.whole, text }],
            },
        );
    }
}

fn taken_up(design: &Design, child: &Child, from: &FileLine, to: &str, found: &mut Vec<Proposal>) {
    let Some(line) = design.place(child.span()) else { return };
    let (text, end) = (design.said(line.whole), Span::new(from.whole.end, from.whole.end));
    let indent = design.text[..from.whole.start].rsplit('\n').next().unwrap_or("");
    let indent = if indent.trim().is_empty() { format!("\n{indent}") } else { "; ".to_owned() };
    change(
        found,
        Change {
            knob: Knob::Nesting,
            of: child.name().text.clone(),
            told: format!("up to {to}"),
            was: None,
            edits: vec![
                Edit { span: with_line_end(&design.text, line.whole), text: String::new() },
                Edit { span: end, text: format!("{indent}{text}") },
            ],
        },
    );
}

/// A line that is taken away goes with all of its line, if nothing else stands there.
pub(super) fn with_line_end(text: &str, span: Span) -> Span {
    let before = text[..span.start].trim_end_matches([' ', '\t']);
    let after = &text[span.end..];
    let rest = after.trim_start_matches([' ', '\t']);
    match (before.ends_with('\n'), rest.starts_with('\n')) {
        (true, true) => Span::new(before.len(), span.end + (after.len() - rest.len()) + 1),
        _ if rest.starts_with(';') => Span::new(span.start, span.end + (after.len() - rest.len()) + 1),
        _ => span,
    }
}
