//! What a server's callback returns.

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
        /// Another phase.
        Goto "goto PHASE" CALLBACK { phase: Phase = "a phase" } => ALONE;
        /// `init` returns `ignore`.
        Ignore "ignore" INIT => ALONE;
        /// `init` returns `{stop, Reason}`.
        Fail "fail REASON" INIT { reason: Row = "a reason" } => ALONE;
    }
    by hand {
        /// `{stop, Reason, State}`.
        StopSelf { reason: Reason } => ENDS;
    }
    words {
        "stop [TARGET] reason=REASON" ANYWHERE stop;
    }
}

roles! {
    /// A phase of the server.
    Phase: Name => u16, lower(phase, compiler) compiler.phase(phase);
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
