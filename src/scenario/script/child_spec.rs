//! `child_spec`: what definitions say of themselves, and what a line makes of it.

use std::collections::BTreeMap;

use crate::kernel::{Atom, Term};
use crate::otp::{self, Raise, Release};

use super::super::ast::{self, ChildOptions, DefinitionKind, Scenario, SpecSource, Value};
use super::compile::Compiler;
use super::frame::Execution;
use super::names::Numbering;
use super::program::Expression;
use super::{Image, ScriptContext};

/// `child_spec/1` of a module, as `use GenServer` and its like generate it: all but `start`, and what the options
/// of `use` put in place of it.
#[derive(Clone, Debug)]
pub struct Generated {
    defaults: Vec<(Atom, Term)>,
    options: Vec<(Atom, Term)>,
}

/// Whose child spec a line makes.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// That of a definition, with these start arguments.
    Module(Atom, Vec<Expression>),
    /// Whatever Elixir takes a child for.
    Raw(Expression),
}

/// What all definitions of a file say of themselves. Plain processes and start functions use nothing that would
/// generate a `child_spec/1`.
pub fn generated(scenario: &Scenario, names: &mut Numbering) -> BTreeMap<Atom, Generated> {
    let uses = |definition: &&ast::Definition| match &definition.kind {
        DefinitionKind::Server(_) | DefinitionKind::Agent => true,
        DefinitionKind::Process(process) => process.task,
        DefinitionKind::StartFunction { .. } => false,
    };
    let definitions = scenario.definitions.iter().filter(uses);
    let workers = definitions.map(|definition| (&definition.name, &definition.options, false));
    let trees = scenario.trees.iter().map(|tree| (&tree.supervisor.name, &tree.supervisor.options, true));
    let all = workers.chain(trees).map(|(name, options, is_supervisor)| {
        let module = names.atoms.intern(&name.text);
        let mut defaults = vec![(Atom::ID, module.into())];
        if is_supervisor {
            defaults.push((Atom::TYPE, Atom::SUPERVISOR.into()));
        }
        let said = said(options, |value| names.constant(value).map(Expression::Constant));
        let options = said.into_iter().filter_map(|(key, value)| match value {
            Expression::Constant(term) => Some((key, term)),
            _ => None,
        });
        (module, Generated { defaults, options: options.collect() })
    });
    all.collect()
}

/// What a line or a definition says of a child spec, key by key.
fn said(
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

impl Generated {
    fn called_with(&self, module: Atom, arguments: Term, release: Release) -> Result<Term, Raise> {
        let start = Term::tuple([module.into(), Atom::START_LINK.into(), arguments]);
        let defaults = self.defaults.iter().map(|(key, value)| (Term::from(*key), value.clone()));
        let spec = Term::map(defaults.chain([(Atom::START.into(), start)]));
        otp::override_spec(&spec, &self.options, release)
    }
}

impl Compiler<'_> {
    pub fn spec_source(&mut self, of: &SpecSource) -> Source {
        match of {
            SpecSource::Module(module, arguments) => {
                Source::Module(self.atom(module), self.values(arguments))
            }
            SpecSource::Raw(value) => Source::Raw(self.value(value)),
        }
    }

    pub fn spec_overrides(&mut self, overrides: &ChildOptions) -> Vec<(Atom, Expression)> {
        said(overrides, |value| Some(self.value(value)))
    }
}

impl Execution {
    /// `Supervisor.child_spec/2`
    pub fn child_spec(
        &self,
        of: &Source,
        overrides: &[(Atom, Expression)],
        context: &ScriptContext<'_>,
    ) -> Result<Term, Raise> {
        let image: &Image = context.image();
        let release = image.release();
        let called = |module: Atom, arguments: Term| {
            Some(image.generated.get(&module)?.called_with(module, arguments, release))
        };
        let spec = match of {
            Source::Module(module, arguments) => {
                let arguments: Result<Vec<_>, _> =
                    arguments.iter().map(|argument| self.value(argument, context)).collect();
                called(*module, Term::list(arguments?)).expect("the parser has seen to it")?
            }
            Source::Raw(child) => {
                let child = self.value(child, context)?;
                otp::child_spec(&child, |module, argument| called(module, Term::list([argument])))?
            }
        };
        let overrides: Result<Vec<_>, Raise> =
            overrides.iter().map(|(key, value)| Ok((*key, self.value(value, context)?))).collect();
        otp::override_spec(&spec, &overrides?, release)
    }
}
