//! Branches, loops, and what a client does between its calls.

use super::super::super::ast::{Block, Duration, DurationKind, StatementKind};
use super::super::super::mistake::Mistake;
use super::super::condition::{condition, table_or_queue};
use super::message::clauses;
use super::{Step, block};

pub(super) fn if_(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let condition = condition(step);
    let then = body(step)?;
    Some(StatementKind::If { condition: condition?, then, otherwise: None })
}

fn body(step: &mut Step<'_, '_, '_>) -> Option<Block> {
    let inner = step.block()?;
    Some(block(step.parser, step.scope, inner))
}

/// Over a table with two variables, over a queue with one.
pub(super) fn each(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let of = table_or_queue(step)?;
    let over_queue = step.scope.state.queues.contains(&of.text);
    let (first, second) = if over_queue {
        step.line.usage = "each QUEUE $item { … }";
        (step.variable("an item"), None)
    } else {
        (step.variable("a key"), step.variable("a value"))
    };
    for variable in [&first, &second].into_iter().flatten() {
        step.bind_variable(variable);
    }
    let body = body(step)?;
    Some(if over_queue {
        StatementKind::EachItem { queue: of, item: first?, body }
    } else {
        StatementKind::EachEntry { table: of, key: first?, value: second?, body }
    })
}

pub(super) fn match_(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let last_result = step.peek_word() == Some("result") && step.peek_second().is_none();
    let value = if last_result {
        step.skip();
        step.check_result();
        Some(None)
    } else {
        step.value_row("a value, or `result`").map(Some)
    };
    let block = step.block()?;
    let clauses = clauses(step, block, "otherwise");
    Some(StatementKind::Match { value: value?, clauses: clauses.list, otherwise: clauses.otherwise })
}

pub(super) fn repeat(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let times = step.number("the number of times", 1);
    let body = body(step)?;
    Some(StatementKind::Repeat { times: times?.value, body })
}

pub(super) fn log(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let text = step.text("the text")?.value;
    Some(StatementKind::Log { text, values: step.values()? })
}

pub(super) fn settle(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    Some(StatementKind::Settle { within: step.duration_property("within") })
}

pub(super) fn eventually(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let within = step.duration_property("within");
    let every = step.duration_property("every");
    if let Some(Duration { kind: DurationKind::Milliseconds(0) | DurationKind::Infinity, span }) = every {
        let message = "`every=` must be milliseconds from 1";
        step.report(Mistake::new(span, message, "would never try again"));
    }
    Some(StatementKind::Eventually { within, every, body: body(step)? })
}

pub(super) fn await_client(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let client = step.name("a client")?;
    if !step.parser.names.clients.contains_key(&client.text) {
        let clients: Vec<String> = step.parser.names.clients.keys().cloned().collect();
        let known: Vec<&str> = clients.iter().map(String::as_str).collect();
        step.unknown("client", &client, &known, "");
    }
    step.check_awaited(&client);
    Some(StatementKind::Await(client))
}

pub(super) fn note(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    Some(StatementKind::Note(step.text("the text")?.value))
}
