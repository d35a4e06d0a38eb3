//! The decisions that make a run fail, in sentences.

use crate::explore::{Decision, Moment, Taken};
use crate::kernel::Choice;
use crate::trace::{Clause, Names, Notation, is_telling};

use super::super::play::Played;
use super::super::seam::{EventOf, Model};
use super::super::smallest::Smallest;
use super::flip::Flip;

/// How a fault is called, by its number.
type FaultWords<'a> = dyn Fn(u16) -> String + 'a;

/// A run in which moments can be looked up.
struct Words<'a, M: Model> {
    model: &'a M,
    played: &'a Played<M>,
    fault: &'a FaultWords<'a>,
}

impl<'a, M: Model> Words<'a, M> {
    fn names(&self) -> Names<'a> {
        let directory = self.played.cast.directory();
        Names { atoms: self.model.atoms(), directory, notation: Notation::fitting(directory) }
    }

    fn events(&self, moment: Moment) -> &[EventOf<M>] {
        self.played.step_of(moment).map_or(&[], |step| {
            let events = &self.played.run.events;
            let begin = events.partition_point(|event| event.step < step);
            let end = events.partition_point(|event| event.step <= step);
            &events[begin..end]
        })
    }

    fn clause(&self, moment: Moment) -> Clause {
        match moment.choice {
            Choice::Fault(number) => Clause::of_fault(&(self.fault)(number)),
            choice => Clause::of(choice, self.events(moment), &self.names()),
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

/// Each decision in a sentence, without a full stop. Who asks knows what faults are called.
pub fn decisions_in_words<M: Model>(
    model: &M,
    smallest: &Smallest<M>,
    fault: &FaultWords<'_>,
) -> Vec<String> {
    let words = Words { model, played: &smallest.played, fault };
    smallest.taken.iter().map(|taken| words.sentence(taken)).collect()
}

/// How many decisions it takes.
pub fn headline<M: Model>(smallest: &Smallest<M>) -> String {
    let made = match smallest.before {
        1 => "the schedule made 1".to_owned(),
        before => format!("the schedule made {before}"),
    };
    match smallest.taken.len() {
        0 => "No decision is to blame: the calm run fails in the same way.".to_owned(),
        1 => format!("One decision makes it fail ({made}):"),
        several => {
            let each = if smallest.hurried { "though fewer may do" } else { "and it takes each" };
            format!("{} decisions make it fail, {each} ({made}):", number(several))
        }
    }
}

impl Flip {
    /// What becomes of the run without what decides, in a sentence.
    pub fn sentence(&self) -> String {
        let holds = if self.all_hold { "every property holds" } else { "this property holds" };
        match (self.of, self.fault) {
            (1, true) => format!("Without that {holds}."),
            (1, false) => format!("In the other order {holds}."),
            (_, _) => {
                format!("The {} decides: calm from step {} on, {holds}.", ordinal(self.place + 1), self.step)
            }
        }
    }
}

/// A place in a sequence, from 1: `first`, `11th`.
fn ordinal(number: usize) -> String {
    const WORDS: [&str; 10] =
        ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];
    match number.checked_sub(1).and_then(|place| WORDS.get(place)) {
        Some(word) => (*word).to_owned(),
        None => format!("{number}th"),
    }
}

/// A sentence from its beginning to its end: with a capital letter, unless it begins with what somebody is called.
pub fn full_sentence(sentence: &str) -> String {
    for word in ["the ", "what "] {
        if let Some(rest) = sentence.strip_prefix(word) {
            let mut letters = word.chars();
            let first = letters.next().map(|letter| letter.to_ascii_uppercase());
            return first.into_iter().chain(letters).collect::<String>() + rest + ".";
        }
    }
    format!("{sentence}.")
}

/// A number at the beginning of a sentence: `Two`, `13`.
fn number(count: usize) -> String {
    const WORDS: [&str; 11] =
        ["Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten"];
    WORDS.get(count).map_or_else(|| count.to_string(), |word| (*word).to_owned())
}
