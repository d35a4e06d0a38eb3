//! The decisions that make a run fail, as lines and for programs.

use crate::explore::{Decision, Moment, describe};
use crate::model::{Smallest, decisions_in_words, full_sentence, headline};
use crate::scenario::Simulation;
use crate::trace::{Line, Tone, grouped};

use super::loaded::Loaded;

/// How many decisions are told where it is not known that the failure needs them: the last ones, which are closest to it.
const HURRIED_MAX: usize = 12;

/// Each decision in a sentence. A fault is called as its line of the file has it.
fn sentences(loaded: &Loaded, smallest: &Smallest<Simulation>) -> Vec<String> {
    let fault = |number: u16| loaded.line(loaded.scenario.faults[usize::from(number)].span).to_owned();
    decisions_in_words(&loaded.simulation, smallest, &fault)
}

/// How many decisions it takes, and each in a sentence.
pub(super) fn lines(loaded: &Loaded, smallest: &Smallest<Simulation>) -> Vec<Line> {
    let headline = Line::new().with(Tone::Plain, headline(smallest));
    let sentences = sentences(loaded, smallest);
    let only = sentences.len() == 1;
    let left_out = if smallest.hurried { sentences.len().saturating_sub(HURRIED_MAX) } else { 0 };
    let more = (left_out > 0)
        .then(|| Line::new().with(Tone::Faint, format!("   …  {} earlier ones", grouped(left_out))));
    let each = sentences.iter().enumerate().skip(left_out).map(|(place, sentence)| {
        let number = if only { String::new() } else { format!("{:>2}. ", place + 1) };
        Line::new().with(Tone::Faint, format!("  {number}")).with(Tone::Name, full_sentence(sentence))
    });
    std::iter::once(headline).chain(more).chain(each).collect()
}

/// The same for programs.
pub(super) fn json(loaded: &Loaded, smallest: &Smallest<Simulation>) -> serde_json::Value {
    let choice = |moment: Moment| {
        let text = describe(moment.choice, &smallest.played.cast);
        serde_json::json!({ "choice": text, "nth": moment.nth })
    };
    let told = smallest.taken.iter().zip(sentences(loaded, smallest));
    let each = told.map(|(taken, sentence)| {
        let (kind, what, bound) = match taken.decision {
            Decision::Late { what, until } => ("late", what, until),
            Decision::Early { what, after } => ("early", Moment { choice: what, nth: 1 }, after),
        };
        serde_json::json!({
            "decision": kind,
            "what": choice(what),
            "bound": bound.map(choice),
            "step": taken.first,
            "sentence": sentence,
        })
    });
    each.collect()
}
