//! Lines of code, each left out: whatever a line is there for, something should notice that it is gone.

use crate::scenario::FileLine;
use crate::scenario::ast::{Knob, Modality};

use super::super::change::{Change, Edit, Proposal, propose as change};
use super::super::design::Design;
use super::nesting::with_line_end;

/// What of a module holds code.
const CODE: &[&str] = &["on", "init", "terminate", "phase"];

pub(super) fn propose(design: &Design, found: &mut Vec<Proposal>) {
    for definition in &design.scenario.definitions {
        let Some(module) = design.place(definition.span) else { continue };
        for block in module.block.iter().filter(|line| CODE.contains(&line.word.as_str())) {
            without(design, &definition.name.text, &block.block, found);
        }
    }
}

fn without(design: &Design, of: &str, lines: &[FileLine], found: &mut Vec<Proposal>) {
    for line in lines {
        let said = design.said(line.line);
        change(
            found,
            Change {
                knob: Knob::Code,
                of: of.to_owned(),
                told: format!("without line {}: {said}", design.line_number(line.line)),
                was: Some(said.to_owned()),
                edits: vec![Edit { span: with_line_end(&design.text, line.whole), text: String::new() }],
            },
        );
        without(design, of, &line.block, found);
    }
}

/// What the file asks for: its properties but those that some run must reach, and what its clients expect.
pub(in crate::judge) fn asked(design: &Design) -> Vec<&FileLine> {
    let words: Vec<&str> = Modality::WORDS
        .iter()
        .filter(|(_, modality)| *modality != Modality::Sometimes)
        .map(|(word, _)| *word)
        .chain(["expect"])
        .collect();
    let mut found = Vec::new();
    design.visit(&mut |line, _| {
        if words.contains(&line.word.as_str()) {
            found.push(line);
        }
    });
    found
}
