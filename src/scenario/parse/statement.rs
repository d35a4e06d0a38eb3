//! Blocks of statements.

use kdl::{KdlDocument, KdlNode};

use super::super::ast::{Block, Compound, Messages, Statement, StatementKind};
use super::super::language::word::Word;
use super::super::language::words;
use super::super::mistake::Mistake;
use super::parser::Parser;
use super::scope::{Code, ENTER, SCRIPT, Scope, belongs};
use super::step::Step;
use super::words::{foreign, hint};

/// Statements after which there is nothing to `expect`.
const RESULTLESS: &[&str] =
    &["expect", "settle", "await", "note", "log", "sleep", "bind", "set", "add", "cut", "heal", "disconnect"];

/// What stands in the block of a statement without being one itself.
pub(super) const CLAUSE_WORDS: &[&str] = &["when", "otherwise", "after", "else"];

/// Reads the statements of a block.
pub fn block(parser: &mut Parser<'_>, scope: &mut Scope, block: &KdlDocument) -> Block {
    let nodes: Vec<&KdlNode> = block.nodes().iter().collect();
    lines(parser, scope, &nodes)
}

/// Reads statements in order. An `else` joins the `if` before it.
pub fn lines(parser: &mut Parser<'_>, scope: &mut Scope, nodes: &[&KdlNode]) -> Block {
    let mut statements: Block = Vec::new();
    let mut after_if = false;
    for node in nodes {
        let name = node.name().value();
        if name == "else" {
            otherwise(parser, scope, node, after_if.then(|| statements.last_mut()).flatten());
            after_if = false;
            continue;
        }
        // An `if` with a mistake still owns its `else`.
        after_if = name == "if";
        match statement(parser, scope, node) {
            Some(statement) => statements.push(statement),
            None if after_if => statements.push(placeholder()),
            None => (),
        }
    }
    statements
}

/// Stands for a statement with a mistake, in a tree that is never handed out.
fn placeholder() -> Statement {
    Statement { kind: Messages::Hang.into(), span: super::super::ast::Span::default() }
}

fn statement(parser: &mut Parser<'_>, scope: &mut Scope, node: &KdlNode) -> Option<Statement> {
    let name = node.name().value();
    let Some(word) = words().find(|word| word.name() == name) else {
        unknown(parser, scope, node);
        return None;
    };
    let mut step = Step::new(parser, scope, node, word.usage);
    let span = step.line.span;
    if !word.places.contains(&step.scope.place) {
        misplaced(&mut step, word.places);
    } else {
        check_machine(&mut step);
    }
    let read = (word.read)(&mut step);
    step.scope.has_result |= !RESULTLESS.contains(&name);
    let Some(kind) = read else {
        step.forgive();
        return None;
    };
    step.finish();
    Some(Statement { kind, span })
}

/// Statements that only a state machine knows, or only another server, and those that cannot stand where a state is
/// entered.
fn check_machine(step: &mut Step<'_, '_, '_>) {
    let (machine, word) = (step.scope.state.machine, step.line.word);
    let help = match word {
        "postpone" | "next_event" | "state_timeout" | "event_timeout" | "timer" if !machine => {
            "it stands in a `statem`, which is a gen_statem"
        }
        "continue" if machine => "a state machine says `next_event internal VALUE…`",
        "timeout" if machine => {
            "a state machine says `event_timeout MS`, `state_timeout MS` or `timer NAME MS`"
        }
        "postpone" | "next_event" | "goto" if step.scope.place_name == ENTER => {
            "what enters a state may neither leave it nor make events"
        }
        _ => return,
    };
    let message = match machine {
        true => format!("`{word}` cannot stand in {} of a state machine", step.scope.place_name),
        false => format!("`{word}` is a word of state machines"),
    };
    step.report(Mistake::new(step.line.word_span, message, "misplaced").with_help(help));
}

fn misplaced(step: &mut Step<'_, '_, '_>, places: &[Code]) {
    let word = step.line.word;
    let message = format!("`{word}` cannot stand in {}", step.scope.place_name);
    let mistake = Mistake::new(step.line.word_span, message, "misplaced");
    let in_server = !SCRIPT.contains(&step.scope.place);
    let help = match word {
        "receive" if in_server => "a server hears messages in its handlers: `on info PATTERN… { … }`",
        "note" if in_server => "in a server it is `log \"TEXT\"`",
        "repeat" if in_server => "a server's handlers always end: `each` walks a table or a queue",
        _ => belongs(places),
    };
    step.report(mistake.with_help(help));
}

fn unknown(parser: &mut Parser<'_>, scope: &mut Scope, node: &KdlNode) {
    let mut step = Step::new(parser, scope, node, "");
    let name = step.line.word;
    let place = step.scope.place;
    let here = words().filter(|word| word.places.contains(&place));
    let known: Vec<&str> = here.map(Word::name).collect();
    let mistake = Mistake::new(step.line.word_span, format!("`{name}` is not a statement"), "unknown word");
    let help = match name {
        "when" | "otherwise" => Some("it stands in the block of `match` or `receive`".to_owned()),
        "after" => Some("it stands in the block of `receive`".to_owned()),
        "var" | "table" | "queue" | "on" | "init" | "terminate" | "phase" | "state" => {
            Some("it stands in a `server`, outside of its handlers".to_owned())
        }
        _ => foreign(name).or_else(|| hint(name, &known)),
    };
    step.report(Mistake { help, ..mistake });
    step.forgive();
}

fn otherwise(parser: &mut Parser<'_>, scope: &mut Scope, node: &KdlNode, before: Option<&mut Statement>) {
    let mut step = Step::new(parser, scope, node, "else { … }");
    let Some(before) = before else {
        let mistake = Mistake::new(step.line.word_span, "`else` without an `if`", "follows no `if`");
        step.report(mistake.with_help("it stands right after the block of an `if`"));
        return;
    };
    let Some(inner) = step.block() else { return };
    let body = block(step.parser, step.scope, inner);
    step.finish();
    if let StatementKind::Compound(Compound::If { otherwise, .. }) = &mut before.kind {
        *otherwise = Some(body);
    }
}
