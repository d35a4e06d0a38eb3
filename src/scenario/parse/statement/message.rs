//! Messages and time.

use kdl::KdlDocument;

use super::super::super::ast::{Block, Clause, Duration, Name, StatementKind, Target, Value, ValueKind};
use super::super::super::mistake::Mistake;
use super::super::words::hint;
use super::{Step, block, process};

pub(super) fn send(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let target = step.target("a target")?;
    let value = step.value_row("a message")?;
    Some(StatementKind::Send { target, value, priority: process::priority(step) })
}

pub(super) fn cast(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let target = step.target("a target")?;
    Some(StatementKind::Cast { target, value: step.value_row("a message")? })
}

pub(super) fn call(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let target = step.target("a target")?;
    let value = step.value_row("a request")?;
    let timeout = step.duration_property("timeout");
    let bind = step.bind_property("as");
    Some(StatementKind::Call { target, value, timeout, bind })
}

type Timer = (Duration, Target, Value, Option<Name>);

fn timer(step: &mut Step<'_, '_, '_>) -> Option<Timer> {
    let after = step.finite_duration("the time")?;
    let target = step.target("a target")?;
    let value = step.value_row("a message")?;
    Some((after, target, value, step.bind_property("as")))
}

pub(super) fn send_after(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let (after, target, value, bind) = timer(step)?;
    Some(StatementKind::SendAfter { after, target, value, bind })
}

pub(super) fn start_timer(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let (after, target, value, bind) = timer(step)?;
    Some(StatementKind::StartTimer { after, target, value, bind })
}

pub(super) fn cancel_timer(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let timer = step.value("a timer")?;
    Some(StatementKind::CancelTimer { timer, bind: step.bind_property("as") })
}

pub(super) fn sleep(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    Some(StatementKind::Sleep(step.finite_duration("the time")?))
}

pub(super) fn hang(_step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    Some(StatementKind::Hang)
}

/// With a block, a receive with clauses; without, the wait for one message.
pub(super) fn receive(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    if step.has_block() && step.at_end() {
        let block = step.block()?;
        let clauses = clauses(step, block, "after");
        return Some(StatementKind::Receive { clauses: clauses.list, after: clauses.after });
    }
    let pattern = message_pattern(step)?;
    let timeout = step.duration_property("timeout");
    Some(StatementKind::ReceiveOne { pattern, timeout })
}

/// The clauses of `receive` or `match`, and what applies when none does.
pub(super) struct Clauses {
    pub(super) list: Vec<Clause>,
    pub(super) after: Option<(Duration, Block)>,
    pub(super) otherwise: Option<Block>,
}

/// Reads `when` clauses and `last`, which is `after` or `otherwise`.
pub(super) fn clauses(step: &mut Step<'_, '_, '_>, document: &KdlDocument, last: &'static str) -> Clauses {
    let mut clauses = Clauses { list: Vec::new(), after: None, otherwise: None };
    let receive = last == "after";
    for node in document.nodes() {
        let usage = match node.name().value() {
            "after" => "after MS { … }",
            "otherwise" => "otherwise { … }",
            _ => "when PATTERN… { … }",
        };
        let mut line = Step::new(step.parser, step.scope, node, usage);
        let word = line.line.word;
        let done = match word {
            "when" => when(&mut line, receive).map(|clause| clauses.list.push(clause)),
            "after" if receive => after(&mut line).map(|after| clauses.after = Some(after)),
            "otherwise" if !receive => body(&mut line).map(|body| clauses.otherwise = Some(body)),
            _ => {
                let message = format!("`{word}` is no clause");
                let mistake = Mistake::new(line.line.word_span, message, "unknown here");
                let help = hint(word, &["when", last]);
                line.report(Mistake { help, ..mistake });
                None
            }
        };
        match done {
            Some(()) => line.finish(),
            None => line.forgive(),
        }
    }
    if clauses.list.is_empty() && clauses.after.is_none() && document.nodes().is_empty() {
        let message = format!("`{}` needs a clause", step.line.word);
        step.misused(step.line.span, message, "its block is empty");
    }
    clauses
}

fn when(step: &mut Step<'_, '_, '_>, receive: bool) -> Option<Clause> {
    let pattern = if receive { message_pattern(step) } else { step.pattern_row("a pattern") };
    if pattern.is_none() {
        step.forgive();
    }
    let (span, body) = (step.line.span, body(step)?);
    Some(Clause { pattern: pattern?, body, span })
}

fn after(step: &mut Step<'_, '_, '_>) -> Option<(Duration, Block)> {
    let duration = step.duration("the time");
    let body = body(step)?;
    Some((duration?, body))
}

fn body(step: &mut Step<'_, '_, '_>) -> Option<Block> {
    let inner = step.block()?;
    Some(block(step.parser, step.scope, inner))
}

/// A pattern of a message. `DOWN $ref …` and `EXIT $pid …` are spelt out as the tuples they match.
fn message_pattern(step: &mut Step<'_, '_, '_>) -> Option<Value> {
    let (tag, most) = match step.peek_word() {
        Some(tag @ "DOWN") if step.peek_second().is_some() => (tag, 3),
        Some(tag @ "EXIT") if step.peek_second().is_some() => (tag, 2),
        _ => return step.pattern_row("a pattern (`_` for anything)"),
    };
    let span = step.line.span;
    step.skip();
    let mut parts = Vec::new();
    while parts.len() < most && !step.at_end() {
        parts.push(step.pattern("a pattern")?);
    }
    let made = |kind| Value { kind, span };
    parts.resize(most, made(ValueKind::Wildcard));
    let mut tuple = vec![made(ValueKind::Atom(tag.to_owned()))];
    tuple.append(&mut parts);
    if tag == "DOWN" {
        // {'DOWN', Reference, process, Pid, Reason}
        tuple.insert(2, made(ValueKind::Atom("process".to_owned())));
    }
    Some(made(ValueKind::Tuple(tuple)))
}
