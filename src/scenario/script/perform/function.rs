//! Arithmetic, and the tables of `ets`, which are those of compiled code.

use crate::kernel::{Atom, Observed, SharedPlace, Term};
use crate::otp::Raise;

use super::super::super::ast::Operator;
use super::super::super::language::{Data, Lowered};
use super::super::ScriptContext;
use super::super::ets;
use super::super::ets_function::EtsFunction;
use super::super::execution::Execution;
use super::super::frame::Performed;

impl Execution {
    pub(super) fn perform_functions(
        &mut self,
        said: &Data<Lowered>,
        context: &mut ScriptContext<'_>,
    ) -> Performed {
        match said {
            Data::Compute { left, operator, right, bind } => {
                let (left, right) = (self.value(left, context)?, self.value(right, context)?);
                let result = computed(&left, *operator, &right, context)?;
                self.bound(bind, result, context)
            }
            Data::Ets { function, arguments, bind } => {
                let arguments = arguments.iter().map(|argument| self.value(argument, context));
                let arguments = arguments.collect::<Result<Vec<Term>, _>>()?;
                let result = ets::call(*function, &arguments, context);
                if context.is_recorded() {
                    tell(*function, &arguments, &result, context);
                }
                self.bound(bind, result.map_err(Raise::Error)?, context)
            }
            _ => unreachable!("{said:?} calls no function"),
        }
    }
}

/// Who records the run is told what was read or written; and of a call that fails, of the table.
fn tell(
    function: EtsFunction,
    arguments: &[Term],
    result: &Result<Term, Term>,
    context: &mut ScriptContext<'_>,
) {
    let name = arguments[0].as_atom().unwrap_or_else(|| context.image().atoms().intern("table"));
    let key = function.key(arguments);
    match result {
        Err(_) => context.saw(Observed::Shared(SharedPlace { name, key: None }), None),
        Ok(found) if function.reads() => {
            context.saw(Observed::Shared(SharedPlace { name, key }), Some(found.clone()));
        }
        Ok(_) => context.wrote(|| (SharedPlace { name, key }, arguments.get(1).cloned())),
    }
}

/// Erlang's integers have no bound, and those here have: what would overflow is `badarith` too.
fn computed(
    left: &Term,
    operator: Operator,
    right: &Term,
    context: &ScriptContext<'_>,
) -> Result<Term, Raise> {
    let order = || left.compare(right, context.image().atoms());
    match operator {
        Operator::Min => return Ok(if order().is_gt() { right.clone() } else { left.clone() }),
        Operator::Max => return Ok(if order().is_lt() { right.clone() } else { left.clone() }),
        Operator::Plus | Operator::Minus | Operator::Times | Operator::Div | Operator::Rem => (),
    }
    let (Term::Int(left), Term::Int(right)) = (left, right) else {
        return Err(Raise::Error(Atom::BADARITH.into()));
    };
    let result = match operator {
        Operator::Plus => left.checked_add(*right),
        Operator::Minus => left.checked_sub(*right),
        Operator::Times => left.checked_mul(*right),
        Operator::Div => left.checked_div(*right),
        Operator::Rem => left.checked_rem(*right),
        Operator::Min | Operator::Max => None,
    };
    result.map(Term::Int).ok_or(Raise::Error(Atom::BADARITH.into()))
}
