//! A scenario lowered: programs, specifications and names, which no run ever changes.

use std::collections::{BTreeMap, BTreeSet};

use crate::kernel::{Atom, Atoms, Target, Term};
use crate::otp::{self, ChildType, DynamicSupervisorInit, Release, Restart, SupervisorInit};

use super::super::ast::{self, Allowance, Scenario, Tree, ValueKind};
use super::super::judge::{Claim, Ends, Property};
use super::super::language::{Clients, Expectation, Lowered, OperationKind};
use super::Script;
use super::child_spec::{self, Generated};
use super::common::{ClientState, Common};
use super::compile::Compiler;
use super::fault::Strike;
use super::names::{Names, number};
use super::program::{Definition, DefinitionKind, Expression};
use super::start::{Module, StartFunction};
use super::trees;

/// One thing to start at boot.
#[derive(Clone, Debug, PartialEq)]
pub enum Root {
    /// A tree, by `start_link` on this node.
    Tree(StartFunction, Atom),
    /// An application, by its number.
    Application(u16),
}

/// What never changes: programs, specifications, names.
#[derive(Debug)]
pub struct Image {
    atoms: Atoms,
    release: Release,
    definitions: Vec<Definition>,
    supervisors: Vec<SupervisorInit<Script>>,
    dynamic_supervisors: Vec<DynamicSupervisorInit>,
    /// What is started at boot, in that order.
    pub roots: Vec<Root>,
    /// The clients' definitions and names, and the nodes that they live on.
    pub clients: Vec<(u16, Option<Atom>, Atom)>,
    applications: Vec<Application>,
    properties: Vec<Property>,
    ends: Option<Ends>,
    allowances: Vec<Allowance>,
    strikes: Vec<Strike>,
    functions: Vec<Function>,
    /// What definitions say of their own child specs.
    generated: BTreeMap<Atom, Generated>,
    /// Of which supervisors which reports are counted.
    pub(super) reports: BTreeSet<(Atom, ast::ReportKind)>,
    common: Common,
    /// What the shared variables and tables are called.
    shared: (Vec<Atom>, Vec<Atom>),
}

impl otp::Image for Image {
    fn release(&self) -> Release {
        self.release
    }

    fn atoms(&self) -> &Atoms {
        &self.atoms
    }

    fn counts_reports(&self) -> bool {
        !self.reports.is_empty()
    }
}

/// An application of the scenario.
#[derive(Debug)]
pub struct Application {
    /// Its name.
    pub name: Atom,
    /// What its end means, unless it is started otherwise.
    pub kind: Restart,
    /// Its tree.
    pub start: StartFunction,
}

/// A start function that spawns nothing.
#[derive(Debug)]
pub struct Function {
    /// Its name.
    pub name: Atom,
    /// How it ends.
    pub outcome: ast::StartOutcome,
    /// What it ends with.
    pub value: Expression,
}

impl Image {
    /// Lowers a scenario that the parser has accepted.
    pub fn of(scenario: &Scenario) -> Image {
        let mut names = Names::of(scenario);
        number_modules(scenario, &mut names);
        for (index, application) in applications(scenario).enumerate() {
            names.applications.insert(application.name.text.clone(), number(index));
        }
        let mut definitions = Vec::new();
        for server in &scenario.servers {
            definitions.push(Compiler::server(&mut names, server));
        }
        for agent in &scenario.agents {
            let name = names.atoms.intern(&agent.name.text);
            definitions.push(builtin(name, DefinitionKind::Agent));
        }
        for process in &scenario.processes {
            definitions.push(Compiler::process(&mut names, process));
        }
        for (name, kind) in [(Names::WORKER, DefinitionKind::Worker), (Names::AGENT, DefinitionKind::Agent)] {
            let name = names.atoms.intern(name);
            definitions.push(builtin(name, kind));
        }
        let mut clients = Vec::new();
        for (index, client) in scenario.clients.iter().enumerate() {
            let label = client.name.as_ref().map_or("client", |name| &name.text);
            let definition = Compiler::client(&mut names, client, number(index), label);
            let name = client.name.as_ref().map(|name| names.atoms.intern(&name.text));
            let node = node_of(&scenario.nodes.of_clients, index, &mut names);
            clients.push((number(definitions.len()), name, node));
            definitions.push(definition);
        }
        let (roots, applications) = lower_trees(scenario, &mut names);
        let common = common(scenario, &mut names);
        let properties =
            scenario.properties.iter().map(|property| lower_property(property, &mut names)).collect();
        let ends = scenario.outcomes.as_ref().map(|outcomes| lower_outcomes(outcomes, scenario, &mut names));
        let functions = scenario.start_functions.iter().map(|function| Function {
            name: names.atoms.intern(&function.name.text),
            outcome: function.outcome,
            value: Compiler::constant_or_shared(&mut names, &function.value),
        });
        let functions = functions.collect();
        let strikes = scenario.faults.iter().map(|fault| lower_fault(fault, &mut names)).collect();
        for node in &scenario.nodes.names {
            let name = names.atoms.intern(&node.text);
            names.atoms.add_node(name);
        }
        let generated = child_spec::generated(scenario, &mut names);
        let called = |name: &ast::Name| names.atoms.intern(&name.text);
        let variables = scenario.shared.iter().map(|shared| called(&shared.name)).collect();
        let shared = (variables, scenario.shared_tables.iter().map(called).collect());
        let header = &scenario.header;
        let release = Release {
            otp: header.otp.as_ref().map_or(ast::Header::DEFAULT_OTP, |otp| otp.value),
            elixir: (
                1,
                header.elixir_minor.as_ref().map_or(ast::Header::DEFAULT_ELIXIR_MINOR, |minor| minor.value),
            ),
        };
        Image {
            release,
            definitions,
            supervisors: names
                .supervisors
                .into_iter()
                .map(|init| init.expect("all trees are lowered"))
                .collect(),
            dynamic_supervisors: names
                .dynamic_supervisors
                .into_iter()
                .map(|init| init.expect("all trees are lowered"))
                .collect(),
            roots,
            clients,
            applications,
            properties,
            ends,
            allowances: scenario.allowances.clone(),
            strikes,
            functions,
            generated,
            reports: names.reports,
            common,
            shared,
            atoms: names.atoms,
        }
    }

    /// The texts of its atoms.
    pub fn atoms(&self) -> &Atoms {
        &self.atoms
    }

    /// The nodes of the file: none, or two.
    pub fn nodes(&self) -> &[Atom] {
        self.atoms.nodes()
    }

    /// `{Name, Node}`.
    pub(super) fn remote(&self, term: &Term) -> Option<Target> {
        match term.as_tuple()? {
            [Term::Atom(name), Term::Atom(node)] if self.nodes().contains(node) => {
                Some(Target::Remote(*name, *node))
            }
            _ => None,
        }
    }

    /// The properties of the file.
    pub(in crate::scenario) fn properties(&self) -> &[Property] {
        &self.properties
    }

    /// What the shared variables may hold in the end, if the file says.
    pub(in crate::scenario) fn ends(&self) -> Option<&Ends> {
        self.ends.as_ref()
    }

    /// What is expected at this place of the file.
    pub(in crate::scenario) fn expected(&self, span: ast::Span) -> Option<&Expectation<Lowered>> {
        let operations = self.definitions.iter().flat_map(|definition| &definition.operations);
        operations.filter(|operation| operation.span == span).find_map(|operation| match &operation.kind {
            OperationKind::Clients(Clients::Expect { expected }) => Some(expected),
            _ => None,
        })
    }

    /// The faults of the file, in its order.
    pub(in crate::scenario) fn strikes(&self) -> &[Strike] {
        &self.strikes
    }

    /// The oracles that the file switches off.
    pub(in crate::scenario) fn allowances(&self) -> &[Allowance] {
        &self.allowances
    }

    /// Whether a definition is a client's.
    pub fn is_client(&self, number: u16) -> bool {
        matches!(self.definition(number).kind, DefinitionKind::Process { client: Some(_), .. })
    }

    /// The releases that are modelled.
    pub fn release(&self) -> Release {
        self.release
    }

    /// All definitions.
    pub(super) fn definitions(&self) -> &[Definition] {
        &self.definitions
    }

    /// All supervisors.
    pub(super) fn supervisors(&self) -> &[SupervisorInit<Script>] {
        &self.supervisors
    }

    /// All dynamic supervisors.
    pub(super) fn dynamic_supervisors(&self) -> &[DynamicSupervisorInit] {
        &self.dynamic_supervisors
    }

    /// The definition with this number.
    pub fn definition(&self, number: u16) -> &Definition {
        &self.definitions[usize::from(number)]
    }

    pub(super) fn supervisor(&self, number: u16) -> &SupervisorInit<Script> {
        &self.supervisors[usize::from(number)]
    }

    pub(super) fn dynamic_supervisor(&self, number: u16) -> &DynamicSupervisorInit {
        &self.dynamic_supervisors[usize::from(number)]
    }

    pub(super) fn start_function(&self, number: u16) -> &Function {
        &self.functions[usize::from(number)]
    }

    /// `child_spec/1` of a module that has one.
    pub(super) fn generated(&self, module: Atom) -> Option<&Generated> {
        self.generated.get(&module)
    }

    pub(super) fn has_applications(&self) -> bool {
        !self.applications.is_empty()
    }

    pub(super) fn applications(&self) -> &[Application] {
        &self.applications
    }

    pub(super) fn application(&self, number: u16) -> &Application {
        &self.applications[usize::from(number)]
    }

    /// What all processes share before the first step.
    pub fn common(&self) -> Common {
        self.common.clone()
    }

    /// What a shared variable is called.
    pub(super) fn variable_name(&self, number: u16) -> Atom {
        self.shared.0[usize::from(number)]
    }

    /// What a shared table is called.
    pub(super) fn table_name(&self, number: u16) -> Atom {
        self.shared.1[usize::from(number)]
    }

    /// The module of this name, if the file defines one.
    pub(super) fn module(&self, name: Atom) -> Option<Module> {
        if let Some(index) = self.functions.iter().position(|function| function.name == name) {
            return Some(Module::Function(number(index)));
        }
        let by_definition = self.definitions.iter().position(|definition| definition.name == name);
        let by_supervisor = || self.supervisors.iter().position(|init| init.module == name);
        let by_dynamic = || self.dynamic_supervisors.iter().position(|init| init.module == name);
        by_definition
            .map(|index| Module::Definition(number(index)))
            .or_else(|| by_supervisor().map(|index| Module::Supervisor(number(index))))
            .or_else(|| by_dynamic().map(|index| Module::DynamicSupervisor(number(index))))
    }
}

fn builtin(name: Atom, kind: DefinitionKind) -> Definition {
    Definition {
        name,
        kind,
        info: None,
        operations: Vec::new(),
        slots: Vec::new(),
        lasting: 0,
        arguments: Vec::new(),
        variables: Vec::new(),
        tables: 0,
        queues: 0,
    }
}

fn applications(scenario: &Scenario) -> impl Iterator<Item = &ast::Application> {
    scenario.trees.iter().filter_map(|tree| match tree {
        Tree::Application(application) => Some(application),
        Tree::Supervisor(_) | Tree::DynamicSupervisor(_) => None,
    })
}

/// Gives every name that can be started its number, in the order in which [`Image::of`] lowers.
fn number_modules(scenario: &Scenario, names: &mut Names) {
    let servers = scenario.servers.iter().map(|server| (server.name.text.as_str(), Some(&server.options)));
    let agents = scenario.agents.iter().map(|agent| (agent.name.text.as_str(), Some(&agent.options)));
    let processes =
        scenario.processes.iter().map(|process| (process.name.text.as_str(), Some(&process.options)));
    let builtins = [(Names::WORKER, None), (Names::AGENT, None)];
    for (index, (name, options)) in servers.chain(agents).chain(processes).chain(builtins).enumerate() {
        names.modules.insert(name.to_owned(), Module::Definition(number(index)));
        if let Some(options) = options {
            let atom = names.atoms.intern(name);
            names.options.insert(atom, (options.clone(), ChildType::Worker));
        }
    }
    for (index, function) in scenario.start_functions.iter().enumerate() {
        names.modules.insert(function.name.text.clone(), Module::Function(number(index)));
        let atom = names.atoms.intern(&function.name.text);
        names.options.insert(atom, (function.options.clone(), ChildType::Worker));
    }
    for tree in &scenario.trees {
        let (name, module, options) = match tree.outermost() {
            Tree::Supervisor(supervisor) => {
                names.supervisors.push(None);
                let module = Module::Supervisor(number(names.supervisors.len() - 1));
                (&supervisor.name.text, module, &supervisor.options)
            }
            Tree::DynamicSupervisor(supervisor) => {
                names.dynamic_supervisors.push(None);
                let module = Module::DynamicSupervisor(number(names.dynamic_supervisors.len() - 1));
                (&supervisor.name.text, module, &supervisor.options)
            }
            Tree::Application(_) => unreachable!("an application holds no application"),
        };
        names.modules.insert(name.clone(), module);
        let atom = names.atoms.intern(name);
        names.options.insert(atom, (options.clone(), ChildType::Supervisor));
    }
}

fn lower_trees(scenario: &Scenario, names: &mut Names) -> (Vec<Root>, Vec<Application>) {
    let (mut roots, mut applications) = (Vec::new(), Vec::new());
    for (index, tree) in scenario.trees.iter().enumerate() {
        match tree {
            Tree::Application(application) => {
                let start = lower_tree(&application.tree, names).0;
                let name = names.atoms.intern(&application.name.text);
                let kind =
                    application.kind.as_ref().map_or(ast::Application::DEFAULT_TYPE, |kind| kind.value);
                if application.autostart {
                    roots.push(Root::Application(number(applications.len())));
                }
                applications.push(Application { name, kind, start });
            }
            Tree::Supervisor(_) | Tree::DynamicSupervisor(_) => {
                let (start, autostart) = lower_tree(tree, names);
                if autostart {
                    let node = node_of(&scenario.nodes.of_trees, index, names);
                    roots.push(Root::Tree(start, node));
                }
            }
        }
    }
    (roots, applications)
}

/// The node that a tree or a client starts on.
fn node_of(nodes: &[Option<ast::Name>], index: usize, names: &mut Names) -> Atom {
    match nodes.get(index) {
        Some(Some(node)) => names.atoms.intern(&node.text),
        Some(None) | None => Atom::NONODE,
    }
}

fn lower_tree(tree: &Tree, names: &mut Names) -> (StartFunction, bool) {
    let (name, options, autostart) = match tree {
        Tree::Supervisor(supervisor) => {
            let init = trees::supervisor(supervisor, names);
            if let Some(Module::Supervisor(number)) = names.modules.get(&supervisor.name.text) {
                let number = usize::from(*number);
                names.supervisors[number] = Some(init);
            }
            (&supervisor.name, &supervisor.options, supervisor.autostart)
        }
        Tree::DynamicSupervisor(supervisor) => {
            let init = trees::dynamic_supervisor(supervisor, names);
            if let Some(Module::DynamicSupervisor(number)) = names.modules.get(&supervisor.name.text) {
                let number = usize::from(*number);
                names.dynamic_supervisors[number] = Some(init);
            }
            (&supervisor.name, &supervisor.options, supervisor.autostart)
        }
        Tree::Application(_) => unreachable!("an application holds no application"),
    };
    (trees::root(name, &options.name, names), autostart)
}

fn common(scenario: &Scenario, names: &mut Names) -> Common {
    Common {
        variables: scenario
            .shared
            .iter()
            .map(|shared| names.constant(&shared.value).unwrap_or(Atom::UNDEFINED.into()))
            .collect(),
        tables: vec![std::collections::BTreeMap::new(); scenario.shared_tables.len()],
        struck: vec![0; scenario.faults.len()],
        clients: vec![ClientState::NotStarted; scenario.clients.len()],
        ..Common::default()
    }
}

fn lower_outcomes(outcomes: &ast::Outcomes, scenario: &Scenario, names: &mut Names) -> Ends {
    let place = |name: &ast::Name| scenario.shared.iter().position(|shared| shared.name.text == name.text);
    let variables = outcomes.variables.iter();
    let rows = outcomes.rows.iter().map(|row| {
        let values = row.value.iter().map(|value| names.constant(value).expect("the parser has seen to it"));
        (values.collect(), row.span)
    });
    Ends {
        rows: rows.collect(),
        variables: variables
            .map(|name| (place(name).expect("the parser knows the shared variables"), name.text.clone()))
            .collect(),
        span: outcomes.span,
    }
}

fn lower_property(property: &ast::Property, names: &mut Names) -> Property {
    let claim = match &property.claim {
        ast::Claim::Oracle { oracle, arguments } => {
            let limit = arguments.iter().find_map(|argument| match argument.kind {
                ValueKind::Int(number) => Some(number),
                _ => None,
            });
            let of = arguments.iter().filter_map(|argument| match &argument.kind {
                ValueKind::Atom(name) => Some(names.atoms.intern(name)),
                _ => None,
            });
            let of = of.collect();
            Claim::Oracle(oracle.value, of, limit)
        }
        ast::Claim::Conditions { name, conditions } => {
            let name = name.as_ref().map_or(property.modality.word(), |name| &name.text).to_owned();
            let questions = conditions.iter().map(|condition| Compiler::property(names, condition)).collect();
            Claim::Conditions(name, questions)
        }
    };
    let within = property.within.as_ref().and_then(|within| match within.kind {
        ast::DurationKind::Milliseconds(within) => Some(within),
        ast::DurationKind::Infinity | ast::DurationKind::Variable(_) => None,
    });
    Property { modality: property.modality, claim, within, span: property.span }
}

fn lower_fault(fault: &ast::Fault, names: &mut Names) -> Strike {
    match &fault.kind {
        ast::FaultKind::Kill(_) | ast::FaultKind::Burst { .. } | ast::FaultKind::Disconnect { .. } => {
            Strike::Kernel
        }
        ast::FaultKind::Start { how, child, nth } => {
            Strike::Start(*how, names.atoms.intern(&child.text), nth.as_ref().map(|nth| nth.value))
        }
        ast::FaultKind::Terminate { how, child, nth } => {
            Strike::Terminate(*how, names.atoms.intern(&child.text), nth.as_ref().map(|nth| nth.value))
        }
        ast::FaultKind::Send { target, message } => {
            let ast::Target::Name(name) = target else { unreachable!("the parser takes names only") };
            let message = names.constant(message).expect("the parser has seen to it");
            Strike::Send(names.atoms.intern(&name.text), message)
        }
        ast::FaultKind::Slow { process, by } => {
            let by = match by.kind {
                ast::DurationKind::Milliseconds(by) => by,
                ast::DurationKind::Infinity | ast::DurationKind::Variable(_) => u64::MAX,
            };
            Strike::Slow(names.atoms.intern(&process.text), by)
        }
    }
}
