//! What a server's callback returns.

use super::super::ast::InsertedEvent;
use super::process::Processes;
use super::row::*;

family! {
    /// What a server's callback returns, and when it answers.
    Callbacks
    regular {
        /// The answer of a call handler, sent when the handler ends.
        Reply "reply VALUE…" CALL { value: Row = "a value" } => ALONE;
        /// `gen_server:reply/2`, at once.
        ReplyTo "reply_to $from VALUE…" ANYWHERE
            { from: One = "a caller", value: Row = "a value" } => NOTICED;
        /// `handle_continue` comes next.
        Continue "continue VALUE…" CALLBACK { value: Row = "a value" } => ALONE;
        /// An info `timeout`, or this message (OTP 28), if nothing else arrives.
        Timeout "timeout MS [MESSAGE…]" CALLBACK
            { after: Time = "the time", message: TimeoutMessage = "a message" } => ALONE;
        /// The process goes to another phase.
        Goto "goto PHASE" CALLBACK { phase: Phase = "a phase" } => ALONE;
        /// The event is handled once more when the state has changed, of a state machine.
        Postpone "postpone" HANDLER => ALONE;
        /// `init` returns `ignore`.
        Ignore "ignore" INIT => ALONE;
        /// `init` returns `{stop, Reason}`.
        Fail "fail REASON" INIT { reason: Row = "a reason" } => ALONE;
    }
    by hand {
        /// `{stop, Reason, State}`.
        StopSelf { reason: Reason } => ENDS;
        /// `{next_event, Type, Content}`
        NextEvent { kind: Copied<InsertedEvent>, content: One } => ALONE;
        /// `{state_timeout, Time, Content}` and its like, by the type of the timeout.
        StartTimeout { kind: One, after: Time, content: Maybe } => ALONE;
    }
    words {
        "stop [TARGET] reason=REASON" ANYWHERE stop;
        "next_event internal|cast|info VALUE…" HANDLER next_event;
        "state_timeout MS [VALUE…]" CALLBACK start_timeout;
        "event_timeout MS [VALUE…]" CALLBACK start_timeout;
        "timer NAME MS [VALUE…]" CALLBACK start_timeout;
    }
}

impl Sayable for InsertedEvent {
    fn said(&self) -> Said<'_> {
        Said::Word(self.word())
    }
}

roles! {
    /// A phase of the server.
    Phase: Name => u16, lower(phase, resolver) resolver.phase(phase);
}

alike! {
    /// The message that stands for `timeout`, since OTP 28.
    TimeoutMessage is Maybe, |step, what| {
        if step.at_end() {
            return Some(None);
        }
        let message = step.value_row(what)?;
        let otp = step.parser.names.otp;
        if otp < 28 {
            let text = format!("OTP {otp} knows no timeout with a message of its own");
            let mistake = Mistake::new(message.span, text, "since OTP 28");
            step.report(mistake.with_help("`timeout MS` sends the message `timeout`"));
        }
        Some(Some(message))
    };
}

readings! {
    Phase, |step, what| {
        let phase = step.name(what)?;
        let known = &step.scope.state.phases;
        if !known.contains(&phase.text) {
            let advice = match known.is_empty() {
                true => format!("declare it in the server: `phase {} {{ … }}`", phase.text),
                false => String::new(),
            };
            step.report(unknown("phase", &phase, known, &advice));
        }
        Some(phase)
    };
}

fn next_event(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let Some(entry) = step.peek() else {
        step.name("`internal`, `cast` or `info`")?;
        return None;
    };
    step.skip();
    let kind = step.entry_choice(entry, "the event", InsertedEvent::WORDS)?.value;
    Some(Callbacks::NextEvent { kind, content: step.value_row("its content")? }.into())
}

/// A timeout of the state, one of the event, or one with a name.
fn start_timeout(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let span = step.line.word_span;
    let atom = |text: &str| Value { kind: ValueKind::Atom(text.to_owned()), span };
    let kind = match step.line.word {
        "state_timeout" => atom("state_timeout"),
        "event_timeout" => atom("timeout"),
        _ => {
            let name = step.name("a name")?;
            let name = Value { kind: ValueKind::Atom(name.text), span: name.span };
            Value { kind: ValueKind::Tuple(vec![atom("timeout"), name]), span }
        }
    };
    let after = step.duration("the time")?;
    let content = if step.at_end() { None } else { Some(step.value_row("its content")?) };
    Some(Callbacks::StartTimeout { kind, after, content }.into())
}

/// With a target, `GenServer.stop`; without, what the callback returns.
fn stop(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    if !step.at_end() {
        let target = step.target("a target")?;
        let reason = step.value_property("reason");
        let timeout = step.duration_property("timeout");
        let bind = step.bind_property("as");
        return Some(Processes::Stop { target, reason, timeout, bind }.into());
    }
    let reason = step.value_property("reason");
    if !HANDLER.contains(&step.scope.place) {
        let message = format!("`stop` needs a target in {}", step.scope.place_name);
        let mistake = Mistake::new(step.line.span, message, "stops nobody");
        let help = match step.scope.place {
            Code::Init => "`fail REASON` ends the start, `ignore` gives it up",
            Code::Terminate => "the server is stopping already",
            _ => "to end itself, it says `exit reason=REASON`",
        };
        step.report(mistake.with_help(help));
    }
    Some(Callbacks::StopSelf { reason }.into())
}
