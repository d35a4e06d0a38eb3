//! `outcomes`: what the shared variables hold when all is over, against what the file says they may.

use crate::kernel::Term;
use crate::model::{Part, Sentence};

use super::super::ast::{Name, Outcomes, Scenario, Span};
use super::super::script::ScriptWorld;
use super::super::script::names::Numbering;

/// What a file says that shared variables may hold in the end.
#[derive(Clone, Debug)]
pub(in crate::scenario) struct WantedOutcomes {
    /// Which shared variables, and what the file calls them.
    pub(in crate::scenario) variables: Vec<(usize, String)>,
    /// What they may hold together.
    pub(in crate::scenario) rows: Vec<(Vec<Term>, Span)>,
    /// Where the `outcomes` line stands.
    pub(in crate::scenario) span: Span,
}

impl WantedOutcomes {
    /// Those that a file writes.
    pub(super) fn of(outcomes: &Outcomes, scenario: &Scenario, names: &mut Numbering) -> WantedOutcomes {
        let place = |name: &Name| scenario.shared.iter().position(|shared| shared.name.text == name.text);
        let rows = outcomes.rows.iter();
        WantedOutcomes {
            rows: rows.map(|row| (row.value.iter().map(|it| names.known(it)).collect(), row.span)).collect(),
            variables: outcomes
                .variables
                .iter()
                .map(|name| (place(name).expect("the parser knows the shared variables"), name.text.clone()))
                .collect(),
            span: outcomes.span,
        }
    }

    /// As which of the outcomes the run has ended, or what is wrong with how it has.
    pub(in crate::scenario) fn reached(&self, world: &ScriptWorld) -> Result<usize, Sentence> {
        let shared = &world.common().variables;
        let held: Vec<&Term> = self.variables.iter().map(|(place, _)| &shared[*place]).collect();
        if let Some(row) = self.rows.iter().position(|(row, _)| row.iter().eq(held.iter().copied())) {
            return Ok(row);
        }
        let mut sentence = Vec::new();
        for ((_, name), value) in self.variables.iter().zip(held) {
            let comma = if sentence.is_empty() { "" } else { ", " };
            sentence.push(Part::Text(format!("{comma}{name} is ")));
            sentence.push(Part::Term(value.clone()));
        }
        sentence.push(Part::text(" in the end, which is none of the outcomes"));
        Err(sentence)
    }
}
