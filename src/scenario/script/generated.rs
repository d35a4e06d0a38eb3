//! What `use GenServer` and its like generate in the modules of a file: `child_spec/1`.

use std::collections::BTreeMap;

use crate::kernel::{Atom, Term};
use crate::otp::{self, Raise, Release};

use super::super::ast::{Definition, DefinitionKind, Scenario};
use super::child_spec::said;
use super::expression::Expression;
use super::names::Numbering;

/// `child_spec/1` of a module, as `use GenServer` and its like generate it: all but `start`, and what the options
/// of `use` put in place of it.
#[derive(Clone, Debug)]
pub struct Generated {
    defaults: Vec<(Atom, Term)>,
    options: Vec<(Atom, Term)>,
}

/// What all definitions of a file say of themselves. Plain processes and start functions use nothing that would
/// generate a `child_spec/1`.
pub fn generated(scenario: &Scenario, names: &mut Numbering) -> BTreeMap<Atom, Generated> {
    let uses = |definition: &&Definition| match &definition.kind {
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

impl Generated {
    /// The specification, with these start arguments.
    pub(super) fn called_with(&self, module: Atom, arguments: Term, release: Release) -> Result<Term, Raise> {
        let start = Term::tuple([module.into(), Atom::START_LINK.into(), arguments]);
        let defaults = self.defaults.iter().map(|(key, value)| (Term::from(*key), value.clone()));
        let spec = Term::map(defaults.chain([(Atom::START.into(), start)]));
        otp::override_spec(&spec, &self.options, release)
    }
}
