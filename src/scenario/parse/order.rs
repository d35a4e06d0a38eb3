//! `in-order { … }`: what happens, one line after the other.

use kdl::KdlNode;

use super::super::ast::{
    Claim, Deed, Happening, MessageKind, Modality, Name, Oracle, Parsed, Value, ValueKind,
};
use super::super::language::What;
use super::super::mistake::Mistake;
use super::scope::Scope;
use super::step::Step;
use super::value::{self, name_span};
use super::words::{Keyword, hint};

type Read = fn(&mut Step<'_, '_, '_>) -> Option<What<Parsed>>;

/// What can stand in the block.
pub(super) const WORDS: &[Keyword<Read>] = &[
    Keyword::new("started", "started WHO", started),
    Keyword::new("ended", "ended WHO [REASON…]", ended),
    Keyword::new("log", "log \"text\" [VALUE…] by=WHO", logged),
    Keyword::new("sent", "sent WHO call|cast|info|reply|exit [PATTERN…] to=WHO", |step| {
        message(step, Deed::Sent)
    }),
    Keyword::new("got", "got WHO call|cast|info|reply|EXIT|DOWN [PATTERN…] from=WHO", |step| {
        message(step, Deed::Got)
    }),
];

/// `in-order [NAME] { … }`, of which the first word has been seen.
pub(super) fn claim(step: &mut Step<'_, '_, '_>, modality: Modality) -> Option<Claim<Parsed>> {
    let word = step.name("a property")?;
    let name = step.optional_name("the property's name")?;
    let again = step.boolean_property("again").is_some_and(|again| again.value);
    let block = step.block()?;
    if modality == Modality::Eventually {
        let mistake =
            Mistake::new(word.span, "an order has no time in which it must hold", "not `eventually`");
        let help = "`always` asks that nothing happens before its turn, `finally` also that all of it has \
                    happened, and `sometimes` that a run goes so";
        step.report(mistake.with_help(help));
    }
    if block.nodes().is_empty() {
        let mistake = Mistake::new(step.line.span, "an order needs something that happens", "none follows");
        step.report(mistake.with_help("like `always in-order { started a; ended a }`"));
    }
    let lines = block.nodes().iter().filter_map(|node| line(step, node)).collect();
    Some(Claim::InOrder { name, lines, again })
}

fn line(step: &mut Step<'_, '_, '_>, node: &KdlNode) -> Option<Happening<Parsed>> {
    let said = node.name().value();
    let Some(word) = WORDS.iter().find(|word| word.name == said) else {
        let known: Vec<&str> = WORDS.iter().map(|word| word.name).collect();
        let message = format!("`{said}` is nothing that happens in an order");
        let mistake = Mistake::new(name_span(node), message, "unknown word");
        let help = meant(said).map(str::to_owned).or_else(|| hint(said, &known));
        step.report(Mistake { help, ..mistake });
        return None;
    };
    let mut scope = Scope::outside();
    let mut inner = Step::new(step.parser, &mut scope, node, word.usage);
    let words = match inner.words_without(&[]) {
        operands if operands.is_empty() => said.to_owned(),
        operands => format!("{said} {operands}"),
    };
    let what = (word.read)(&mut inner)?;
    inner.finish();
    Some(Happening { what, words, span: inner.line.span })
}

/// What somebody meant who writes it otherwise.
fn meant(word: &str) -> Option<&'static str> {
    Some(match word {
        "start" | "starts" | "spawned" | "restarted" => "it is `started WHO`, each time that it starts",
        "end" | "ends" | "stop" | "stops" | "stopped" | "died" | "dead" | "exit" | "exited" => {
            "it is `ended WHO REASON`"
        }
        "note" | "logs" | "logged" => "it is `log \"text\"`, whoever says it: `log` or `note`",
        "send" | "sends" | "call" | "cast" => {
            "it is `sent WHO call PATTERN… to=WHO`, or `cast`, `info`, `reply`"
        }
        "receive" | "received" | "receives" | "on" | "takes" => {
            "it is `got WHO call PATTERN… from=WHO`, or `cast`, `info`, `reply`, `EXIT`, `DOWN`"
        }
        "expect" | "alive" | "settle" => {
            "an order lists what happens; conditions stand in a block of their own"
        }
        _ => return None,
    })
}

fn started(step: &mut Step<'_, '_, '_>) -> Option<What<Parsed>> {
    Some(What::Started { who: somebody(step)? })
}

fn ended(step: &mut Step<'_, '_, '_>) -> Option<What<Parsed>> {
    Some(What::Ended { who: somebody(step)?, reason: pattern(step)? })
}

fn logged(step: &mut Step<'_, '_, '_>) -> Option<What<Parsed>> {
    let text = step.text("the text")?.value;
    let values = list(step)?;
    Some(What::Logged { by: other(step, "by")?, text, values })
}

fn message(step: &mut Step<'_, '_, '_>, deed: Deed) -> Option<What<Parsed>> {
    let who = somebody(step)?;
    let named = step.name("a kind of message")?;
    let possible = |(_, kind): &&(&str, MessageKind)| kind.is_possible(deed);
    let kinds: Vec<(&str, MessageKind)> = MessageKind::WORDS.iter().filter(possible).copied().collect();
    let Some((_, kind)) = kinds.iter().find(|(word, _)| *word == named.text) else {
        let all: Vec<String> = kinds.iter().map(|(word, _)| format!("`{word}`")).collect();
        let message = format!("what is {} is one of {}", deed.word(), all.join(", "));
        let mistake = Mistake::new(named.span, message, "none of them");
        let help = (MessageKind::named(&named.text).is_some()).then(|| match deed {
            Deed::Sent => "the end of a process sends them: `ended WHO`".to_owned(),
            Deed::Got => {
                "an exit signal arrives as `EXIT` where exits are trapped, or ends who gets it".to_owned()
            }
        });
        step.report(Mistake { help, ..mistake });
        return None;
    };
    let content = pattern(step)?;
    let says_whose =
        deed == Deed::Sent || matches!(kind, MessageKind::Call | MessageKind::Exit | MessageKind::Down);
    if !says_whose && let Some(from) = step.property("from") {
        let message = format!("{} does not say who has sent it", a(*kind));
        let mistake = Mistake::new(value::entry_span(from), message, "not in the message");
        let help =
            format!("ask for when it was sent: `sent WHO {} PATTERN… to={}`", kind.word(), or_anybody(&who));
        step.report(mistake.with_help(help));
        return None;
    }
    let other = other(step, if deed == Deed::Sent { "to" } else { "from" })?;
    Some(What::Message { deed, who, kind: *kind, content, other })
}

fn a(kind: MessageKind) -> &'static str {
    match kind {
        MessageKind::Cast => "a cast",
        MessageKind::Reply => "a reply",
        _ => "a plain message",
    }
}

fn or_anybody(who: &Option<Name>) -> &str {
    who.as_ref().map_or("WHO", |name| &name.text)
}

/// A child's id or a process's name, or `_` for anybody.
fn somebody(step: &mut Step<'_, '_, '_>) -> Option<Option<Name>> {
    if step.peek_word() == Some("_") {
        step.skip();
        return Some(None);
    }
    step.process().map(Some)
}

/// The same, as a property that may be left out.
fn other(step: &mut Step<'_, '_, '_>, property: &'static str) -> Option<Option<Name>> {
    let Some(entry) = step.property(property) else { return Some(None) };
    let name = step.entry_name(entry, "a process")?;
    if !step.parser.names.may_be_registered(&name.text) {
        step.check_id(&name);
    }
    Some(Some(name))
}

/// The rest of the line as one pattern, if there is more.
fn pattern(step: &mut Step<'_, '_, '_>) -> Option<Option<Value>> {
    if step.at_end() {
        return Some(None);
    }
    let pattern = step.pattern_row("a pattern")?;
    check(step, &pattern);
    Some(Some(pattern))
}

/// The rest of the line as a list of patterns, if there is more.
fn list(step: &mut Step<'_, '_, '_>) -> Option<Option<Value>> {
    let mut patterns = Vec::new();
    while !step.at_end() {
        patterns.push(step.pattern("a pattern")?);
    }
    let (Some(first), Some(last)) = (patterns.first(), patterns.last()) else { return Some(None) };
    let list = Value { span: first.span.to(last.span), kind: ValueKind::List(patterns) };
    check(step, &list);
    Some(Some(list))
}

/// Nobody's variables can be bound or read here.
fn check(step: &mut Step<'_, '_, '_>, pattern: &Value) {
    let mut wrong = Vec::new();
    pattern.visit(&mut |part| match &part.kind {
        ValueKind::Variable(name) if !step.parser.names.shared.contains_key(name) => wrong.push(part.span),
        ValueKind::SelfPid => wrong.push(part.span),
        _ => (),
    });
    for span in wrong {
        let mistake = Mistake::new(span, "an order binds nothing and belongs to nobody", "not here");
        step.report(mistake.with_help("write `_` for what may be anything"));
    }
}

/// Whether a property is such a block, and not the oracle.
pub(super) fn is_meant(step: &Step<'_, '_, '_>) -> bool {
    step.has_block() && step.peek_word() == Some(Oracle::InOrder.word())
}
