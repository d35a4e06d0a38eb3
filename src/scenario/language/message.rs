//! Messages and time.

use super::super::ast::{Duration, Span};
use super::row::*;

family! {
    /// What sends, waits and takes time.
    Messages
    regular {
        /// A message without any protocol.
        Send "send TARGET VALUE…" ANYWHERE
            { target: Whom = "a target", value: Row = "a message",
              priority: Priority = "priority" } => reaches(target);
        /// `gen_server:cast/2`
        Cast "cast TARGET VALUE…" ANYWHERE
            { target: Whom = "a target", value: Row = "a message" } => reaches(target);
        /// `gen_server:call/3`
        Call "call TARGET VALUE… as=$result" ANYWHERE
            { target: Whom = "a target", value: Row = "a request", timeout: CallTime = "timeout",
              bind: Bind = "as" } => reaches(target);
        /// `erlang:send_after/3`
        SendAfter "send_after MS TARGET VALUE… as=$timer" ANYWHERE
            { after: FiniteTime = "the time", target: Near = "a target", value: Row = "a message",
              bind: Bind = "as" } => ALONE.exposing();
        /// `erlang:start_timer/3`
        StartTimer "start_timer MS TARGET VALUE… as=$timer" ANYWHERE
            { after: FiniteTime = "the time", target: Near = "a target", value: Row = "a message",
              bind: Bind = "as" } => ALONE.exposing();
        /// `erlang:cancel_timer/1`
        CancelTimer "cancel_timer $timer as=$left" ANYWHERE
            { timer: One = "a timer", bind: Bind = "as" } => ALONE;
        /// `erlang:read_timer/1`
        ReadTimer "read_timer $timer as=$left" ANYWHERE
            { timer: One = "a timer", bind: Bind = "as" } => ALONE;
        /// Hears nothing for so long.
        Sleep "sleep MS" ANYWHERE { time: FiniteTime = "the time" } => ALONE;
        /// Hears nothing for ever.
        Hang "hang" ANYWHERE => ALONE;
    }
    by hand {
        /// `receive PATTERN…`, the short form, whose timeout fails an expectation.
        ReceiveOne { pattern: MessagePattern, timeout: Timeout } => ALONE;
    }
    words {}
}

roles! {
    /// `timeout=` of a call: without it the call waits as `gen_server:call/2` does, and says no time when it fails.
    CallTime: Option<Duration> => Option<Expression>,
        lower(time, resolver) time.as_ref().map(|time| resolver.duration(time)),
        parts(time, parts) if let Some(time) = time {
            parts.times.push(time);
        } else {
            parts.sets.push(StatementKind::CALL_TIMEOUT_MS);
        };
    /// What a message must look like. What it compares with is computed before the process waits.
    MessagePattern: Value => Pattern, said(pattern) Said::Pattern(pattern),
        lower(pattern, resolver) resolver.message(pattern);
}

readings! {
    CallTime, |step, property| Some(step.duration_property(property));
}

/// `receive PATTERN… timeout=MS`
pub(super) fn receive_one(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let pattern = message_pattern(step)?;
    let timeout = step.duration_property("timeout");
    Some(Messages::ReceiveOne { pattern, timeout }.into())
}

/// A pattern of a message. `DOWN $ref …` and `EXIT $pid …` are spelt out as the tuples they match.
pub(super) fn message_pattern(step: &mut Step<'_, '_, '_>) -> Option<Value> {
    let (tag, most) = match step.peek_word() {
        Some(tag @ "DOWN") if step.peek_second().is_some() => (tag, 3),
        Some(tag @ "EXIT") if step.peek_second().is_some() => (tag, 2),
        _ => return step.pattern_row("a pattern (`_` for anything)"),
    };
    let span = step.line.span;
    step.line.usage = match (tag, step.line.word) {
        ("DOWN", "when") => "when DOWN $reference $pid $reason { … }",
        ("DOWN", _) => "receive DOWN $reference $pid $reason",
        (_, "when") => "when EXIT $pid $reason { … }",
        _ => "receive EXIT $pid $reason",
    };
    step.skip();
    let mut parts = Vec::new();
    while parts.len() < most && !step.at_end() {
        parts.push(step.pattern("a pattern")?);
    }
    Some(spelt_out(tag, parts, span))
}

/// The tuple that `DOWN $ref …` or `EXIT $pid …` matches. What is not written may be anything.
pub fn spelt_out(tag: &str, mut parts: Vec<Value>, span: Span) -> Value {
    let made = |kind| Value { kind, span };
    parts.resize(if tag == "DOWN" { 3 } else { 2 }, made(ValueKind::Wildcard));
    let mut tuple = vec![made(ValueKind::Atom(tag.to_owned()))];
    tuple.append(&mut parts);
    if tag == "DOWN" {
        // {'DOWN', Reference, process, Pid, Reason}
        tuple.insert(2, made(ValueKind::Atom("process".to_owned())));
    }
    made(ValueKind::Tuple(tuple))
}
