//! Which steps depend on what other processes have shared: switches, counters, and tables.
//!
//! A write is seen by comparing what is shared before a step and after it. A read cannot be seen, so it is
//! asked: had the last write not been, would the step have done the same? If not, it depends on the write.

use std::collections::{BTreeMap, BTreeSet};

use crate::kernel::{Choice, Term};
use crate::model::Model;
use crate::scenario::ast::{Claim, Condition, Measure, Outcomes, Question, Scenario, Span, Value, ValueKind};
use crate::scenario::{Common, ScriptEvents, ScriptWorld, Simulation};

/// Something that is shared.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    /// A variable.
    Variable(usize),
    /// What a table has under a key.
    Entry(usize, Term),
}

/// When something was last written, and what was there before.
#[derive(Clone, Debug)]
struct Write {
    step: u64,
    before: Option<Term>,
}

/// What a run has shared so far.
#[derive(Debug, Default)]
pub(super) struct Shared {
    /// The last of each place.
    writes: BTreeMap<Place, Write>,
    /// All of them, in order.
    all: Vec<(Place, u64)>,
    /// Steps, and the writes that they depend on.
    pub(super) links: Vec<(u64, u64)>,
}

impl Shared {
    /// A choice is about to be taken as this step.
    pub(super) fn watch(&mut self, simulation: &Simulation, world: &ScriptWorld, choice: Choice, step: u64) {
        if !matches!(choice, Choice::Run(_)) {
            return;
        }
        let done = Done::of(simulation, world.clone(), choice);
        if !done.looked {
            return;
        }
        let changed = changes(world.common(), done.world.common());
        for (place, write) in &self.writes {
            let otherwise = world.supposing(|common| put(common, place, write.before.clone()));
            if Done::of(simulation, otherwise, choice).differs(&done, place, changed.contains_key(place)) {
                self.links.push((step, write.step));
            }
        }
        for (place, before) in changed {
            self.all.push((place.clone(), step));
            self.writes.insert(place, Write { step, before });
        }
    }

    /// The last writes, up to a step, of all that a property of the file speaks of.
    pub(super) fn spoken_of(&self, scenario: &Scenario, property: Span, until: u64) -> BTreeSet<u64> {
        let mut names = BTreeSet::new();
        for asked in scenario.properties.iter().filter(|asked| asked.span == property) {
            if let Claim::Conditions { conditions, .. } = &asked.claim {
                conditions.iter().for_each(|condition| condition_names(condition, &mut names));
            }
        }
        if let Some(Outcomes { variables, span, .. }) = &scenario.outcomes
            && *span == property
        {
            names.extend(variables.iter().map(|name| name.text.as_str()));
        }
        let called = |place: &Place| match place {
            Place::Variable(index) => scenario.shared.get(*index).map(|shared| shared.name.text.as_str()),
            Place::Entry(index, _) => scenario.shared_tables.get(*index).map(|table| table.text.as_str()),
        };
        let mut last: BTreeMap<&Place, u64> = BTreeMap::new();
        let before = self.all.iter().filter(|(_, step)| *step <= until);
        for (place, step) in
            before.filter(|(place, _)| called(place).is_some_and(|name| names.contains(name)))
        {
            last.insert(place, *step);
        }
        last.into_values().collect()
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

/// A step that was tried.
struct Done {
    choice: Choice,
    world: ScriptWorld,
    events: ScriptEvents,
    looked: bool,
}

impl Done {
    fn of(simulation: &Simulation, mut world: ScriptWorld, choice: Choice) -> Done {
        let mut events = ScriptEvents::recorded();
        world.step(choice, simulation.image(), &mut events);
        let looked = events.looked_around();
        Done { choice, world, events, looked }
    }

    /// Whether it has come to something else than another did, for what was shared at this place was
    /// something else. What is there afterwards counts only if the step has changed it.
    fn differs(&self, other: &Done, place: &Place, changes_it: bool) -> bool {
        let Choice::Run(pid) = self.choice else { return false };
        let state = |done: &Done| done.world.process(pid).map(|process| process.behaviour().clone());
        if self.events.list() != other.events.list() || state(self) != state(other) {
            return true;
        }
        changes(self.world.common(), other.world.common()).keys().any(|there| there != place || changes_it)
    }
}

/// Where two shares differ, and what the first has there.
fn changes(one: &Common, other: &Common) -> BTreeMap<Place, Option<Term>> {
    let mut places = BTreeMap::new();
    for (index, (before, after)) in one.variables.iter().zip(&other.variables).enumerate() {
        if before != after {
            places.insert(Place::Variable(index), Some(before.clone()));
        }
    }
    for (index, (before, after)) in one.tables.iter().zip(&other.tables).enumerate() {
        if before == after {
            continue;
        }
        let keys: BTreeSet<&Term> = before.keys().chain(after.keys()).collect();
        for key in keys.into_iter().filter(|key| before.get(key) != after.get(key)) {
            places.insert(Place::Entry(index, key.clone()), before.get(key).cloned());
        }
    }
    places
}

fn put(common: &mut Common, place: &Place, value: Option<Term>) {
    match (place, value) {
        (Place::Variable(index), Some(value)) => common.variables[*index] = value,
        (Place::Variable(_), None) => (),
        (Place::Entry(index, key), Some(value)) => drop(common.tables[*index].insert(key.clone(), value)),
        (Place::Entry(index, key), None) => drop(common.tables[*index].remove(key)),
    }
}
