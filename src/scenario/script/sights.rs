//! What an operation looks at without a signal, told to whoever records the run.

use crate::kernel::{Atom, Observed, SharedPlace, Term};
use crate::otp::registry::Via;

use super::super::language::{
    Clients, Control, Data, Expectation, Lowered, Measure, Operation, OperationKind, Question, Relations,
};
use super::execution::Execution;
use super::expression::{self, Expression, Store};
use super::{ScriptContext, find};

impl Execution {
    /// An operation is about to be carried out: what it will see, as far as no signal tells it.
    pub(super) fn tell_sights(&self, operation: &Operation, context: &mut ScriptContext<'_>) {
        let parts = operation.kind.parts();
        for value in parts.values.into_iter().chain(parts.times) {
            value.visit(&mut |part| {
                if let Expression::Shared(index) = part {
                    sees_variable(*index, context);
                }
            });
        }
        match &operation.kind {
            OperationKind::Control(Control::Unless(question, _)) => self.tell_of_question(question, context),
            OperationKind::Control(Control::EachBegin(store)) => sees_table(*store, context),
            OperationKind::Relations(Relations::IsAlive { target, .. }) => self.tell_of_life(target, context),
            OperationKind::Clients(Clients::Expect { expected }) => {
                self.tell_of_expectation(expected, context)
            }
            OperationKind::Data(Data::Add { variable: expression::Variable::Shared(index), .. }) => {
                sees_variable(*index, context);
            }
            OperationKind::Data(Data::Lookup { table, key, .. } | Data::Take { table, key, .. }) => {
                self.tell_of_entry(*table, key, context);
            }
            OperationKind::Data(Data::Size { of, .. } | Data::Members { of, .. }) => sees_table(*of, context),
            _ => (),
        }
    }

    fn tell_of_expectation(&self, expected: &Expectation<Lowered>, context: &mut ScriptContext<'_>) {
        match expected {
            Expectation::Restarted { ids } | Expectation::Untouched { ids } => {
                ids.iter().for_each(|id| sees_called(*id, context));
            }
            Expectation::Incarnation { id, .. } => sees_called(*id, context),
            Expectation::Alive { targets } | Expectation::Dead { targets } => {
                targets.iter().for_each(|target| self.tell_of_life(target, context));
            }
            Expectation::Condition { condition } => self.tell_of_question(&condition.question, context),
            Expectation::Result { .. }
            | Expectation::Exit { .. }
            | Expectation::Either { .. }
            | Expectation::Raise { .. }
            | Expectation::Children { .. }
            | Expectation::Count { .. } => (),
        }
    }

    fn tell_of_question(&self, question: &Question<Lowered>, context: &mut ScriptContext<'_>) {
        match question {
            Question::Has { table, key } | Question::HasNot { table, key } => {
                self.tell_of_entry(*table, key, context);
            }
            Question::Empty { of } | Question::NotEmpty { of } => sees_table(*of, context),
            Question::Alive { target } | Question::Dead { target } => self.tell_of_life(target, context),
            Question::Compare { left: Measure::Size { of }, .. } => sees_table(*of, context),
            Question::Compare { left: Measure::Count { supervisor, .. }, .. } => {
                let found = self.value(supervisor, context).ok();
                let found = found.and_then(|who| find::process(context.world(), context.node(), &who));
                match found {
                    Some(pid) => context.saw(Observed::Inside(pid), None),
                    None => self.tell_of_life(supervisor, context),
                }
            }
            Question::Compare { left: Measure::Living { called }, .. } => sees_called(*called, context),
            Question::Compare { .. } => (),
        }
    }

    /// That a living process was found by its pid is told where it is asked.
    fn tell_of_life(&self, target: &Expression, context: &mut ScriptContext<'_>) {
        let Ok(who) = self.value(target, context) else { return };
        let found = find::process(context.world(), context.node(), &who);
        match &who {
            Term::Pid(pid) => context.saw(Observed::Life(*pid), None),
            Term::Atom(name) => sees_called(*name, context),
            other => {
                if let Some(Via::Registry { registry, key, .. }) = Via::of(other) {
                    let place = SharedPlace { name: registry, key: Some(key) };
                    context.saw(Observed::Shared(place), found.map(Term::from));
                }
            }
        }
    }

    fn tell_of_entry(&self, store: Store, key: &Expression, context: &mut ScriptContext<'_>) {
        if let (Store::SharedTable(index), Ok(key)) = (store, self.value(key, context)) {
            let found = context.common().tables[usize::from(index)].get(&key).cloned();
            let name = context.image().table_name(index);
            context.saw(Observed::Shared(SharedPlace { name, key: Some(key) }), found);
        }
    }
}

fn sees_variable(index: u16, context: &mut ScriptContext<'_>) {
    let found = context.common().variables.get(usize::from(index)).cloned();
    let name = context.image().variable_name(index);
    context.saw(Observed::Shared(SharedPlace { name, key: None }), found);
}

fn sees_table(store: Store, context: &mut ScriptContext<'_>) {
    if let Store::SharedTable(index) = store {
        let keys = context.common().tables[usize::from(index)].keys().cloned();
        let found = Term::list(keys.collect::<Vec<_>>());
        let name = context.image().table_name(index);
        context.saw(Observed::Shared(SharedPlace { name, key: None }), Some(found));
    }
}

fn sees_called(name: Atom, context: &mut ScriptContext<'_>) {
    let found = find::process(context.world(), context.node(), &name.into());
    context.saw(Observed::Called(name), found.map(Term::from));
}
