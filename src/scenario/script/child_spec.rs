//! What a line or a definition says of a child spec.

use crate::kernel::{Atom, Term};

use super::super::ast::{ChildOptions, SpecSource, Value};
use super::expression::Expression;
use super::resolver::Resolver;

/// Whose child spec a line makes.
#[derive(Clone, Debug, PartialEq)]
pub enum ComputedSource {
    /// That of a definition, with these start arguments.
    Module(Atom, Vec<Expression>),
    /// Whatever Elixir takes a child for.
    Raw(Expression),
}

/// What a line or a definition says of a child spec, key by key.
pub(super) fn said(
    options: &ChildOptions,
    mut value: impl FnMut(&Value) -> Option<Expression>,
) -> Vec<(Atom, Expression)> {
    let constant = |term: Term| Expression::Constant(term);
    let modules = options.modules.as_ref().and_then(&mut value).map(|modules| match modules {
        Expression::Constant(term) => Expression::Constant(listed(term)),
        computed => computed,
    });
    let parts = [
        (Atom::ID, options.id.as_ref().and_then(&mut value)),
        (Atom::START, options.start.as_ref().and_then(&mut value)),
        (Atom::RESTART, options.restart.as_ref().map(|said| constant(said.value.atom().into()))),
        (Atom::SHUTDOWN, options.shutdown.as_ref().map(|said| constant(said.value.term()))),
        (Atom::TYPE, options.kind.as_ref().map(|said| constant(said.value.atom().into()))),
        (Atom::MODULES, modules),
        (Atom::SIGNIFICANT, options.significant.as_ref().map(|said| constant(Term::boolean(said.value)))),
    ];
    parts.into_iter().filter_map(|(key, said)| Some((key, said?))).collect()
}

/// An atom stands for the list of it, but for `dynamic`.
pub fn listed(modules: Term) -> Term {
    match modules {
        Term::Atom(Atom::DYNAMIC) | Term::List(_, _) => modules,
        module => Term::list([module]),
    }
}

impl Resolver<'_> {
    pub fn spec_source(&mut self, of: &SpecSource) -> ComputedSource {
        match of {
            SpecSource::Module(module, arguments) => {
                ComputedSource::Module(self.atom(module), self.values(arguments))
            }
            SpecSource::Raw(value) => ComputedSource::Raw(self.value(value)),
        }
    }

    pub fn spec_overrides(&mut self, overrides: &ChildOptions) -> Vec<(Atom, Expression)> {
        said(overrides, |value| Some(self.value(value)))
    }
}
