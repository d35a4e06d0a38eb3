//! What runs should come to sometimes, and what is said if none has: a scenario that never gets there proves
//! less than it claims.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::scenario::ast::{Claim, Modality, Parsed, Property, Span};

use super::super::loaded::Loaded;
use super::super::words::count;

/// Longer conditions than this are called by their place alone.
const TOLD_MAX: usize = 60;

/// A `sometimes` property or one of the `outcomes`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::cli) struct Unreached {
    /// As the file says it.
    property: String,
    /// Where it stands in the file: `file.kdl:12`.
    place: String,
    /// It is how a run ends.
    is_end: bool,
}

/// Whatever some run should reach, by where it begins.
pub(super) fn all(loaded: &Loaded) -> BTreeMap<usize, Unreached> {
    let properties = loaded.scenario.properties.iter().filter(|asked| asked.modality == Modality::Sometimes);
    let properties = properties.map(|asked| (asked.span.start, Unreached::property(loaded, asked)));
    let rows = loaded.scenario.outcomes.iter().flat_map(|outcomes| &outcomes.rows);
    properties.chain(rows.map(|row| (row.span.start, Unreached::end(loaded, row.span)))).collect()
}

impl Unreached {
    /// A `sometimes` property.
    pub(super) fn property(loaded: &Loaded, asked: &Property<Parsed>) -> Self {
        let property = match &asked.claim {
            Claim::Conditions { name: None, conditions } => {
                with_its_block(loaded, asked, conditions.iter().map(|condition| condition.span))
            }
            Claim::InOrder { name: None, lines, .. } => {
                with_its_block(loaded, asked, lines.iter().map(|line| line.span))
            }
            Claim::Conditions { .. } | Claim::InOrder { .. } | Claim::Oracle { .. } => {
                loaded.line(asked.span).to_owned()
            }
        };
        Unreached { property, place: loaded.place(asked.span), is_end: false }
    }

    /// One of the outcomes.
    pub(super) fn end(loaded: &Loaded, span: Span) -> Self {
        Unreached { property: loaded.line(span).to_owned(), place: loaded.place(span), is_end: true }
    }

    /// What is said if none of so many runs has come to it.
    pub(super) fn of_runs(&self, runs: u64) -> String {
        let Unreached { property, place, is_end } = self;
        let verb = if *is_end { "ended with" } else { "reached" };
        format!("none of {} {verb} `{property}` ({place})", count(runs, "run"))
    }

    /// What is said if no state has it: of all that there are, or of those within the horizon.
    pub(super) fn of_states(&self, are_all: bool) -> String {
        let Unreached { property, place, is_end } = self;
        match (is_end, are_all) {
            (false, true) => format!("no state has `{property}` ({place}): no run can ever reach it"),
            (true, true) => format!("no run ends with `{property}` ({place}), whatever the order"),
            (false, false) => format!("no state so far has `{property}` ({place})"),
            (true, false) => format!("no run so far ends with `{property}` ({place})"),
        }
    }

    /// The same sentence for programs.
    pub(super) fn json(&self) -> Value {
        json!({ "property": self.property, "place": self.place })
    }
}

/// A property that has no name is told by what stands in its block, if that is short.
fn with_its_block(loaded: &Loaded, asked: &Property<Parsed>, spans: impl Iterator<Item = Span>) -> String {
    let lines: Vec<&str> = spans.map(|span| loaded.line(span)).collect();
    let told = format!("{} {{ {} }}", loaded.line(asked.span), lines.join("; "));
    if told.chars().count() > TOLD_MAX { loaded.line(asked.span).to_owned() } else { told }
}
