//! What of all that processes share a scenario speaks of at a place: its properties, and its outcomes.

use std::collections::{BTreeMap, BTreeSet};

use crate::kernel::Term;
use crate::model::{SharedPlace, Span};

use super::ast::{Claim, Condition, Measure, Question, Scenario, Value, ValueKind};
use super::script::Common;

/// The variables and tables that each property and the outcomes speak of, by where they stand.
#[derive(Clone, Debug, Default)]
pub(super) struct Spoken {
    variables: BTreeSet<(Span, usize)>,
    tables: BTreeSet<(Span, usize)>,
}

impl Spoken {
    /// Looks through a scenario.
    pub(super) fn of(scenario: &Scenario) -> Self {
        let mut spoken = Spoken::default();
        for property in &scenario.properties {
            if let Claim::Conditions { conditions, .. } = &property.claim {
                let mut names = BTreeSet::new();
                conditions.iter().for_each(|condition| condition_names(condition, &mut names));
                spoken.add(property.span, &names, scenario);
            }
        }
        if let Some(outcomes) = &scenario.outcomes {
            let names = outcomes.variables.iter().map(|name| name.text.as_str()).collect();
            spoken.add(outcomes.span, &names, scenario);
        }
        spoken
    }

    fn add(&mut self, at: Span, names: &BTreeSet<&str>, scenario: &Scenario) {
        let variables = scenario.shared.iter().map(|shared| shared.name.text.as_str()).enumerate();
        let tables = scenario.shared_tables.iter().map(|table| table.text.as_str()).enumerate();
        let is_named = |(_, name): &(usize, &str)| names.contains(name);
        self.variables.extend(variables.filter(is_named).map(|(number, _)| (at, number)));
        self.tables.extend(tables.filter(is_named).map(|(number, _)| (at, number)));
    }

    /// Whether what stands there speaks of this place.
    pub(super) fn speaks_of(&self, at: Span, place: &SharedPlace) -> bool {
        match place {
            SharedPlace::Variable(number) => self.variables.contains(&(at, *number)),
            SharedPlace::Entry(number, _) => self.tables.contains(&(at, *number)),
        }
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

/// Where two shares differ, and what the first has there.
pub(super) fn changes(one: &Common, other: &Common) -> BTreeMap<SharedPlace, Option<Term>> {
    let mut places = BTreeMap::new();
    for (index, (before, after)) in one.variables.iter().zip(&other.variables).enumerate() {
        if before != after {
            places.insert(SharedPlace::Variable(index), Some(before.clone()));
        }
    }
    for (index, (before, after)) in one.tables.iter().zip(&other.tables).enumerate() {
        if before == after {
            continue;
        }
        let keys: BTreeSet<&Term> = before.keys().chain(after.keys()).collect();
        for key in keys.into_iter().filter(|key| before.get(key) != after.get(key)) {
            places.insert(SharedPlace::Entry(index, key.clone()), before.get(key).cloned());
        }
    }
    places
}

/// Lets something be there, or nothing.
pub(super) fn put(common: &mut Common, place: &SharedPlace, value: Option<Term>) {
    match (place, value) {
        (SharedPlace::Variable(index), Some(value)) => common.variables[*index] = value,
        (SharedPlace::Variable(_), None) => (),
        (SharedPlace::Entry(index, key), Some(value)) => {
            drop(common.tables[*index].insert(key.clone(), value));
        }
        (SharedPlace::Entry(index, key), None) => drop(common.tables[*index].remove(key)),
    }
}
