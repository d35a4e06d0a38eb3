//! `child_spec`: what definitions say of themselves, and what a line makes of it.

use std::collections::BTreeMap;

use crate::kernel::{Atom, Term};
use crate::otp::{self, Raise, Release};

use super::super::ast::{ChildOptions, Scenario, SpecOverrides, SpecSource, Tree, Value};
use super::compile::Compiler;
use super::frame::Frame;
use super::names::Names;
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
pub fn generated(scenario: &Scenario, names: &mut Names) -> BTreeMap<Atom, Generated> {
    let servers = scenario.servers.iter().map(|server| (&server.name, &server.options));
    let agents = scenario.agents.iter().map(|agent| (&agent.name, &agent.options));
    let tasks = scenario.processes.iter().filter(|process| process.task);
    let tasks = tasks.map(|task| (&task.name, &task.options));
    let workers = servers.chain(agents).chain(tasks).map(|(name, options)| (name, options, false));
    let trees = scenario.trees.iter().filter_map(|tree| match tree.outermost() {
        Tree::Supervisor(supervisor) => Some((&supervisor.name, &supervisor.options, true)),
        Tree::DynamicSupervisor(supervisor) => Some((&supervisor.name, &supervisor.options, true)),
        Tree::Application(_) => None,
    });
    let all = workers.chain(trees).map(|(name, options, is_supervisor)| {
        let module = names.atoms.intern(&name.text);
        let mut defaults = vec![(Atom::ID, module.into())];
        if is_supervisor {
            defaults.push((Atom::TYPE, Atom::SUPERVISOR.into()));
        }
        (module, Generated { defaults, options: said(options, names) })
    });
    all.collect()
}

/// What a definition says of its child spec.
fn said(options: &ChildOptions, names: &mut Names) -> Vec<(Atom, Term)> {
    let id = options.id.as_ref().and_then(|id| names.constant(id));
    let modules = options.modules.as_ref().and_then(|said| names.constant(said)).map(listed);
    let parts = [
        (Atom::ID, id),
        (Atom::RESTART, options.restart.as_ref().map(|said| said.value.atom().into())),
        (Atom::SHUTDOWN, options.shutdown.as_ref().map(|said| said.value.term())),
        (Atom::SIGNIFICANT, options.significant.as_ref().map(|said| Term::boolean(said.value))),
        (Atom::MODULES, modules),
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

    pub fn spec_overrides(&mut self, said: &SpecOverrides) -> Vec<(Atom, Expression)> {
        let constant = |term: Term| Expression::Constant(term);
        let kind = said.kind.as_ref().map(|kind| kind.value.atom());
        let mut value = |said: &Option<Value>| said.as_ref().map(|value| self.value(value));
        let modules = value(&said.modules).map(|modules| match modules {
            Expression::Constant(term) => Expression::Constant(listed(term)),
            computed => computed,
        });
        let parts = [
            (Atom::ID, value(&said.id)),
            (Atom::START, value(&said.start)),
            (Atom::RESTART, said.restart.as_ref().map(|said| constant(said.value.atom().into()))),
            (Atom::SHUTDOWN, said.shutdown.as_ref().map(|said| constant(said.value.term()))),
            (Atom::TYPE, kind.map(|kind| constant(kind.into()))),
            (Atom::MODULES, modules),
            (Atom::SIGNIFICANT, said.significant.as_ref().map(|said| constant(Term::boolean(said.value)))),
        ];
        parts.into_iter().filter_map(|(key, said)| Some((key, said?))).collect()
    }
}

impl Frame {
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
            Some(image.generated(module)?.called_with(module, arguments, release))
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
