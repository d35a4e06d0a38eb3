//! What a client expects.

use super::super::ast::{Comparison, Condition, CountField};
use super::super::parse::value;
use super::super::parse::words::Keyword;
use super::condition::Asked;
use super::condition::{self, whom};
use super::row::*;
use crate::kernel::Atom;

forms! {
    /// What a client expects.
    Expectation {
        /// `expect PATTERN…`: of the last result.
        Result { pattern: Wanted },
        /// `expect exit PATTERN…`: the last operation exited so; its reason or the first element of it.
        Exit { pattern: Wanted },
        /// `expect PATTERN… or_exit=PATTERN`: the last operation returned so, or exited so.
        Either { result: Wanted, exit: Wanted },
        /// `expect raise PATTERN…`: the last operation raised this error.
        Raise { pattern: Wanted },
        /// `expect restarted ID…`: alive, and not in its first incarnation.
        Restarted { ids: Ids },
        /// `expect untouched ID…`: alive in its first incarnation, whatever became of its children.
        Untouched { ids: Ids },
        /// `expect alive TARGET…`
        Alive { targets: Targets },
        /// `expect dead TARGET…`
        Dead { targets: Targets },
        /// `expect children SUPERVISOR ID…`: in start order.
        Children { supervisor: Whom, ids: Values },
        /// `expect count SUPERVISOR specs= active= supervisors= workers=`
        Count { supervisor: Whom, counts: Counts },
        /// `expect incarnation ID N`: 1 is the first.
        Incarnation { id: Called, number: Copied<u64> },
        /// Any other condition.
        Condition { condition: Claimed },
    }
}

roles! {
    /// Children, by their ids.
    Ids: Vec<Name> => Vec<Atom>, lower(ids, resolver) ids.iter().map(|id| resolver.atom(id)).collect();
    /// Any number of processes.
    Targets: Vec<Target> => Vec<Expression>,
        lower(targets, resolver) targets.iter().map(|target| resolver.target(target)).collect(),
        parts(targets, parts) parts.values.extend(targets);
    /// Numbers of `count_children`.
    Counts: Vec<(CountField, u64)> => Vec<(CountField, u64)>, lower(counts, _) counts.clone();
    /// A condition, with the words that the file has for it.
    Claimed: Condition => Box<Asked>,
        lower(condition, resolver)
            Box::new(condition.lower(resolver)),
        parts(asked, parts) asked.question.parts(parts);
}

impl Sayable for Expectation<Parsed> {
    fn said(&self) -> Said<'_> {
        Expectation::said(self)
    }
}

impl<F: Form> Expectation<F> {
    /// Whether it depends on others, and not on the last result alone.
    pub(in crate::scenario) fn looks(&self) -> bool {
        match self {
            Self::Result { .. } | Self::Exit { .. } | Self::Either { .. } | Self::Raise { .. } => false,
            Self::Restarted { .. }
            | Self::Untouched { .. }
            | Self::Alive { .. }
            | Self::Dead { .. }
            | Self::Children { .. }
            | Self::Count { .. }
            | Self::Incarnation { .. }
            | Self::Condition { .. } => true,
        }
    }
}

type Reader = fn(&mut Step<'_, '_, '_>) -> Option<Expectation<Parsed>>;

/// What can follow `expect`, besides a condition and a pattern.
pub const WORDS: &[Keyword<Reader>] = &[
    Keyword::new("exit", "expect exit PATTERN…", |step| {
        Some(Expectation::Exit { pattern: step.pattern_row("a pattern")? })
    }),
    Keyword::new("raise", "expect raise PATTERN…", |step| {
        Some(Expectation::Raise { pattern: step.pattern_row("a pattern")? })
    }),
    Keyword::new("restarted", "expect restarted ID…", |step| {
        Some(Expectation::Restarted { ids: step.child_ids()? })
    }),
    Keyword::new("untouched", "expect untouched ID…", |step| {
        Some(Expectation::Untouched { ids: step.child_ids()? })
    }),
    Keyword::new("alive", "expect alive PROCESS…", |step| {
        Some(Expectation::Alive { targets: targets(step)? })
    }),
    Keyword::new("dead", "expect dead PROCESS…", |step| {
        Some(Expectation::Dead { targets: targets(step)? })
    }),
    Keyword::new("children", "expect children SUPERVISOR ID…", children),
    Keyword::new("incarnation", "expect incarnation ID NUMBER", incarnation),
];

/// Conditions that `expect` can begin with, as well as any comparison.
const CONDITIONS: &[&str] = &["has", "not-has", "empty", "not-empty", "size", "living", "reports"];

/// Reads the rest of an `expect` line.
///
/// A word of the table that stands alone is a result: `expect empty` expects the atom.
pub(super) fn expect(step: &mut Step<'_, '_, '_>) -> Option<Expectation<Parsed>> {
    let word = step.peek_word().unwrap_or_default();
    let alone = step.peek_second().is_none() && !step.has_property_any();
    let expectation = match WORDS.iter().find(|known| known.name == word) {
        _ if alone => Expectation::Result { pattern: step.pattern_row("a pattern")? },
        Some(known) => {
            step.skip();
            step.line.usage = known.usage;
            (known.read)(step)?
        }
        None if word == "count" => count(step)?,
        None if CONDITIONS.contains(&word) || is_comparison(step) => {
            Expectation::Condition { condition: condition::condition(step)? }
        }
        None => result(step)?,
    };
    if !expectation.looks() && SCRIPT.contains(&step.scope.place) {
        step.check_result();
    }
    Some(expectation)
}

/// `$x above 3`. What compares begins with a variable: `ok is fine` is a result.
fn is_comparison(step: &Step<'_, '_, '_>) -> bool {
    let variable = step.peek().is_some_and(|entry| value::variable(entry).is_some());
    let second = step.peek_second_word().unwrap_or_default();
    variable && Comparison::WORDS.iter().any(|(word, _)| *word == second)
}

fn result(step: &mut Step<'_, '_, '_>) -> Option<Expectation<Parsed>> {
    if !step.has_property("or_exit") {
        return Some(Expectation::Result { pattern: step.pattern_row("a pattern")? });
    }
    step.line.usage = "expect PATTERN… or_exit=PATTERN";
    let result = step.pattern_row("a pattern")?;
    let exit = step.pattern_property("or_exit")?;
    Some(Expectation::Either { result, exit })
}

fn targets(step: &mut Step<'_, '_, '_>) -> Option<Vec<Target>> {
    let mut targets = vec![whom(step)?];
    while !step.at_end() {
        targets.push(whom(step)?);
    }
    Some(targets)
}

fn children(step: &mut Step<'_, '_, '_>) -> Option<Expectation<Parsed>> {
    let supervisor = whom(step)?;
    let mut ids = Vec::new();
    while !step.at_end() {
        let id = step.child_id()?;
        if id.kind == ValueKind::SelfPid {
            step.report(Mistake::new(id.span, "`self` is no child's id", "a reserved word"));
        }
        ids.push(id);
    }
    Some(Expectation::Children { supervisor, ids })
}

fn incarnation(step: &mut Step<'_, '_, '_>) -> Option<Expectation<Parsed>> {
    let id = step.name("a child's id")?;
    step.check_id(&id);
    let number = step.number("the number of an incarnation", 1)?.value;
    Some(Expectation::Incarnation { id, number })
}

/// `expect count SUPERVISOR active=3`, or the condition `expect count SUPERVISOR active above 3`.
fn count(step: &mut Step<'_, '_, '_>) -> Option<Expectation<Parsed>> {
    if step.peek_at(2).is_some() {
        return Some(Expectation::Condition { condition: condition::condition(step)? });
    }
    step.skip();
    step.line.usage = "expect count SUPERVISOR specs=N active=N supervisors=N workers=N";
    let supervisor = whom(step)?;
    let fields = CountField::WORDS.iter();
    let said = fields.filter_map(|(name, field)| Some((*field, step.number_property(name, 0)?.value)));
    let counts: Vec<_> = said.collect();
    if counts.is_empty() && !step.has_property_any() {
        let message = "`expect count` needs a number".to_owned();
        step.misused(step.line.span, message, "expects nothing");
    }
    Some(Expectation::Count { supervisor, counts })
}
