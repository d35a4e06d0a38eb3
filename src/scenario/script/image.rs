//! A scenario lowered: programs, specifications and names, which no run ever changes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use crate::actors::conformance::OwnSupervisor;
use crate::actors::{Catalogue, Instance};
use crate::code::load::Code;
use crate::kernel::{Atom, Atoms, Target, Term};
use crate::otp::fault::{CallbackFault, Struck};
use crate::otp::{self, DynamicSupervisorInit, InitResult, Release, Restart, Strategy, SupervisorInit};

use super::super::ast::{self, Scenario};
use super::super::global;
use super::super::language::{Clients, Data, Expectation, Lowered, Mishap, OperationKind};
use super::common::{ClientState, SharedState};
use super::compile;
use super::expression::Expression;
use super::generated::{self, Generated};
use super::names::{Numbering, number};
use super::program::{Program, ProgramKind};
use super::resolver::Resolver;
use super::start::{AnySupervisor, Module, StartFunction};
use super::trees;

/// One thing to start at boot.
#[derive(Clone, Debug, PartialEq)]
pub enum Root {
    /// The keeper of the global names of the first node or the second.
    GlobalNames(usize),
    /// A tree, by `start_link` on this node.
    Tree(StartFunction, Atom),
    /// An application, by its number.
    Application(u16),
    /// A call of compiled code, by its number.
    Compiled(u16),
}

/// What never changes: programs, specifications, names.
#[derive(Debug)]
pub struct Image {
    /// The modules of compiled code, and the names of all atoms.
    pub(in crate::scenario) code: Code,
    /// What of them is called.
    pub(super) compiled: Compiled,
    release: Release,
    /// The programs of modules and clients, by their numbers.
    pub(super) programs: Vec<Program>,
    /// What supervisors' `init` returns, by their numbers.
    pub(super) supervisors: Vec<AnySupervisor>,
    /// What is started at boot, in that order.
    pub roots: Vec<Root>,
    /// The clients' definitions and names, and the nodes that they live on.
    pub clients: Vec<(u16, Option<Atom>, Atom)>,
    /// Its applications, by their numbers.
    pub(super) applications: Vec<Application>,
    /// The faults of the file, in its order.
    pub(in crate::scenario) mishaps: Vec<Mishap<Lowered>>,
    /// The same, as far as they are about callbacks.
    callback_faults: Vec<Option<CallbackFault>>,
    /// Start functions that spawn nothing, by their numbers.
    pub(super) functions: Vec<Function>,
    /// `child_spec/1` of the modules that have one.
    pub(super) generated: BTreeMap<Atom, Generated>,
    /// Of which supervisors which reports are counted.
    pub(super) reports: BTreeSet<(Atom, ast::ReportKind)>,
    /// The actors in Rust of the program that reads the file, by the names of workers.
    pub(super) actors: BTreeMap<Atom, Instance>,
    /// What stands in the place of OTP's supervisor, if anything does.
    own: Option<OwnSupervisor>,
    common: SharedState,
    /// What stands in the file, if that is known.
    text: String,
    /// What the shared variables and tables are called.
    shared: (Vec<Atom>, Vec<Atom>),
}

impl otp::Image for Image {
    fn release(&self) -> Release {
        self.release
    }

    fn atoms(&self) -> &Atoms {
        &self.code.atoms
    }

    fn global_name(&self, name: Atom) -> Option<Term> {
        if self.nodes().is_empty() {
            return None;
        }
        let inner = global::inner(self.code.atoms.text(name))?;
        Some(self.code.atoms.intern(inner).into())
    }

    fn callback_faults(&self) -> &[Option<CallbackFault>] {
        &self.callback_faults
    }

    fn counts_reports(&self) -> bool {
        !self.reports.is_empty()
    }
}

/// What a file calls of compiled code.
#[derive(Debug, Default)]
pub struct Compiled {
    /// What is started before the clients.
    pub starts: Vec<Call>,
    /// The modules whose tests are run.
    pub tests: Vec<Tests>,
    /// The calls that are clients, and where in the file they stand.
    pub runs: Vec<(Call, (usize, usize))>,
}

/// A call of a function of compiled code.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Call {
    /// What people call the process that calls it.
    pub label: Atom,
    /// The module that it names.
    pub module: Atom,
    /// The function that it names.
    pub function: Atom,
    /// The arguments that it is given.
    pub arguments: Vec<Term>,
}

/// The tests of a module of ExUnit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tests {
    /// What people call the process that runs them.
    pub label: Atom,
    /// The module that it names.
    pub module: Atom,
    /// The one test that is run; all, if there is none.
    pub only: Option<Atom>,
    /// Where in the file they are asked for.
    pub span: (usize, usize),
}

/// An application of the scenario.
#[derive(Debug)]
pub struct Application {
    /// What the file calls it.
    pub name: Atom,
    /// What its end means, unless it is started otherwise.
    pub kind: Restart,
    /// How the supervisor at its top is started.
    pub start: StartFunction,
}

/// A start function that spawns nothing.
#[derive(Debug)]
pub struct Function {
    /// What the file calls it.
    pub name: Atom,
    /// How it ends.
    pub outcome: ast::StartOutcome,
    /// What it ends with.
    pub value: Expression,
}

impl Image {
    /// Says what stands in the file.
    pub fn set_text(&mut self, text: &str) {
        text.clone_into(&mut self.text);
    }

    /// The number of the line in which something stands, and the line, if the text is known.
    pub fn line_of(&self, place: ast::Span) -> Option<(usize, &str)> {
        let code = self.text.get(place.start..place.end)?.lines().next()?;
        let before = self.text.get(..place.start)?;
        Some((before.matches('\n').count() + 1, code.trim_end_matches([' ', '{', ';'])))
    }

    /// Lowers a scenario that the parser has accepted.
    pub fn of(scenario: &Scenario, mut names: Numbering) -> Image {
        let names = &mut names;
        let (mut programs, mut functions) = (Vec::new(), Vec::new());
        for definition in &scenario.definitions {
            if let ast::DefinitionKind::StartFunction { outcome, value } = &definition.kind {
                let name = names.atoms.intern(&definition.name.text);
                let value = Resolver::new(names).value(value);
                functions.push(Function { name, outcome: *outcome, value });
            }
            programs.extend(compile::module(names, definition));
        }
        for (name, kind) in [(Numbering::WORKER, ProgramKind::Worker), (Numbering::AGENT, ProgramKind::Agent)]
        {
            programs.push(Program::without_code(names.atoms.intern(name), kind));
        }
        let mut clients = Vec::new();
        for (index, client) in scenario.clients.iter().enumerate() {
            let label = client.name.as_ref().map_or("client", |name| &name.text);
            let program = compile::client(names, client, number(index), label);
            let name = client.name.as_ref().map(|name| names.atoms.intern(&name.text));
            let node = node_of(&scenario.nodes.of_clients, index, names);
            clients.push((number(programs.len()), name, node));
            programs.push(program);
        }
        let (mut roots, applications) = lower_trees(scenario, names);
        let compiled = compiled(scenario, names);
        roots.extend((0..compiled.starts.len()).map(|start| Root::Compiled(number(start))));
        let common = common(scenario, names);
        let mut outside = Resolver::new(names);
        let mishaps: Vec<_> = scenario.faults.iter().map(|fault| fault.mishap.lower(&mut outside)).collect();
        for node in &scenario.nodes.names {
            let name = names.atoms.intern(&node.text);
            names.atoms.add_node(name);
        }
        let generated = generated::generated(scenario, names);
        let called = |name: &ast::Name| names.atoms.intern(&name.text);
        let variables = scenario.shared.iter().map(|shared| called(&shared.name)).collect();
        let shared = (variables, scenario.shared_tables.iter().map(called).collect());
        let lowered = std::mem::take(&mut names.supervisors);
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
            programs,
            supervisors: lowered.into_iter().map(|init| init.expect("all trees are lowered")).collect(),
            roots,
            clients,
            applications,
            callback_faults: mishaps.iter().map(Mishap::of_callback).collect(),
            mishaps,
            functions,
            generated,
            reports: std::mem::take(&mut names.reports),
            common,
            actors: BTreeMap::new(),
            own: None,
            text: String::new(),
            shared,
            code: Code::without_files(std::mem::take(&mut names.atoms)).shuffled(scenario.code.shuffle),
            compiled,
        }
    }

    /// Reads the folders in which the file says that compiled code is.
    ///
    /// # Errors
    ///
    /// When one cannot be read.
    pub fn find_code(&mut self, folders: &[PathBuf], installed: &[PathBuf]) -> std::io::Result<()> {
        self.code.search(folders, installed)
    }

    /// Workers of these names are actors in Rust.
    pub fn set_actors(&mut self, actors: &Catalogue) {
        self.own = actors.own_supervisor().cloned();
        let actors = actors.instances().map(|(name, instance)| (self.code.atoms.intern(name), instance));
        self.actors = actors.collect();
    }

    /// The same actors as another image.
    pub fn share_actors(&mut self, other: &Image) {
        self.actors.clone_from(&other.actors);
        self.own.clone_from(&other.own);
    }

    /// Whether it knows actors in Rust.
    pub fn has_actors(&self) -> bool {
        !self.actors.is_empty() || self.own.is_some()
    }

    /// Somebody else's supervisor in the place of this one, if it has children of its own.
    pub(super) fn own_supervisor(&self, number: u16) -> Option<Instance> {
        let own = self.own.as_ref()?;
        match &self.supervisors[usize::from(number)] {
            AnySupervisor::Static(SupervisorInit { result: InitResult::Ok(flags, children), .. })
                if flags.strategy != Strategy::SimpleOneForOne =>
            {
                Some(own.instance(*flags, number, children, &self.code.atoms))
            }
            _ => None,
        }
    }

    /// The start function of a child, by the numbers of it and its supervisor.
    pub(super) fn start_of_child(&self, supervisor: u16, child: u16) -> &StartFunction {
        match &self.supervisors[usize::from(supervisor)] {
            AnySupervisor::Static(SupervisorInit { result: InitResult::Ok(_, children), .. }) => {
                &children[usize::from(child)].start
            }
            _ => unreachable!("it has children of its own"),
        }
    }

    /// The texts of its atoms.
    pub fn atoms(&self) -> &Atoms {
        &self.code.atoms
    }

    /// The nodes of the file: none, or two.
    pub fn nodes(&self) -> &[Atom] {
        self.code.atoms.nodes()
    }

    /// The process that `{Name, Node}` means, if the file has such a node.
    pub(super) fn remote(&self, term: &Term) -> Option<Target> {
        match term.as_tuple()? {
            [Term::Atom(name), Term::Atom(node)] if self.nodes().contains(node) => {
                Some(Target::Remote(*name, *node))
            }
            _ => None,
        }
    }

    /// What is expected at this place of the file.
    pub(in crate::scenario) fn expected(&self, span: ast::Span) -> Option<&Expectation<Lowered>> {
        let operations = self.programs.iter().flat_map(|program| &program.operations);
        operations.filter(|operation| operation.span == span).find_map(|operation| match &operation.kind {
            OperationKind::Clients(Clients::Expect { expected }) => Some(expected),
            _ => None,
        })
    }

    /// Whether a definition is a client's.
    pub fn is_client(&self, number: u16) -> bool {
        matches!(self.program(number).kind, ProgramKind::Process { client: Some(_), .. })
    }

    /// The releases that are modelled.
    pub fn release(&self) -> Release {
        self.release
    }

    /// The program with this number.
    pub fn program(&self, number: u16) -> &Program {
        &self.programs[usize::from(number)]
    }

    pub(super) fn application(&self, number: u16) -> &Application {
        &self.applications[usize::from(number)]
    }

    /// The dynamic supervisor that this name starts, if the file defines one.
    pub(super) fn dynamic_supervisor(&self, name: Atom) -> Option<&DynamicSupervisorInit> {
        let Some(Module::Supervisor(number)) = self.module(name) else { return None };
        match &self.supervisors[usize::from(number)] {
            AnySupervisor::Dynamic(init) => Some(init),
            AnySupervisor::Static(_) => None,
        }
    }

    /// What all processes share before the first step.
    pub fn common(&self) -> SharedState {
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
        if let Some(index) = self.programs.iter().position(|program| program.name == name) {
            return Some(Module::Definition(number(index)));
        }
        let index = self.supervisors.iter().position(|init| init.module() == name)?;
        Some(Module::Supervisor(number(index)))
    }
}

fn lower_trees(scenario: &Scenario, names: &mut Numbering) -> (Vec<Root>, Vec<Application>) {
    let (mut roots, mut applications) = (Vec::new(), Vec::new());
    if scenario.nodes.global {
        roots.extend((0..scenario.nodes.names.len()).map(Root::GlobalNames));
    }
    for (index, tree) in scenario.trees.iter().enumerate() {
        let init = trees::supervisor(&tree.supervisor, names);
        names.supervisors[index] = Some(init);
        let start = trees::root(&tree.supervisor.name, &tree.supervisor.options.name, names);
        let root = match &tree.application {
            Some(application) => {
                let name = names.atoms.intern(&application.name.text);
                applications.push(Application { name, kind: application.kind(), start });
                Root::Application(number(applications.len() - 1))
            }
            None => Root::Tree(start, node_of(&scenario.nodes.of_trees, index, names)),
        };
        if tree.autostart() {
            roots.push(root);
        }
    }
    (roots, applications)
}

fn compiled(scenario: &Scenario, names: &mut Numbering) -> Compiled {
    let code = &scenario.code;
    // What `on_exit` of ExUnit keeps its callbacks in.
    let label = |module: &str, names: &mut Numbering, what: &str| {
        names.atoms.intern(&format!("{what} {}", module.strip_prefix("Elixir.").unwrap_or(module)))
    };
    let for_tests = (!code.tests.is_empty()).then(|| Call {
        label: names.atoms.intern("ExUnit"),
        module: names.atoms.intern("Elixir.ExUnit.OnExitHandler"),
        function: Atom::START_LINK,
        arguments: vec![Term::list([])],
    });
    let called = |call: &ast::CodeCall, what: &str, names: &mut Numbering| Call {
        label: label(&call.module, names, what),
        module: names.atoms.intern(&call.module),
        function: names.atoms.intern(&call.function),
        arguments: call.arguments.iter().map(|value| names.known(value)).collect(),
    };
    let asks = |start: &&ast::CodeCall| ["application", "Elixir.Application"].contains(&&*start.module);
    let controller = code.starts.iter().find(asks).map(|_| controller(names));
    let said: Vec<Call> = code.starts.iter().map(|start| called(start, "start of", names)).collect();
    let runs = code.runs.iter().map(|run| {
        let call = called(run, "run of", names);
        let label =
            names.atoms.intern(&format!("{}.{}", run.module.trim_start_matches("Elixir."), run.function));
        (Call { label, ..call }, (run.span.start, run.span.end))
    });
    let runs = runs.collect();
    let starts: Vec<Call> =
        for_tests.into_iter().chain(controller.into_iter().flatten()).chain(said).collect();
    let tests = code.tests.iter().map(|tests| Tests {
        label: label(&tests.module, names, "tests of"),
        module: names.atoms.intern(&tests.module),
        only: tests.only.as_ref().map(|only| names.atoms.intern(&only.value)),
        span: (tests.span.start, tests.span.end),
    });
    Compiled { starts, tests: tests.collect(), runs }
}

/// What boots OTP's application controller, as `init` does it: with a kernel in which nothing runs.
fn controller(names: &mut Numbering) -> [Call; 2] {
    let [label, module] = ["kernel", "application_controller"].map(|name| names.atoms.intern(name));
    let kernel = Term::tuple([names.atoms.intern("application").into(), label.into(), Term::list([])]);
    let begin =
        Call { label: module, module, function: names.atoms.intern("start"), arguments: vec![kernel] };
    let function = names.atoms.intern("start_boot_application");
    [begin, Call { label, module, function, arguments: vec![label.into(), Atom::PERMANENT.into()] }]
}

/// The node that a tree or a client starts on.
fn node_of(nodes: &[Option<ast::Name>], index: usize, names: &mut Numbering) -> Atom {
    match nodes.get(index) {
        Some(Some(node)) => names.atoms.intern(&node.text),
        Some(None) | None => Atom::NONODE,
    }
}

fn common(scenario: &Scenario, names: &mut Numbering) -> SharedState {
    SharedState {
        variables: scenario.shared.iter().map(|shared| names.known(&shared.value)).collect(),
        tables: vec![std::collections::BTreeMap::new(); scenario.shared_tables.len()],
        struck: Struck::none_of(scenario.faults.len()),
        clients: vec![
            ClientState::NotStarted;
            scenario.clients.len() + scenario.code.tests.len() + scenario.code.runs.len()
        ],
        compiled: shares_tables(scenario).then(Box::default),
        ..SharedState::default()
    }
}

/// Whether there are tables of `ets`: compiled code may have them, and scripts where they say so.
fn shares_tables(scenario: &Scenario) -> bool {
    let is_of_ets = |said: &&ast::StatementKind| matches!(said, ast::StatementKind::Data(Data::Ets { .. }));
    scenario.code != ast::Code::default() || scenario.statements().iter().any(is_of_ets)
}
