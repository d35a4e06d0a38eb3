//! `outage`: somebody is not there for a while.
//!
//! It is a short way to say what other lines can say: a switch, a client that turns it on and off, and a server that
//! looks at it. So it is put into these lines before anything is read, and nobody behind the parser has heard of it but
//! for its name.

use kdl::{KdlDocument, KdlNode};

use super::super::ast::{Outage, Scenario};
use super::super::mistake::Mistake;
use super::fault::server;
use super::names::ModuleKind;
use super::step::Step;

/// What it does meanwhile, if the line does not say.
const FAILS: &str = "fails";
const SILENT: &str = "silent";

/// A line, as far as it can be understood.
struct Line {
    name: String,
    silent: bool,
    at: i128,
    lasts: i128,
    backoff: i128,
}

/// `outage SERVER [fails|silent] at=MS for=MS backoff=MS`
pub(super) fn outage(step: &mut Step<'_, '_, '_>, scenario: &mut Scenario) -> Option<()> {
    let name = server(step, "start")?;
    if !is_plain(&name.text) {
        let message = "an outage needs a server with a name that is a plain word";
        step.report(Mistake::new(name.span, message, "not a plain word"));
    }
    let names = &step.parser.names;
    let kind = names.definitions.get(&name.text).map(|known| known.kind);
    if kind != Some(ModuleKind::Server) || !names.registered.contains(&name.text) {
        let message = format!("`{}` is no process with a `server` of the same name", name.text);
        let mistake = Mistake::new(name.span, message, "nothing that could be out of order");
        let help =
            format!("draw it as `worker {0}` and define it: `server {0} {{ init {{ … }} }}`", name.text);
        step.report(mistake.with_help(help));
    }
    if let Some(how) = step.optional_name("`fails` or `silent`")?
        && ![FAILS, SILENT].contains(&how.text.as_str())
    {
        let message = format!("`{}` is no way to be out of order", how.text);
        step.report(Mistake::new(how.span, message, "neither `fails` nor `silent`"));
    }
    for needed in ["at", "for"] {
        if !step.has_property(needed) {
            let span = step.line.span;
            let message = format!("`outage` needs `{needed}=`, in milliseconds");
            step.misused(span, message, "is not said");
        }
    }
    step.number_property("at", 0);
    let lasts = step.number_property("for", 0);
    step.number_property("backoff", 0);
    scenario.outages.push(Outage {
        name,
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
    let outages: Vec<Line> = document.nodes().iter().filter_map(Line::of).collect();
    for outage in outages {
        let own = document
            .nodes_mut()
            .iter_mut()
            .find(|node| node.name().value() == "server" && word(node, 0) == Some(outage.name.as_str()));
        if let Some(block) = own.and_then(|node| node.children_mut().as_mut()) {
            outage.notice(block);
            document.nodes_mut().extend(outage.course());
        }
    }
}

fn word(node: &KdlNode, place: usize) -> Option<&str> {
    node.get(place).and_then(kdl::KdlValue::as_string)
}

impl Line {
    fn of(node: &KdlNode) -> Option<Line> {
        let number = |name: &str| node.get(name).and_then(kdl::KdlValue::as_integer);
        let name = word(node, 0).filter(|name| node.name().value() == "outage" && is_plain(name))?;
        Some(Line {
            name: name.to_owned(),
            silent: word(node, 1) == Some(SILENT),
            at: number("at")?.max(0),
            lasts: number("for")?.max(0),
            backoff: number("backoff").unwrap_or(0).max(0),
        })
    }

    /// When it begins and ends.
    fn course(&self) -> Vec<KdlNode> {
        let Line { name, silent, at, lasts, .. } = self;
        let begins = if *silent { String::new() } else { format!("kill {name}; ") };
        nodes(&format!(
            "shared outage_of_{name} #false\n\
             client the_outage_of_{name} {{ sleep {at}; set outage_of_{name} #true; {begins}sleep {lasts}; \
             set outage_of_{name} #false }}\n"
        ))
    }

    /// What the server does while it lasts.
    fn notice(&self, block: &mut KdlDocument) {
        let Line { name, silent, backoff, .. } = self;
        let on = format!("if $outage_of_{name} is #true");
        if *silent {
            let calls = block.nodes_mut().iter_mut();
            for call in calls.filter(|line| line.name().value() == "on" && word(line, 0) == Some("call")) {
                let mut both = nodes(&format!("{on} {{ log \"does not answer\" }}\nelse {{ }}\n"));
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
        let look = format!("{on} {{ {waits}fail outage }}\n");
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
