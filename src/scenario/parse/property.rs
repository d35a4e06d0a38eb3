//! Properties, oracles and expected failures.

use crate::model::{By, SchedulerKind};

use super::super::ast::{
    Allowance, Claim, ExpectFailure, FailureCause, FailureOf, Modality, Name, Oracle, Parsed, Property,
    Scenario, Spanned,
};
use super::super::language::condition;
use super::super::mistake::Mistake;
use super::order;
use super::scope::Scope;
use super::step::{Step, unknown};
use super::words::hint;

/// The oracles, by what `allow` calls them.
fn allowances() -> Vec<(&'static str, Oracle)> {
    Oracle::all().map(|oracle| (oracle.allowed(), oracle)).collect()
}

/// Whether a file checks an oracle.
pub fn is_checked(scenario: &Scenario, oracle: Oracle) -> bool {
    let asked = scenario.properties.iter().any(|property| match &property.claim {
        Claim::Oracle { oracle: asked, .. } => asked.value == oracle,
        // What breaks such a block is called so too.
        Claim::InOrder { name: None, .. } => oracle == Oracle::InOrder,
        Claim::InOrder { name: Some(_), .. } | Claim::Conditions { .. } => false,
    });
    // Of the tops of trees it is asked by itself.
    let by_default = Oracle::DEFAULTS.contains(&oracle) || oracle == Oracle::NoMeltdown;
    let allowed = |allowance: &Allowance| allowance.oracle.value == oracle && allowance.processes.is_empty();
    asked || (by_default && !scenario.allowances.iter().any(allowed))
}

/// `always PROPERTY [ARGUMENT…] [within=MS]` or `always [NAME] { CONDITION… }`
pub fn property(step: &mut Step<'_, '_, '_>, scenario: &mut Scenario) -> Option<()> {
    let word = step.line.word;
    let modality = Modality::named(word)?;
    let claim = match step.has_block() {
        true if order::is_meant(step) => order::claim(step, modality)?,
        true => conditions(step)?,
        false => oracle_claim(step)?,
    };
    let within = match modality {
        Modality::Eventually => step.duration_property("within"),
        // Not asked for, so that it is reported as unknown.
        Modality::Always | Modality::Finally | Modality::Sometimes => None,
    };
    scenario.properties.push(Property { modality, claim, within, span: step.line.span });
    Some(())
}

fn conditions(step: &mut Step<'_, '_, '_>) -> Option<Claim<Parsed>> {
    let name = step.optional_name("the property's name")?;
    if let Some(name) = &name
        && (Oracle::named(&name.text).is_some() || name.text == EXPECT)
    {
        let message = format!("`{}` already is a property", name.text);
        let mistake = Mistake::new(name.span, message, "has a meaning of its own");
        step.report(mistake.with_help("give the block another name, or leave it out"));
    }
    let block = step.block()?;
    if block.nodes().is_empty() {
        let mistake = Mistake::new(step.line.span, "a property needs a condition", "none follows");
        step.report(mistake.with_help("like `always { alive top }`"));
    }
    let mut conditions = Vec::new();
    for node in block.nodes() {
        let mut scope = Scope::outside();
        if let Some(condition) = condition::line(step.parser, &mut scope, node) {
            conditions.push(condition);
        }
    }
    Some(Claim::Conditions { name, conditions })
}

fn oracle_claim(step: &mut Step<'_, '_, '_>) -> Option<Claim<Parsed>> {
    let oracle = oracle(step, Oracle::WORDS, "a property")?;
    let limited = oracle.value == Oracle::BoundedRestarts;
    let (mut of, mut limit) = (Vec::new(), None);
    while let Some(entry) = step.peek() {
        if limited && entry.value().is_integer() {
            let number = step.number("the limit", 0)?.value;
            limit.get_or_insert(number);
        } else {
            of.push(process(step)?);
        }
    }
    Some(Claim::Oracle { oracle, of, limit })
}

/// A child's id or a process's name.
pub fn process(step: &mut Step<'_, '_, '_>) -> Option<Name> {
    step.process()
}

fn oracle(
    step: &mut Step<'_, '_, '_>,
    oracles: &[(&'static str, Oracle)],
    what: &str,
) -> Option<Spanned<Oracle>> {
    let name = step.name(what)?;
    if let Some((_, oracle)) = oracles.iter().find(|(word, _)| *word == name.text) {
        return Some(Spanned { value: *oracle, span: name.span });
    }
    let known: Vec<&str> = oracles.iter().map(|(word, _)| *word).collect();
    let condition = condition::WORDS.contains(&name.text.as_str());
    let mistake = Mistake::new(name.span, format!("there is no property `{}`", name.text), "unknown");
    let help = match hint(&name.text, &known) {
        _ if condition => Some(format!("conditions stand in a block: `{} {{ … }}`", step.line.word)),
        help => help,
    };
    step.report(Mistake { help, ..mistake });
    None
}

/// `allow ORACLE [PROCESS…]`
pub fn allow(step: &mut Step<'_, '_, '_>, scenario: &mut Scenario) -> Option<()> {
    let oracle = oracle(step, &allowances(), "an oracle")?;
    let mut processes = Vec::new();
    while !step.at_end() {
        processes.push(process(step)?);
    }
    scenario.allowances.push(Allowance { oracle, processes, span: step.line.span });
    Some(())
}

/// The property that a client's expectations are.
const EXPECT: &str = "expect";

/// `expect-failure PROPERTY "why"` or `expect-failure PROPERTY seed=N scheduler=WORD "why"`
pub fn expect_failure(step: &mut Step<'_, '_, '_>, scenario: &mut Scenario) -> Option<()> {
    let name = step.name("a property")?;
    let property = failure_of(step, &name)?;
    let cause = if step.has_property("seed") {
        let seed = step.number_property("seed", 0)?;
        let why = if step.at_end() { None } else { Some(step.text("the reason")?) };
        FailureCause::Seed { of: scheduler(step)?, seed, why }
    } else {
        FailureCause::Design(step.text("the reason")?)
    };
    let property = Spanned { value: property, span: name.span };
    scenario.expected_failures.push(ExpectFailure { property, cause, span: step.line.span });
    Some(())
}

/// `scheduler=pct depth=3`, or plain dice if it is not there.
fn scheduler(step: &mut Step<'_, '_, '_>) -> Option<SchedulerKind> {
    if !step.has_property("scheduler") {
        return Some(SchedulerKind::RANDOM);
    }
    let said = step.choice_property("scheduler", SchedulerKind::WORDS)?;
    if matches!(said.value.by, By::Pct { .. }) && step.has_property("depth") {
        let depth = step.number_property("depth", 1)?.value;
        return Some(SchedulerKind::pct(u32::try_from(depth).unwrap_or(u32::MAX)));
    }
    Some(said.value)
}

fn failure_of(step: &mut Step<'_, '_, '_>, name: &Name) -> Option<FailureOf> {
    if name.text == EXPECT {
        return Some(FailureOf::Expect);
    }
    if let Some(oracle) = Oracle::named(&name.text) {
        return Some(FailureOf::Oracle(oracle));
    }
    if step.parser.names.conditions.contains_key(&name.text) {
        return Some(FailureOf::Conditions(name.text.clone()));
    }
    let mut known: Vec<&str> = Oracle::all().map(Oracle::word).collect();
    known.push(EXPECT);
    known.extend(step.parser.names.conditions.keys().map(String::as_str));
    let mistake = unknown("property", name, known, "");
    step.report(mistake);
    None
}
