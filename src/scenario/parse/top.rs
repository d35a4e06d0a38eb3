//! The top level of a file.

use kdl::{KdlDocument, KdlNode};

use crate::otp::Restart;

use super::super::ast::{Application, FailureOf, Header, Scenario, Shared, Span, Spanned, Tree};
use super::super::mistake::Mistake;
use super::parser::Parser;
use super::scope::Scope;
use super::step::Step;
use super::value::{self, Text, name_span};
use super::words::{Keyword, foreign, hint};
use super::{code, collect, cycle, definition, fault, fixed, node, outage, outcomes, property, tree};

type Read = fn(&mut Step<'_, '_, '_>, &mut Scenario) -> Option<()>;

/// What can stand at the top level.
pub const WORDS: &[Keyword<Read>] = &[
    Keyword::new("scenario", "scenario \"title\"", header),
    Keyword::new("expect-failure", "expect-failure PROPERTY \"why\"", property::expect_failure),
    Keyword::new("supervisor", "supervisor NAME { … }", supervisor),
    Keyword::new("dynamic_supervisor", "dynamic_supervisor NAME", supervisor),
    Keyword::new("registry", "registry NAME keys=unique", supervisor),
    Keyword::new("partition_supervisor", "partition_supervisor NAME partitions=N { CHILD }", supervisor),
    Keyword::new("task_supervisor", "task_supervisor NAME", supervisor),
    Keyword::new("application", "application NAME { supervisor … }", application),
    Keyword::new("server", "server NAME { … }", definition::server),
    Keyword::new(definition::STATEM, "statem NAME { state NAME { … } }", definition::server),
    Keyword::new("agent", "agent NAME", definition::agent),
    Keyword::new("process", "process NAME { … }", definition::process),
    Keyword::new("task", "task NAME { … }", definition::process),
    Keyword::new("start_function", "start_function NAME returns VALUE…", definition::start_function),
    Keyword::new("client", "client [NAME] { … }", definition::client),
    Keyword::new("code", "code \"FOLDER\"… shuffle=N", code::code),
    Keyword::new("start", "start \"MODULE.FUNCTION\" VALUE…", code::start),
    Keyword::new("run", "run \"MODULE.FUNCTION\" VALUE…", code::run),
    Keyword::new("test", "test \"MODULE\" only=\"TEST\"", code::test),
    Keyword::new("node", "node NAME { supervisor … }", node::node),
    Keyword::new("shared", "shared NAME VALUE", shared),
    Keyword::new("shared_table", "shared_table NAME", shared_table),
    Keyword::new("always", "always PROPERTY", property::property),
    Keyword::new("finally", "finally PROPERTY", property::property),
    Keyword::new("eventually", "eventually PROPERTY within=MS", property::property),
    Keyword::new("sometimes", "sometimes PROPERTY", property::property),
    Keyword::new("outcomes", "outcomes NAME… { outcome VALUE… }", outcomes::read),
    Keyword::new("allow", "allow ORACLE [PROCESS…]", property::allow),
    Keyword::new("fault", "fault kill NAME…", fault::read),
    Keyword::new("outage", "outage NAME [fails|silent|starts] at=MS for=MS backoff=MS", outage::outage),
    Keyword::new("fixed", "fixed KNOB… of=NAME", fixed::fixed),
];

/// Reads the whole file.
pub fn scenario(parser: &mut Parser<'_>, document: &KdlDocument) -> Scenario {
    let mut scenario = Scenario::default();
    for (index, node) in document.nodes().iter().enumerate() {
        let name = node.name().value();
        let Some(word) = WORDS.iter().find(|word| word.name == name) else {
            unknown(parser, node);
            continue;
        };
        if name == "scenario" && index > 0 {
            let first = document.nodes().iter().position(|node| node.name().value() == "scenario");
            let (message, label) = match first {
                Some(first) if first < index => ("there is one `scenario` line", "the second one"),
                _ => ("`scenario` stands before everything else", "too late"),
            };
            parser.report(Mistake::new(name_span(node), message, label));
        }
        let mut scope = Scope::outside();
        let mut step = Step::new(parser, &mut scope, node, word.usage);
        if (word.read)(&mut step, &mut scenario).is_some() {
            step.finish();
        }
        node::outside(&mut scenario);
    }
    scenario.nodes.global = scenario.nodes.are_there() && node::speaks_of_global(document);
    node::check(parser, document, &scenario);
    check_runs(parser, document);
    collect::check_unused(parser);
    cycle::check(parser, &scenario);
    check_expected_failures(parser, &scenario);
    scenario
}

fn unknown(parser: &mut Parser<'_>, node: &KdlNode) {
    let name = node.name().value();
    let known: Vec<&str> = WORDS.iter().map(|word| word.name).collect();
    let message = format!("`{name}` is unknown at the top level");
    let mistake = Mistake::new(name_span(node), message, "unknown word");
    let elsewhere = super::words().contains(&name);
    let help = foreign(name).or_else(|| hint(name, &known)).or_else(|| {
        let child = tree::WORDS.iter().any(|word| word.name == name);
        match (child, elsewhere) {
            (true, _) => Some("it stands among a supervisor's children".to_owned()),
            (false, true) => Some("it stands in a `server`, a `process` or a `client`".to_owned()),
            (false, false) => None,
        }
    });
    parser.report(Mistake { help, ..mistake });
}

fn header(step: &mut Step<'_, '_, '_>, scenario: &mut Scenario) -> Option<()> {
    let title = match step.at_end() {
        true => None,
        false => Some(step.text("the title")?),
    };
    let max_delay = step.duration_property("max_delay");
    let otp = release(step);
    let elixir_minor = elixir(step);
    let horizon_ms = step.number_property("horizon", 1);
    let about = match step.optional_block() {
        Some(block) => about(step.parser, block),
        None => None,
    };
    scenario.header = Header { title, about, max_delay, otp, elixir_minor, horizon_ms };
    Some(())
}

fn release(step: &mut Step<'_, '_, '_>) -> Option<Spanned<u32>> {
    let number = step.number_property("otp", 0)?;
    match u32::try_from(number.value) {
        Ok(value @ 18..=29) => Some(Spanned { value, span: number.span }),
        Ok(_) | Err(_) => {
            let message = "`otp=` must be a release from 18 to 29";
            step.report(Mistake::new(number.span, message, "out of range"));
            None
        }
    }
}

fn elixir(step: &mut Step<'_, '_, '_>) -> Option<Spanned<u32>> {
    let entry = step.property("elixir")?;
    let span = value::span(entry, step.parser.text);
    let minor = match value::text(entry) {
        Some(Text::Quoted(text)) => text.strip_prefix("1.").and_then(|minor| minor.parse().ok()),
        _ => None,
    };
    match minor {
        Some(value @ 5..=20) => Some(Spanned { value, span }),
        _ => {
            let message = "`elixir=` must be a version in quotes, from \"1.5\" to \"1.20\"";
            step.report(Mistake::new(span, message, "not such a version"));
            None
        }
    }
}

fn about(parser: &mut Parser<'_>, block: &KdlDocument) -> Option<Spanned<String>> {
    let mut about = None;
    for node in block.nodes() {
        let mut scope = Scope::outside();
        if node.name().value() != ABOUT || about.is_some() {
            let message = "only one `about` stands in the block of `scenario`";
            parser.report(Mistake::new(name_span(node), message, "this line"));
            continue;
        }
        let mut step = Step::new(parser, &mut scope, node, "about \"prose\"");
        about = step.text("the prose");
        if about.is_some() {
            step.finish();
        }
    }
    about
}

/// What stands in the block of `scenario`.
pub const ABOUT: &str = "about";

fn supervisor(step: &mut Step<'_, '_, '_>, scenario: &mut Scenario) -> Option<()> {
    let supervisor = tree::any_supervisor(step, false)?;
    scenario.trees.push(Tree { application: None, supervisor });
    Some(())
}

fn application(step: &mut Step<'_, '_, '_>, scenario: &mut Scenario) -> Option<()> {
    let name = step.name("a name")?;
    let kind = step.choice_property("type", Restart::WORDS);
    let autostart = step.boolean_property("autostart").is_none_or(|autostart| autostart.value);
    if autostart {
        step.parser.names.started.insert(name.text.clone());
    }
    let span = step.line.span;
    let block = step.block()?;
    let mut found = None;
    for node in block.nodes() {
        let word = node.name().value();
        let known = ["supervisor", "dynamic_supervisor", "task_supervisor"];
        if !known.contains(&word) || found.is_some() {
            let message = "one supervisor stands in an application";
            let label = if found.is_some() { "the second one" } else { "not a supervisor" };
            let mistake = Mistake::new(name_span(node), message, label);
            let help =
                hint(word, &known).filter(|help| help.starts_with("did you mean") && !known.contains(&word));
            step.report(Mistake { help, ..mistake });
            continue;
        }
        let mut scope = Scope::outside();
        let mut inner = Step::new(step.parser, &mut scope, node, "supervisor NAME { … }");
        // `autostart=` is the application's to say.
        let tree = match word {
            "supervisor" if !inner.has_block() => inner.block().and(None),
            _ => tree::any_supervisor(&mut inner, true),
        };
        if tree.is_some() {
            inner.finish();
        }
        found = Some(tree);
    }
    match found {
        Some(Some(supervisor)) => {
            let application = Some(Application { name, kind, autostart, span });
            scenario.trees.push(Tree { application, supervisor });
        }
        Some(None) => (),
        None if block.nodes().is_empty() => {
            let message = "one supervisor stands in an application";
            step.report(Mistake::new(span, message, "there is none"));
        }
        None => (),
    }
    Some(())
}

fn shared(step: &mut Step<'_, '_, '_>, scenario: &mut Scenario) -> Option<()> {
    let name = step.name("a name")?;
    let value = step.value_row("its first value")?;
    scenario.shared.push(Shared { name, value });
    Some(())
}

fn shared_table(step: &mut Step<'_, '_, '_>, scenario: &mut Scenario) -> Option<()> {
    let name = step.name("a name")?;
    scenario.shared_tables.push(name);
    Some(())
}

/// A file in which nothing would ever run.
fn check_runs(parser: &mut Parser<'_>, document: &KdlDocument) {
    let runs = [
        "supervisor",
        "dynamic_supervisor",
        "task_supervisor",
        "registry",
        "partition_supervisor",
        "application",
        "node",
        "client",
        "start",
        "test",
        "run",
    ];
    let word = |node: &KdlNode| node.name().value().to_owned();
    let known = |node: &KdlNode| WORDS.iter().any(|known| known.name == word(node));
    let nodes = document.nodes();
    if nodes.iter().any(|node| runs.contains(&word(node).as_str()) || !known(node)) {
        return;
    }
    let span = nodes.first().map_or(Span::new(0, 0), name_span);
    let mistake = Mistake::new(span, "nothing runs in this file", "no tree and no client");
    parser.report(mistake.with_help("add a `supervisor` or a `client`"));
}

/// A failure cannot be expected of what nobody checks.
fn check_expected_failures(parser: &mut Parser<'_>, scenario: &Scenario) {
    for failure in &scenario.expected_failures {
        let (message, help) = match &failure.property.value {
            FailureOf::Expect if scenario.clients.is_empty() => {
                ("only a client can fail to get what it expects".to_owned(), "add a `client`".into())
            }
            FailureOf::Oracle(oracle) if !property::is_checked(scenario, *oracle) => {
                let word = oracle.word();
                (format!("`{word}` is not checked here"), format!("add `finally {word}`"))
            }
            FailureOf::Expect | FailureOf::Oracle(_) | FailureOf::Conditions(_) => continue,
        };
        parser.report(Mistake::new(failure.property.span, message, "cannot break").with_help(help));
    }
}
