//! When two failures are the same failure: the same property, at the same place, in the same words but for
//! numbers and for who it happened to.

#[cfg(feature = "scenarios")]
use serde::{Deserialize, Serialize};

use crate::kernel::{Atoms, Term};

use super::breach::{Breach, Part};

/// What failures of one kind have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "scenarios", derive(Serialize, Deserialize))]
pub struct Shape(String);

impl Shape {
    /// The shape of what a run broke; of nothing when what should have broken has held. In which order it
    /// broke does not matter.
    pub fn of(breaches: &[Breach], atoms: &Atoms) -> Self {
        let mut lines: Vec<String> = breaches.iter().map(|breach| line(breach, atoms)).collect();
        lines.sort_unstable();
        lines.dedup();
        Shape(lines.join("\n"))
    }
}

/// The shape of one breach.
pub fn line(breach: &Breach, atoms: &Atoms) -> String {
    let place = breach.span.map(|span| span.start.to_string()).unwrap_or_default();
    format!("{place}@{}", words(breach, atoms))
}

/// The same, wherever in the file it is asked for.
pub fn words(breach: &Breach, atoms: &Atoms) -> String {
    let mut text = breach.property.clone();
    text.push(':');
    for part in breach.why.iter().filter(|part| !matches!(part, Part::Aside(_))) {
        text.push(' ');
        match part {
            Part::Aside(_) => (),
            Part::Text(words) => {
                text.extend(words.chars().map(|letter| if letter.is_ascii_digit() { '0' } else { letter }));
            }
            Part::Process(_) => text.push('*'),
            Part::Term(value) => term(value, atoms, &mut text),
        }
    }
    text
}

fn term(value: &Term, atoms: &Atoms, text: &mut String) {
    match value {
        Term::Atom(atom) => text.push_str(atoms.text(*atom)),
        Term::Int(_) | Term::Text(_) | Term::Pid(_) | Term::Ref(_) => text.push('*'),
        Term::Tuple(terms, _) => {
            text.push('{');
            for each in terms.iter() {
                term(each, atoms, text);
                text.push(',');
            }
            text.push('}');
        }
        // How many there are is a number too.
        Term::List(_, _) => text.push_str("[*]"),
        Term::Map(_, _) => text.push_str("#{*}"),
    }
}
