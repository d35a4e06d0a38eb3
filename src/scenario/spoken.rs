//! What of all that processes share a scenario speaks of at a place: its properties, and its outcomes.

use std::collections::BTreeSet;

use crate::model::Span;

use super::ast::{Claim, Condition, Measure, Question, Scenario, Value, ValueKind};

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
                conditions.iter().for_each(|condition| condition_names(condition, &mut names));
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
fn condition_names<'a>(condition: &'a Condition, names: &mut BTreeSet<&'a str>) {
    match &condition.kind {
        Question::Has { table, key } | Question::HasNot { table, key } => {
            names.insert(&table.text);
            value_names(key, names);
        }
        Question::Empty { of: table } | Question::NotEmpty { of: table } => drop(names.insert(&table.text)),
        Question::Alive { .. } | Question::Dead { .. } => (),
        Question::Compare { left, right, .. } => {
            match left {
                Measure::Value { value } => value_names(value, names),
                Measure::Size { of: table } => drop(names.insert(&table.text)),
                Measure::Count { .. } | Measure::Reports { .. } => (),
            }
            value_names(right, names);
        }
    }
}

fn value_names<'a>(value: &'a Value, names: &mut BTreeSet<&'a str>) {
    match &value.kind {
        ValueKind::Variable(name) => drop(names.insert(name)),
        ValueKind::Tuple(values) | ValueKind::List(values) => {
            values.iter().for_each(|value| value_names(value, names));
        }
        ValueKind::Map(pairs) => pairs.iter().for_each(|(key, value)| {
            value_names(key, names);
            value_names(value, names);
        }),
        ValueKind::Atom(_)
        | ValueKind::Int(_)
        | ValueKind::Text(_)
        | ValueKind::SelfPid
        | ValueKind::Wildcard => (),
    }
}
