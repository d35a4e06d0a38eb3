//! `outage`: somebody is not there for a while.
//!
//! It is a short way to say what other lines can say: a switch, a client that turns it on and off, and a server that
//! looks at it. So it is put into these lines before anything is read, and nobody behind the parser has heard of it but
//! for its name.

use std::collections::BTreeMap;

use kdl::{KdlDocument, KdlNode};

use super::super::ast::{Outage, Scenario};
use super::super::mistake::Mistake;
use super::fault::server;
use super::step::Step;
use super::words::hint;

/// What is out of order.
#[derive(Clone, Copy, PartialEq, Eq)]
enum OutageKind {
    /// It is killed, and its starts fail.
    Fails,
    /// It answers no calls.
    Silent,
    /// Its starts fail.
    Starts,
}

/// What a line can say of it; the first if it says nothing.
const WORDS: [(&str, OutageKind); 3] =
    [("fails", OutageKind::Fails), ("silent", OutageKind::Silent), ("starts", OutageKind::Starts)];

/// A line, as far as it can be understood.
struct OutageLine {
    name: String,
    /// What its own lines are called after: the name, with a number if it is not the first of that name.
    tag: String,
    how: OutageKind,
    at: i128,
    lasts: i128,
    backoff: i128,
}

/// `outage NAME [fails|silent|starts] at=MS for=MS backoff=MS`
pub(super) fn outage(step: &mut Step<'_, '_, '_>, scenario: &mut Scenario) -> Option<()> {
    let known = step.parser.mistakes.len();
    let name = server(step, "start")?;
    let is_told = step.parser.mistakes.len() > known;
    if !is_plain(&name.text) {
        let message = "an outage needs a server with a name that is a plain word";
        step.report(Mistake::new(name.span, message, "not a plain word"));
    }
    let words = WORDS.map(|(word, _)| word);
    if let Some(how) = step.optional_name("`fails`, `silent` or `starts`")?
        && !words.contains(&how.text.as_str())
    {
        let message = format!("`{}` is no way to be out of order", how.text);
        let mistake = Mistake::new(how.span, message, "unknown here");
        step.report(Mistake { help: hint(&how.text, &words), ..mistake });
    }
    let names = &step.parser.names;
    // What the line is short for is there already, if whoever has the name is a server.
    let is_other =
        names.registered.contains(&name.text) && !names.shared.contains_key(&switch_of(&name.text));
    if is_other && !is_told && step.has_property("at") && step.has_property("for") {
        let message = format!("`{}` is no process of a `server` in this file", name.text);
        let mistake = Mistake::new(name.span, message, "nothing that could be out of order");
        let help = format!(
            "draw it as `worker {0}` and define it as `server {0} {{ init {{ … }} }}`, or draw it as `worker {0} MODULE`",
            name.text
        );
        step.report(mistake.with_help(help));
    }
    for needed in ["at", "for"] {
        if !step.has_property(needed) {
            let span = step.line.span;
            let message = format!("`outage` needs `{needed}=`, in milliseconds");
            step.misused(span, message, "is not said");
        }
    }
    let from = step.number_property("at", 0);
    let lasts = step.number_property("for", 0);
    step.number_property("backoff", 0);
    scenario.outages.push(Outage {
        name,
        from_ms: from.map_or(0, |from| from.value),
        lasts_ms: lasts.map_or(0, |lasts| lasts.value),
        span: step.line.span,
    });
    Some(())
}

/// Whether a name can stand bare wherever a word can.
fn is_plain(name: &str) -> bool {
    let fits = |letter: char| letter.is_alphanumeric() || "_.-".contains(letter);
    name.starts_with(char::is_alphabetic) && name.chars().all(fits)
}

/// Puts the lines that each outage is short for into the document.
pub(super) fn expand(document: &mut KdlDocument) {
    let outages: Vec<OutageLine> = document.nodes().iter().filter_map(OutageLine::of).collect();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for mut outage in outages {
        let nth = seen.entry(outage.name.clone()).or_default();
        *nth += 1;
        if *nth > 1 {
            outage.tag = format!("{}_{nth}", outage.name);
        }
        let name = outage.name.as_str();
        let module = module_of(document, name).unwrap_or_else(|| name.to_owned());
        let own = document
            .nodes_mut()
            .iter_mut()
            .find(|node| node.name().value() == "server" && word(node, 0) == Some(module.as_str()));
        if let Some(block) = own.and_then(|node| node.children_mut().as_mut()) {
            outage.notice(block, module == name);
            document.nodes_mut().extend(outage.course());
        }
    }
}

/// The module of the process that somebody draws under this name, if it is another.
fn module_of(document: &KdlDocument, name: &str) -> Option<String> {
    document.nodes().iter().find_map(|node| {
        let draws = node.name().value() == "worker" && word(node, 0) == Some(name);
        let own = draws.then(|| word(node, 1)).flatten().map(str::to_owned);
        own.or_else(|| module_of(node.children()?, name))
    })
}

/// The variable that says whether it is out of order.
fn switch_of(tag: &str) -> String {
    format!("outage_of_{tag}")
}

fn word(node: &KdlNode, place: usize) -> Option<&str> {
    node.get(place).and_then(kdl::KdlValue::as_string)
}

impl OutageLine {
    fn of(node: &KdlNode) -> Option<OutageLine> {
        let number = |name: &str| node.get(name).and_then(kdl::KdlValue::as_integer);
        let name = word(node, 0).filter(|name| node.name().value() == "outage" && is_plain(name))?;
        Some(OutageLine {
            name: name.to_owned(),
            tag: name.to_owned(),
            how: WORDS
                .iter()
                .find(|(known, _)| word(node, 1) == Some(known))
                .map_or(OutageKind::Fails, |(_, how)| *how),
            at: number("at")?.max(0),
            lasts: number("for")?.max(0),
            backoff: number("backoff").unwrap_or(0).max(0),
        })
    }

    /// When it begins and ends.
    fn course(&self) -> Vec<KdlNode> {
        let OutageLine { name, tag, how, at, lasts, .. } = self;
        let switch = switch_of(tag);
        // Whoever is not there at that moment is out of order already.
        let kills = format!(
            "whereis {name} as=$out_of_order; if $out_of_order is_not undefined {{ kill $out_of_order }}; "
        );
        let begins = if *how == OutageKind::Fails { kills } else { String::new() };
        nodes(&format!(
            "shared {switch} #false\n\
             client the_outage_of_{tag} {{ sleep {at}; set {switch} #true; {begins}sleep {lasts}; \
             set {switch} #false }}\n"
        ))
    }

    /// What the server does while it lasts. Where others run the same code, it is only about who has the name.
    fn notice(&self, block: &mut KdlDocument, alone: bool) {
        let OutageLine { name, tag, how, backoff, .. } = self;
        let switch = switch_of(tag);
        let (look, on) = match alone {
            true => (String::new(), format!("if ${switch} is #true")),
            false => (
                format!(
                    "if ${switch} is #true {{ whereis {name} as=$holder_of_{tag} }}\nelse {{ bind $holder_of_{tag} nobody }}\n"
                ),
                format!("if $holder_of_{tag} is self"),
            ),
        };
        if *how == OutageKind::Silent {
            let calls = block.nodes_mut().iter_mut();
            for call in calls.filter(|line| line.name().value() == "on" && word(line, 0) == Some("call")) {
                let mut both = nodes(&format!("{look}{on} {{ log \"does not answer\" }}\nelse {{ }}\n"));
                if let (Some(body), Some(other)) = (call.children_mut().take(), both.last_mut()) {
                    other.set_children(body);
                    let mut made = KdlDocument::new();
                    made.nodes_mut().extend(both);
                    call.set_children(made);
                }
            }
            return;
        }
        let waits = if *backoff > 0 { format!("sleep {backoff}; ") } else { String::new() };
        let look = format!("{look}{on} {{ {waits}fail outage }}\n");
        let mut begins = false;
        for init in block.nodes_mut().iter_mut().filter(|line| line.name().value() == "init") {
            begins |= init.get("start").is_none();
            if let Some(body) = init.children_mut() {
                body.nodes_mut().splice(0..0, nodes(&look));
            }
        }
        if !begins {
            block.nodes_mut().extend(nodes(&format!("init {{ {look} }}\n")));
        }
    }
}

/// Lines of our own, which are right.
fn nodes(text: &str) -> Vec<KdlNode> {
    KdlDocument::parse_v2(text).map_or_else(|_| Vec::new(), |document| document.nodes().to_vec())
}
