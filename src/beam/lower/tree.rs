//! Supervision trees: what supervisors' `init` returns, and child specs.

use crate::otp::{ChildType, Restart, Shutdown, Strategy};
use crate::scenario::ast::{
    Child, ChildOptions, Dynamic, MaxChildren, Name, Registration, Supervisor, SupervisorBody, Tree, Value,
    ValueKind, WorkerModule,
};

use super::program::{AGENT, Program, WORKER};
use super::value::{self, atom, constant, list, name};

impl Program<'_> {
    /// Gives a top-level supervisor its key.
    pub(super) fn number(&mut self, tree: &Tree) {
        let key = self.next_key(kind_of_key(&tree.supervisor));
        let text = &tree.supervisor.name.text;
        self.modules.insert(text.clone(), key);
        self.shims.push(text.clone());
    }

    fn next_key(&mut self, kind: &str) -> String {
        self.supervisors += 1;
        format!("{{{kind},{}}}", self.supervisors)
    }

    /// `{What, Label, Name}`: how a top-level supervisor is started.
    pub(super) fn tree_start(&self, tree: &Tree) -> String {
        let Supervisor { name: text, options: ChildOptions { name: registration, .. }, .. } =
            &tree.supervisor;
        let registered = drawn_name(text, registration);
        // An application's master calls the tree by its module.
        let label = match &tree.application {
            Some(_) => text.text.clone(),
            None => registered.clone().unwrap_or_else(|| text.text.clone()),
        };
        let registered = match registration {
            Registration::Via(via) => value::known_via(via),
            _ => or_undefined(registered),
        };
        format!("{{{},{},{registered}}}", self.what(&text.text), atom(&label))
    }

    /// Defines a supervisor.
    pub(super) fn define_supervisor(&mut self, key: &str, supervisor: &Supervisor) {
        let module = name(&supervisor.name);
        let returned = match &supervisor.body {
            SupervisorBody::Reference => return,
            SupervisorBody::Raises(value) => {
                format!("raises=>{}", constant(value).unwrap_or_else(|| "undefined".to_owned()))
            }
            SupervisorBody::Registry(body) => return self.define_registry(key, supervisor, body),
            SupervisorBody::Dynamic(body) => format!("options=>{}", dynamic_options(supervisor, body)),
            SupervisorBody::Partitions(body, child) => {
                return self.define_partitions(key, supervisor, body, child);
            }
            SupervisorBody::Raw(value) => {
                format!("raw=>{}", constant(value).unwrap_or_else(|| "undefined".to_owned()))
            }
            SupervisorBody::Children(children) => {
                let strategy = supervisor.strategy();
                let template = strategy == Strategy::SimpleOneForOne;
                let children: Vec<String> =
                    children.iter().map(|child| self.drawn_spec(child, template)).collect();
                format!("flags=>{},children=>[{}]", flags(supervisor, strategy), children.join(",\n"))
            }
        };
        self.define(key, &format!("#{{module=>{module},{returned}}}"));
    }

    /// The key of what a supervisor's `init` returns after a code change.
    pub(super) fn new_init(&mut self, supervisor: &Supervisor) -> String {
        let key = self.next_key("supervisor");
        self.define_supervisor(&key, supervisor);
        key
    }

    /// The child spec of a node inside a supervisor.
    pub(super) fn drawn_spec(&mut self, child: &Child, template: bool) -> String {
        let id = child.name();
        let (what, module, arguments) = match child {
            Child::Worker(worker) => {
                let (what, module) = match &worker.module {
                    WorkerModule::Plain => (format!("{{definition,{}}}", atom(WORKER)), &id.text),
                    WorkerModule::Agent => (format!("{{definition,{}}}", atom(AGENT)), &id.text),
                    WorkerModule::Definition(module) => (self.what(&module.text), &module.text),
                };
                (what, module, worker.arguments.as_slice())
            }
            Child::Supervisor(nested) if nested.body == SupervisorBody::Reference => {
                (self.what(&nested.name.text), &nested.name.text, [].as_slice())
            }
            Child::Supervisor(nested) => {
                let key = self.next_key(kind_of_key(nested));
                self.define_supervisor(&key, nested);
                (key, &nested.name.text, [].as_slice())
            }
        };
        self.shims.push(module.clone());
        let options = child.options();
        let registration = self.registration(&options.name, module);
        let registered = match (registration, template) {
            (Registration::Default, true) => or_undefined(None),
            (Registration::Via(via), _) => value::known_via(via),
            _ => or_undefined(drawn_name(id, registration)),
        };
        let is_supervisor = matches!(child, Child::Supervisor(_));
        let start = Start { what, module, registered, arguments };
        let id = Id { term: name(id), label: id.text.clone() };
        self.spec(id, start, options, is_supervisor)
    }

    /// The child spec of `start_child SUPERVISOR MODULE`.
    pub(super) fn started_spec(&mut self, module: &Name, options: &ChildOptions) -> String {
        let registered = self.started_name(&options.name, &module.text);
        let said = self.options_of(options, &module.text);
        let (term, label) = match &said.id {
            None => (name(module), module.text.clone()),
            Some(id) => {
                let label = match &id.kind {
                    ValueKind::Atom(text) => text.clone(),
                    _ => module.text.clone(),
                };
                (constant(id).unwrap_or_else(|| "undefined".to_owned()), label)
            }
        };
        let registered = or_undefined(registered);
        let start = Start { what: self.what(&module.text), module: &module.text, registered, arguments: &[] };
        self.spec(Id { term, label }, start, options, false)
    }

    /// How a task is shut down, and how it restarts, when a task supervisor starts it.
    pub(super) fn task_options(&mut self, options: &ChildOptions) -> (&'static str, String) {
        let shutdown = self.task_shutdown(options.shutdown.as_ref().map(|said| said.value));
        let restart = options.restart.as_ref().map_or(Restart::Temporary, |said| said.value);
        (restart.word(), shutdown)
    }

    /// How a task is shut down.
    pub(super) fn task_shutdown(&mut self, said: Option<Shutdown>) -> String {
        self.shutdown(said.unwrap_or(Shutdown::default_of(ChildType::Worker)))
    }

    /// What a line says of a child spec, and the definition of the module where the line says nothing.
    fn options_of(&self, said: &ChildOptions, module: &str) -> ChildOptions {
        self.defaults.get(module).map_or_else(|| said.clone(), |(defined, _)| said.over(defined))
    }

    /// What a `start`, `start_link` or `start_child` line says of a name, or else the definition.
    pub(super) fn registration<'b>(&'b self, said: &'b Registration, module: &str) -> &'b Registration {
        match (said, self.defaults.get(module)) {
            (Registration::Default, Some((defined, _))) => &defined.name,
            (said, _) => said,
        }
    }

    /// The name that such a line registers by itself: only one that is written.
    pub(super) fn started_name(&self, registration: &Registration, module: &str) -> Option<String> {
        match self.registration(registration, module) {
            Registration::Name(name) => Some(name.text.clone()),
            Registration::Default
            | Registration::None(_)
            | Registration::Via(_)
            | Registration::Variable(_) => None,
        }
    }

    /// What the line says, then what the definition says, then what OTP says.
    fn spec(
        &mut self,
        id: Id,
        start: Start<'_>,
        options: &ChildOptions,
        drawn_as_supervisor: bool,
    ) -> String {
        let said = self.options_of(options, start.module);
        let kind = match self.defaults.get(start.module) {
            _ if drawn_as_supervisor => ChildType::Supervisor,
            defined => defined.map_or(ChildType::Worker, |(_, kind)| *kind),
        };
        // A nested supervisor waits without end unless its own line says otherwise.
        let shutdown = if drawn_as_supervisor { &options.shutdown } else { &said.shutdown };
        let shutdown = shutdown.as_ref().map_or(Shutdown::default_of(kind), |said| said.value);
        let shutdown = self.shutdown(shutdown);
        let modules = said.modules.as_ref().and_then(modules);
        let arguments = start.arguments.iter().filter_map(constant);
        format!(
            "#{{id=>{},what=>{},module=>{},label=>{},name=>{},arguments=>{},restart=>{},shutdown=>{shutdown},\
             type=>{},significant=>{}{}}}",
            id.term,
            start.what,
            atom(start.module),
            atom(&id.label),
            start.registered,
            list(arguments),
            said.restart.map_or(Restart::Permanent, |said| said.value).word(),
            kind.word(),
            said.significant.is_some_and(|said| said.value),
            modules.map(|modules| format!(",modules=>{modules}")).unwrap_or_default(),
        )
    }

    pub(super) fn shutdown(&mut self, shutdown: Shutdown) -> String {
        match shutdown {
            Shutdown::Timeout(time) => self.wait(time),
            Shutdown::BrutalKill | Shutdown::Infinity => shutdown.to_string(),
        }
    }

    pub(super) fn wait(&mut self, time: u64) -> String {
        self.patience_ms = self.patience_ms.max(time);
        time.to_string()
    }
}

/// Only what the file says: the defaults are Elixir's.
fn dynamic_options(supervisor: &Supervisor, body: &Dynamic) -> String {
    let number = |key: &str, said: Option<u64>| said.map(|said| format!("{{{key},{said}}}"));
    let max_children = body.max_children.as_ref().map(|said| match said.value {
        MaxChildren::Limit(limit) => format!("{{max_children,{limit}}}"),
        MaxChildren::Infinity => "{max_children,infinity}".to_owned(),
    });
    let extra = &body.extra_arguments;
    let extra_arguments = (!extra.is_empty())
        .then(|| list(extra.iter().map(|value| constant(value).unwrap_or_default())))
        .map(|extra| format!("{{extra_arguments,{extra}}}"));
    let options = [
        number("max_restarts", supervisor.max_restarts.as_ref().map(|said| said.value)),
        number("max_seconds", supervisor.max_seconds.as_ref().map(|said| said.value)),
        max_children,
        extra_arguments,
        // Older ones ask for it, though there is but one.
        (!body.tasks).then(|| "{strategy,one_for_one}".to_owned()),
    ];
    list(options.into_iter().flatten())
}

/// A child id, and what treefall calls the process.
struct Id {
    term: String,
    label: String,
}

/// What a child spec starts.
struct Start<'a> {
    what: String,
    module: &'a str,
    /// The name that it registers, as a term.
    registered: String,
    arguments: &'a [Value],
}

pub(super) fn modules(value: &Value) -> Option<String> {
    let written = constant(value)?;
    Some(match &value.kind {
        ValueKind::Atom(text) if text == "dynamic" => written,
        ValueKind::List(_) => written,
        _ => format!("[{written}]"),
    })
}

fn drawn_name(id: &Name, registration: &Registration) -> Option<String> {
    match registration {
        Registration::Default => Some(id.text.clone()),
        Registration::None(_) | Registration::Via(_) | Registration::Variable(_) => None,
        Registration::Name(name) => Some(name.text.clone()),
    }
}

/// How the driver tells kinds of supervisors apart.
fn kind_of_key(supervisor: &Supervisor) -> &'static str {
    match &supervisor.body {
        SupervisorBody::Registry(_) => "registry",
        SupervisorBody::Partitions(..) => "partitions",
        SupervisorBody::Dynamic(body) if body.tasks => "task_supervisor",
        SupervisorBody::Dynamic(_) => "dynamic_supervisor",
        SupervisorBody::Children(_)
        | SupervisorBody::Raw(_)
        | SupervisorBody::Raises(_)
        | SupervisorBody::Reference => "supervisor",
    }
}

fn or_undefined(name: Option<String>) -> String {
    name.map_or("undefined".to_owned(), |name| value::registered(&name))
}

/// Only what the file says, and the strategy: the driver knows the defaults.
fn flags(supervisor: &Supervisor, strategy: Strategy) -> String {
    let number = |key: &str, said: Option<u64>| said.map(|said| format!("{key}=>{said}"));
    let auto_shutdown = supervisor.auto_shutdown.as_ref();
    let flags = [
        Some(format!("strategy=>{}", strategy.word())),
        number("intensity", supervisor.max_restarts.as_ref().map(|said| said.value)),
        number("period", supervisor.max_seconds.as_ref().map(|said| said.value)),
        auto_shutdown.map(|said| format!("auto_shutdown=>{}", said.value.word())),
    ];
    format!("#{{{}}}", flags.into_iter().flatten().collect::<Vec<_>>().join(","))
}
