//! Supervision trees.

use std::collections::BTreeMap;

use kdl::{KdlDocument, KdlNode};

use crate::otp::{AutoShutdown, Restart, Strategy};

use super::super::ast::{
    Child, ChildOptions, Dynamic, Name, Registration, Span, Supervisor, SupervisorBody, Target, Value,
    ValueKind, Worker, WorkerModule,
};
use super::super::mistake::Mistake;
use super::names::ModuleKind;
use super::options::{autostart, child_options, limits, max_children};
use super::parser::Parser;
use super::registry;
use super::scope::Scope;
use super::step::{Step, unknown};
use super::value::{self, name_span};
use super::words::{Keyword, foreign, hint};

type Read = fn(&mut Step<'_, '_, '_>, Under) -> Option<Child>;

/// What can stand among a supervisor's children.
pub const WORDS: &[Keyword<Read>] = &[
    Keyword::new("worker", "worker ID [MODULE] [ARGUMENT…]", worker),
    Keyword::new("agent", "agent ID", agent),
    Keyword::new("supervisor", "supervisor ID { … }", nested_supervisor),
    Keyword::new("dynamic_supervisor", "dynamic_supervisor ID", nested_supervisor),
    Keyword::new("registry", "registry NAME keys=unique", nested_supervisor),
    Keyword::new(
        "partition_supervisor",
        "partition_supervisor NAME partitions=N { CHILD }",
        nested_supervisor,
    ),
    Keyword::new("task_supervisor", "task_supervisor ID", nested_supervisor),
];

/// What else can stand in a supervisor's block.
pub const BLOCK_WORDS: &[&str] = &["init", "extra_arguments"];

/// What of its supervisor a child must fit. `None` where the file does not say.
#[derive(Clone, Copy, Debug, Default)]
pub struct Under {
    auto_shutdown: Option<AutoShutdown>,
}

/// Reads the block of `start_child SUPERVISOR { … }`.
pub fn single_child(parser: &mut Parser<'_>, block: &KdlDocument, line: Span) -> Option<Child> {
    let nodes: Vec<&KdlNode> = block.nodes().iter().collect();
    let none = ("one child must stand in this block", "it is empty");
    let node = parser.only(&nodes, line, none, "only one child can stand in this block")?;
    child(parser, node, Under::default())
}

pub fn child(parser: &mut Parser<'_>, node: &KdlNode, under: Under) -> Option<Child> {
    let name = node.name().value();
    let Some(word) = WORDS.iter().find(|word| word.name == name) else {
        let known: Vec<&str> = WORDS.iter().map(|word| word.name).collect();
        let mistake = Mistake::new(name_span(node), format!("`{name}` is no child"), "unknown here");
        parser.report(Mistake { help: foreign(name).or_else(|| hint(name, &known)), ..mistake });
        return None;
    };
    let mut scope = Scope::outside();
    let mut step = Step::new(parser, &mut scope, node, word.usage);
    let child = (word.read)(&mut step, under)?;
    step.finish();
    check_significance(parser, &child, under);
    Some(child)
}

fn worker(step: &mut Step<'_, '_, '_>, _under: Under) -> Option<Child> {
    let id = step.name("a child's id")?;
    let module = match step.optional_name("the name of a definition")? {
        Some(module) => {
            check_module(step, &module)?;
            WorkerModule::Definition(module)
        }
        None if step.parser.names.definitions.contains_key(&id.text) => {
            step.parser.names.started.insert(id.text.clone());
            WorkerModule::Definition(id.clone())
        }
        None => WorkerModule::Plain,
    };
    let arguments = step.values()?;
    let options = child_options(step, false);
    if let WorkerModule::Definition(module) = &module {
        check_via(step, &module.text, &options.name);
    }
    Some(Child::Worker(Worker { id, module, arguments, options, span: step.line.span }))
}

fn agent(step: &mut Step<'_, '_, '_>, _under: Under) -> Option<Child> {
    let id = step.name("a child's id")?;
    let defined = step.parser.names.definitions.get(&id.text);
    let module = if defined.is_some_and(|definition| definition.kind == ModuleKind::Agent) {
        step.parser.names.started.insert(id.text.clone());
        WorkerModule::Definition(id.clone())
    } else {
        WorkerModule::Agent
    };
    let options = child_options(step, false);
    Some(Child::Worker(Worker { id, module, arguments: Vec::new(), options, span: step.line.span }))
}

/// Reports a module that nobody defines; notes that something starts it if somebody does.
pub fn check_module(step: &mut Step<'_, '_, '_>, module: &Name) -> Option<ModuleKind> {
    if let Some(definition) = step.parser.names.definitions.get(&module.text) {
        step.parser.names.started.insert(module.text.clone());
        return Some(definition.kind);
    }
    let what = match step.line.word {
        word if word.starts_with("spawn") => "process",
        word if word.starts_with("async") => "task",
        _ => "server",
    };
    let advice = format!("define it: `{what} {} {{ … }}`", module.text);
    step.report(unknown("definition", module, step.parser.names.definitions.keys(), &advice));
    None
}

/// A plain process registers by itself, and a registry takes no names from anybody else.
pub fn check_via(step: &mut Step<'_, '_, '_>, module: &str, registration: &Registration) {
    let kind = step.parser.names.definitions.get(module).map(|definition| definition.kind);
    if let (Some(ModuleKind::Process), Registration::Via(via)) = (kind, registration) {
        let message = format!("`{module}` is a plain process: nobody can register it but itself");
        let mistake = Mistake::new(via.span, message, "a name that somebody else keeps");
        step.report(mistake.with_help(format!("let it do so: `register ({})…`", via.holder.name.text)));
    }
}

fn nested_supervisor(step: &mut Step<'_, '_, '_>, _under: Under) -> Option<Child> {
    any_supervisor(step, true).map(Child::Supervisor)
}

/// Reads the rest of a line that draws a supervisor of any kind.
pub fn any_supervisor(step: &mut Step<'_, '_, '_>, nested: bool) -> Option<Supervisor> {
    match step.line.word {
        "supervisor" => supervisor(step, nested),
        "registry" => registry::registry(step, nested),
        "partition_supervisor" => {
            registry::partition_supervisor(step, nested, |parser, node| child(parser, node, Under::default()))
        }
        _ => dynamic_supervisor(step, nested),
    }
}

/// Reads a `supervisor` line and its block.
pub fn supervisor(step: &mut Step<'_, '_, '_>, nested: bool) -> Option<Supervisor> {
    let name = step.name("a name")?;
    let span = step.line.span;
    if nested && !step.has_block() {
        return reference(step, name, span);
    }
    let mut supervisor = Supervisor::plain(name, SupervisorBody::Children(Vec::new()), span);
    supervisor_flags(step, &mut supervisor);
    supervisor.autostart = autostart(step, nested);
    supervisor.options = child_options(step, !nested);
    check_auto_shutdown(step, &supervisor);
    let block = step.block()?;
    supervisor.body = body(step.parser, block, &supervisor);
    check_template(step, &supervisor, block);
    Some(supervisor)
}

fn supervisor_flags(step: &mut Step<'_, '_, '_>, supervisor: &mut Supervisor) {
    supervisor.strategy = step.choice_property("strategy", Strategy::WORDS);
    limits(step, supervisor);
    supervisor.auto_shutdown = step.choice_property("auto_shutdown", AutoShutdown::WORDS);
}

/// Reads the rest of `code_change SUPERVISOR …`: flags and children as a supervisor would draw them, or an
/// `init` with a term.
pub fn new_init(step: &mut Step<'_, '_, '_>, target: &Target, dynamic: bool) -> Option<Supervisor> {
    let span = step.line.span;
    let name = match target {
        Target::Name(name) | Target::Remote(name, _) => name.clone(),
        Target::Variable(name) => name.clone(),
        Target::Via(_) | Target::SelfPid(_) | Target::AnyChild(_) => {
            Name { text: "self".to_owned(), span: target.span() }
        }
    };
    let mut supervisor = Supervisor::plain(name, SupervisorBody::Children(Vec::new()), span);
    supervisor_flags(step, &mut supervisor);
    check_auto_shutdown(step, &supervisor);
    let block = step.block()?;
    supervisor.body = body(step.parser, block, &supervisor);
    match &supervisor.body {
        SupervisorBody::Raw(init) => check_new_state(step, init, dynamic),
        SupervisorBody::Children(_) if dynamic => {
            let message = "a dynamic supervisor has no children to begin with";
            let mistake = Mistake::new(span, message, "draws a supervisor that is not dynamic");
            step.report(mistake.with_help("write what its init returns: `init (term)\"{ok, #{…}}\"`"));
        }
        SupervisorBody::Children(_) => check_template(step, &supervisor, block),
        SupervisorBody::Raises(_)
        | SupervisorBody::Registry(_)
        | SupervisorBody::Partitions(..)
        | SupervisorBody::Dynamic(_)
        | SupervisorBody::Reference => (),
    }
    Some(supervisor)
}

/// `{ok, X}` makes X the state of the process if `code_change` does not understand it, and nothing good comes
/// of that.
fn check_new_state(step: &mut Step<'_, '_, '_>, init: &Value, dynamic: bool) {
    let ValueKind::Tuple(parts) = &init.kind else { return };
    let [Value { kind: ValueKind::Atom(ok), .. }, state] = &parts[..] else { return };
    let (fits, wanted) = match (&state.kind, dynamic) {
        (ValueKind::Map(_), true) => (true, ""),
        (_, true) => (false, "a dynamic supervisor returns `{ok, #{…}}`"),
        (ValueKind::Tuple(pair), false) => (pair.len() == 2, "a supervisor returns `{ok, {Flags, Specs}}`"),
        // In a variable there may be a dynamic one.
        (ValueKind::Map(_), false) => (true, ""),
        (_, false) => (false, "a supervisor returns `{ok, {Flags, Specs}}`"),
    };
    if ok == "ok" && !fits {
        let message = "this would become the state of the supervisor, which could not go on with it";
        step.report(Mistake::new(init.span, message, "no new flags").with_help(wanted));
    }
}

/// `supervisor ID` without a block, below another supervisor.
fn reference(step: &mut Step<'_, '_, '_>, name: Name, span: Span) -> Option<Supervisor> {
    let defined = step.parser.names.definitions.get(&name.text).cloned();
    match defined {
        Some(definition) if definition.kind == ModuleKind::Supervisor && !definition.autostart => {
            step.parser.names.started.insert(name.text.clone());
        }
        Some(definition) if definition.kind == ModuleKind::Supervisor => {
            let line = step.parser.line_of(definition.span);
            let message = format!("`{}` already starts by itself, on line {line}", name.text);
            let mistake = Mistake::new(name.span, message, "would start twice");
            step.report(mistake.with_help("give that one `autostart=#false`"));
        }
        _ => {
            let message = format!("`{}` needs its children", name.text);
            let mistake = Mistake::new(span, message, "no `{ … }` follows");
            let help = format!(
                "write them in a block, or define `supervisor {} autostart=#false {{ … }}` at the \
                 top level",
                name.text
            );
            step.report(mistake.with_help(help));
        }
    }
    let options = child_options(step, false);
    Some(Supervisor { options, ..Supervisor::plain(name, SupervisorBody::Reference, span) })
}

fn check_auto_shutdown(step: &mut Step<'_, '_, '_>, supervisor: &Supervisor) {
    let Some(said) = &supervisor.auto_shutdown else {
        return;
    };
    if said.value == AutoShutdown::Never {
        return;
    }
    let otp = step.parser.names.otp;
    if otp < 24 {
        let message = format!("OTP {otp} does not know `auto_shutdown`");
        step.report(Mistake::new(said.span, message, "since OTP 24"));
    } else if otp >= 27 && supervisor.strategy() == Strategy::SimpleOneForOne {
        let message = "`simple_one_for_one` cannot shut down automatically";
        let mistake = Mistake::new(said.span, message, "a bad combination since OTP 27");
        step.report(mistake.with_help("OTP 24 to 26 accept it: `scenario otp=26`"));
    }
}

fn body(parser: &mut Parser<'_>, block: &KdlDocument, supervisor: &Supervisor) -> SupervisorBody {
    if let Some(raw) = block.nodes().iter().find(|node| node.name().value() == "init") {
        return raw_body(parser, block, raw);
    }
    let under = Under { auto_shutdown: Some(supervisor.auto_shutdown()) };
    let mut children: Vec<Child> = Vec::new();
    let mut ids: BTreeMap<String, Span> = BTreeMap::new();
    for node in block.nodes() {
        let Some(child) = child(parser, node, under) else {
            continue;
        };
        let name = child.name().clone();
        match ids.get(&name.text) {
            Some(first) => parser.twice(&name, "the child ", *first),
            None => {
                ids.insert(name.text, name.span);
            }
        }
        children.push(child);
    }
    SupervisorBody::Children(children)
}

fn raw_body(parser: &mut Parser<'_>, block: &KdlDocument, raw: &KdlNode) -> SupervisorBody {
    if let Some(other) = block.nodes().iter().find(|node| !std::ptr::eq(*node, raw)) {
        let message = "`init` stands alone: it says all that the supervisor's module returns";
        parser.report(Mistake::new(name_span(other), message, "beside an `init`"));
    }
    let mut scope = Scope::outside();
    let mut step = Step::new(parser, &mut scope, raw, "init (term)\"{ok, {Flags, Specs}}\"");
    if step.peek_word() == Some("raise") {
        step.skip();
        let reason = step.value("what it raises");
        step.finish();
        return reason.map_or(SupervisorBody::Children(Vec::new()), SupervisorBody::Raises);
    }
    let term: Option<Value> = step.value("a term");
    match term {
        Some(term) => {
            step.finish();
            SupervisorBody::Raw(term)
        }
        None => SupervisorBody::Children(Vec::new()),
    }
}

fn check_template(step: &mut Step<'_, '_, '_>, supervisor: &Supervisor, block: &KdlDocument) {
    if supervisor.strategy() != Strategy::SimpleOneForOne {
        return;
    }
    let span = supervisor.strategy.as_ref().map_or(supervisor.span, |strategy| strategy.span);
    let nodes: Vec<&KdlNode> = block.nodes().iter().collect();
    let none = ("`simple_one_for_one` needs one child, the template of all others", "there is none");
    step.parser.only(&nodes, span, none, "`simple_one_for_one` has one child, the template of all others");
}

/// Reads a `dynamic_supervisor` line and its block.
fn dynamic_supervisor(step: &mut Step<'_, '_, '_>, nested: bool) -> Option<Supervisor> {
    let name = step.name("a name")?;
    let span = step.line.span;
    for (property, why) in [
        ("strategy", "its strategy is always `one_for_one`"),
        ("auto_shutdown", "it never shuts down by itself"),
    ] {
        if let Some(entry) = step.property(property) {
            let what = step.line.word.replace('_', " ");
            let message = format!("a {what} has no `{property}`");
            let mistake = Mistake::new(value::entry_span(entry), message, why);
            step.report(mistake.with_help("`supervisor` has one"));
        }
    }
    let tasks = step.line.word == "task_supervisor";
    let max_children = max_children(step);
    let mut supervisor = Supervisor::plain(name, SupervisorBody::Reference, span);
    limits(step, &mut supervisor);
    supervisor.autostart = autostart(step, nested);
    supervisor.options = child_options(step, !nested);
    let reference = nested && !step.has_block() && is_dormant_dynamic(step, &supervisor.name);
    let extra_arguments = match step.optional_block() {
        Some(_) if tasks => {
            let mistake = Mistake::new(span, "a task supervisor has no block", "nothing can stand in it");
            step.report(mistake.with_help("its tasks are started with `async` and `start_child`"));
            Vec::new()
        }
        Some(block) => extra_arguments(step.parser, block)?,
        None => Vec::new(),
    };
    if !reference {
        supervisor.body = SupervisorBody::Dynamic(Dynamic { max_children, tasks, extra_arguments });
    }
    Some(supervisor)
}

fn is_dormant_dynamic(step: &mut Step<'_, '_, '_>, name: &Name) -> bool {
    let kind = if step.line.word == "task_supervisor" {
        ModuleKind::TaskSupervisor
    } else {
        ModuleKind::DynamicSupervisor
    };
    let defined = step.parser.names.definitions.get(&name.text);
    let dormant = defined.is_some_and(|definition| definition.kind == kind && !definition.autostart);
    if dormant {
        step.parser.names.started.insert(name.text.clone());
    }
    dormant
}

fn extra_arguments(parser: &mut Parser<'_>, block: &KdlDocument) -> Option<Vec<Value>> {
    let mut all = Some(Vec::new());
    for node in block.nodes() {
        if node.name().value() != "extra_arguments" {
            let word = node.name().value();
            let message = format!("`{word}` cannot stand in a dynamic supervisor");
            let mistake = Mistake::new(name_span(node), message, "unknown here");
            let near = hint(word, &["extra_arguments"]).filter(|hint| hint.starts_with("did"));
            let advice = "its children are started with `start_child`".to_owned();
            parser.report(mistake.with_help(near.unwrap_or(advice)));
            continue;
        }
        let mut scope = Scope::outside();
        let mut step = Step::new(parser, &mut scope, node, "extra_arguments VALUE…");
        let values = step.values();
        step.finish();
        all = all.zip(values).map(|(mut all, values)| {
            all.extend(values);
            all
        });
    }
    all
}

/// OTP refuses a significant child that is permanent, or whose supervisor never shuts down.
fn check_significance(parser: &mut Parser<'_>, child: &Child, under: Under) {
    let options: &ChildOptions = child.options();
    let definition = match child {
        Child::Worker(Worker { module: WorkerModule::Definition(module), .. }) => {
            parser.names.definitions.get(&module.text)
        }
        Child::Worker(_) | Child::Supervisor(_) => None,
    };
    let defined_significant = definition.is_some_and(|definition| definition.significant);
    let significant = options.significant.as_ref().map_or(defined_significant, |said| said.value);
    if !significant {
        return;
    }
    let span = options.significant.as_ref().map_or(child.span(), |said| said.span);
    let defined_impermanent = definition.is_some_and(|definition| definition.impermanent);
    let permanent = match &options.restart {
        Some(said) => said.value == Restart::Permanent,
        None => !defined_impermanent,
    };
    let name = &child.name().text;
    if under.auto_shutdown == Some(AutoShutdown::Never) {
        let message = format!("`{name}` is significant, but its supervisor never shuts down");
        let mistake = Mistake::new(span, message, "under `auto_shutdown=never`");
        let help = "give the supervisor `auto_shutdown=any_significant` or `all_significant`";
        parser.report(mistake.with_help(help));
    }
    if permanent {
        let message = format!("`{name}` is significant, but permanent: it never ends for good");
        let mistake = Mistake::new(span, message, "a bad combination");
        parser.report(mistake.with_help("add `restart=transient` or `restart=temporary`"));
    }
}
