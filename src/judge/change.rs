//! A change of a design: an edit of its text, told as the line that it makes.

use crate::scenario::ast::{Knob, Span};

/// Something else in place of what stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; nothing, where something is put in.
    pub span: Span,
    /// What stands there then.
    pub text: String,
}

/// A change of one part of a design.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What it varies.
    pub knob: Knob,
    /// Whose line it changes: the name of a child, a supervisor or a module; empty for the whole file.
    pub of: String,
    /// What stands there then: `strategy=one_for_all`.
    pub told: String,
    /// What stood there, if a word says it.
    pub was: Option<String>,
    /// How the text changes.
    pub edits: Vec<Edit>,
}

/// A number that is turned until the design holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dial {
    /// What it varies.
    pub knob: Knob,
    /// Whose line it changes.
    pub of: String,
    /// The property of the line.
    pub property: &'static str,
    /// What it is, or as good as that.
    pub near: u64,
    /// The furthest that is tried.
    pub far: u64,
    /// Where the number stands; where it would be put in, if the line does not say it.
    pub place: Span,
    /// Whether the line says it.
    pub said: bool,
    /// How a number is written there.
    pub written: Written,
    /// What stands there now, or would: the number, or a word that it stands for.
    pub was: String,
}

/// How a number is written in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// As a number: `28`.
    Plainly,
    /// As a version of Elixir: `"1.18"`.
    AsElixir,
}

/// What could be tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proposal {
    /// This one and no other.
    Change(Change),
    /// The nearest number that will do.
    Dial(Dial),
}

/// What tells two proposals apart: what is varied, whose, and to what.
pub type Key = (Knob, String, String);

impl Change {
    /// In words: `KV.Supervisor strategy=one_for_all`.
    pub fn words(&self) -> String {
        match self.of.as_str() {
            "" => self.told.clone(),
            of => format!("{of} {}", self.told),
        }
    }
}

impl Dial {
    /// With this number.
    pub fn at(&self, number: u64) -> Change {
        let write = |number: u64| match self.written {
            Written::Plainly => number.to_string(),
            Written::AsElixir => format!("\"1.{number}\""),
        };
        Change {
            knob: self.knob,
            of: self.of.clone(),
            told: format!("{}={}", self.property, write(number)),
            was: Some(self.was.clone()),
            edits: vec![set(self.place, self.said, self.property, &write(number))],
        }
    }
}

impl Proposal {
    /// Whether it only lets a supervisor restart more before it gives up, or a child take longer to stop.
    pub fn allows_more(&self) -> bool {
        let Proposal::Dial(dial) = self else { return false };
        match dial.property {
            "max_restarts" | "shutdown" => dial.far > dial.near,
            "max_seconds" => dial.far < dial.near,
            _ => false,
        }
    }

    /// What it changes; of a number, as far as it is turned.
    pub fn furthest(&self) -> Change {
        match self {
            Proposal::Change(change) => change.clone(),
            Proposal::Dial(dial) => dial.at(dial.far),
        }
    }

    /// What it varies, and whose: the order in which proposals are tried.
    pub fn key(&self) -> Key {
        match self {
            Proposal::Change(change) => (change.knob, change.of.clone(), change.told.clone()),
            Proposal::Dial(dial) => {
                let way = if dial.far > dial.near { "more" } else { "less" };
                (dial.knob, dial.of.clone(), format!("{} {way}", dial.property))
            }
        }
    }
}

/// One more change to try.
pub(super) fn propose(found: &mut Vec<Proposal>, change: Change) {
    found.push(Proposal::Change(change));
}

/// Sets a property of a line, which stands there or is put in there.
pub fn set(place: Span, said: bool, property: &str, value: &str) -> Edit {
    let text = if said { value.to_owned() } else { format!(" {property}={value}") };
    Edit { span: place, text }
}

/// The text with these edits; none if two of them meet, or one is not in it.
pub fn apply(text: &str, edits: &[Edit]) -> Option<String> {
    let mut edits: Vec<&Edit> = edits.iter().collect();
    edits.sort_by_key(|edit| edit.span.start);
    let (mut made, mut at) = (String::with_capacity(text.len()), 0);
    for edit in edits {
        made.push_str(text.get(at..edit.span.start)?);
        made.push_str(&edit.text);
        at = edit.span.end.max(edit.span.start);
    }
    made.push_str(text.get(at..)?);
    Some(made)
}

#[cfg(test)]
mod tests {
    use super::{Edit, Span, apply};

    #[test]
    fn edits_are_applied_from_left_to_right_and_must_not_meet() {
        let edit = |start, end, text: &str| Edit { span: Span::new(start, end), text: text.to_owned() };
        assert_eq!(apply("abcd", &[edit(3, 4, "z"), edit(1, 1, "-")]).as_deref(), Some("a-bcz"));
        assert_eq!(apply("abcd", &[edit(0, 3, "x"), edit(2, 4, "y")]), None);
        assert_eq!(apply("abcd", &[edit(9, 9, "x")]), None);
    }
}
