//! Branches, loops, and what a client does between its calls.

use super::super::super::ast::{Block, StatementKind};
use super::super::condition::{condition, table_or_queue};
use super::message::clauses;
use super::{Step, block};

pub(super) fn if_(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let condition = condition(step);
    let then = body(step)?;
    Some(StatementKind::If {
        condition: condition?,
        then,
        otherwise: None,
    })
}

fn body(step: &mut Step<'_, '_, '_>) -> Option<Block> {
    let inner = step.block()?;
    Some(block(step.parser, step.scope, inner))
}

/// Over a table with two variables, over a queue with one.
pub(super) fn each(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let of = table_or_queue(step)?;
    if step.scope.state.queues.contains(&of.text) {
        step.line.usage = "each QUEUE $item { … }";
        let item = step.variable("an item")?;
        step.bind_variable(&item);
        return Some(StatementKind::EachItem {
            queue: of,
            item,
            body: body(step)?,
        });
    }
    let key = step.variable("a key")?;
    let value = step.variable("a value")?;
    step.bind_variable(&key);
    step.bind_variable(&value);
    Some(StatementKind::EachEntry {
        table: of,
        key,
        value,
        body: body(step)?,
    })
}

pub(super) fn match_(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let last_result = step.peek_word() == Some("result") && step.peek_second().is_none();
    let value = if last_result {
        step.skip();
        None
    } else {
        Some(step.value_row("a value, or `result`")?)
    };
    let block = step.block()?;
    let clauses = clauses(step, block, "otherwise");
    Some(StatementKind::Match {
        value,
        clauses: clauses.list,
        otherwise: clauses.otherwise,
    })
}

pub(super) fn repeat(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let times = step.number("how often", 1)?.value;
    Some(StatementKind::Repeat {
        times,
        body: body(step)?,
    })
}

pub(super) fn log(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let text = step.text("the text")?.value;
    Some(StatementKind::Log {
        text,
        values: step.values()?,
    })
}

pub(super) fn settle(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    Some(StatementKind::Settle {
        within: step.duration_property("within")?,
    })
}

pub(super) fn eventually(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let within = step.duration_property("within")?;
    let every = step.duration_property("every")?;
    Some(StatementKind::Eventually {
        within,
        every,
        body: body(step)?,
    })
}

pub(super) fn await_(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let client = step.name("a client")?;
    if !step.parser.names.clients.contains_key(&client.text) {
        let clients: Vec<String> = step.parser.names.clients.keys().cloned().collect();
        let known: Vec<&str> = clients.iter().map(String::as_str).collect();
        step.unknown("client", &client, &known, "");
    }
    Some(StatementKind::Await(client))
}

pub(super) fn note(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    Some(StatementKind::Note(step.text("the text")?.value))
}
