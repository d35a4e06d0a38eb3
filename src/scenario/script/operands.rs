//! The operands of operations: values, and what kind of value an operation needs.

use crate::kernel::{Atom, Pid, Ref, Target, Term};
use crate::otp::registry::Via;
use crate::otp::{self, Block, CallTimeout, Name, Raise, Request};

use super::super::global;
use super::execution::Execution;
use super::expression::Expression;
use super::frame::{Flow, Performed};
use super::nodes;
use super::start::StartFunction;
use super::{Script, ScriptContext};

/// Whom an operation is for.
pub(super) enum Whom {
    /// Whoever the kernel knows by this.
    Known(Target),
    /// Whoever has this name.
    Via(Via),
}

impl Execution {
    pub(super) fn value(&self, expression: &Expression, context: &ScriptContext<'_>) -> Result<Term, Raise> {
        let value = self.scope(context).evaluate(expression).ok_or(Raise::Error(Atom::UNBOUND.into()))?;
        if value.is_leaf() {
            return Ok(value);
        }
        context.goes_through(value.size() as usize);
        // What nobody could look at is raised as it is, and known by that.
        if value.is_bounded() { Ok(value) } else { Err(Raise::Error(value)) }
    }

    /// A pid, a name, or a name that somebody else keeps.
    pub(super) fn whom(&self, expression: &Expression, context: &ScriptContext<'_>) -> Result<Whom, Raise> {
        match self.value(expression, context)? {
            Term::Pid(pid) => Ok(Whom::Known(Target::Pid(pid))),
            Term::Atom(name) => Ok(Whom::Known(Target::Name(name))),
            term => {
                if let Some(child) = self.any_child(&term, context) {
                    return Ok(Whom::Known(child));
                }
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
    ) -> Result<Target, Raise> {
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
    ) -> Result<Pid, Raise> {
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
    ) -> Result<Pid, Raise> {
        let pid = self.process(expression, context)?;
        if nodes::is_away(pid.into(), context) { Err(bad_argument()) } else { Ok(pid) }
    }

    pub(super) fn reference(
        &self,
        expression: &Expression,
        context: &ScriptContext<'_>,
    ) -> Result<Ref, Raise> {
        match self.value(expression, context)? {
            Term::Ref(reference) => Ok(reference),
            _ => Err(bad_argument()),
        }
    }

    /// A value, if there is one.
    pub(super) fn optional(
        &self,
        expression: &Option<Expression>,
        context: &ScriptContext<'_>,
    ) -> Result<Option<Term>, Raise> {
        expression.as_ref().map(|expression| self.value(expression, context)).transpose()
    }

    /// Milliseconds; none is `infinity`.
    pub(super) fn milliseconds(
        &self,
        expression: &Expression,
        context: &ScriptContext<'_>,
    ) -> Result<Option<u64>, Raise> {
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
    ) -> Result<StartFunction, Raise> {
        let mut start = start.clone();
        if let Some(via) = via {
            let said = self.value(via, context)?;
            start.name = Some(match global::of_term(&said, context.image().atoms()).or(said.as_atom()) {
                Some(name) => name.into(),
                None => Name::Via(Box::new(Via::of(&said).ok_or_else(bad_argument)?)),
            });
        }
        for argument in arguments {
            start.arguments.push(self.value(argument, context)?);
        }
        Ok(start)
    }

    /// An atom; nothing else will do.
    pub(super) fn atom(&self, value: &Expression, context: &ScriptContext<'_>) -> Result<Atom, Raise> {
        self.value(value, context)?.as_atom().ok_or_else(bad_argument)
    }

    /// `true` or `false`.
    pub(super) fn flag(&self, value: &Expression, context: &ScriptContext<'_>) -> Result<bool, Raise> {
        match self.atom(value, context)? {
            Atom::TRUE => Ok(true),
            Atom::FALSE => Ok(false),
            _ => Err(bad_argument()),
        }
    }
}

/// `gen_server:call/3`. What looking for the process raises is wrapped as if the call had exited with it.
pub(super) fn call(
    whom: Whom,
    request: Request<Script>,
    timeout: CallTimeout,
    context: &mut ScriptContext<'_>,
) -> Performed {
    let (target, said) = match whom {
        Whom::Known(target) => (target, None),
        Whom::Via(via) => {
            let said = via.term();
            let why = match via.whereis(context) {
                Ok(Some(pid)) => {
                    return Ok(Flow::Block(Block::Call {
                        target: Target::Pid(pid),
                        request,
                        timeout,
                        said: Some(Box::new(said)),
                    }));
                }
                Ok(None) => Atom::NOPROC.into(),
                Err(raise) => raise.reason(),
            };
            return Err(Raise::Exit(otp::call_failure(why, &said, &request, timeout)));
        }
    };
    Ok(Flow::Block(Block::Call { target, request, timeout, said }))
}

pub(super) fn bad_argument() -> Raise {
    Raise::Error(Atom::BADARG.into())
}
