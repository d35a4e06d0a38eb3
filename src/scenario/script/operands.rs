//! The operands of operations: values, and what kind of value an operation needs.

use crate::kernel::{Atom, Context, Pid, Ref, Target, Term};
use crate::otp::Actor;

use super::super::global;
use super::Script;
use super::frame::Frame;
use super::launch::StartFunction;
use super::perform::{Fault, bad_argument};
use super::program::Expression;

type ScriptContext<'a> = Context<'a, Actor<Script>>;

impl Frame {
    pub(super) fn value(&self, expression: &Expression, context: &ScriptContext<'_>) -> Result<Term, Fault> {
        self.scope(context).evaluate(expression).ok_or(Fault::Error(Atom::UNBOUND.into()))
    }

    /// A pid or a name.
    pub(super) fn target(
        &self,
        expression: &Expression,
        context: &ScriptContext<'_>,
    ) -> Result<Target, Fault> {
        match self.value(expression, context)? {
            Term::Pid(pid) => Ok(Target::Pid(pid)),
            Term::Atom(name) => Ok(Target::Name(name)),
            other => {
                global::of_term(&other, context.image().atoms()).map(Target::Name).ok_or_else(bad_argument)
            }
        }
    }

    /// A living process by its name, or any by its pid.
    pub(super) fn process(&self, expression: &Expression, context: &ScriptContext<'_>) -> Result<Pid, Fault> {
        context.resolve(self.target(expression, context)?).ok_or_else(bad_argument)
    }

    pub(super) fn reference(
        &self,
        expression: &Expression,
        context: &ScriptContext<'_>,
    ) -> Result<Ref, Fault> {
        match self.value(expression, context)? {
            Term::Ref(reference) => Ok(reference),
            _ => Err(bad_argument()),
        }
    }

    /// Milliseconds; none is `infinity`.
    pub(super) fn milliseconds(
        &self,
        expression: &Expression,
        context: &ScriptContext<'_>,
    ) -> Result<Option<u64>, Fault> {
        match self.value(expression, context)? {
            Term::Atom(Atom::INFINITY) => Ok(None),
            Term::Int(time) => Ok(Some(u64::try_from(time).map_err(|_| bad_argument())?)),
            _ => Err(bad_argument()),
        }
    }

    pub(super) fn start_function(
        &self,
        start: &StartFunction,
        arguments: &[Expression],
        context: &ScriptContext<'_>,
    ) -> Result<StartFunction, Fault> {
        let mut start = start.clone();
        for argument in arguments {
            start.arguments.push(self.value(argument, context)?);
        }
        Ok(start)
    }
}
