//! Registries and partition supervisors, as their clients use them.
//!
//! What has a word already for a local name or a table keeps it: `register`, `unregister`, `whereis`,
//! `lookup` and `size` mean an entry of a registry where one is named.

use super::super::super::ast::{RegistryStatement, StatementKind, Target, Value};
use super::super::super::mistake::Mistake;
use super::super::value;
use super::{Step, block};

/// The first release of Elixir with `lock` and `resize`.
const LOCKS_SINCE: u32 = 18;

fn said(statement: RegistryStatement) -> Option<StatementKind> {
    Some(StatementKind::Registry(statement))
}

/// `register (REGISTRY)key VALUE…`
pub(super) fn register(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    step.line.usage = "register (REGISTRY)key VALUE…";
    let entry = step.entry()?;
    let value = step.value_row("a value")?;
    said(RegistryStatement::Register { entry, value, bind: step.bind_property("as") })
}

/// `unregister (REGISTRY)key`
pub(super) fn unregister(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    step.line.usage = "unregister (REGISTRY)key matching=PATTERN";
    let entry = step.entry()?;
    said(RegistryStatement::Unregister { entry, matching: matching(step) })
}

/// `whereis (REGISTRY)key`
pub(super) fn whereis(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    match step.target("a name")? {
        Target::Via(via) => said(RegistryStatement::Whereis { via: *via, bind: step.bind_property("as") }),
        Target::Name(name) => Some(StatementKind::Whereis { name, bind: step.bind_property("as") }),
        other => {
            let message = format!("`{}` needs a name", step.line.word);
            step.misused(other.span(), message, "not a name");
            None
        }
    }
}

/// `lookup (REGISTRY)key`
pub(super) fn lookup(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    step.line.usage = "lookup (REGISTRY)key matching=PATTERN as=$entries";
    let entry = step.entry()?;
    let matching = matching(step);
    said(RegistryStatement::Lookup { entry, matching, bind: step.bind_property("as") })
}

/// `size REGISTRY`, or `size (REGISTRY)key matching=PATTERN`
pub(super) fn size(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    if !step.at_entry() || step.peek().is_some_and(value::is_term) && !step.has_property("matching") {
        let registry = step.registry_name()?;
        return said(RegistryStatement::Count { registry, bind: step.bind_property("as") });
    }
    step.line.usage = "size (REGISTRY)key matching=PATTERN as=$number";
    let entry = step.entry()?;
    let Some(matching) = matching(step) else {
        let message = "`size` of an entry needs `matching=`".to_owned();
        step.misused(step.line.span, message, "which values?");
        return None;
    };
    said(RegistryStatement::CountMatch { entry, matching, bind: step.bind_property("as") })
}

/// A pattern that binds nothing: its variables that have a value must match, the others match anything.
fn matching(step: &mut Step<'_, '_, '_>) -> Option<Value> {
    let entry = step.property("matching")?;
    value::read(step.parser, entry)
}

pub(super) fn values(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let entry = step.entry()?;
    let owner = owner(step)?;
    said(RegistryStatement::Values { entry, owner, bind: step.bind_property("as") })
}

pub(super) fn keys(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let registry = step.registry_name()?;
    let owner = owner(step)?;
    said(RegistryStatement::Keys { registry, owner, bind: step.bind_property("as") })
}

fn owner(step: &mut Step<'_, '_, '_>) -> Option<Option<Target>> {
    if step.at_end() { Some(None) } else { step.target("a process").map(Some) }
}

pub(super) fn update_value(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let entry = step.entry()?;
    let value = step.value_row("a value")?;
    said(RegistryStatement::UpdateValue { entry, value, bind: step.bind_property("as") })
}

pub(super) fn dispatch(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let entry = step.entry()?;
    let (pid, value) = (step.variable("a process"), step.variable("a value"));
    for variable in [&pid, &value].into_iter().flatten() {
        step.bind_variable(variable);
    }
    let parallel = step.boolean_property("parallel").is_some_and(|said| said.value);
    let body = if parallel {
        let inner = step.block()?;
        block(step.parser, &mut step.scope.elsewhere(), inner)
    } else {
        body(step)?
    };
    said(RegistryStatement::Dispatch { entry, pid: pid?, value: value?, parallel, body })
}

fn body(step: &mut Step<'_, '_, '_>) -> Option<super::super::super::ast::Block> {
    let inner = step.block()?;
    Some(block(step.parser, step.scope, inner))
}

pub(super) fn meta(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let (registry, key) = (step.registry_name()?, step.value("a key")?);
    said(RegistryStatement::Meta { registry, key, bind: step.bind_property("as") })
}

pub(super) fn put_meta(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let (registry, key) = (step.registry_name()?, step.value("a key")?);
    let value = Some(step.value_row("a value")?);
    said(RegistryStatement::PutMeta { registry, key, value })
}

pub(super) fn delete_meta(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let (registry, key) = (step.registry_name()?, step.value("a key")?);
    said(RegistryStatement::PutMeta { registry, key, value: None })
}

pub(super) fn lock(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    since_locks(step);
    let (registry, key) = (step.registry_name()?, step.value("a key")?);
    let body = body(step)?;
    said(RegistryStatement::Lock { registry, key, body })
}

pub(super) fn partitions(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let supervisor = step.pool_name()?;
    said(RegistryStatement::Partitions { supervisor, bind: step.bind_property("as") })
}

pub(super) fn resize(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    since_locks(step);
    let supervisor = step.pool_name()?;
    let count = step.value("a number of partitions")?;
    said(RegistryStatement::Resize { supervisor, count, bind: step.bind_property("as") })
}

fn since_locks(step: &mut Step<'_, '_, '_>) {
    let minor = step.parser.names.elixir_minor;
    if minor < LOCKS_SINCE {
        let message = format!("Elixir 1.{minor} has no `{}`", step.line.word);
        step.report(Mistake::new(step.line.word_span, message, "since Elixir 1.18"));
    }
}

/// Whether a line that begins with a word for names or tables is about a registry.
pub(super) fn is_meant(step: &Step<'_, '_, '_>) -> bool {
    step.at_entry() || step.peek_word().is_some_and(|name| step.parser.names.registries.contains(name))
}
