//! What a search of all orders came to, in words.

use std::time::Duration;

use serde_json::Value;

use crate::explore::{Covered, Ending, Order, Search, Searched};
use crate::scenario::ast::{Claim, Modality};
use crate::scenario::property;
use crate::trace::grouped;

use super::super::super::exit::Exit;
use super::super::super::loaded::Loaded;
use super::super::super::verdict::Case;
use super::super::interrupt;
use super::super::unreached::Unreached;
use super::super::words::forgotten_waits;
use super::heard::Heard;

/// What a search came to, as it is told.
pub(super) struct Told {
    pub(super) word: &'static str,
    pub(super) id: &'static str,
    pub(super) exit: Exit,
    pub(super) summary: String,
    pub(super) details: Vec<String>,
    pub(super) property: Value,
    pub(super) why: Value,
}

/// What a search came to. Of a failure there is a case.
pub(super) fn tell(
    loaded: &Loaded,
    searched: &Searched,
    case: Option<&Case<'_>>,
    heard: &Heard,
    how: &Search,
) -> Told {
    let covered = &searched.covered;
    let states = counted(covered.states, "state");
    if let Some(case) = case {
        let judgement = case.judgement();
        let word = match judgement.exit() {
            Exit::Held => "found",
            Exit::Wrong => "wrong",
            _ => "broken",
        };
        let json = case.json(None);
        let field = |name: &str| json.get(name).cloned().unwrap_or(Value::Null);
        let told =
            told(word, judgement.word(), judgement.exit(), format!("failed after {states}"), Vec::new());
        return Told { property: field("property"), why: field("why"), ..told };
    }
    match &searched.ending {
        Ending::States => {
            let most = counted(how.states_max, "state");
            let why = match &heard.without_end {
                Some(why) => {
                    format!("the calm run does not end, so {most} were enough (--max-states): {why}")
                }
                None => format!("there are more than {most} (--max-states)"),
            };
            return part(why, covered, how);
        }
        Ending::Depth => {
            let most = counted(how.depth_max, "choice");
            return part(format!("some are more than {most} away (--max-depth)"), covered, how);
        }
        Ending::Stopped => {
            let why = heard.enough.clone().unwrap_or_else(|| "it was interrupted".to_owned());
            return part(why, covered, how);
        }
        Ending::Complete | Ending::Failed(_) | Ending::Endless { .. } => (),
    }
    let mut open = Vec::new();
    if covered.limits > 0 {
        open.push(format!(
            "{} lie beyond the horizon or the bounds of a run",
            counted(covered.limits, "state")
        ));
    }
    if heard.endless > 0 {
        open.push(match heard.endless {
            1 => "in 1 way a run can go on for ever while clients still wait".to_owned(),
            ways => format!("in {ways} ways a run can go on for ever while clients still wait"),
        });
    }
    let are_all = covered.limits == 0;
    open.extend(unreached(loaded, heard).iter().map(|unreached| unreached.of_states(are_all)));
    if !open.is_empty() {
        return told("inconclusive", "inconclusive", Exit::Inconclusive, states, open);
    }
    match loaded.simulation.expected_failures() {
        [] => told("held", "held", Exit::Held, format!("{states}, every property holds"), Vec::new()),
        [expected, ..] => told(
            "broken",
            "held-unexpectedly",
            Exit::Broken,
            format!("{states}, every property holds"),
            vec![format!(
                "this file says that it breaks {} ({}), and in no order it does",
                property(&expected.property.value),
                loaded.place(expected.span)
            )],
        ),
    }
}

fn told(word: &'static str, id: &'static str, exit: Exit, summary: String, details: Vec<String>) -> Told {
    let why = details.first().map_or(Value::Null, |why| why.as_str().into());
    Told { word, id, exit, summary, details, property: Value::Null, why }
}

/// A search that was left before its end, and why: how far it came.
fn part(why: String, covered: &Covered, how: &Search) -> Told {
    let (word, exit) = match interrupt::happened() {
        true => ("interrupted", Exit::Interrupted),
        false => ("inconclusive", Exit::Inconclusive),
    };
    let far = match how.order {
        Order::Breadth => {
            format!("nothing is broken within {} of the start", counted(covered.depth, "choice"))
        }
        Order::Depth => "nothing was broken so far".to_owned(),
    };
    let waits = match covered.waiting {
        1 => "1 state waits to be gone on from".to_owned(),
        waiting => format!("{} wait to be gone on from", counted(waiting, "state")),
    };
    let states = counted(covered.states, "state");
    told(word, word, exit, format!("{states}, and there are more"), vec![why, far, waits])
}

/// What some state should have reached, and some run ended with, and none has.
pub(super) fn unreached(loaded: &Loaded, heard: &Heard) -> Vec<Unreached> {
    let properties = loaded.scenario.properties.iter().enumerate().filter(|(index, asked)| {
        asked.modality == Modality::Sometimes
            && matches!(asked.claim, Claim::Conditions { .. } | Claim::InOrder { .. })
            && !heard.reached.contains(index)
    });
    let properties = properties.map(|(_, asked)| Unreached::property(loaded, asked));
    let rows = loaded.scenario.outcomes.iter().flat_map(|outcomes| &outcomes.rows).enumerate();
    let rows = rows.filter(|(row, _)| !heard.outcomes.contains(row));
    properties.chain(rows.map(|(_, row)| Unreached::end(loaded, row.span))).collect()
}

/// That somebody waits for a message that nobody can send any more, and how to see who.
pub(super) fn forgotten(heard: &Heard) -> Option<String> {
    let ends = counted(heard.ends.len() as u64, "final state");
    (!heard.forgotten.is_empty()).then(|| forgotten_waits(heard.forgotten.len() as u64, &ends))
}

/// What it is worth that nothing more was found.
pub(super) fn worth(searched: &Searched, ends: usize, how: &Search) -> Vec<String> {
    let covered = &searched.covered;
    let mut lines = vec![format!(
        "{} ({}, at most {} from the start)",
        counted(ends as u64, "final state"),
        counted(covered.steps, "choice"),
        grouped(covered.depth)
    )];
    if !how.exact && covered.states > 1 {
        // Of n fingerprints of 64 bits, two are the same with a probability below n²/2⁶⁵.
        let one_in = (1_u128 << 65) / (u128::from(covered.states) * u128::from(covered.states));
        let digits = u32::try_from(one_in.max(1).to_string().len() - 1).unwrap_or(0);
        lines.push(format!(
            "two states were taken for one with a probability below 1 in 10^{digits}; with --exact, never"
        ));
    }
    lines
}

/// A large number of things: `48,213 states`.
pub(super) fn counted(number: u64, what: &str) -> String {
    format!("{} {what}{}", grouped(number), if number == 1 { "" } else { "s" })
}

pub(super) fn rate(states: u64, elapsed: Duration) -> String {
    match elapsed.as_millis() {
        0..=9 => String::new(),
        milliseconds => format!(", {} states/s", u128::from(states) * 1_000 / milliseconds),
    }
}

/// `, 510 bytes a state`, if there are so many that what the program itself takes is little beside them.
pub(super) fn bytes_each(bytes: u64, states: u64) -> String {
    match states {
        0..10_000 => String::new(),
        states => format!(", {} bytes a state", bytes / states),
    }
}

#[cfg(test)]
mod tests {
    use super::{bytes_each, counted};
    use crate::trace::grouped;

    #[test]
    fn few_states_say_nothing_of_their_size() {
        assert_eq!(bytes_each(5_100_000, 9_999), "");
        assert_eq!(bytes_each(5_100_000, 10_000), ", 510 bytes a state");
    }

    #[test]
    fn large_numbers_are_grouped() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(counted(48_213, "state"), "48,213 states");
        assert_eq!(counted(1_000_000, "state"), "1,000,000 states");
    }
}
