//! What stands in a server: its declarations and its handlers.

use std::rc::Rc;

use kdl::KdlNode;

use super::super::ast::{
    Event, Handler, Init, Name, Parsed, Server, Spanned, StartNumber, Terminate, ValueKind, Variable,
};
use super::super::language::{spelt_out, words};
use super::super::mistake::Mistake;
use super::parser::Parser;
use super::scope::{Code, ENTER, Scope, State};
use super::statement;
use super::step::Step;
use super::value::{self, Text};
use super::words::{Keyword, foreign, hint};

type Read = fn(&mut Step<'_, '_, '_>, &mut Server) -> Option<()>;

/// What can stand in a server.
pub(super) const WORDS: &[Keyword<Read>] = &[
    Keyword::new("args", "args $NAME…", arguments),
    Keyword::new("var", "var NAME VALUE", variable),
    Keyword::new("table", "table NAME", table),
    Keyword::new("queue", "queue NAME", queue),
    Keyword::new("trap_exit", "trap_exit #true", trap_exit),
    Keyword::new("phase", "phase NAME { on … }", phase),
    Keyword::new("state", "state NAME { on … }", phase),
    Keyword::new("init", "init { … }", init),
    Keyword::new("on", "on call PATTERN… { … }", on),
    Keyword::new("terminate", "terminate [$reason] { … }", terminate),
];

/// What a handler can handle.
pub(super) const EVENTS: &[&str] = &["call", "cast", "info", "DOWN", "EXIT", "timeout", "continue"];

/// What a handler of a state machine can handle.
const EVENTS_OF_MACHINES: &[&str] =
    &["call", "cast", "info", "DOWN", "EXIT", "internal", "state_timeout", "event_timeout", "timer"];

/// Reads one line of a server.
pub(super) fn server_line(parser: &mut Parser<'_>, node: &KdlNode, state: &Rc<State>, server: &mut Server) {
    let Some(word) = WORDS.iter().find(|word| word.name == node.name().value()) else {
        return unknown(parser, node);
    };
    let mut scope = Scope::new(Code::Outside, "a server", Rc::clone(state));
    scope.bound.extend(server.arguments.iter().map(|name| name.text.clone()));
    let mut step = Step::new(parser, &mut scope, node, word.usage);
    if (word.read)(&mut step, server).is_some() {
        step.finish();
    }
}

/// Already read, since everything else may use them.
fn arguments(step: &mut Step<'_, '_, '_>, _server: &mut Server) -> Option<()> {
    if step.at_end() {
        step.variable("an argument");
    }
    None
}

fn variable(step: &mut Step<'_, '_, '_>, server: &mut Server) -> Option<()> {
    let name = step.name("a name")?;
    let value = step.value_row("its first value")?;
    if server.arguments.iter().any(|argument| argument.text == name.text) {
        let message = format!("`{}` is already an argument", name.text);
        step.report(Mistake::new(name.span, message, "would hide it"));
    }
    server.variables.push(Variable { name, value });
    Some(())
}

fn table(step: &mut Step<'_, '_, '_>, server: &mut Server) -> Option<()> {
    let name = step.name("a name")?;
    server.tables.push(name);
    Some(())
}

fn queue(step: &mut Step<'_, '_, '_>, server: &mut Server) -> Option<()> {
    let name = step.name("a name")?;
    server.queues.push(name);
    Some(())
}

fn trap_exit(step: &mut Step<'_, '_, '_>, server: &mut Server) -> Option<()> {
    server.trap_exit = step.boolean()?;
    Some(())
}

fn phase(step: &mut Step<'_, '_, '_>, server: &mut Server) -> Option<()> {
    let (word, other) = if server.machine { ("state", "statem") } else { ("phase", "server") };
    if step.line.word != word {
        let message = format!("a `{other}` has `{word}`s");
        let mistake = Mistake::new(step.line.word_span, message, "of the other kind");
        let help = "`statem` is a gen_statem with `state`s; `server` is a gen_server, whose `phase`s choose handlers";
        step.report(mistake.with_help(help));
    }
    let name = step.name("a name")?;
    server.phases.push(name.clone());
    let block = step.block()?;
    for node in block.nodes() {
        let word = node.name().value();
        let mut scope = step.scope.clone();
        let mut line = Step::new(step.parser, &mut scope, node, "on call PATTERN… { … }");
        if word == "enter" && server.machine {
            if enter(&mut line, &name, server).is_some() {
                line.finish();
            }
            continue;
        }
        if word != "on" {
            let message = format!("`{word}` cannot stand in a phase");
            let mistake = Mistake::new(line.line.word_span, message, "unknown here");
            let help = if WORDS.iter().any(|known| known.name == word) {
                "it stands in the server, before or after the phases".to_owned()
            } else {
                hint(word, &["on"]).unwrap_or_default()
            };
            line.report(mistake.with_help(help));
            continue;
        }
        if on_event(&mut line, Some(name.clone()), server).is_some() {
            line.finish();
        }
    }
    Some(())
}

/// `enter { … }`: whenever the state begins.
fn enter(step: &mut Step<'_, '_, '_>, state: &Name, server: &mut Server) -> Option<()> {
    let body = code(step, Code::Handler, ENTER)?;
    let (phase, span) = (Some(state.clone()), step.line.span);
    server.handlers.push(Handler { event: Event::Enter, phase, body, span });
    Some(())
}

fn init(step: &mut Step<'_, '_, '_>, server: &mut Server) -> Option<()> {
    let start = start_number(step);
    if start.is_none() && server.inits.iter().any(|init| init.start.is_none()) {
        let mistake = Mistake::new(step.line.word_span, "there is one `init`", "the second one");
        step.report(mistake.with_help("`init start=2` is for the second start only"));
    }
    let body = code(step, Code::Init, "`init`")?;
    server.inits.push(Init { start, body, span: step.line.span });
    Some(())
}

fn start_number(step: &mut Step<'_, '_, '_>) -> Option<Spanned<StartNumber>> {
    let entry = step.property("start")?;
    let span = value::span(entry, step.parser.text);
    let from = match value::text(entry) {
        Some(Text::Quoted(text)) => range(text),
        _ => None,
    };
    let only = entry.value().as_integer().and_then(|number| u64::try_from(number).ok());
    let value = match (only, from) {
        (Some(number @ 1..), _) => StartNumber::Only(number),
        (_, Some(range)) => range,
        _ => {
            let message = "`start=` must be the number of a start";
            let mistake = Mistake::new(span, message, "not such a number");
            let help = "`start=2` is the second start, `start=\"2..\"` the second and all later, `start=\"2..4\"` \
                        the second to the fourth";
            step.report(mistake.with_help(help));
            return None;
        }
    };
    Some(Spanned { value, span })
}

/// `2..` or `2..4`
fn range(text: &str) -> Option<StartNumber> {
    let (first, last) = text.split_once("..")?;
    let first = first.parse().ok().filter(|first| *first > 0)?;
    if last.is_empty() {
        return Some(StartNumber::From(first));
    }
    let last = last.parse().ok().filter(|last| *last >= first)?;
    Some(StartNumber::Between(first, last))
}

fn terminate(step: &mut Step<'_, '_, '_>, server: &mut Server) -> Option<()> {
    if server.terminate.is_some() {
        let message = "there is one `terminate`";
        step.report(Mistake::new(step.line.word_span, message, "the second one"));
    }
    let reason = step.optional_pattern("the reason")?;
    let body = code(step, Code::Terminate, "`terminate`")?;
    server.terminate = Some(Terminate { reason, body, span: step.line.span });
    Some(())
}

fn on(step: &mut Step<'_, '_, '_>, server: &mut Server) -> Option<()> {
    on_event(step, None, server)
}

fn on_event(step: &mut Step<'_, '_, '_>, phase: Option<Name>, server: &mut Server) -> Option<()> {
    let word = step.name("an event")?;
    let (place, place_name) = match word.text.as_str() {
        "call" => (Code::Call, "an `on call` handler"),
        "cast" => (Code::Handler, "an `on cast` handler"),
        "info" => (Code::Handler, "an `on info` handler"),
        "DOWN" => (Code::Handler, "an `on DOWN` handler"),
        "EXIT" => (Code::Handler, "an `on EXIT` handler"),
        "timeout" => (Code::Handler, "an `on timeout` handler"),
        "continue" => (Code::Handler, "an `on continue` handler"),
        "internal" => (Code::Handler, "an `on internal` handler"),
        "state_timeout" | "event_timeout" | "timer" => (Code::Handler, "a handler of a timeout"),
        // Unknown: told below, and its body is given the benefit of the doubt.
        _ => (Code::Call, "a handler"),
    };
    let event = event(step, &word, server.machine);
    if event.is_none() {
        step.forgive();
    }
    let body = code(step, place, place_name)?;
    let event = event?;
    server.handlers.push(Handler { event, phase, body, span: step.line.span });
    Some(())
}

fn event(step: &mut Step<'_, '_, '_>, word: &Name, machine: bool) -> Option<Event<Parsed>> {
    let span = step.line.span;
    let known = if machine { EVENTS_OF_MACHINES } else { EVENTS };
    if !known.contains(&word.text.as_str()) {
        let message = format!("`on` does not handle `{}`", word.text);
        let help = match (machine, word.text.as_str()) {
            (true, "timeout") => Some("`on event_timeout` follows `event_timeout MS`".to_owned()),
            (true, "continue") => Some("`on internal` follows `next_event internal VALUE…`".to_owned()),
            (false, "internal" | "state_timeout" | "event_timeout" | "timer") => {
                Some("it stands in a `statem`".to_owned())
            }
            (_, unknown) => hint(unknown, known),
        };
        let mistake = Mistake::new(word.span, message, "unknown event");
        step.report(Mistake { help, ..mistake });
        return None;
    }
    Some(match word.text.as_str() {
        "call" => Event::Call { pattern: message_pattern(step)?, from: step.bind_property("from") },
        "cast" => Event::Cast { pattern: message_pattern(step)? },
        "info" => Event::Info { pattern: message_pattern(step)? },
        "DOWN" => {
            let mut parts = vec![step.pattern("a reference")?];
            parts.extend(step.optional_pattern("a pid")?);
            parts.extend(step.optional_pattern("a reason")?);
            Event::Info { pattern: spelt_out("DOWN", parts, span) }
        }
        "EXIT" => {
            let mut parts = vec![step.pattern("a pid")?];
            parts.extend(step.optional_pattern("a reason")?);
            Event::Info { pattern: spelt_out("EXIT", parts, span) }
        }
        "timeout" => Event::Timeout,
        "internal" => Event::Internal { pattern: message_pattern(step)? },
        "state_timeout" | "event_timeout" | "timer" => Event::Elapsed { pattern: elapsed(step, word)? },
        // The last that is known.
        _ => Event::Continue { pattern: message_pattern(step)? },
    })
}

/// `{Type, Content}`, where the content may be left out.
fn elapsed(step: &mut Step<'_, '_, '_>, word: &Name) -> Option<super::super::ast::Value> {
    let span = word.span;
    let atom = |text: &str, span| super::super::ast::Value { kind: ValueKind::Atom(text.to_owned()), span };
    let tuple = |parts| super::super::ast::Value { kind: ValueKind::Tuple(parts), span };
    let kind = match word.text.as_str() {
        "state_timeout" => atom("state_timeout", span),
        "event_timeout" => atom("timeout", span),
        _ => {
            let name = step.name("a name")?;
            tuple(vec![atom("timeout", span), atom(&name.text, name.span)])
        }
    };
    let any = super::super::ast::Value { kind: ValueKind::Wildcard, span };
    let content = if step.at_end() { any } else { step.pattern_row("a pattern")? };
    Some(tuple(vec![kind, content]))
}

fn message_pattern(step: &mut Step<'_, '_, '_>) -> Option<super::super::ast::Value> {
    step.pattern_row("a pattern (`_` for anything)")
}

/// Reads the block of a line as code, in which the line's own patterns are bound.
fn code(
    step: &mut Step<'_, '_, '_>,
    place: Code,
    place_name: &'static str,
) -> Option<Vec<super::super::ast::Statement>> {
    let block = step.block()?;
    step.scope.place = place;
    step.scope.place_name = place_name;
    Some(statement::block(step.parser, step.scope, block))
}

/// Reports a line that cannot stand in a server.
fn unknown(parser: &mut Parser<'_>, node: &KdlNode) {
    let word = node.name().value();
    let span = value::name_span(node);
    let known: Vec<&str> = WORDS.iter().map(|word| word.name).collect();
    let mistake = Mistake::new(span, format!("`{word}` cannot stand in a server"), "unknown here");
    let help = if EVENTS.contains(&word) {
        Some(format!("write `on {word}`"))
    } else if words().any(|known| known.name() == word) {
        Some("a statement stands in a handler: `on call … { … }`".to_owned())
    } else {
        foreign(word).or_else(|| hint(word, &known))
    };
    parser.report(Mistake { help, ..mistake });
}
