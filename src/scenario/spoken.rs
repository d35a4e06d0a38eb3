//! What of all that processes share a scenario speaks of at a place: its properties, and its outcomes.

use std::collections::BTreeSet;

use crate::model::Span;

use super::ast::{Claim, Said, Scenario, ValueKind};

/// The variables and tables that each property and the outcomes speak of, by where they stand.
#[derive(Clone, Debug, Default)]
pub(super) struct Spoken(BTreeSet<(Span, String)>);

impl Spoken {
    /// Looks through a scenario.
    pub(super) fn of(scenario: &Scenario) -> Self {
        let mut spoken = Spoken::default();
        for property in &scenario.properties {
            if let Claim::Conditions { conditions, .. } = &property.claim {
                let mut names = BTreeSet::new();
                conditions.iter().for_each(|condition| names_in(&condition.kind.said(), &mut names));
                spoken.add(property.span, names);
            }
        }
        if let Some(outcomes) = &scenario.outcomes {
            spoken.add(outcomes.span, outcomes.variables.iter().map(|name| name.text.as_str()));
        }
        spoken
    }

    fn add<'a>(&mut self, at: Span, names: impl IntoIterator<Item = &'a str>) {
        self.0.extend(names.into_iter().map(|name| (at, name.to_owned())));
    }

    /// Whether what stands there speaks of a variable or table that is called so.
    pub(super) fn speaks_of(&self, at: Span, name: &str) -> bool {
        self.0.contains(&(at, name.to_owned()))
    }
}

/// The variables and tables that a condition speaks of.
fn names_in<'a>(said: &Said<'a>, names: &mut BTreeSet<&'a str>) {
    match said {
        Said::Words(_, operands) => operands.iter().for_each(|operand| names_in(operand, names)),
        Said::Name(name) => drop(names.insert(&name.text)),
        Said::Value(value) => value.visit(&mut |part| {
            if let ValueKind::Variable(name) = &part.kind {
                names.insert(name);
            }
        }),
        // Others are asked about, and not what is shared.
        _ => (),
    }
}
