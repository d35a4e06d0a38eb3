//! What clients do between their calls, and what is told to whoever reads the run.

use std::sync::Arc;

use super::expectation::{Expectation, expect as expect_line};
use super::row::*;

family! {
    /// What is there for the one who watches.
    Clients
    regular {
        /// A line of the story.
        Log "log \"text\" VALUE…" ANYWHERE { text: Text = "the text", values: Values } => ALONE;
        /// A line of the story, by a client.
        Note "note \"text\"" SCRIPT { text: Text = "the text" } => ALONE;
        /// Waits until nothing but time can pass.
        Settle "settle within=MS" SCRIPT { within: Within<{ StatementKind::SETTLE_WITHIN_MS }> = "within" } => ALONE;
    }
    by hand {
        /// What must be so now.
        Expect { expected: Expected } => Effects { looks: expected.looks(), ..ALONE };
        /// Waits for the end of another client, whom it therefore knows.
        AwaitClient { client: AwaitedClient } => Effects { looks: true, ..ALONE }.uncovering();
    }
    words {
        "expect PATTERN…" SCRIPT expect;
    }
}

roles! {
    /// A text for people.
    Text: String => Arc<str>, lower(text, _) text.as_str().into();
    /// What is expected.
    Expected: Expectation<Parsed> => Expectation<Lowered>,
        lower(expectation, resolver) expectation.lower(resolver), parts(expected, parts) expected.parts(parts);
    /// The client that is waited for.
    AwaitedClient: Name => u16,
        lower(client, resolver) *resolver.names.clients.get(&client.text).expect("the parser knows the clients");
}

readings! {
    Text, |step, what| Some(step.text(what)?.value);
}

fn expect(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    Some(Clients::Expect { expected: expect_line(step)? }.into())
}

/// `await CLIENT`
pub(super) fn await_client(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let client = step.name("a client")?;
    if !step.parser.names.clients.contains_key(&client.text) {
        step.report(unknown("client", &client, step.parser.names.clients.keys(), ""));
    }
    step.check_awaited(&client);
    Some(Clients::AwaitClient { client }.into())
}
