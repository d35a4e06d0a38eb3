//! Registries and partition supervisors, as their clients use them.
//!
//! What has a word already for a local name or a table keeps it: `register`, `unregister`, `whereis`, `lookup` and
//! `size` mean an entry of a registry where one is named, and the families of those words come here with them.

use crate::kernel::Atom;
use crate::otp;

use super::super::ast::{Entry, Pool, Via};
use super::super::parse::value;
use super::row::*;

/// The first release of Elixir with `lock` and `resize`.
const LOCKS_SINCE: u32 = 18;

family! {
    /// What is asked of registries and partition supervisors. Their tables are everybody's.
    Registries
    regular {
        /// `Registry.values/3`: its own if nobody else is meant.
        Values "values (REGISTRY)key [TARGET] as=$values" ANYWHERE
            { entry: Key, owner: Owner = "a process", bind: Bind = "as" } => SEES;
        /// `Registry.keys/2`
        Keys "keys REGISTRY [TARGET] as=$keys" ANYWHERE
            { registry: RegistryName, owner: Owner = "a process", bind: Bind = "as" } => SEES;
        /// `Registry.update_value/3`
        UpdateValue "update_value (REGISTRY)key VALUE…" ANYWHERE
            { entry: Key, value: Row = "a value", bind: Bind = "as" } => SEES;
        /// `Registry.meta/2`
        Meta "meta REGISTRY KEY as=$value" ANYWHERE
            { registry: RegistryName, key: One = "a key", bind: Bind = "as" } => SEES;
        /// `Registry.put_meta/3`
        PutMeta "put_meta REGISTRY KEY VALUE…" ANYWHERE
            { registry: RegistryName, key: One = "a key", value: Row = "a value" } => SEES;
        /// `Registry.delete_meta/2`
        DeleteMeta "delete_meta REGISTRY KEY" ANYWHERE { registry: RegistryName, key: One = "a key" } => SEES;
        /// `PartitionSupervisor.partitions/1`
        Partitions "partitions PARTITION_SUPERVISOR as=$number" ANYWHERE
            { supervisor: PoolName, bind: Bind = "as" } => SEES;
    }
    by hand {
        /// `Registry.register/3`
        Register { entry: Key, value: Row, bind: Bind } => SEES;
        /// `Registry.unregister/2`, or with a pattern `Registry.unregister_match/3`.
        Unregister { entry: Key, matching: Matching } => SEES;
        /// `Registry.lookup/2`, or with a pattern `Registry.match/3`.
        Lookup { entry: Key, matching: Matching, bind: Bind } => SEES;
        /// `Registry.count/1`
        Count { registry: RegistryName, bind: Bind } => SEES;
        /// `Registry.count_match/3`
        CountMatch { entry: Key, matching: Wanted, bind: Bind } => SEES;
        /// `whereis_name/1` of whoever keeps the name.
        Whereis { via: ViaName, bind: Bind } => SEES;
        /// `PartitionSupervisor.resize!/2`
        Resize { supervisor: PoolName, count: One, bind: Bind } => SEES;
    }
    words {
        "resize PARTITION_SUPERVISOR NUMBER as=$before" ANYWHERE resize;
    }
}

/// An entry of a registry, to be computed.
#[derive(Clone, Debug, PartialEq)]
pub struct EntryKey {
    /// The registry that keeps the entry, by its name.
    pub registry: Atom,
    /// The key of the entry, to be computed.
    pub key: Expression,
}

roles! {
    /// `(REGISTRY)key`: an entry of a registry.
    Key: Entry => EntryKey,
        lower(entry, resolver) EntryKey { registry: resolver.atom(&entry.registry), key: resolver.value(&entry.key) },
        parts(entry, parts) parts.values.push(&entry.key);
    /// A registry, by its name.
    RegistryName: Name => Atom, lower(registry, resolver) resolver.atom(registry);
    /// A partition supervisor.
    PoolName: Pool => otp::Name, lower(pool, resolver) {
        let known = resolver.names.constant(&pool.value()).as_ref().and_then(otp::Name::of);
        known.unwrap_or_else(|| resolver.atom(&pool.name).into())
    };
    /// A name that somebody keeps.
    ViaName: Via => Expression, lower(via, resolver) resolver.value(&via.value()),
        parts(via, parts) parts.values.push(via);
    /// A pattern that binds nothing: its variables that have a value must match, the others match anything.
    Matching: Option<Value> => Option<Pattern>,
        said(pattern) pattern.as_ref().map_or(Said::Nothing, Said::Pattern),
        lower(pattern, resolver) pattern.as_ref().map(|pattern| resolver.pattern(pattern));
}

alike! {
    /// Whose entries: those of the process itself if nobody is named.
    Owner is OrSelf, |step, what| if step.at_end() { Some(None) } else { step.target(what).map(Some) };
}

readings! {
    Key, |step, _| step.entry();
    RegistryName, |step, _| step.registry_name();
    PoolName, |step, _| step.pool_name();
}

/// Whether a line that begins with a word for names or tables is about a registry.
pub(super) fn is_meant(step: &Step<'_, '_, '_>) -> bool {
    step.at_entry() || step.peek_word().is_some_and(|name| step.parser.names.registries.contains(name))
}

/// `register (REGISTRY)key VALUE…`
pub(super) fn register(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    step.line.usage = "register (REGISTRY)key VALUE…";
    let entry = step.entry()?;
    let value = step.value_row("a value")?;
    Some(Registries::Register { entry, value, bind: step.bind_property("as") }.into())
}

/// `unregister (REGISTRY)key`
pub(super) fn unregister(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    step.line.usage = "unregister (REGISTRY)key matching=PATTERN";
    let entry = step.entry()?;
    Some(Registries::Unregister { entry, matching: matching(step) }.into())
}

/// `lookup (REGISTRY)key`
pub(super) fn lookup(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    step.line.usage = "lookup (REGISTRY)key matching=PATTERN as=$entries";
    let entry = step.entry()?;
    let matching = matching(step);
    Some(Registries::Lookup { entry, matching, bind: step.bind_property("as") }.into())
}

/// `size REGISTRY`, or `size (REGISTRY)key matching=PATTERN`
pub(super) fn size(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    if !step.at_entry() || step.peek().is_some_and(value::is_term) && !step.has_property("matching") {
        let registry = step.registry_name()?;
        return Some(Registries::Count { registry, bind: step.bind_property("as") }.into());
    }
    step.line.usage = "size (REGISTRY)key matching=PATTERN as=$number";
    let entry = step.entry()?;
    let Some(matching) = matching(step) else {
        let message = "`size` of an entry needs `matching=`".to_owned();
        step.misused(step.line.span, message, "which values?");
        return None;
    };
    Some(Registries::CountMatch { entry, matching, bind: step.bind_property("as") }.into())
}

fn matching(step: &mut Step<'_, '_, '_>) -> Option<Value> {
    let entry = step.property("matching")?;
    value::read(step.parser, entry)
}

fn resize(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    since_locks(step);
    let supervisor = step.pool_name()?;
    let count = step.value("a number of partitions")?;
    Some(Registries::Resize { supervisor, count, bind: step.bind_property("as") }.into())
}

/// Reports a word that the simulated Elixir does not know yet.
pub(super) fn since_locks(step: &mut Step<'_, '_, '_>) {
    let minor = step.parser.names.elixir_minor;
    if minor < LOCKS_SINCE {
        let message = format!("Elixir 1.{minor} has no `{}`", step.line.word);
        step.report(Mistake::new(step.line.word_span, message, "since Elixir 1.18"));
    }
}
