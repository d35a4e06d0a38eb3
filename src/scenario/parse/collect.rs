//! Which names the file defines, read before everything else.

use std::collections::BTreeMap;

use kdl::{KdlDocument, KdlEntry, KdlNode, KdlValue};

use super::super::ast::{Header, Modality, Name, Oracle, Partitions, Registry, Span, ValueKind};
use super::super::global;
use super::super::mistake::Mistake;
use super::super::term_text;
use super::names::{DefinedModule, DefinedNames, ModuleKind};
use super::parser::Parser;
use super::value::{self, Text};

/// Whether one of these lines, or one in their blocks, tells a starter how the start went.
fn acknowledges(document: &KdlDocument) -> bool {
    document.nodes().iter().any(|node| {
        matches!(node.name().value(), "init_ack" | "init_fail") || node.children().is_some_and(acknowledges)
    })
}

/// Reads the names of the file, and reports those that are defined twice.
pub fn collect(parser: &mut Parser<'_>, document: &KdlDocument) {
    parser.names.otp = Header::DEFAULT_OTP;
    parser.names.elixir_minor = Header::DEFAULT_ELIXIR_MINOR;
    for node in document.nodes() {
        top_level(parser, node);
    }
    walk(parser, document, Parent::Other);
}

/// Under what a node stands, as far as registering its children goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Parent {
    /// A supervisor whose children register under their ids.
    Registering,
    /// One whose children have no names of their own: a `simple_one_for_one`.
    Silent,
    Other,
}

fn top_level(parser: &mut Parser<'_>, node: &KdlNode) {
    let name = first_name(node);
    let kind = match node.name().value() {
        "server" | "statem" => ModuleKind::Server,
        "agent" => ModuleKind::Agent,
        "process" => ModuleKind::Process,
        "task" => ModuleKind::Task,
        "start_function" => ModuleKind::StartFunction,
        "supervisor" | "registry" | "partition_supervisor" => ModuleKind::Supervisor,
        "dynamic_supervisor" => ModuleKind::DynamicSupervisor,
        "task_supervisor" => ModuleKind::TaskSupervisor,
        "scenario" => {
            let elixir = property_of(node, "elixir").and_then(text_of);
            let minor = elixir.as_deref().and_then(|text| text.strip_prefix("1."));
            if let Some(minor) = minor.and_then(|minor| minor.parse().ok()) {
                parser.names.elixir_minor = minor;
            }
            let otp = property_of(node, "otp").and_then(|entry| entry.value().as_integer());
            if let Some(otp) = otp.and_then(|otp| u32::try_from(otp).ok()) {
                parser.names.otp = otp;
            }
            return;
        }
        "node" => {
            once(parser, name.clone(), "node", |names| &mut names.nodes);
            for inner in node.children().map_or(&[][..], KdlDocument::nodes) {
                if let ("client", Some(client), Some(node)) = (inner.name().value(), first_name(inner), &name)
                {
                    parser.names.clients_on.insert(client.text, node.text.clone());
                }
                top_level(parser, inner);
            }
            return;
        }
        "client" => return once(parser, name, "client", |names| &mut names.clients),
        "shared" => return once(parser, name, "shared variable", |names| &mut names.shared),
        "shared_table" => {
            return once(parser, name, "shared table", |names| &mut names.shared_tables);
        }
        "application" => {
            if let Some(name) = name {
                let definition = definition(node, ModuleKind::Supervisor, name.span);
                define(parser, name, definition, |names| &mut names.applications);
            }
            return application_tree(parser, node);
        }
        word if Modality::WORDS.iter().any(|(modality, _)| *modality == word) => {
            // What stands behind `in-order` is the name of the block.
            let name = match node.children() {
                Some(_) if name.as_ref().is_some_and(|name| name.text == Oracle::InOrder.word()) => {
                    nth_name(node, 1)
                }
                Some(_) => name,
                None => None,
            };
            return once(parser, name, "property", |names| &mut names.conditions);
        }
        _ => return,
    };
    let Some(name) = name else { return };
    let definition = definition(node, kind, name.span);
    define(parser, name, definition, |names| &mut names.definitions);
}

fn application_tree(parser: &mut Parser<'_>, node: &KdlNode) {
    let children = node.children().map_or(&[][..], KdlDocument::nodes);
    for child in children {
        let Some(name) = first_name(child) else {
            continue;
        };
        let kind = match child.name().value() {
            "supervisor" => ModuleKind::Supervisor,
            "dynamic_supervisor" => ModuleKind::DynamicSupervisor,
            "task_supervisor" => ModuleKind::TaskSupervisor,
            _ => continue,
        };
        let definition = DefinedModule { autostart: true, ..definition(child, kind, name.span) };
        define(parser, name, definition, |names| &mut names.definitions);
    }
}

fn definition(node: &KdlNode, kind: ModuleKind, span: Span) -> DefinedModule {
    let text = |name| property_of(node, name).and_then(|entry| entry.value().as_string());
    let boolean = |name| property_of(node, name).and_then(|entry| entry.value().as_bool());
    DefinedModule {
        kind,
        span,
        impermanent: match text("restart") {
            Some(restart) => matches!(restart, "transient" | "temporary"),
            None => kind == ModuleKind::Task,
        },
        significant: boolean("significant") == Some(true),
        autostart: boolean("autostart") != Some(false),
        acknowledges: kind == ModuleKind::Process && node.children().is_some_and(acknowledges),
    }
}

fn define(
    parser: &mut Parser<'_>,
    name: Name,
    definition: DefinedModule,
    map: fn(&mut DefinedNames) -> &mut BTreeMap<String, DefinedModule>,
) {
    if let Some(first) = map(&mut parser.names).get(&name.text).map(|first| first.span) {
        return parser.twice(&name, "", first);
    }
    map(&mut parser.names).insert(name.text, definition);
}

fn once(
    parser: &mut Parser<'_>,
    name: Option<Name>,
    what: &str,
    map: fn(&mut DefinedNames) -> &mut BTreeMap<String, Span>,
) {
    let Some(name) = name else { return };
    match map(&mut parser.names).get(&name.text).copied() {
        Some(first) => parser.twice(&name, &format!("the {what} "), first),
        None => {
            map(&mut parser.names).insert(name.text, name.span);
        }
    }
}

/// Reads the names that any node at any depth brings into the world.
fn walk(parser: &mut Parser<'_>, document: &KdlDocument, parent: Parent) {
    for node in document.nodes() {
        let named = property_of(node, "name").and_then(value::variable);
        parser.names.registers_any |= named.is_some();
        let within = brought(parser, node, parent);
        for entry in node.entries() {
            if value::is_term(entry) {
                term_atoms(parser, node, entry);
            }
        }
        if let Some(children) = node.children() {
            walk(parser, children, within);
        }
    }
}

fn brought(parser: &mut Parser<'_>, node: &KdlNode, parent: Parent) -> Parent {
    let nested = parent != Parent::Other;
    let names = &mut parser.names;
    let name = property_of(node, "name");
    if let Some(name) = name.and_then(|entry| value::global_name(entry).or_else(|| text_of(entry))) {
        names.registered.insert(name);
    }
    if let Some(id) = property_of(node, "id").and_then(text_of) {
        names.ids.insert(id);
    }
    let first = first_name(node).map(|name| name.text);
    let word = node.name().value();
    match (word, first) {
        ("supervisor" | "dynamic_supervisor" | "task_supervisor", Some(first)) => {
            let template = property_of(node, "strategy")
                .is_some_and(|entry| entry.value().as_string() == Some("simple_one_for_one"));
            if template {
                names.templates.insert(first.clone());
            }
            // A definition registers only as a child.
            let defines =
                property_of(node, "autostart").is_some_and(|it| it.value().as_bool() == Some(false));
            if parent != Parent::Silent && property_of(node, "name").is_none() && !defines {
                names.registered.insert(first.clone());
            }
            let registered = property_of(node, "name").and_then(text_of).unwrap_or_else(|| first.clone());
            names.supervisors.insert(registered, word.to_owned());
            names.ids.insert(first);
            if template { Parent::Silent } else { Parent::Registering }
        }
        ("registry", Some(first)) => {
            for number in 0..partitions_of(node).unwrap_or(1) {
                let partition = Registry::partition_name(&first, number);
                names.registered.insert(partition.clone());
                names.ids.insert(partition);
            }
            names.registries.insert(first.clone());
            names.registered.insert(first.clone());
            names.ids.insert(first);
            Parent::Other
        }
        ("partition_supervisor", Some(first)) => {
            for child in node.children().map_or(&[][..], KdlDocument::nodes) {
                let Some(child) = first_name(child) else { continue };
                let copies = 0..partitions_of(node).unwrap_or(0);
                names.ids.extend(copies.map(|number| Partitions::copy_name(&child.text, number)));
            }
            let kept = property_of(node, "name").filter(|name| name.ty().is_some()).cloned();
            if kept.is_none() {
                names.registered.insert(first.clone());
            }
            names.pools.insert(first.clone(), kept);
            names.ids.insert(first);
            Parent::Silent
        }
        ("worker" | "agent", Some(first)) if nested => {
            if parent == Parent::Registering && property_of(node, "name").is_none() {
                names.registered.insert(first.clone());
            }
            names.ids.insert(first);
            Parent::Other
        }
        ("client", Some(first)) => {
            names.registered.insert(first);
            Parent::Other
        }
        ("register", Some(first)) => {
            names.registered.insert(first);
            Parent::Other
        }
        ("register_name", Some(first)) => {
            names.registered.insert(global::written(&first));
            Parent::Other
        }
        ("register", None) => {
            names.registers_any |= node.entries().first().and_then(value::variable).is_some();
            Parent::Other
        }
        ("code_change", _) => {
            let template = property_of(node, "strategy")
                .is_some_and(|entry| entry.value().as_string() == Some("simple_one_for_one"));
            if template { Parent::Silent } else { Parent::Registering }
        }
        ("child_spec", Some(first)) => {
            names.ids.insert(first);
            Parent::Other
        }
        ("start_child", _) => {
            let second = node.entries().iter().filter(|entry| entry.name().is_none()).nth(1);
            names.ids.extend(second.and_then(text_of));
            Parent::Registering
        }
        _ => Parent::Other,
    }
}

/// Whatever a raw term names may exist: it is not ours to judge. But one that is nothing but a name brings nobody by that
/// name into the world, unless it stands where things are named or specified: it is how a line names nobody on purpose.
fn term_atoms(parser: &mut Parser<'_>, node: &KdlNode, entry: &KdlEntry) {
    let Some(text) = entry.value().as_string() else {
        return;
    };
    let places = vec![0; text.len() + 1];
    let names =
        entry.name().is_some() || matches!(node.name().value(), "register" | "start_child" | "child_spec");
    if let Ok(term) = term_text::parse(text, &places) {
        if matches!(term.kind, ValueKind::Atom(_)) && !names {
            return;
        }
        term.visit(&mut |part| {
            if let ValueKind::Atom(atom) = &part.kind {
                parser.names.ids.insert(atom.clone());
                parser.names.registered.insert(atom.clone());
                parser.names.started.insert(atom.clone());
            }
        });
    }
}

/// `partitions=`, if it is no larger than the parser accepts.
fn partitions_of(node: &KdlNode) -> Option<u64> {
    let number = property_of(node, "partitions")?.value().as_integer()?;
    u64::try_from(number).ok().filter(|number| *number <= 1_000)
}

fn property_of<'n>(node: &'n KdlNode, name: &str) -> Option<&'n KdlEntry> {
    node.entries().iter().find(|entry| entry.name().is_some_and(|it| it.value() == name))
}

fn text_of(entry: &KdlEntry) -> Option<String> {
    match value::text(entry)? {
        _ if entry.ty().is_some() => None,
        Text::Bare(word) if word.starts_with('$') => None,
        Text::Bare(word) | Text::Quoted(word) => Some(word.to_owned()),
    }
}

/// The first argument of a node, if it is a name.
fn first_name(node: &KdlNode) -> Option<Name> {
    nth_name(node, 0)
}

fn nth_name(node: &KdlNode, nth: usize) -> Option<Name> {
    let entry = node.entries().iter().filter(|entry| entry.name().is_none()).nth(nth)?;
    match entry.value() {
        KdlValue::String(_) => Some(Name { text: text_of(entry)?, span: value::entry_span(entry) }),
        KdlValue::Integer(_) | KdlValue::Float(_) | KdlValue::Bool(_) | KdlValue::Null => None,
    }
}

/// Reports definitions that nothing starts.
pub fn check_unused(parser: &mut Parser<'_>) {
    let unused: Vec<(String, DefinedModule)> = parser
        .names
        .definitions
        .iter()
        .chain(&parser.names.applications)
        .filter(|(name, _)| !parser.names.started.contains(*name))
        .map(|(name, definition)| (name.clone(), definition.clone()))
        .collect();
    for (name, definition) in unused {
        let help = match definition.kind {
            ModuleKind::Supervisor | ModuleKind::DynamicSupervisor | ModuleKind::TaskSupervisor
                if definition.autostart =>
            {
                continue;
            }
            ModuleKind::Supervisor | ModuleKind::DynamicSupervisor | ModuleKind::TaskSupervisor => {
                "without `autostart=#false` it starts at boot".to_owned()
            }
            ModuleKind::Server | ModuleKind::Agent | ModuleKind::StartFunction => {
                format!("make it a child: `worker {name}`")
            }
            ModuleKind::Process => format!("start it: `spawn {name}`"),
            ModuleKind::Task => format!("start it: `async {name}`"),
        };
        let message = format!("nothing starts `{name}`");
        parser.report(Mistake::new(definition.span, message, "never used").with_help(help));
    }
}
