//! Where the results of operations go.

use crate::kernel::{Atom, Term};
use crate::otp::{Block, Raise};

use super::super::ast::Span;
use super::super::global;
use super::super::language::Operation;
use super::ScriptContext;
use super::common::{FailedExpectation, Unmet};
use super::execution::{Execution, LastResult, Loop};
use super::expression::Pattern;
use super::frame::{Flow, Performed};

impl Execution {
    /// The operation has returned this value, and nothing binds it.
    pub(super) fn done(&mut self, value: Term) -> Flow {
        self.result = LastResult::Value(value);
        Flow::Next
    }

    /// The operation exits the process, unless the next step expects that.
    pub(super) fn exited(
        &mut self,
        operation: &Operation,
        reason: Term,
        context: &ScriptContext<'_>,
    ) -> Flow {
        // The call that is quoted may have been to a global name.
        let reason = global::shown(&reason, context.image().atoms());
        if operation.catch.exit {
            self.result = LastResult::Exit(reason);
            return Flow::Next;
        }
        Flow::Raise(Raise::Exit(reason))
    }

    /// `Pattern = Value`
    pub(super) fn bound(
        &mut self,
        pattern: &Option<Pattern>,
        value: Term,
        context: &ScriptContext<'_>,
    ) -> Performed {
        if !value.is_bounded() {
            return Err(Raise::Error(value));
        }
        if let Some(pattern) = pattern
            && !self.bind(pattern, &value, context)
        {
            return Err(Raise::Error(Term::tagged(Atom::BADMATCH, value)));
        }
        Ok(self.done(value))
    }

    /// `{ok, Pattern} = Value`
    pub(super) fn unwrapped(
        &mut self,
        pattern: &Option<Pattern>,
        value: Term,
        context: &ScriptContext<'_>,
    ) -> Performed {
        if let Some(pattern) = pattern {
            let matches = value.untag(Atom::OK).is_some_and(|inner| self.bind(pattern, inner, context));
            if !matches {
                return Err(Raise::Error(Term::tagged(Atom::BADMATCH, value)));
            }
        }
        Ok(self.done(value))
    }

    /// An expectation does not hold: it is tried again, or the process ends.
    pub(super) fn fail(&mut self, why: Unmet, span: Span, context: &mut ScriptContext<'_>) -> Flow {
        if self.tries_again(context) {
            let every = match self.loops.last() {
                Some(Loop::Eventually { every, .. }) => *every,
                _ => 0,
            };
            return Flow::Block(Block::Sleep(Some(every)));
        }
        let pid = context.pid();
        context.common_mut().failures.push(FailedExpectation { pid, start: span.start, end: span.end, why });
        Flow::Raise(Raise::Exit(Atom::EXPECTATION_FAILED.into()))
    }

    /// A client ends in an exception: the file's place is kept for the verdict.
    pub(super) fn record_crash(&mut self, span: Span, raise: &Raise, context: &mut ScriptContext<'_>) {
        if matches!(raise, Raise::Exit(reason) if reason.is(Atom::EXPECTATION_FAILED)) {
            return; // Recorded where it failed.
        }
        let (pid, why) = (context.pid(), Unmet::Exited(raise.clone().reason()));
        context.common_mut().failures.push(FailedExpectation { pid, start: span.start, end: span.end, why });
    }
}
