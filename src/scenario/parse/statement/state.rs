//! Variables, tables, queues and resources.

use super::super::super::ast::{Name, StatementKind, Value, ValueKind};
use super::super::super::mistake::Mistake;
use super::super::condition::{queue, table, table_or_queue};
use super::super::scope::Place;
use super::{SCRIPT, Step, registry};

pub(super) fn set(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let variable = declared(step)?;
    Some(StatementKind::Set { variable, value: step.value_row("a value")? })
}

pub(super) fn add(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let variable = declared(step)?;
    let amount = step.value("a number")?;
    if !matches!(amount.kind, ValueKind::Int(_) | ValueKind::Variable(_)) {
        let message = "only numbers can be added";
        step.report(Mistake::new(amount.span, message, "not a number"));
    }
    Some(StatementKind::Add { variable, amount })
}

/// A `var` of the server or a `shared` of the file, by its name without `$`.
fn declared(step: &mut Step<'_, '_, '_>) -> Option<Name> {
    let name = step.name("a variable (without its `$`)")?;
    let shared = step.parser.names.shared.contains_key(&name.text);
    let is_var = step.scope.state.variables.contains(&name.text);
    let elsewhere = step.scope.place == Place::Parallel;
    if shared || is_var && !elsewhere {
        return Some(name);
    }
    if is_var {
        let message = format!("`{}` changes a variable of a server from another process", step.line.word);
        let mistake = Mistake::new(name.span, message, "the block runs in a task of its own");
        step.report(mistake.with_help("a `shared` variable can be changed by everybody"));
        return None;
    }
    let shared: Vec<String> = step.parser.names.shared.keys().cloned().collect();
    let state = std::rc::Rc::clone(&step.scope.state);
    let known: Vec<&str> = state.variables.iter().chain(&shared).map(String::as_str).collect();
    let bound = step.scope.bound.contains(&name.text);
    let word = step.line.word;
    let advice = match bound {
        true => format!("`${}` is bound once and for all: `{word}` needs a `var` or a `shared`", name.text),
        false if SCRIPT.contains(&step.scope.place) => {
            format!("declare it at the top level: `shared {} VALUE`", name.text)
        }
        false => format!("declare it in the server: `var {} VALUE`", name.text),
    };
    step.unknown("variable", &name, &known, &advice);
    Some(name)
}

pub(super) fn bind(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let variable = step.variable("a variable")?;
    let value = step.value_row("a value")?;
    step.bind_variable(&variable);
    Some(StatementKind::Bind { variable, value })
}

pub(super) fn insert(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let table = table(step)?;
    let key = step.value("a key")?;
    Some(StatementKind::Insert { table, key, value: step.value_row("a value")? })
}

pub(super) fn delete(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    Some(StatementKind::Delete { table: table(step)?, key: step.value("a key")? })
}

type Found = (Name, Value, Option<Name>);

fn found(step: &mut Step<'_, '_, '_>) -> Option<Found> {
    Some((table(step)?, step.value("a key")?, step.bind_property("as")))
}

pub(super) fn lookup(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    if registry::is_meant(step) {
        return registry::lookup(step);
    }
    let (table, key, bind) = found(step)?;
    Some(StatementKind::Lookup { table, key, bind })
}

pub(super) fn take(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let (table, key, bind) = found(step)?;
    Some(StatementKind::Take { table, key, bind })
}

pub(super) fn size(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    if registry::is_meant(step) {
        return registry::size(step);
    }
    let of = table_or_queue(step)?;
    Some(StatementKind::Size { of, bind: step.bind_property("as") })
}

pub(super) fn now(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    Some(StatementKind::Now { bind: step.bind_property("as") })
}

pub(super) fn push(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let queue = queue(step)?;
    Some(StatementKind::Push { queue, value: step.value_row("a value")? })
}

pub(super) fn pop(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let queue = queue(step)?;
    Some(StatementKind::Pop { queue, bind: step.bind_property("as") })
}

pub(super) fn acquire(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    Some(StatementKind::Acquire(step.name("a resource")?))
}

pub(super) fn release(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    Some(StatementKind::Release(step.name("a resource")?))
}
