//! The operands of operations: values, and what kind of value an operation needs.

use crate::kernel::{Atom, Context, Pid, Ref, Target, Term};
use crate::otp::registry::Via;
use crate::otp::{Actor, Name};

use super::super::global;
use super::Script;
use super::frame::Frame;
use super::launch::StartFunction;
use super::nodes;
use super::perform::{Fault, bad_argument};
use super::program::Expression;

type ScriptContext<'a> = Context<'a, Actor<Script>>;

/// Whom an operation is for.
pub(super) enum Whom {
    /// Whoever the kernel knows by this.
    Known(Target),
    /// Whoever has this name.
    Via(Via),
}

impl Frame {
    pub(super) fn value(&self, expression: &Expression, context: &ScriptContext<'_>) -> Result<Term, Fault> {
        self.scope(context).evaluate(expression).ok_or(Fault::Error(Atom::UNBOUND.into()))
    }

    /// A pid, a name, or a name that somebody else keeps.
    pub(super) fn whom(&self, expression: &Expression, context: &ScriptContext<'_>) -> Result<Whom, Fault> {
        match self.value(expression, context)? {
            Term::Pid(pid) => Ok(Whom::Known(Target::Pid(pid))),
            Term::Atom(name) => Ok(Whom::Known(Target::Name(name))),
            term => {
                let image = context.image();
                let name = global::of_term(&term, image.atoms()).map(Target::Name);
                match name.or_else(|| image.remote(&term)) {
                    Some(target) => Ok(Whom::Known(target)),
                    None => Via::of(&term).map(Whom::Via).ok_or_else(bad_argument),
                }
            }
        }
    }

    /// A pid or a local name. Another name means its process now, and nobody is an error.
    pub(super) fn target(
        &self,
        expression: &Expression,
        context: &mut ScriptContext<'_>,
    ) -> Result<Target, Fault> {
        match self.whom(expression, context)? {
            Whom::Known(target) => Ok(target),
            Whom::Via(via) => via.whereis(context)?.map(Target::Pid).ok_or_else(bad_argument),
        }
    }

    /// A living process by its name, or any by its pid.
    pub(super) fn process(
        &self,
        expression: &Expression,
        context: &mut ScriptContext<'_>,
    ) -> Result<Pid, Fault> {
        let target = self.target(expression, context)?;
        if matches!(target, Target::Remote(..)) {
            return Err(bad_argument());
        }
        context.resolve(target).ok_or_else(bad_argument)
    }

    /// A process of the own node: another is a bad argument.
    pub(super) fn near_process(
        &self,
        expression: &Expression,
        context: &mut ScriptContext<'_>,
    ) -> Result<Pid, Fault> {
        let pid = self.process(expression, context)?;
        if nodes::is_away(pid.into(), context) { Err(bad_argument()) } else { Ok(pid) }
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

    /// A value, if there is one.
    pub(super) fn optional(
        &self,
        expression: Option<&Expression>,
        context: &ScriptContext<'_>,
    ) -> Result<Option<Term>, Fault> {
        expression.map(|expression| self.value(expression, context)).transpose()
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
        via: Option<&Expression>,
        context: &ScriptContext<'_>,
    ) -> Result<StartFunction, Fault> {
        let mut start = start.clone();
        if let Some(via) = via {
            let via = Via::of(&self.value(via, context)?).ok_or_else(bad_argument)?;
            start.name = Some(Name::Via(Box::new(via)));
        }
        for argument in arguments {
            start.arguments.push(self.value(argument, context)?);
        }
        Ok(start)
    }
}
