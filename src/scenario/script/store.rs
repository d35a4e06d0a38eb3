//! Variables, tables and queues, and the questions that conditions ask of them.

use std::collections::BTreeMap;

use crate::kernel::{Atom, Atoms, Pid, SharedPlace, Target, Term};
use crate::otp::Raise;

use super::super::ast::Comparison;
use super::super::language::{Lowered, Measure, Question};
use super::ScriptContext;
use super::ScriptWorld;
use super::common::{SharedState, Sides};
use super::evaluate::Scope;
use super::execution::Execution;
use super::expression::{Expression, Pattern, Store, Variable};
use super::find;

impl Execution {
    pub(super) fn read(&self, place: Variable, context: &ScriptContext<'_>) -> Option<Term> {
        match place {
            Variable::Slot(slot) => self.slots[usize::from(slot)].clone(),
            Variable::Shared(index) => context.common().variables.get(usize::from(index)).cloned(),
        }
    }

    pub(super) fn write(&mut self, place: Variable, value: Term, context: &mut ScriptContext<'_>) {
        match place {
            Variable::Slot(slot) => self.slots[usize::from(slot)] = Some(value),
            Variable::Shared(index) => {
                wrote_variable(index, &value, context);
                context.common_mut().variables[usize::from(index)] = value;
            }
        }
    }

    /// A table, its own or shared.
    pub(super) fn table<'a>(
        &'a mut self,
        store: Store,
        context: &'a mut ScriptContext<'_>,
    ) -> &'a mut BTreeMap<Term, Term> {
        match store {
            Store::Table(index) => &mut self.tables[usize::from(index)],
            Store::SharedTable(index) => &mut context.common_mut().tables[usize::from(index)],
            Store::Queue(_) => unreachable!("the parser tells tables from queues"),
        }
    }

    /// All entries, in the order of the keys of a table or of a queue's arrivals.
    pub(super) fn entries(&self, store: Store, context: &ScriptContext<'_>) -> Vec<(Term, Term)> {
        context.goes_through(usize::try_from(self.size(store, context)).unwrap_or(usize::MAX));
        let pairs = |table: &BTreeMap<Term, Term>| Term::by_key(table.clone(), context.image().atoms());
        match store {
            Store::Table(index) => pairs(&self.tables[usize::from(index)]),
            Store::SharedTable(index) => pairs(&context.common().tables[usize::from(index)]),
            Store::Queue(index) => {
                self.queues[usize::from(index)].iter().map(|item| (item.clone(), Atom::NIL.into())).collect()
            }
        }
    }

    pub(super) fn size(&self, store: Store, context: &ScriptContext<'_>) -> i64 {
        let size = match store {
            Store::Table(index) => self.tables[usize::from(index)].len(),
            Store::SharedTable(index) => context.common().tables[usize::from(index)].len(),
            Store::Queue(index) => self.queues[usize::from(index)].len(),
        };
        size.cast_signed() as i64
    }

    /// The answer to a condition.
    pub(super) fn answer(
        &self,
        question: &Question<Lowered>,
        context: &mut ScriptContext<'_>,
    ) -> Result<bool, Raise> {
        Ok(match question {
            Question::Has { table, key } => self.has(*table, key, context)?,
            Question::HasNot { table, key } => !self.has(*table, key, context)?,
            Question::Empty { of } => self.size(*of, context) == 0,
            Question::NotEmpty { of } => self.size(*of, context) != 0,
            Question::Alive { target } => self.is_alive(target, context)?,
            Question::Dead { target } => !self.is_alive(target, context)?,
            Question::Compare { left, comparison, right } => {
                let (of, left) = (left, self.measure(left, context)?);
                let right = self.value(right, context)?;
                // Nobody's children are neither few nor many.
                let of_nobody = matches!(of, Measure::Count { .. }) && left.is(Atom::UNDEFINED);
                match comparison {
                    Comparison::Is | Comparison::IsNot => (),
                    _ if of_nobody => return Ok(false),
                    _ => (),
                }
                compare(&left, *comparison, &right, context.image().atoms())
            }
        })
    }

    fn has(&self, store: Store, key: &Expression, context: &ScriptContext<'_>) -> Result<bool, Raise> {
        let key = self.value(key, context)?;
        Ok(match store {
            Store::Table(index) => self.tables[usize::from(index)].contains_key(&key),
            Store::SharedTable(index) => context.common().tables[usize::from(index)].contains_key(&key),
            Store::Queue(index) => self.queues[usize::from(index)].contains(&key),
        })
    }

    /// What a condition was found to speak of.
    pub(super) fn sides(
        &self,
        question: &Question<Lowered>,
        context: &ScriptContext<'_>,
    ) -> Result<Sides, Raise> {
        Ok(match question {
            Question::Has { table, key } | Question::HasNot { table, key } => {
                let key = self.value(key, context)?;
                Sides {
                    left: instead(context.common(), *table, &key, context.image().atoms()),
                    right: Some(key),
                }
            }
            Question::Empty { of } | Question::NotEmpty { of } => {
                Sides { left: Some(Term::Int(self.size(*of, context))), right: None }
            }
            Question::Alive { target } | Question::Dead { target } => {
                Sides { left: Some(self.value(target, context)?), right: None }
            }
            Question::Compare { left, right, .. } => {
                Sides { left: Some(self.measure(left, context)?), right: Some(self.value(right, context)?) }
            }
        })
    }

    /// The left side of a comparison.
    pub(super) fn measure(
        &self,
        measure: &Measure<Lowered>,
        context: &ScriptContext<'_>,
    ) -> Result<Term, Raise> {
        Ok(match measure {
            Measure::Value { value } => self.value(value, context)?,
            Measure::Size { of } => Term::Int(self.size(*of, context)),
            Measure::Count { supervisor, field } => {
                let supervisor = self.value(supervisor, context)?;
                find::count(context.world(), context.node(), &supervisor, *field)
                    .map_or(Atom::UNDEFINED.into(), Term::Int)
            }
            Measure::Living { called } => find::living_called(context.world(), *called),
            Measure::Reports { reports: wanted } => {
                let child = wanted.child.as_ref().map(|child| self.value(child, context)).transpose()?;
                let reason = wanted.reason.as_ref().map(|reason| self.value(reason, context)).transpose()?;
                context.common().reports.count(wanted, child.as_ref(), reason.as_ref())
            }
        })
    }

    /// Of a target that is any child of a supervisor: the one that was started first and lives, or a name that nobody has.
    pub(super) fn any_child(&self, target: &Term, context: &ScriptContext<'_>) -> Option<Target> {
        let (supervisor, nobody) = find::any_child(target)?;
        let child = find::first_child(context.world(), context.node(), &supervisor.into());
        Some(child.map_or(Target::Name(nobody), Target::Pid))
    }

    /// Whether the process that a pid, a name or a child id means is alive.
    pub(super) fn is_alive(
        &self,
        target: &Expression,
        context: &mut ScriptContext<'_>,
    ) -> Result<bool, Raise> {
        let target = self.value(target, context)?;
        let pid: Option<Pid> = find::process(context.world(), context.node(), &target);
        Ok(pid.is_some_and(|pid| context.is_alive(pid)))
    }
}

/// Whether a comparison holds, in Erlang's order of terms.
fn compare(left: &Term, comparison: Comparison, right: &Term, atoms: &Atoms) -> bool {
    let order = || left.compare(right, atoms);
    match comparison {
        Comparison::Is => left == right,
        Comparison::IsNot => left != right,
        Comparison::Below => order().is_lt(),
        Comparison::Above => order().is_gt(),
        Comparison::AtLeast => order().is_ge(),
        Comparison::AtMost => order().is_le(),
    }
}

/// Whether a value looks so, to somebody who has no variables of his own.
pub fn matches(pattern: &Pattern, value: &Term, shared: &[Term]) -> bool {
    Scope { slots: &[], shared, pid: None }.matches(pattern, value, &mut Vec::new())
}

/// Whether the answer of a world's property holds, where there is no process to ask.
pub fn holds(question: &Question<Lowered>, world: &ScriptWorld, atoms: &Atoms) -> bool {
    let value = |expression: &Expression| outside(world).evaluate(expression);
    let lives = |target: &Expression| {
        value(target).and_then(|target| find::process(world, Atom::NONODE, &target)).is_some()
    };
    let table = |index: u16| &world.common().tables[usize::from(index)];
    let has = |index: u16, key: &Expression| value(key).is_some_and(|key| table(index).contains_key(&key));
    match question {
        Question::Alive { target } => lives(target),
        Question::Dead { target } => !lives(target),
        Question::Compare { left, comparison, right } => match (measured(left, world), value(right)) {
            (Some(left), Some(right)) => compare(&left, *comparison, &right, atoms),
            _ => false,
        },
        Question::Has { table: Store::SharedTable(index), key } => has(*index, key),
        Question::HasNot { table: Store::SharedTable(index), key } => !has(*index, key),
        Question::Empty { of: Store::SharedTable(index) } => table(*index).is_empty(),
        Question::NotEmpty { of: Store::SharedTable(index) } => !table(*index).is_empty(),
        // A property sees no process's tables.
        Question::Has { .. }
        | Question::HasNot { .. }
        | Question::Empty { .. }
        | Question::NotEmpty { .. } => false,
    }
}

/// What a world's property was found to speak of.
pub fn sides(question: &Question<Lowered>, world: &ScriptWorld, atoms: &Atoms) -> Sides {
    let value = |expression: &Expression| outside(world).evaluate(expression);
    match question {
        Question::Has { table, key } | Question::HasNot { table, key } => {
            let right = value(key);
            let left = right.as_ref().and_then(|key| instead(world.common(), *table, key, atoms));
            Sides { left, right }
        }
        Question::Empty { of } | Question::NotEmpty { of } => {
            Sides { left: measured(&Measure::Size { of: *of }, world), right: None }
        }
        Question::Alive { target } | Question::Dead { target } => Sides { left: value(target), right: None },
        Question::Compare { left, right, .. } => Sides { left: measured(left, world), right: value(right) },
    }
}

/// What a property can see: no process's variables.
fn outside(world: &ScriptWorld) -> Scope<'_> {
    Scope { slots: &[], shared: &world.common().variables, pid: None }
}

fn measured(measure: &Measure<Lowered>, world: &ScriptWorld) -> Option<Term> {
    match measure {
        Measure::Value { value } => outside(world).evaluate(value),
        Measure::Size { of: Store::SharedTable(index) } => {
            i64::try_from(world.common().tables[usize::from(*index)].len()).ok().map(Term::Int)
        }
        Measure::Size { of: Store::Table(_) | Store::Queue(_) } => None,
        Measure::Count { supervisor, field } => outside(world)
            .evaluate(supervisor)
            .and_then(|supervisor| find::count(world, Atom::NONODE, &supervisor, *field))
            .map(Term::Int),
        Measure::Living { called } => Some(find::living_called(world, *called)),
        Measure::Reports { reports: wanted } => {
            let value =
                |said: &Option<Expression>| said.as_ref().and_then(|said| outside(world).evaluate(said));
            let (child, reason) = (value(&wanted.child), value(&wanted.reason));
            Some(world.common().reports.count(wanted, child.as_ref(), reason.as_ref()))
        }
    }
}

/// What a shared table has: the value of the key, or the keys that it has instead.
fn instead(common: &SharedState, store: Store, key: &Term, atoms: &Atoms) -> Option<Term> {
    let Store::SharedTable(index) = store else { return None };
    let table = &common.tables[usize::from(index)];
    let keys = || Term::by_key(table, atoms).into_iter().map(|(key, _)| key.clone());
    Some(table.get(key).cloned().unwrap_or_else(|| Term::list(keys())))
}

/// Whoever records the run is told that a shared variable has been written.
pub(super) fn wrote_variable(index: u16, value: &Term, context: &mut ScriptContext<'_>) {
    let name = context.image().variable_name(index);
    context.wrote(|| (SharedPlace { name, key: None }, Some(value.clone())));
}

/// The same of an entry of a shared table, or that it was deleted.
pub(super) fn wrote_entry(table: u16, key: &Term, value: Option<&Term>, context: &mut ScriptContext<'_>) {
    let name = context.image().table_name(table);
    context.wrote(|| (SharedPlace { name, key: Some(key.clone()) }, value.cloned()));
}
