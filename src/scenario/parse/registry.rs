//! Registries and partition supervisors in trees, and the names that they keep: `(REGISTRY)key`.

use kdl::{KdlDocument, KdlEntry, KdlNode};

use crate::otp::Strategy;

use super::super::ast::{
    Child, Entry, Name, Partitions, Pool, Registry, RegistryKeys, Span, Spanned, Supervisor, SupervisorBody,
    Value, ValueKind, Via, ViaModule,
};
use super::super::global;
use super::super::mistake::Mistake;
use super::names::DefinedNames;
use super::options::child_options;
use super::parser::Parser;
use super::scope::{Code, Scope};
use super::step::{Step, unknown};
use super::tree::{Under, autostart, child, limits};
use super::value;
use super::words::hint;

/// What can stand in the block of a registry, and beside the child of a partition supervisor.
pub const BLOCK_WORDS: &[&str] = &["listeners", "meta", "with_arguments"];

/// A hundred processes are a lot for a scenario, and a thousand are enough for anybody.
const PARTITIONS_MAX: u64 = 1_000;

/// Reads a `registry` line and its block.
pub fn registry(step: &mut Step<'_, '_, '_>, nested: bool) -> Option<Supervisor> {
    let name = step.name("a name")?;
    let span = step.line.span;
    if !step.has_property("keys") {
        let mistake = Mistake::new(span, "a registry needs `keys=`", "unique, or not?");
        step.report(mistake.with_help("write `keys=unique` or `keys=duplicate`"));
    }
    let keys = step.choice_property("keys", RegistryKeys::WORDS).map(|keys| keys.value);
    let partitions = partitions(step);
    if let Some(entry) = step.property("name") {
        let mistake =
            Mistake::new(value::entry_span(entry), "a registry registers under its own name", "another name");
        step.report(mistake.with_help("its table has that name too"));
    }
    let autostart = autostart(step, nested);
    let options = child_options(step, !nested);
    let (listeners, meta) = match step.optional_block() {
        Some(block) => registry_block(step.parser, block),
        None => (Vec::new(), Vec::new()),
    };
    let body = SupervisorBody::Registry(Registry { keys: keys?, partitions, listeners, meta });
    Some(Supervisor { autostart, options, ..Supervisor::plain(name, body, span) })
}

fn partitions(step: &mut Step<'_, '_, '_>) -> Option<Spanned<u64>> {
    let partitions = step.number_property("partitions", 1)?;
    if partitions.value > PARTITIONS_MAX {
        let message = format!("`partitions=` must be at most {PARTITIONS_MAX}");
        step.report(Mistake::new(partitions.span, message, "too many"));
        return None;
    }
    Some(partitions)
}

fn registry_block(parser: &mut Parser<'_>, block: &KdlDocument) -> (Vec<Name>, Vec<(Value, Value)>) {
    let (mut listeners, mut meta) = (Vec::new(), Vec::new());
    for node in block.nodes() {
        let mut scope = Scope::outside();
        match node.name().value() {
            "listeners" => {
                let mut step = Step::new(parser, &mut scope, node, "listeners NAME…");
                if let Some(names) = step.names("the name of a process") {
                    step.finish();
                    listeners.extend(names);
                }
            }
            "meta" => {
                let mut step = Step::new(parser, &mut scope, node, "meta KEY VALUE…");
                let pair = step.value("a key").zip(step.value_row("a value"));
                if pair.is_some() {
                    step.finish();
                }
                meta.extend(pair);
            }
            word => unknown_line(parser, node, word, "a registry", &["listeners", "meta"]),
        }
    }
    (listeners, meta)
}

fn unknown_line(parser: &mut Parser<'_>, node: &KdlNode, word: &str, what: &str, known: &[&str]) {
    let span = value::name_span(node);
    let mistake = Mistake::new(span, format!("`{word}` cannot stand in {what}"), "unknown here");
    parser.report(Mistake { help: hint(word, known), ..mistake });
}

/// Reads a `partition_supervisor` line and its block.
pub fn partition_supervisor(step: &mut Step<'_, '_, '_>, nested: bool) -> Option<Supervisor> {
    let name = step.name("a name")?;
    let span = step.line.span;
    if !step.has_property("partitions") {
        let message = "a partition supervisor needs `partitions=`";
        let mistake = Mistake::new(span, message, "how many?");
        step.report(
            mistake.with_help("Elixir takes the number of schedulers, which a scenario does not have"),
        );
    }
    let count = partitions(step).map(|said| said.value);
    if let Some(entry) = step.property("name").filter(|entry| !is_kept(entry)) {
        let message = "a partition supervisor registers under its own name";
        let mistake = Mistake::new(value::entry_span(entry), message, "another name");
        step.report(
            mistake
                .with_help("its table has that name too, unless a registry keeps it: `name=(REGISTRY)key`"),
        );
    }
    let mut supervisor = Supervisor::plain(name, SupervisorBody::Reference, span);
    supervisor.strategy = step.choice_property("strategy", Strategy::WORDS);
    if let Some(said) = &supervisor.strategy
        && said.value == Strategy::SimpleOneForOne
    {
        let message = "a partition supervisor cannot be `simple_one_for_one`";
        step.report(Mistake::new(said.span, message, "it has a copy for each partition"));
    }
    limits(step, &mut supervisor);
    supervisor.autostart = autostart(step, nested);
    supervisor.options = child_options(step, !nested);
    let block = step.block()?;
    let (template, with_arguments) = copies(step.parser, block, span);
    let partitions = Partitions { count: count?, with_arguments };
    supervisor.body = SupervisorBody::Partitions(partitions, Box::new(template?));
    Some(supervisor)
}

/// The one child that is copied, and what each copy gets instead of its arguments.
fn copies(parser: &mut Parser<'_>, block: &KdlDocument, line: Span) -> (Option<Child>, Option<Vec<Value>>) {
    let mut with_arguments = None;
    let mut children = Vec::new();
    for node in block.nodes() {
        if node.name().value() != "with_arguments" {
            children.push(node);
            continue;
        }
        let mut scope = Scope::outside();
        scope.bound.insert(Partitions::PARTITION.to_owned());
        let mut step = Step::new(parser, &mut scope, node, "with_arguments VALUE…");
        let values = step.values();
        step.finish();
        with_arguments = values;
    }
    let template = match children[..] {
        [node] => child(parser, node, Under::default()),
        [] => {
            let message = "a partition supervisor needs one child, of which each partition is a copy";
            parser.report(Mistake::new(line, message, "there is none"));
            None
        }
        [_, second, ..] => {
            let span = value::name_span(second);
            let message = "a partition supervisor has one child, of which each partition is a copy";
            parser.report(Mistake::new(span, message, "the second one"));
            None
        }
    };
    (template, with_arguments)
}

impl DefinedNames {
    /// The module that keeps the names of a registry or a partition supervisor of the file.
    fn keeper(&self, holder: &str) -> Option<ViaModule> {
        if self.registries.contains(holder) {
            return Some(ViaModule::Registry);
        }
        self.pools.contains_key(holder).then_some(ViaModule::PartitionSupervisor)
    }
}

impl Step<'_, '_, '_> {
    /// Whether the next argument is `(HOLDER)key`, or a term.
    pub fn at_entry(&self) -> bool {
        self.peek().is_some_and(|entry| entry.ty().is_some())
    }

    /// `(REGISTRY)key`, or the same as a term.
    pub fn entry(&mut self) -> Option<Entry> {
        let what = "an entry: `(REGISTRY)key`";
        let Some(entry) = self.peek() else {
            self.name(what)?;
            return None;
        };
        self.skip();
        let span = value::span(entry, self.parser.text);
        if entry.ty().is_none() {
            self.misused(span, format!("`{}` needs {what}", self.line.word), "no registry");
            return None;
        }
        let value = self.entry_value(entry)?;
        let Some((holder, key)) = pair(&value, span) else {
            self.misused(span, format!("`{}` needs {what}", self.line.word), "not a registry and a key");
            return None;
        };
        if !value::is_term(entry) && !self.parser.names.registries.contains(&holder.text) {
            self.no_registry(&holder);
        }
        Some(Entry { registry: holder, key })
    }

    /// The name of a registry.
    pub fn registry_name(&mut self) -> Option<Name> {
        let (name, on_purpose) = self.kept("a registry")?;
        if !on_purpose && !self.parser.names.registries.contains(&name.text) {
            self.no_registry(&name);
        }
        Some(name)
    }

    /// The name of a partition supervisor.
    pub fn pool_name(&mut self) -> Option<Pool> {
        if let Some(entry) = self.peek().filter(|entry| value::is_term(entry))
            && let Some(Ok(via)) = self.via(entry)
        {
            self.skip();
            return Some(Pool { name: via.holder.name.clone(), via: Some(Box::new(via)) });
        }
        let (name, on_purpose) = self.kept("a partition supervisor")?;
        if !on_purpose && !self.parser.names.pools.contains_key(&name.text) {
            let advice = format!("to name nobody on purpose, write `(term)\"{}\"`", name.text);
            self.report(unknown("partition supervisor", &name, self.parser.names.pools.keys(), &advice));
        }
        Some(if on_purpose { Pool { name, via: None } } else { self.pool(name) })
    }

    /// A registry or a partition supervisor of the file, by the name that it has.
    fn pool(&mut self, name: Name) -> Pool {
        let kept = self.parser.names.pools.get(&name.text).cloned().flatten();
        let via = kept.filter(is_kept).and_then(|entry| self.via(&entry));
        Pool { name, via: via.and_then(Result::ok).map(Box::new) }
    }

    /// The name of a table, and whether it is written as a term: then it may be nobody's.
    fn kept(&mut self, what: &str) -> Option<(Name, bool)> {
        if !self.peek().is_some_and(value::is_term) {
            return self.name(what).map(|name| (name, false));
        }
        let term = self.value(what)?;
        let ValueKind::Atom(text) = term.kind else {
            self.misused(term.span, format!("{what} is named by an atom"), "not an atom");
            return None;
        };
        Some((Name { text, span: term.span }, true))
    }

    fn no_registry(&mut self, name: &Name) {
        let known = &self.parser.names.registries;
        self.report(unknown("registry", name, known, "draw one: `registry NAME keys=unique`"));
    }

    /// `(HOLDER)key` as the name of a process, or `{via, Module, {Holder, Key}}` as a term. None, without a
    /// mistake, for what is neither.
    pub fn via(&mut self, entry: &KdlEntry) -> Option<Result<Via, ()>> {
        entry.ty()?;
        let span = value::span(entry, self.parser.text);
        if value::is_term(entry) {
            let read = value::read(self.parser, entry)?;
            let via = via_term(&read, span)?;
            self.check_reading(&read);
            return Some(Ok(via));
        }
        let Some(read) = self.entry_value(entry) else { return Some(Err(())) };
        let (holder, key) = pair(&read, span)?;
        let Some(module) = self.parser.names.keeper(&holder.text) else {
            if !self.parser.names.nodes.is_empty() {
                self.unknown_node(&holder, "a target is a name, a variable, `self`, or `(NODE)name`");
                return Some(Err(()));
            }
            let names = &self.parser.names;
            let known = names.registries.iter().chain(names.pools.keys());
            let advice = "a target is a name, a variable, `self`, or `(REGISTRY)key`";
            self.report(unknown("registry or partition supervisor", &holder, known, advice));
            return Some(Err(()));
        };
        if self.scope.place == Code::Outside && module == ViaModule::PartitionSupervisor {
            let mistake = Mistake::new(span, "a partition supervisor gives out no names", "cannot be taken");
            self.report(mistake.with_help("it starts the processes that its keys mean"));
        }
        Some(Ok(Via { module, holder: self.pool(holder), key, value: None, span }))
    }
}

/// Whether it is a name that somebody else keeps, and `global` does not.
fn is_kept(entry: &KdlEntry) -> bool {
    entry.ty().is_some_and(|holder| holder.value() != global::TAG)
}

/// `{Holder, Key}`
fn pair(value: &Value, span: Span) -> Option<(Name, Value)> {
    match &value.kind {
        ValueKind::Tuple(parts) => match &parts[..] {
            [Value { kind: ValueKind::Atom(holder), .. }, key] => {
                Some((Name { text: holder.clone(), span }, key.clone()))
            }
            _ => None,
        },
        _ => None,
    }
}

/// `{via, Module, {Holder, Key}}`, or with a value behind the key.
fn via_term(value: &Value, span: Span) -> Option<Via> {
    let ValueKind::Tuple(parts) = &value.kind else { return None };
    let [Value { kind: ValueKind::Atom(via), .. }, Value { kind: ValueKind::Atom(module), .. }, name] =
        &parts[..]
    else {
        return None;
    };
    let module = match (via.as_str(), module.as_str()) {
        ("via", "Registry") => ViaModule::Registry,
        ("via", "PartitionSupervisor") => ViaModule::PartitionSupervisor,
        _ => return None,
    };
    let ValueKind::Tuple(parts) = &name.kind else { return None };
    let (holder, key, value) = match &parts[..] {
        [holder, key] => (holder, key, None),
        [holder, key, value] if module == ViaModule::Registry => (holder, key, Some(value.clone())),
        _ => return None,
    };
    let holder = match &holder.kind {
        ValueKind::Atom(holder) => Pool { name: Name { text: holder.clone(), span }, via: None },
        _ if module == ViaModule::PartitionSupervisor => {
            let via = via_term(holder, span)?;
            Pool { name: via.holder.name.clone(), via: Some(Box::new(via)) }
        }
        _ => return None,
    };
    Some(Via { module, holder, key: key.clone(), value, span })
}
