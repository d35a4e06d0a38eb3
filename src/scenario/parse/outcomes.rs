//! `outcomes`: what shared variables can hold together in the end, a line a combination.

use super::super::ast::{Name, Outcomes, Scenario, Span, Spanned, Value, ValueKind};
use super::super::mistake::Mistake;
use super::scope::Scope;
use super::step::{Step, unknown};

/// The word that begins a line of the block.
const OUTCOME: &str = "outcome";

/// `outcomes NAME… { outcome VALUE… }`
pub(super) fn read(step: &mut Step<'_, '_, '_>, scenario: &mut Scenario) -> Option<()> {
    let variables = step.names("a shared variable")?;
    for name in &variables {
        check_shared(step, name);
    }
    let block = step.block()?;
    let mut rows: Vec<Spanned<Vec<Value>>> = Vec::new();
    for node in block.nodes() {
        let mut scope = Scope::outside();
        let mut line = Step::new(step.parser, &mut scope, node, "outcome VALUE…");
        let span = line.line.span;
        if line.line.word != OUTCOME {
            let (word, message) = (line.line.word_span, format!("`{}` is no outcome", line.line.word));
            line.report(Mistake::new(word, message, "each line begins with `outcome`"));
            continue;
        }
        let Some(values) = line.values() else { continue };
        line.finish();
        if check_row(step, &values, variables.len(), span) {
            rows.push(Spanned { value: values, span });
        }
    }
    check_block(step, &rows, block.nodes().is_empty());
    if scenario.outcomes.is_some() {
        let mistake = Mistake::new(step.line.span, "there is one `outcomes` in a file", "the second one");
        step.report(mistake.with_help("name all variables in one line: outcomes are combinations"));
    }
    scenario.outcomes = Some(Outcomes { variables, rows, span: step.line.span });
    Some(())
}

fn check_shared(step: &mut Step<'_, '_, '_>, name: &Name) {
    if !step.parser.names.shared.contains_key(&name.text) {
        let known = step.parser.names.shared.keys();
        step.report(unknown("shared variable", name, known, "declare it: `shared NAME VALUE`"));
    }
}

fn check_row(step: &mut Step<'_, '_, '_>, values: &[Value], wanted: usize, span: Span) -> bool {
    if values.len() != wanted {
        let message = format!("an outcome has a value for each variable here, and there are {wanted}");
        let label = if values.len() < wanted { "too few values" } else { "too many values" };
        let mistake = Mistake::new(span, message, label);
        step.report(mistake.with_help("write a tuple as one value: `(term)\"{ok, 1}\"`"));
        return false;
    }
    if let Some(value) = values.iter().find(|value| varies(value)) {
        let mistake = Mistake::new(value.span, "an outcome is made of values that the file knows", "varies");
        step.report(mistake.with_help("set the shared variable to a word that says what was found"));
        return false;
    }
    true
}

fn check_block(step: &mut Step<'_, '_, '_>, rows: &[Spanned<Vec<Value>>], empty: bool) {
    if empty {
        let mistake = Mistake::new(step.line.span, "`outcomes` needs an outcome", "none follows");
        step.report(mistake.with_help("like `outcomes seen { outcome ok }`"));
    }
    for (index, row) in rows.iter().enumerate() {
        if rows[..index].iter().any(|before| same(&before.value, &row.value)) {
            step.report(Mistake::new(row.span, "this outcome stands there twice", "the second one"));
        }
    }
}

/// Whether it depends on the run. (`_` and `self` are mistakes wherever no process is.)
pub(super) fn varies(value: &Value) -> bool {
    value.any(|kind| matches!(kind, ValueKind::Variable(_)))
}

/// Equal wherever they stand.
fn same(left: &[Value], right: &[Value]) -> bool {
    left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same_value(left, right))
}

fn same_value(left: &Value, right: &Value) -> bool {
    match (&left.kind, &right.kind) {
        (ValueKind::Tuple(left), ValueKind::Tuple(right))
        | (ValueKind::List(left), ValueKind::List(right)) => same(left, right),
        (ValueKind::Map(left), ValueKind::Map(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .zip(right)
                    .all(|(left, right)| same_value(&left.0, &right.0) && same_value(&left.1, &right.1))
        }
        (left, right) => left == right,
    }
}
