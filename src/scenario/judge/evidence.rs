//! Why a condition does not hold, in the words of the file: what was found, and what was wanted.

use crate::kernel::{Atom, Atoms, Pid, Term};
use crate::model::{self, Part, Sentence};

use super::super::ast::{
    Comparison, Condition, CountField, Measure, Modality, Name, Property, Question, Reports, Target, Value,
    ValueKind, Via,
};
use super::super::language::{Asked, Lowered};
use super::super::script::ScriptWorld;
use super::super::script::{Sides, holds, living, sides};
use super::history::History;

/// Of more keys than this, the others are only counted.
const KEYS_TOLD: usize = 3;

/// Why a property does not hold: each of its conditions that does not, after how long it was waited for since
/// the last fault.
pub(super) fn of_property(
    asked: &[Asked],
    property: &Property<Lowered>,
    world: &ScriptWorld,
    atoms: &Atoms,
    history: &History,
    fault: Option<(u64, bool)>,
) -> Sentence {
    let mut sentence = Vec::new();
    match (property.modality, property.within) {
        (Modality::Always | Modality::Sometimes, _) => (),
        (Modality::Finally, _) | (Modality::Eventually, None) => {
            sentence.push(Part::text("when all is settled, "));
        }
        (Modality::Eventually, Some(within)) => {
            let (since, told) = match fault {
                None => (0, "the start"),
                Some((since, true)) => (since, "the last fault"),
                Some((since, false)) => (since, "the last kill"),
            };
            sentence.push(Part::Text(match world.now() > since + within {
                true => format!("not once within {within} ms of {told}: "),
                false => format!("all is settled, and not once since {told}: "),
            }));
        }
    }
    sentence.extend(lacking(asked, world, atoms, history));
    sentence
}

/// Why what a run hopes for never comes, if its last `length` steps repeat for ever. How many there are makes
/// no other failure of it.
pub(super) fn of_hope(
    asked: &[Asked],
    world: &ScriptWorld,
    atoms: &Atoms,
    history: &History,
    length: u64,
) -> Sentence {
    let mut sentence = vec![
        Part::Aside(vec![Part::Text(model::last_steps(length))]),
        Part::text(" can repeat for ever, and all the while "),
    ];
    sentence.extend(lacking(asked, world, atoms, history));
    sentence
}

/// Each condition that does not hold, and why.
fn lacking(asked: &[Asked], world: &ScriptWorld, atoms: &Atoms, history: &History) -> Sentence {
    let mut sentence = Vec::new();
    let lacking = asked.iter().filter(|asked| !holds(&asked.question, world, atoms));
    for (place, asked) in lacking.enumerate() {
        if place > 0 {
            sentence.push(Part::text("; "));
        }
        sentence.extend(of_condition(&asked.words, &sides(&asked.question, world, atoms), world, history));
    }
    sentence
}

/// Why a condition does not hold, that was found to speak of this.
pub(super) fn of_condition(
    condition: &Condition,
    sides: &Sides,
    world: &ScriptWorld,
    history: &History,
) -> Sentence {
    match &condition.kind {
        Question::Has { table, .. } => has(table, sides, true),
        Question::HasNot { table, .. } => has(table, sides, false),
        Question::Empty { of: name } => {
            let entries = number(sides);
            let many = if entries == 1 { "entry" } else { "entries" };
            vec![Part::Text(format!("{} has {entries} {many}, and was wanted empty", name.text))]
        }
        Question::NotEmpty { of: name } => {
            vec![Part::Text(format!("{} is empty, and was wanted not to be", name.text))]
        }
        Question::Alive { target } => {
            let last = sides.left.as_ref().and_then(|who| history.last(who));
            let mut sentence = subject(target, last);
            sentence.push(Part::text(" is not alive"));
            let why = sides.left.as_ref().map_or_else(Vec::new, |who| history.why_nobody(who, world));
            sentence.push(Part::Aside(why));
            sentence
        }
        Question::Dead { target } => {
            let mut sentence =
                subject(target, sides.left.as_ref().and_then(|who| living(world, Atom::NONODE, who)));
            sentence.push(Part::text(" is alive, and was wanted dead"));
            sentence
        }
        Question::Compare { left, comparison, right } => {
            let mut sentence = match (left, &sides.left) {
                (Measure::Value { value }, Some(found)) => {
                    vec![Part::Text(format!("{} is ", said(value))), Part::Term(found.clone())]
                }
                (Measure::Size { of: name }, _) => {
                    vec![Part::Text(format!("size {} is {}", name.text, number(sides)))]
                }
                (Measure::Count { supervisor, field }, Some(Term::Int(found))) => {
                    let mut sentence = subject(supervisor, None);
                    sentence.push(Part::Text(format!(" has {}", counted(*found, *field))));
                    sentence
                }
                (Measure::Count { supervisor, .. }, _) => {
                    let mut sentence = subject(supervisor, None);
                    sentence.push(Part::text(" is no living supervisor"));
                    sentence
                }
                (Measure::Living { called }, _) => {
                    let (number, name) = (number(sides), &called.text);
                    vec![Part::Text(match number {
                        0 => format!("nobody lives who is called {name}"),
                        1 => format!("1 process lives that is called {name}"),
                        _ => format!("{number} processes live that are called {name}"),
                    })]
                }
                (Measure::Reports { reports }, _) => vec![Part::Text(reported(reports, number(sides)))],
                (Measure::Value { value }, None) => vec![Part::Text(format!("{} has no value", said(value)))],
            };
            sentence.push(Part::text(", and "));
            sentence.extend(wanted(*comparison, right, sides.right.as_ref()));
            sentence.push(Part::text(" was wanted"));
            sentence
        }
    }
}

fn has(table: &Name, sides: &Sides, wanted: bool) -> Sentence {
    let key = Part::Term(sides.right.clone().unwrap_or(Term::Int(0)));
    let found = sides.left.clone();
    if !wanted {
        let mut sentence = vec![Part::Text(format!("{} has ", table.text)), key];
        sentence.extend(found.map(|found| Part::Aside(vec![Part::text(", as "), Part::Term(found)])));
        sentence.push(Part::text(", and was wanted not to"));
        return sentence;
    }
    let mut sentence = vec![Part::Text(format!("{} has no ", table.text)), key];
    if let Some(Term::List(keys, _)) = found {
        sentence.push(Part::Aside(instead(&keys)));
    }
    sentence
}

/// What keys a table has that has not the one that was wanted.
fn instead(keys: &[Term]) -> Sentence {
    if keys.is_empty() {
        return vec![Part::text(": it is empty")];
    }
    let mut sentence = vec![Part::text(": it has ")];
    for (place, key) in keys.iter().take(KEYS_TOLD).enumerate() {
        let last = place + 1 == keys.len().min(KEYS_TOLD);
        let before = match (place, last && keys.len() <= KEYS_TOLD) {
            (0, _) => "",
            (_, true) => " and ",
            (_, false) => ", ",
        };
        sentence.extend([Part::text(before), Part::Term(key.clone())]);
    }
    if keys.len() > KEYS_TOLD {
        sentence.push(Part::Text(format!(" and {} more", keys.len() - KEYS_TOLD)));
    }
    sentence
}

/// Whom a condition is about: the process, if there is or was one, or what the file calls it.
fn subject(target: &Target, means: Option<Pid>) -> Sentence {
    match (target, means) {
        (Target::Variable(name), Some(pid)) => {
            vec![Part::Text(format!("${}, which is ", name.text)), Part::Process(pid), Part::text(",")]
        }
        (_, Some(pid)) => vec![Part::Process(pid)],
        (Target::Name(name), None) => vec![Part::Text(name.text.clone())],
        (Target::Variable(name), None) => vec![Part::Text(format!("${}", name.text))],
        (Target::SelfPid(_), None) => vec![Part::text("self")],
        (Target::AnyChild(supervisor), None) => vec![Part::Text(format!("any child of {}", supervisor.text))],
        (Target::Via(via), None) => via_name(via),
        (Target::Remote(name, node), None) => vec![Part::Text(format!("{}@{}", name.text, node.text))],
    }
}

fn via_name(via: &Via) -> Sentence {
    vec![Part::Text(format!("{} in {}", said(&via.key), via.holder.name.text))]
}

/// `at most 3`, or `$items, which is 3,` if the file does not say the number itself.
fn wanted(comparison: Comparison, right: &Value, found: Option<&Term>) -> Sentence {
    let before = match comparison {
        Comparison::Is => "",
        Comparison::IsNot => "anything but ",
        Comparison::Below => "less than ",
        Comparison::Above => "more than ",
        Comparison::AtLeast => "at least ",
        Comparison::AtMost => "at most ",
    };
    let mut sentence = vec![Part::text(before)];
    match (&right.kind, found) {
        (ValueKind::Variable(_), Some(found)) => {
            let said = format!("{}, which is ", said(right));
            sentence.extend([Part::Text(said), Part::Term(found.clone()), Part::text(",")]);
        }
        (_, Some(found)) => sentence.push(Part::Term(found.clone())),
        (_, None) => sentence.push(Part::Text(said(right))),
    }
    sentence
}

/// A value, as files write it.
fn said(value: &Value) -> String {
    match &value.kind {
        ValueKind::Variable(name) => format!("${name}"),
        ValueKind::Atom(text) => text.clone(),
        ValueKind::Int(number) => number.to_string(),
        ValueKind::Text(text) => format!("{text:?}"),
        ValueKind::SelfPid => "self".to_owned(),
        ValueKind::Wildcard => "_".to_owned(),
        ValueKind::Tuple(values) => values.iter().map(said).collect::<Vec<_>>().join(" "),
        ValueKind::List(_) => "the list".to_owned(),
        ValueKind::Map(_) => "the map".to_owned(),
    }
}

/// `top has made no start_error report`, `top has made 2 progress reports`
fn reported(reports: &Reports, number: i64) -> String {
    let (name, word) = (&reports.supervisor.text, reports.kind.word());
    let child = reports.child.as_ref().map_or_else(String::new, |child| format!(" about {}", said(child)));
    let level = reports.level.map_or_else(String::new, |level| format!(" of level {}", level.word()));
    let reason = reports.reason.as_ref().map_or_else(String::new, |why| format!(" with {}", said(why)));
    match number {
        0 => format!("{name} has made no {word} report{child}{level}{reason}"),
        1 => format!("{name} has made 1 {word} report{child}{level}{reason}"),
        _ => format!("{name} has made {number} {word} reports{child}{level}{reason}"),
    }
}

fn number(sides: &Sides) -> i64 {
    match sides.left {
        Some(Term::Int(number)) => number,
        _ => 0,
    }
}

/// `no active child`, `2 active children`
pub(super) fn counted(number: i64, field: CountField) -> String {
    let (one, many) = match field {
        CountField::Specs => ("child specification", "child specifications"),
        CountField::Active => ("active child", "active children"),
        CountField::Supervisors => ("child that is a supervisor", "children that are supervisors"),
        CountField::Workers => ("child that is a worker", "children that are workers"),
    };
    match number {
        0 => format!("no {one}"),
        1 => format!("1 {one}"),
        _ => format!("{number} {many}"),
    }
}
