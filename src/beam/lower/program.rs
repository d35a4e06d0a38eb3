//! A whole scenario as the driver's program.

use std::collections::BTreeMap;

use crate::otp::{ChildType, Restart};
use crate::scenario::ast::{
    ChildOptions, Claim, Client, Definition, DefinitionKind, Handler, Init, Name, Process, Scenario, Server,
    Shared, StartNumber, Tree, Value, What,
};

use super::value::{atom, list, name, pattern};

/// What the driver needs to know of time.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// Begin with a whole second, which restart windows are counted in.
    pub align: bool,
    /// How long the run may take, in milliseconds.
    pub limit_ms: u64,
}

/// What has been lowered so far.
pub(super) struct Program<'a> {
    pub(super) scenario: &'a Scenario,
    /// What each module name starts, as the driver names it.
    pub(super) modules: BTreeMap<String, String>,
    /// What definitions say of their child specs.
    pub(super) defaults: BTreeMap<&'a str, (&'a ChildOptions, ChildType)>,
    /// `Key => Definition`.
    pub(super) definitions: Vec<String>,
    /// Every name that needs a module in Erlang.
    pub(super) shims: Vec<String>,
    /// The longest that a supervisor may wait for a child to end, in milliseconds.
    pub(super) patience_ms: u64,
    pub(super) supervisors: usize,
}

/// The module of a worker that nobody has defined.
pub(super) const WORKER: &str = "(worker)";
/// The module of an agent that nobody has defined.
pub(super) const AGENT: &str = "(agent)";

/// The driver's program for a scenario, as text for `file:consult/1`.
pub fn lower(scenario: &Scenario, timing: Timing) -> String {
    let mut program = Program {
        scenario,
        modules: BTreeMap::new(),
        defaults: scenario.module_options(),
        definitions: Vec::new(),
        shims: Vec::new(),
        patience_ms: 0,
        supervisors: 0,
    };
    program.whole(timing)
}

impl Program<'_> {
    fn whole(&mut self, timing: Timing) -> String {
        let scenario = self.scenario;
        for Definition { name: defined, .. } in &scenario.definitions {
            self.modules.insert(defined.text.clone(), format!("{{definition,{}}}", name(defined)));
            self.shims.push(defined.text.clone());
        }
        // Supervisors may refer to each other, so all are numbered before any is lowered.
        for tree in &scenario.trees {
            self.number(tree);
        }
        for (key, kind) in [(WORKER, "plain"), (AGENT, "agent")] {
            self.define(&atom(key), &format!("#{{kind=>{kind}}}"));
        }
        for definition in &scenario.definitions {
            let lowered = match &definition.kind {
                DefinitionKind::Server(server) => self.server(server),
                DefinitionKind::Agent => "#{kind=>agent}".to_owned(),
                DefinitionKind::Process(process) => self.process(process),
                DefinitionKind::StartFunction { outcome, value } => {
                    let (outcome, value) = (outcome.word(), super::value::value(value));
                    format!("#{{kind=>start_function,outcome=>{outcome},value=>{value}}}")
                }
            };
            self.define(&name(&definition.name), &lowered);
        }
        for tree in &scenario.trees {
            self.define_supervisor(&self.what(&tree.supervisor.name.text), &tree.supervisor);
        }
        let nodes = &scenario.nodes;
        let on = |nodes: &[Option<Name>], at: usize| {
            nodes.get(at).and_then(Option::as_ref).map_or("nonode".to_owned(), name)
        };
        let roots =
            scenario.trees.iter().enumerate().filter_map(|(at, tree)| {
                Some(format!("{{{},{}}}", on(&nodes.of_trees, at), self.root(tree)?))
            });
        let roots = list(roots);
        let applications = scenario.trees.iter().filter_map(|tree| self.application(tree));
        let applications = applications.collect::<Vec<_>>().join(",");
        let clients = scenario.clients.iter().enumerate();
        let clients: Vec<String> = clients
            .map(|(at, client)| format!("{{{},{}}}", on(&nodes.of_clients, at), self.client(client)))
            .collect();
        let shared = scenario.shared.iter().map(shared);
        let modules = self.modules.iter().map(|(module, what)| format!("{}=>{what}", atom(module)));
        let modules = modules.collect::<Vec<_>>().join(",");
        let child_specs = self.generated_specs(scenario);
        self.shims.sort();
        self.shims.dedup();
        format!(
            "%% coding: utf-8\n#{{definitions=>#{{{}}},\nmodules=>#{{{modules}}},\nshims=>{},\nroots=>{roots},\n\
             applications=>#{{{}}},\nclients=>[{}],\nnodes=>{},\nshared=>{},\noutcomes=>{},\nlistens=>{},\nelixir=>{},\nchild_specs=>{child_specs},\npatience=>{},\nalign=>{},\n\
             limit=>{}}}.\n",
            self.definitions.join(",\n"),
            list(self.shims.iter().map(|shim| atom(shim))),
            applications,
            clients.join(",\n"),
            names(&nodes.names),
            list(shared),
            list(scenario.outcomes.iter().flat_map(|outcomes| &outcomes.variables).map(name)),
            listens(scenario),
            super::elixir::uses_elixir(scenario),
            self.patience_ms.max(5_000) + 300,
            timing.align,
            timing.limit_ms,
        )
    }

    pub(super) fn define(&mut self, key: &str, definition: &str) {
        self.definitions.push(format!("{key}=>{definition}"));
    }

    /// What a module name starts.
    pub(super) fn what(&self, module: &str) -> String {
        self.modules.get(module).cloned().unwrap_or_else(|| format!("{{undefined,{}}}", atom(module)))
    }

    /// Whether a module is a task.
    pub(super) fn is_task(&self, module: &str) -> bool {
        self.scenario.definitions.iter().any(|known| known.is_task() && known.name.text == module)
    }

    /// The type of an application whose start does not name one.
    pub(super) fn kind_of(&self, application: &str) -> Restart {
        let mut applications = self.scenario.trees.iter().filter_map(|tree| tree.application.as_ref());
        let found = applications.find(|known| known.name.text == application);
        found.map_or(Restart::Temporary, |known| known.kind())
    }

    fn server(&mut self, server: &Server) -> String {
        let handlers: Vec<String> = server.handlers.iter().map(|handler| self.handler(handler)).collect();
        let inits: Vec<String> = server.inits.iter().map(|init| self.init(init)).collect();
        let terminate = match &server.terminate {
            None => String::new(),
            Some(terminate) => {
                let body = self.block(&terminate.body);
                format!(",terminate=>{{{},{body}}}", pattern_or_any(terminate.reason.as_ref()))
            }
        };
        let info = server.info.as_ref().map(|info| format!(",info=>{}", constant_or_undefined(info)));
        let variables = server.variables.iter().map(|variable| {
            format!("{{{},{}}}", name(&variable.name), constant_or_undefined(&variable.value))
        });
        format!(
            "#{{kind=>{},arguments=>{},trap_exit=>{},variables=>{},tables=>{},queues=>{},phase=>{},\
             inits=>[{}],handlers=>[{}]{terminate}{}}}",
            if server.machine { "statem" } else { "server" },
            names(&server.arguments),
            server.trap_exit,
            list(variables),
            names(&server.tables),
            names(&server.queues),
            server.phases.first().map_or("none".to_owned(), name),
            inits.join(","),
            handlers.join(",\n"),
            info.unwrap_or_default(),
        )
    }

    fn process(&mut self, process: &Process) -> String {
        let body = self.block(&process.body);
        format!(
            "#{{kind=>{},arguments=>{},variables=>[],tables=>[],queues=>[],body=>{body}}}",
            match (process.task, process.acknowledges) {
                (true, _) => "task",
                (false, true) => "started_process",
                (false, false) => "process",
            },
            names(&process.arguments)
        )
    }

    fn init(&mut self, init: &Init) -> String {
        let when = match init.start.as_ref().map(|start| start.value) {
            None => "always".to_owned(),
            Some(StartNumber::Only(nth)) => format!("{{only,{nth}}}"),
            Some(StartNumber::From(nth)) => format!("{{from,{nth}}}"),
            Some(StartNumber::Between(first, last)) => format!("{{between,{first},{last}}}"),
        };
        format!("{{{when},{}}}", self.block(&init.body))
    }

    fn handler(&mut self, handler: &Handler) -> String {
        let event = self.said(handler.event.said());
        let phase = handler.phase.as_ref().map_or("any".to_owned(), name);
        format!("{{{phase},{event},{}}}", self.block(&handler.body))
    }

    fn client(&mut self, client: &Client) -> String {
        let registered = client.name.as_ref().map_or("undefined".to_owned(), name);
        let label = client.name.as_ref().map_or("client".to_owned(), name);
        let body = self.block(&client.body);
        format!("{{{registered},{label},{},{body}}}", client.trap_exit)
    }

    fn application(&mut self, tree: &Tree) -> Option<String> {
        let application = tree.application.as_ref()?;
        self.shims.push(application.name.text.clone());
        Some(format!("{}=>{}", name(&application.name), self.tree_start(tree)))
    }

    fn root(&self, tree: &Tree) -> Option<String> {
        tree.autostart().then(|| match &tree.application {
            Some(application) => {
                format!("{{application,{},{}}}", name(&application.name), application.kind().word())
            }
            None => format!("{{tree,{}", &self.tree_start(tree)[1..]),
        })
    }
}

/// What is to be heard beside the lives of processes: who says that it has started, and who sends what to whom. Between
/// two nodes nothing is in order.
fn listens(scenario: &Scenario) -> &'static str {
    let lines = scenario.properties.iter().filter_map(|property| match &property.claim {
        Claim::InOrder { lines, .. } => Some(lines),
        Claim::Oracle { .. } | Claim::Conditions { .. } => None,
    });
    let mut lines = lines.flatten().peekable();
    match lines.peek().is_some() && scenario.nodes.names.len() < 2 {
        false => "none",
        true if lines.any(|line| matches!(line.what, What::Message { .. })) => "messages",
        true => "lives",
    }
}

fn names(all: &[Name]) -> String {
    list(all.iter().map(name))
}

fn shared(shared: &Shared) -> String {
    format!("{{{},{}}}", name(&shared.name), constant_or_undefined(&shared.value))
}

fn constant_or_undefined(value: &Value) -> String {
    super::value::constant(value).unwrap_or_else(|| "undefined".to_owned())
}

fn pattern_or_any(value: Option<&Value>) -> String {
    value.map_or("any".to_owned(), pattern)
}

#[cfg(test)]
mod tests {
    use super::{Timing, lower};

    fn lowered(text: &str) -> String {
        let scenario = crate::scenario::parse("test.kdl", text).expect("the test's scenario is right");
        lower(&scenario, Timing { align: false, limit_ms: 1000 })
    }

    #[track_caller]
    fn assert_holds(text: &str, parts: &[&str]) {
        let lowered = lowered(text);
        for part in parts {
            assert!(lowered.contains(part), "no `{part}` in:\n{lowered}");
        }
    }

    #[test]
    fn atoms_strings_and_patterns_are_erlangs() {
        assert_holds(
            "supervisor top { worker a }\n\
             client { call a (term)\"'it\\\\'s'\"; expect \"ä\"; expect (term)\"#{k => _}\" }",
            &["{k,'it\\'s'}", "{result,{k,<<195,164>>}}", "{result,{m,[{{k,'k'},any}]}}"],
        );
    }

    #[test]
    fn child_specs_come_from_the_line_then_the_definition_then_otp() {
        assert_holds(
            "supervisor top { worker a M shutdown=7; worker b M; worker c name=#false }\n\
             server M restart=transient shutdown=9 { args $x }",
            &[
                "#{id=>'a',what=>{definition,'M'},module=>'M',label=>'a',name=>'a',arguments=>[],\
                 restart=>transient,shutdown=>7,type=>worker,significant=>false}",
                "id=>'b',what=>{definition,'M'},module=>'M',label=>'b',name=>'b',arguments=>[],\
                 restart=>transient,shutdown=>9",
                "id=>'c',what=>{definition,'(worker)'},module=>'c',label=>'c',name=>undefined,arguments=>[],\
                 restart=>permanent,shutdown=>5000",
            ],
        );
    }

    #[test]
    fn the_patience_is_longer_than_any_shutdown() {
        assert_holds("supervisor top { worker a shutdown=9000 }", &["patience=>9300"]);
        assert_holds("supervisor top { worker a shutdown=1 }", &["patience=>5300"]);
    }

    #[test]
    fn an_exit_is_caught_where_the_next_step_expects_it() {
        let lowered =
            lowered("supervisor top { worker a }\nclient { call a hello; expect exit noproc; call a hello }");
        assert_eq!(lowered.matches("{[exit],").count(), 1, "the call that may exit:\n{lowered}");
        assert_eq!(lowered.matches("{[],").count(), 2, "the expectation and the second call:\n{lowered}");
    }
}
