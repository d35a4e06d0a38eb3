//! Registries and partition supervisors in trees.

use kdl::{KdlDocument, KdlNode};

use crate::otp::Strategy;

use super::super::ast::{
    Child, Name, Partitions, Registry, RegistryKeys, Span, Spanned, Supervisor, SupervisorBody, Value,
};
use super::super::mistake::Mistake;
use super::options::{autostart, child_options, limits};
use super::parser::Parser;
use super::scope::Scope;
use super::step::Step;
use super::value;
use super::via::is_kept;
use super::words::hint;

/// What can stand in the block of a registry, and beside the child of a partition supervisor.
pub const BLOCK_WORDS: &[&str] = &["listeners", "meta", "with_arguments"];

/// A hundred processes are a lot for a scenario, and a thousand are enough for anybody.
const PARTITIONS_MAX: u64 = 1_000;

/// Reads a `registry` line and its block.
pub fn registry(step: &mut Step<'_, '_, '_>, nested: bool) -> Option<Supervisor> {
    let name = step.name("a name")?;
    let span = step.line.span;
    if !step.has_property("keys") {
        let mistake = Mistake::new(span, "a registry needs `keys=`", "unique, or not?");
        step.report(mistake.with_help("write `keys=unique` or `keys=duplicate`"));
    }
    let keys = step.choice_property("keys", RegistryKeys::WORDS).map(|keys| keys.value);
    let partitions = partitions(step);
    if let Some(entry) = step.property("name") {
        let mistake =
            Mistake::new(value::entry_span(entry), "a registry registers under its own name", "another name");
        step.report(mistake.with_help("its table has that name too"));
    }
    let autostart = autostart(step, nested);
    let options = child_options(step, !nested);
    let (listeners, meta) = match step.optional_block() {
        Some(block) => registry_block(step.parser, block),
        None => (Vec::new(), Vec::new()),
    };
    let body = SupervisorBody::Registry(Registry { keys: keys?, partitions, listeners, meta });
    Some(Supervisor { autostart, options, ..Supervisor::plain(name, body, span) })
}

fn partitions(step: &mut Step<'_, '_, '_>) -> Option<Spanned<u64>> {
    let partitions = step.number_property("partitions", 1)?;
    if partitions.value > PARTITIONS_MAX {
        let message = format!("`partitions=` must be at most {PARTITIONS_MAX}");
        step.report(Mistake::new(partitions.span, message, "too many"));
        return None;
    }
    Some(partitions)
}

fn registry_block(parser: &mut Parser<'_>, block: &KdlDocument) -> (Vec<Name>, Vec<(Value, Value)>) {
    let (mut listeners, mut meta) = (Vec::new(), Vec::new());
    for node in block.nodes() {
        let mut scope = Scope::outside();
        match node.name().value() {
            "listeners" => {
                let mut step = Step::new(parser, &mut scope, node, "listeners NAME…");
                if let Some(names) = step.names("the name of a process") {
                    step.finish();
                    listeners.extend(names);
                }
            }
            "meta" => {
                let mut step = Step::new(parser, &mut scope, node, "meta KEY VALUE…");
                let pair = step.value("a key").zip(step.value_row("a value"));
                if pair.is_some() {
                    step.finish();
                }
                meta.extend(pair);
            }
            word => unknown_line(parser, node, word, "a registry", &["listeners", "meta"]),
        }
    }
    (listeners, meta)
}

fn unknown_line(parser: &mut Parser<'_>, node: &KdlNode, word: &str, what: &str, known: &[&str]) {
    let span = value::name_span(node);
    let mistake = Mistake::new(span, format!("`{word}` cannot stand in {what}"), "unknown here");
    parser.report(Mistake { help: hint(word, known), ..mistake });
}

/// Reads a `partition_supervisor` line and its block, in which stands a child.
pub fn partition_supervisor(
    step: &mut Step<'_, '_, '_>,
    nested: bool,
    child: fn(&mut Parser<'_>, &KdlNode) -> Option<Child>,
) -> Option<Supervisor> {
    let name = step.name("a name")?;
    let span = step.line.span;
    if !step.has_property("partitions") {
        let message = "a partition supervisor needs `partitions=`";
        let mistake = Mistake::new(span, message, "how many?");
        step.report(
            mistake.with_help("Elixir takes the number of schedulers, which a scenario does not have"),
        );
    }
    let count = partitions(step).map(|said| said.value);
    if let Some(entry) = step.property("name").filter(|entry| !is_kept(entry)) {
        let message = "a partition supervisor registers under its own name";
        let mistake = Mistake::new(value::entry_span(entry), message, "another name");
        step.report(
            mistake
                .with_help("its table has that name too, unless a registry keeps it: `name=(REGISTRY)key`"),
        );
    }
    let mut supervisor = Supervisor::plain(name, SupervisorBody::Reference, span);
    supervisor.strategy = step.choice_property("strategy", Strategy::WORDS);
    if let Some(said) = &supervisor.strategy
        && said.value == Strategy::SimpleOneForOne
    {
        let message = "a partition supervisor cannot be `simple_one_for_one`";
        step.report(Mistake::new(said.span, message, "it has a copy for each partition"));
    }
    limits(step, &mut supervisor);
    supervisor.autostart = autostart(step, nested);
    supervisor.options = child_options(step, !nested);
    let block = step.block()?;
    let (template, with_arguments) = copies(step.parser, block, span);
    let template = template.and_then(|node| child(step.parser, node));
    let partitions = Partitions { count: count?, with_arguments };
    supervisor.body = SupervisorBody::Partitions(partitions, Box::new(template?));
    Some(supervisor)
}

/// The one child that is copied, and what each copy gets instead of its arguments.
fn copies<'n>(
    parser: &mut Parser<'_>,
    block: &'n KdlDocument,
    line: Span,
) -> (Option<&'n KdlNode>, Option<Vec<Value>>) {
    let mut with_arguments = None;
    let mut children = Vec::new();
    for node in block.nodes() {
        if node.name().value() != "with_arguments" {
            children.push(node);
            continue;
        }
        let mut scope = Scope::outside();
        scope.bound.insert(Partitions::PARTITION.to_owned());
        let mut step = Step::new(parser, &mut scope, node, "with_arguments VALUE…");
        let values = step.values();
        step.finish();
        with_arguments = values;
    }
    let none = ("a partition supervisor needs one child, of which each partition is a copy", "there is none");
    let has = "a partition supervisor has one child, of which each partition is a copy";
    (parser.only(&children, line, none, has), with_arguments)
}
