//! `expect`: what a client wants to see.

use super::super::ast::{Counts, Expectation, StatementKind, ValueKind};
use super::super::mistake::Mistake;
use super::condition::{self, COMPARISONS, whom};
use super::scope::SCRIPT;
use super::step::Step;
use super::value;
use super::words::Word;

type Read = fn(&mut Step<'_, '_, '_>) -> Option<Expectation>;

/// What can follow `expect`, besides a condition and a pattern.
pub(super) const WORDS: &[Word<Read>] = &[
    Word { name: "exit", usage: "expect exit PATTERN…", read: exit },
    Word { name: "raise", usage: "expect raise PATTERN…", read: raise },
    Word { name: "restarted", usage: "expect restarted ID…", read: restarted },
    Word { name: "untouched", usage: "expect untouched ID…", read: untouched },
    Word { name: "alive", usage: "expect alive PROCESS…", read: alive },
    Word { name: "dead", usage: "expect dead PROCESS…", read: dead },
    Word { name: "children", usage: "expect children SUPERVISOR ID…", read: children },
    Word { name: "incarnation", usage: "expect incarnation ID NUMBER", read: incarnation },
];

/// Conditions that `expect` can begin with, as well as any comparison.
const CONDITIONS: &[&str] = &["has", "not-has", "empty", "not-empty", "size", "reports"];

/// Reads the rest of an `expect` line.
///
/// A word of the table that stands alone is a result: `expect empty` expects the atom.
pub(super) fn expect(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let word = step.peek_word().unwrap_or_default();
    let alone = step.peek_second().is_none() && !step.has_property_any();
    let expectation = match WORDS.iter().find(|known| known.name == word) {
        _ if alone => Expectation::Result(step.pattern_row("a pattern")?),
        Some(known) => {
            step.skip();
            step.line.usage = known.usage;
            (known.read)(step)?
        }
        None if word == "count" => count(step)?,
        None if CONDITIONS.contains(&word) || is_comparison(step) => {
            Expectation::Condition(condition::condition(step)?)
        }
        None => result(step)?,
    };
    if let Expectation::Result(_) | Expectation::Either { .. } | Expectation::Exit(_) | Expectation::Raise(_) =
        expectation
        && SCRIPT.contains(&step.scope.place)
    {
        step.check_result();
    }
    Some(StatementKind::Expect(expectation))
}

/// `$x above 3`. What compares begins with a variable: `ok is fine` is a result.
fn is_comparison(step: &Step<'_, '_, '_>) -> bool {
    let variable = step.peek().is_some_and(|entry| value::variable(entry).is_some());
    let second = step.peek_second_word().unwrap_or_default();
    variable && COMPARISONS.iter().any(|(word, _)| *word == second)
}

fn result(step: &mut Step<'_, '_, '_>) -> Option<Expectation> {
    if !step.has_property("or_exit") {
        return Some(Expectation::Result(step.pattern_row("a pattern")?));
    }
    step.line.usage = "expect PATTERN… or_exit=PATTERN";
    let result = step.pattern_row("a pattern")?;
    let exit = step.pattern_property("or_exit")?;
    Some(Expectation::Either { result, exit })
}

fn exit(step: &mut Step<'_, '_, '_>) -> Option<Expectation> {
    Some(Expectation::Exit(step.pattern_row("a pattern")?))
}

fn raise(step: &mut Step<'_, '_, '_>) -> Option<Expectation> {
    Some(Expectation::Raise(step.pattern_row("a pattern")?))
}

fn restarted(step: &mut Step<'_, '_, '_>) -> Option<Expectation> {
    Some(Expectation::Restarted(step.child_ids()?))
}

fn untouched(step: &mut Step<'_, '_, '_>) -> Option<Expectation> {
    Some(Expectation::Untouched(step.child_ids()?))
}

fn alive(step: &mut Step<'_, '_, '_>) -> Option<Expectation> {
    let mut targets = vec![whom(step)?];
    while !step.at_end() {
        targets.push(whom(step)?);
    }
    Some(Expectation::Alive(targets))
}

fn dead(step: &mut Step<'_, '_, '_>) -> Option<Expectation> {
    let Expectation::Alive(targets) = alive(step)? else {
        return None;
    };
    Some(Expectation::Dead(targets))
}

fn children(step: &mut Step<'_, '_, '_>) -> Option<Expectation> {
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

fn incarnation(step: &mut Step<'_, '_, '_>) -> Option<Expectation> {
    let id = step.name("a child's id")?;
    step.check_id(&id);
    let number = step.number("the number of an incarnation", 1)?.value;
    Some(Expectation::Incarnation { id, number })
}

/// `expect count SUPERVISOR active=3`, or the condition `expect count SUPERVISOR active above 3`.
fn count(step: &mut Step<'_, '_, '_>) -> Option<Expectation> {
    if step.peek_at(2).is_some() {
        return Some(Expectation::Condition(condition::condition(step)?));
    }
    step.skip();
    step.line.usage = "expect count SUPERVISOR specs=N active=N supervisors=N workers=N";
    let supervisor = whom(step)?;
    let mut number = |name| step.number_property(name, 0).map(|number| number.value);
    let counts = Counts {
        specs: number("specs"),
        active: number("active"),
        supervisors: number("supervisors"),
        workers: number("workers"),
    };
    if counts == Counts::default() && !step.has_property_any() {
        let message = "`expect count` needs a number".to_owned();
        step.misused(step.line.span, message, "expects nothing");
    }
    Some(Expectation::Count { supervisor, counts })
}
