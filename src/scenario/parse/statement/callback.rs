//! What a server's callback returns.

use std::rc::Rc;

use super::super::super::ast::StatementKind;
use super::super::super::mistake::Mistake;
use super::super::scope::{HANDLER, Place};
use super::Step;

pub(super) fn reply(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    Some(StatementKind::Reply(step.value_row("a value")?))
}

pub(super) fn reply_to(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let from = step.value("a caller")?;
    Some(StatementKind::ReplyTo { from, value: step.value_row("a value")? })
}

pub(super) fn continue_with(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    Some(StatementKind::Continue(step.value_row("a value")?))
}

pub(super) fn timeout(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let after = step.duration("the time")?;
    let message = if step.at_end() { None } else { Some(step.value_row("a message")?) };
    let otp = step.parser.names.otp;
    if let Some(message) = &message
        && otp < 28
    {
        let text = format!("OTP {otp} knows no timeout with a message of its own");
        let mistake = Mistake::new(message.span, text, "since OTP 28");
        step.report(mistake.with_help("`timeout MS` sends the message `timeout`"));
    }
    Some(StatementKind::Timeout { after, message })
}

pub(super) fn goto(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let phase = step.name("a phase")?;
    let state = Rc::clone(&step.scope.state);
    if !state.phases.contains(&phase.text) {
        let known: Vec<&str> = state.phases.iter().map(String::as_str).collect();
        let advice = match known.is_empty() {
            true => format!("declare it in the server: `phase {} {{ … }}`", phase.text),
            false => String::new(),
        };
        step.unknown("phase", &phase, &known, &advice);
    }
    Some(StatementKind::Goto(phase))
}

pub(super) fn ignore(_step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    Some(StatementKind::Ignore)
}

pub(super) fn fail(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    Some(StatementKind::Fail(step.value_row("a reason")?))
}

/// With a target, `GenServer.stop`; without, what the callback returns.
pub(super) fn stop(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    if step.at_end() {
        let reason = step.value_property("reason");
        if !HANDLER.contains(&step.scope.place) {
            let message = format!("`stop` needs a target in {}", step.scope.place_name);
            let mistake = Mistake::new(step.line.span, message, "stops nobody");
            let help = match step.scope.place {
                Place::Init => "`fail REASON` ends the start, `ignore` gives it up",
                Place::Terminate => "the server is stopping already",
                _ => "to end itself, it says `exit reason=REASON`",
            };
            step.report(mistake.with_help(help));
        }
        return Some(StatementKind::StopSelf { reason });
    }
    let target = step.target("a target")?;
    let reason = step.value_property("reason");
    let timeout = step.duration_property("timeout");
    let bind = step.bind_property("as");
    Some(StatementKind::Stop { target, reason, timeout, bind })
}
