//! Servers, agents, processes and clients.

use std::rc::Rc;

use kdl::{KdlDocument, KdlNode};

use crate::otp::Restart;

use super::super::ast::{
    Client, Definition, DefinitionKind, Name, Process, Scenario, Server, Spanned, StartOutcome,
};
use super::super::mistake::Mistake;
use super::handler;
use super::options::child_options;
use super::parser::Parser;
use super::scope::{Code, Scope, State};
use super::statement;
use super::step::{Step, unknown};
use super::value;

/// `server NAME { … }` or `statem NAME { … }`
pub(super) fn server(step: &mut Step<'_, '_, '_>, scenario: &mut Scenario) -> Option<()> {
    let name = step.name("a name")?;
    let options = child_options(step, true);
    let info = step.value_property("info");
    let span = step.line.span;
    let block = step.block()?;
    let machine = step.line.word == STATEM;
    let mut server = Server { info, machine, arguments: arguments(step.parser, block), ..Server::default() };
    let state = Rc::new(State { machine, ..declared(step.parser, block) });
    for node in block.nodes() {
        handler::server_line(step.parser, node, &state, &mut server);
    }
    if machine && server.phases.is_empty() {
        let mistake = Mistake::new(span, "a state machine needs a state", "none follows");
        step.report(
            mistake
                .with_help("like `statem door { state closed { on call open { goto opened; reply ok } } }`"),
        );
    }
    scenario.definitions.push(Definition { name, options, kind: DefinitionKind::Server(server), span });
    Some(())
}

/// The word that defines a state machine.
pub(super) const STATEM: &str = "statem";

/// Reads which names a server declares, and reports those it declares twice.
fn declared(parser: &mut Parser<'_>, block: &KdlDocument) -> State {
    let mut state = State::default();
    let mut seen: Vec<Name> = Vec::new();
    for node in block.nodes() {
        let word = node.name().value();
        let names = match word {
            "var" => &mut state.variables,
            "table" => &mut state.tables,
            "queue" => &mut state.queues,
            "phase" | "state" => &mut state.phases,
            _ => continue,
        };
        let Some(entry) = node.entries().iter().find(|entry| entry.name().is_none()) else {
            continue;
        };
        let Some(text) = entry.value().as_string() else {
            continue;
        };
        names.insert(text.to_owned());
        let name = Name { text: text.to_owned(), span: value::entry_span(entry) };
        match seen.iter().find(|other| other.text == name.text) {
            Some(first) => parser.twice(&name, &format!("the {word} "), first.span),
            None => seen.push(name),
        }
    }
    state
}

/// The names of `args $a $b`.
fn arguments(parser: &mut Parser<'_>, block: &KdlDocument) -> Vec<Name> {
    let mut all: Vec<Name> = Vec::new();
    let lines = block.nodes().iter().filter(|node| node.name().value() == "args");
    for (index, node) in lines.enumerate() {
        if index > 0 {
            let span = value::name_span(node);
            parser.report(Mistake::new(span, "there is one `args` line", "the second one"));
        }
        let mut scope = Scope::outside();
        let mut step = Step::new(parser, &mut scope, node, "args $NAME…");
        while !step.at_end() {
            let Some(name) = step.variable("an argument") else {
                continue;
            };
            match all.iter().find(|other| other.text == name.text) {
                Some(first) => step.parser.twice(&name, "the argument ", first.span),
                None => all.push(name),
            }
        }
        step.finish();
    }
    all
}

/// `agent NAME`
pub(super) fn agent(step: &mut Step<'_, '_, '_>, scenario: &mut Scenario) -> Option<()> {
    let name = step.name("a name")?;
    let options = child_options(step, true);
    let span = step.line.span;
    scenario.definitions.push(Definition { name, options, kind: DefinitionKind::Agent, span });
    Some(())
}

/// `start_function NAME returns VALUE…`
pub(super) fn start_function(step: &mut Step<'_, '_, '_>, scenario: &mut Scenario) -> Option<()> {
    let name = step.name("a name")?;
    let options = child_options(step, true);
    let word = step.name("`returns`, `throws`, `exits` or `raises`")?;
    let Some(outcome) = StartOutcome::named(&word.text) else {
        step.report(unknown("outcome", &word, StartOutcome::WORDS.iter().map(|(known, _)| *known), ""));
        return None;
    };
    let kind = DefinitionKind::StartFunction { outcome, value: step.value_row("a value")? };
    scenario.definitions.push(Definition { name, options, kind, span: step.line.span });
    Some(())
}

/// `process NAME { … }` or `task NAME { … }`
pub(super) fn process(step: &mut Step<'_, '_, '_>, scenario: &mut Scenario) -> Option<()> {
    let name = step.name("a name")?;
    let mut options = child_options(step, true);
    let span = step.line.span;
    let task = step.line.word == "task";
    if task {
        // `use Task` says so.
        options.restart.get_or_insert(Spanned { value: Restart::Temporary, span });
    }
    let block = step.block()?;
    let arguments = arguments(step.parser, block);
    let (place, place_name) = if task { (Code::Task, "a task") } else { (Code::Process, "a process") };
    let mut scope = Scope::new(place, place_name, Rc::default());
    scope.bound.extend(arguments.iter().map(|name| name.text.clone()));
    let lines: Vec<&KdlNode> = block.nodes().iter().filter(|node| node.name().value() != "args").collect();
    let body = statement::lines(step.parser, &mut scope, &lines);
    let acknowledges = step.parser.names.acknowledges(&name.text);
    let kind = DefinitionKind::Process(Process { task, acknowledges, arguments, body });
    scenario.definitions.push(Definition { name, options, kind, span });
    Some(())
}

/// `client [NAME] { … }`
pub(super) fn client(step: &mut Step<'_, '_, '_>, scenario: &mut Scenario) -> Option<()> {
    let name = step.optional_name("a name")?;
    let trap_exit = step.boolean_property("trap_exit").is_some_and(|said| said.value);
    let span = step.line.span;
    let block = step.block()?;
    let mut scope = Scope::new(Code::Client, "a client", Rc::default());
    let body = statement::block(step.parser, &mut scope, block);
    scenario.clients.push(Client { name, trap_exit, body, span });
    Some(())
}
