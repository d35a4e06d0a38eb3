//! Nodes, and the connection between them.

use crate::kernel::Atom;

use super::super::ast::{ConnectionChange, NameResolution, Spanned};
use super::super::global;
use super::row::*;

family! {
    /// What concerns other nodes.
    Network
    regular {
        /// `monitor_node/2`
        MonitorNode "monitor_node NODE [#false]" ANYWHERE
            { node: Node = "a node", flag: UnlessFalse } => SEES;
        /// `global:register_name/3`: itself if no target is named.
        RegisterName "register_name NAME [TARGET] resolve=FUNCTION" ANYWHERE
            { name: GlobalName = "a name", target: OrSelf = "a target", resolve: Resolve = "resolve" } => SEES.exposing();
        /// `global:unregister_name/1`
        UnregisterName "unregister_name NAME" ANYWHERE { name: GlobalName = "a name" } => SEES;
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

roles! {
    /// A name that `global` keeps.
    GlobalName: Name => Atom, said(name) Said::Registered(name),
        lower(name, compiler) compiler.names.atoms.intern(&name.text);
    /// What becomes of two processes that have the name when two nodes meet: one of them is killed, if nothing is said.
    Resolve: Option<Spanned<NameResolution>> => NameResolution,
        said(how) Said::Word(how.as_ref().map(|how| how.value).unwrap_or_default().word()),
        lower(how, _) how.as_ref().map(|how| how.value).unwrap_or_default();
}

readings! {
    GlobalName, |step, what| {
        let Name { text, span } = step.name(what)?;
        if step.parser.names.nodes.is_empty() {
            let message = format!("`{}` is for files with two nodes", step.line.word);
            let mistake = Mistake::new(step.line.word_span, message, "there is one node");
            step.report(mistake.with_help("a process has a global name from its start: `name=(global)NAME`"));
        }
        Some(Name { text: global::written(&text), span })
    };
    Resolve, |step, property| Some(step.choice_property(property, NameResolution::WORDS));
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
