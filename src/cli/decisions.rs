//! The decisions that make a run fail, in sentences.

use crate::explore::{Decision, Moment, Taken, describe};
use crate::kernel::Choice;
use crate::model::{Model, Played, Smallest};
use crate::scenario::{ScriptEvent, Simulation};
use crate::trace::{Clause, Line, Names, Notation, Tone, grouped, is_telling};

use super::loaded::Loaded;

/// How many decisions are told where it is not known that the failure needs them: the last ones, which are closest to it.
const HURRIED_MAX: usize = 12;

/// A run in which moments can be looked up.
struct Words<'a> {
    loaded: &'a Loaded,
    played: &'a Played<Simulation>,
}

impl<'a> Words<'a> {
    fn of(loaded: &'a Loaded, played: &'a Played<Simulation>) -> Self {
        Words { loaded, played }
    }

    fn names(&self) -> Names<'a> {
        let directory = self.played.cast.directory();
        Names { atoms: self.loaded.simulation.atoms(), directory, notation: Notation::fitting(directory) }
    }

    fn events(&self, moment: Moment) -> &[ScriptEvent] {
        self.played.step_of(moment).map_or(&[], |step| events_of(&self.played.run.events, step))
    }

    fn clause(&self, moment: Moment) -> Clause {
        let events = self.events(moment);
        let clause = Clause::of(moment.choice, events, &self.names());
        match moment.choice {
            Choice::Fault(number) => {
                let fault = &self.loaded.scenario.faults[usize::from(number)];
                let line = self.loaded.line(fault.span);
                Clause { subject: format!("the fault `{line}`"), ..clause }
            }
            _ => clause,
        }
    }

    /// What happens before what.
    fn order(&self, first: Moment, second: Moment) -> String {
        let (first, second) = (self.clause(first), self.clause(second));
        match first.predicate == second.predicate {
            true if first.predicate.starts_with("is ") => format!("{first} before {} is", second.subject),
            true => format!("{first} before {} does", second.subject),
            false => format!("{first} before {second}"),
        }
    }

    /// A decision in a sentence.
    fn sentence(&self, taken: &Taken) -> String {
        match taken.decision {
            Decision::Late { what, until: Some(until) } => self.order(until, what),
            Decision::Late { what, until: None } => {
                let clause = self.clause(what);
                format!("{clause} only after all else")
            }
            Decision::Early { what, after } => {
                let clause = self.clause(Moment { choice: what, nth: 1 });
                match after.filter(|after| is_telling(after.choice, self.events(*after))) {
                    Some(after) => format!("{clause} right after {}", self.clause(after)),
                    None => format!("{clause} at step {}", taken.first),
                }
            }
        }
    }
}

/// The events of a step.
fn events_of(events: &[ScriptEvent], step: u64) -> &[ScriptEvent] {
    let begin = events.partition_point(|event| event.step < step);
    let end = events.partition_point(|event| event.step <= step);
    &events[begin..end]
}

/// How many decisions it takes, and each in a sentence.
pub(super) fn lines(loaded: &Loaded, smallest: &Smallest<Simulation>) -> Vec<Line> {
    let words = Words::of(loaded, &smallest.played);
    let plain = |text: String| Line::new().with(Tone::Plain, text);
    let made = match smallest.before {
        1 => "the schedule made 1".to_owned(),
        before => format!("the schedule made {before}"),
    };
    let told = |taken: &Taken| capitalised(words.sentence(taken)) + ".";
    match smallest.taken.as_slice() {
        [] => vec![plain("No decision is to blame: the calm run fails in the same way.".to_owned())],
        [only] => vec![
            plain(format!("One decision makes it fail ({made}):")),
            Line::new().with(Tone::Name, format!("  {}", told(only))),
        ],
        several => {
            let each = if smallest.hurried { "though fewer may do" } else { "and it takes each" };
            let headline = format!("{} decisions make it fail, {each} ({made}):", number(several.len()));
            let left_out = if smallest.hurried { several.len().saturating_sub(HURRIED_MAX) } else { 0 };
            let more = (left_out > 0)
                .then(|| Line::new().with(Tone::Faint, format!("   …  {} earlier ones", grouped(left_out))));
            let each = several.iter().enumerate().skip(left_out);
            let each = each.map(|(place, taken)| {
                Line::new().with(Tone::Faint, format!("  {:>2}. ", place + 1)).with(Tone::Name, told(taken))
            });
            std::iter::once(plain(headline)).chain(more).chain(each).collect()
        }
    }
}

/// The same for programs.
pub(super) fn json(loaded: &Loaded, smallest: &Smallest<Simulation>) -> serde_json::Value {
    let words = Words::of(loaded, &smallest.played);
    let choice = |moment: Moment| {
        let text = describe(moment.choice, &smallest.played.cast);
        serde_json::json!({ "choice": text, "nth": moment.nth })
    };
    let each = smallest.taken.iter().map(|taken| {
        let (kind, what, bound) = match taken.decision {
            Decision::Late { what, until } => ("late", what, until),
            Decision::Early { what, after } => ("early", Moment { choice: what, nth: 1 }, after),
        };
        serde_json::json!({
            "decision": kind,
            "what": choice(what),
            "bound": bound.map(choice),
            "step": taken.first,
            "sentence": words.sentence(taken),
        })
    });
    each.collect()
}

/// With a capital letter, unless it begins with what somebody is called.
fn capitalised(sentence: String) -> String {
    for word in ["the ", "what "] {
        if let Some(rest) = sentence.strip_prefix(word) {
            let mut letters = word.chars();
            let first = letters.next().map(|letter| letter.to_ascii_uppercase());
            return first.into_iter().chain(letters).collect::<String>() + rest;
        }
    }
    sentence
}

/// A number at the beginning of a sentence: `Two`, `13`.
fn number(count: usize) -> String {
    const WORDS: [&str; 11] =
        ["Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten"];
    WORDS.get(count).map_or_else(|| count.to_string(), |word| (*word).to_owned())
}
