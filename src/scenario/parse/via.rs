//! The names that registries and partition supervisors keep: `(REGISTRY)key`.

use kdl::KdlEntry;

use super::super::ast::{Entry, Name, Pool, Span, Value, ValueKind, Via, ViaModule};
use super::super::global;
use super::super::mistake::Mistake;
use super::names::DefinedNames;
use super::scope::Code;
use super::step::{Step, unknown};
use super::value;

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
pub fn is_kept(entry: &KdlEntry) -> bool {
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
