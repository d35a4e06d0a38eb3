//! Nodes, and the connection between them.

use super::super::ast::ConnectionChange;
use super::row::*;

family! {
    /// What concerns other nodes.
    Network
    regular {
        /// `monitor_node/2`
        MonitorNode "monitor_node NODE [#false]" ANYWHERE
            { node: Node = "a node", flag: UnlessFalse } => SEES;
    }
    by hand {
        /// What happens to the connection of the two nodes.
        Connection { change: Copied<ConnectionChange> } => SEES;
    }
    words {
        "cut NODE NODE" SCRIPT change;
        "heal NODE NODE" SCRIPT change;
        "disconnect NODE NODE" SCRIPT change;
    }
}

alike! {
    /// A node of the file, or a variable that holds one.
    Node is One, |step, what| {
        if step.peeks_variable() {
            return step.value(what);
        }
        let Name { text, span } = known(step, what)?;
        Some(Value { kind: ValueKind::Atom(text), span })
    };
    /// `#true`, which can be left out, or `#false`.
    UnlessFalse is Boolean, |step, what| if step.at_end() { Some(true) } else { Boolean::read(step, what) };
}

fn change(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let change = ConnectionChange::named(step.line.word)?;
    both_nodes(step)?;
    Some(Network::Connection { change }.into())
}

/// The name of a node of the file.
fn known(step: &mut Step<'_, '_, '_>, what: &str) -> Option<Name> {
    let name = step.name(what)?;
    if !step.parser.names.nodes.contains_key(&name.text) {
        step.unknown_node(&name, "a node is a block of the file: `node NAME { … }`");
    }
    Some(name)
}

/// The names of the two nodes.
pub fn both_nodes(step: &mut Step<'_, '_, '_>) -> Option<()> {
    let (one, other) = (known(step, "a node")?, known(step, "another node")?);
    if one.text == other.text {
        step.report(Mistake::new(other.span, "a node is always connected with itself", "the same node"));
    }
    Some(())
}
