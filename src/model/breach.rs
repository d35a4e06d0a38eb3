//! A broken property, and the sentence that shows it.

use crate::kernel::{Pid, Term};

use super::span::Span;

/// A property that did not hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Breach {
    /// Its name: an oracle's, a condition's, or `expect`.
    pub property: String,
    /// One sentence of evidence.
    pub why: Sentence,
    /// The reason that a client died of, for the reader to see whole.
    pub reason: Option<Term>,
    /// Where in the text of the model it is asked for, if it has one.
    pub span: Option<Span>,
    /// Virtual time, in milliseconds.
    pub at: u64,
    /// The step in which it was noticed, from 1.
    pub step: u64,
}

/// Words, terms and processes. Whoever prints it knows how people call the processes.
pub type Sentence = Vec<Part>;

/// A part of a sentence.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Words of the sentence.
    Text(String),
    /// A term, to be written as the reader wants terms.
    Term(Term),
    /// A process, to be called by its name in the run.
    Process(Pid),
    /// What helps to understand the rest. Two failures that differ in nothing else are the same failure.
    Aside(Sentence),
}

impl Part {
    /// The part that is these words.
    pub fn text(text: &str) -> Part {
        Part::Text(text.to_owned())
    }
}

impl Breach {
    /// The sentence, with terms and processes written by whoever knows how.
    pub fn sentence(&self, term: impl Fn(&Term) -> String, process: impl Fn(Pid) -> String) -> String {
        written(&self.why, term, process)
    }
}

/// A sentence, with terms and processes written by whoever knows how.
pub fn written(sentence: &[Part], term: impl Fn(&Term) -> String, process: impl Fn(Pid) -> String) -> String {
    let mut told = String::new();
    tell(sentence, &mut told, &term, &process);
    told
}

fn tell(
    sentence: &[Part],
    told: &mut String,
    term: &impl Fn(&Term) -> String,
    process: &impl Fn(Pid) -> String,
) {
    for part in sentence {
        match part {
            Part::Text(text) => told.push_str(text),
            Part::Term(value) => told.push_str(&term(value)),
            Part::Process(pid) => told.push_str(&process(*pid)),
            Part::Aside(aside) => tell(aside, told, term, process),
        }
    }
}
