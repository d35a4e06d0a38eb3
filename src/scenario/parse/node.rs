//! `node` blocks, addresses on other nodes, and what cannot be said where there are two nodes.

use kdl::{KdlDocument, KdlEntry, KdlNode};

use super::super::ast::{Name, Scenario, Span, SupervisorBody, Target, Value, ValueKind};
use super::super::global;
use super::super::mistake::Mistake;
use super::parser::Parser;
use super::scope::Scope;
use super::step::{Step, unknown};
use super::words::hint;
use super::{top, value};

/// What can stand in a `node` block.
const INNER: &[&str] = &["supervisor", "dynamic_supervisor", "task_supervisor", "client"];

/// What is of one node alone.
const REFUSED: &[(&str, &str)] = &[
    (
        "application",
        "an application belongs to a node that is one program, and `permanent` ones would take it down",
    ),
    ("registry", "a registry's tables are its node's, and here a table is everybody's"),
    ("partition_supervisor", "its table is its node's, and here a table is everybody's"),
];

/// `node NAME { … }`
pub fn node(step: &mut Step<'_, '_, '_>, scenario: &mut Scenario) -> Option<()> {
    let name = step.name("a name")?;
    let block = step.block()?;
    step.parser.node = Some(name.text.clone());
    for inner in block.nodes() {
        let word = inner.name().value();
        let known = top::WORDS.iter().find(|known| known.name == word && INNER.contains(&word));
        let Some(known) = known else {
            if !REFUSED.iter().any(|(refused, _)| *refused == word) {
                misplaced(step.parser, inner);
            }
            continue;
        };
        let mut scope = Scope::outside();
        let mut line = Step::new(step.parser, &mut scope, inner, known.usage);
        if (known.read)(&mut line, scenario).is_some() {
            line.finish();
        }
    }
    step.parser.node = None;
    let nodes = &mut scenario.nodes;
    nodes.of_trees.resize(scenario.trees.len(), Some(name.clone()));
    nodes.of_clients.resize(scenario.clients.len(), Some(name.clone()));
    nodes.names.push(name);
    Some(())
}

/// What came before a line of the top level stands in no `node` block.
pub fn outside(scenario: &mut Scenario) {
    let nodes = &mut scenario.nodes;
    nodes.of_trees.resize(scenario.trees.len(), None);
    nodes.of_clients.resize(scenario.clients.len(), None);
}

fn misplaced(parser: &mut Parser<'_>, node: &KdlNode) {
    let word = node.name().value();
    let message = format!("`{word}` cannot stand in a `node`");
    let help = match top::WORDS.iter().any(|known| known.name == word) {
        true => Some("it belongs to all nodes: write it at the top level".to_owned()),
        false => hint(word, INNER),
    };
    let mistake = Mistake::new(value::name_span(node), message, "not here");
    parser.report(Mistake { help, ..mistake });
}

/// Whatever only one node can have, wherever it stands.
fn check_refused(parser: &mut Parser<'_>, document: &KdlDocument) {
    for node in document.nodes() {
        if let Some((word, why)) = REFUSED.iter().find(|(refused, _)| *refused == node.name().value()) {
            let message = format!("`{word}` cannot stand in a file with two nodes");
            parser.report(Mistake::new(value::name_span(node), message, "not here").with_help(*why));
        }
        if let Some(children) = node.children() {
            check_refused(parser, children);
        }
    }
}

/// With nodes there are two, what starts at boot starts on one of them, and what only one node can have is not
/// there.
pub fn check(parser: &mut Parser<'_>, document: &KdlDocument, scenario: &Scenario) {
    let names = &scenario.nodes.names;
    let Some(first) = names.first() else { return };
    if names.len() != 2 {
        let (odd, label) = match names.get(2) {
            Some(third) => (third, "the third"),
            None => (first, "the only one"),
        };
        let mistake = Mistake::new(odd.span, "a scenario has two nodes, or none", label);
        parser.report(mistake.with_help("a file without `node` blocks is one node"));
    }
    check_refused(parser, document);
    let trees = scenario.trees.iter().zip(&scenario.nodes.of_trees).filter(|(_, node)| node.is_none());
    let trees = trees.map(|(tree, _)| tree).filter(|tree| {
        // Others are refused above.
        tree.application.is_none()
            && tree.supervisor.autostart
            && !matches!(tree.supervisor.body, SupervisorBody::Registry(_) | SupervisorBody::Partitions(..))
    });
    let trees = trees.map(|tree| tree.supervisor.span);
    let clients = scenario.clients.iter().zip(&scenario.nodes.of_clients);
    let clients = clients.filter(|(_, node)| node.is_none()).map(|(client, _)| client.span);
    for span in trees.chain(clients) {
        let mistake = Mistake::new(span, "in a file with nodes, what starts stands in one", "on which node?");
        parser.report(mistake.with_help(format!("move it into `node {} {{ … }}`", first.text)));
    }
}

/// Whether anything in it is, or makes, a global name.
pub fn speaks_of_global(document: &KdlDocument) -> bool {
    document.nodes().iter().any(|node| {
        let said =
            |entry: &KdlEntry| entry.value().as_string().is_some_and(|text| text.contains(global::TAG));
        let tagged = |entry: &KdlEntry| entry.ty().is_some_and(|tag| tag.value() == global::TAG);
        node.name().value() == "register_name"
            || node.entries().iter().any(|entry| tagged(entry) || said(entry))
            || node.children().is_some_and(speaks_of_global)
    })
}

impl Step<'_, '_, '_> {
    /// Reports a name that no node of the file has.
    pub fn unknown_node(&mut self, name: &Name, help: &str) {
        self.report(unknown("node", name, self.parser.names.nodes.keys(), help));
    }

    /// `(NODE)name` as the name of a process. None for what begins with no node.
    pub fn remote(&self, value: &Value) -> Option<Target> {
        let ValueKind::Tuple(parts) = &value.kind else { return None };
        let [node, name] = &parts[..] else { return None };
        self.remote_term(&[name.clone(), node.clone()], value.span)
    }

    /// `{Name, Node}` as a term.
    pub fn remote_term(&self, parts: &[Value], span: Span) -> Option<Target> {
        let [Value { kind: ValueKind::Atom(name), .. }, Value { kind: ValueKind::Atom(node), .. }] = parts
        else {
            return None;
        };
        let named = |text: &str| Name { text: text.to_owned(), span };
        self.parser.names.nodes.contains_key(node).then(|| Target::Remote(named(name), named(node)))
    }

    /// Reports a name on another node where only a pid, or a name of the own node, will do.
    pub fn check_near(&mut self, target: &Target) {
        let Target::Remote(name, node) = target else { return };
        let message = format!("`{}` takes no name on a node", self.line.word);
        let mistake = Mistake::new(name.span, message, "not a process");
        self.report(mistake.with_help(format!(
            "ask it for its pid: `call ({}){} who`, if it answers `reply self`",
            node.text, name.text
        )));
    }

    /// Reports waiting for a client of another node: a cut would end it.
    pub fn check_awaited(&mut self, client: &Name) {
        let nodes = &self.parser.names;
        if nodes.nodes.is_empty() || nodes.clients_on.get(&client.text) == self.parser.node.as_ref() {
            return;
        }
        let mistake =
            Mistake::new(client.span, "`await` waits for a client of its own node", "on another node");
        self.report(
            mistake.with_help("let it set a `shared` variable, and wait with `eventually { $done is yes }`"),
        );
    }
}
