//! `Supervisor.child_spec/2`.

use crate::kernel::{Atom, Term};
use crate::otp::{self, Raise};

use super::super::ScriptContext;
use super::super::child_spec::ComputedSource;
use super::super::execution::Execution;
use super::super::expression::Expression;

impl Execution {
    /// The child spec that a line makes.
    pub fn child_spec(
        &self,
        of: &ComputedSource,
        overrides: &[(Atom, Expression)],
        context: &ScriptContext<'_>,
    ) -> Result<Term, Raise> {
        let image = context.image();
        let release = image.release();
        let called = |module: Atom, arguments: Term| {
            Some(image.generated.get(&module)?.called_with(module, arguments, release))
        };
        let spec = match of {
            ComputedSource::Module(module, arguments) => {
                let arguments: Result<Vec<_>, _> =
                    arguments.iter().map(|argument| self.value(argument, context)).collect();
                called(*module, Term::list(arguments?)).expect("the parser has seen to it")?
            }
            ComputedSource::Raw(child) => {
                let child = self.value(child, context)?;
                otp::child_spec(&child, |module, argument| called(module, Term::list([argument])))?
            }
        };
        let overrides: Result<Vec<_>, Raise> =
            overrides.iter().map(|(key, value)| Ok((*key, self.value(value, context)?))).collect();
        otp::override_spec(&spec, &overrides?, release)
    }
}
