//! A broken property, and the sentence that shows it.

use crate::kernel::{Pid, Term};

use super::super::ast::Span;

/// A property that did not hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Breach {
    /// Its name: an oracle's, a condition's, or `expect`.
    pub property: String,
    /// One sentence of evidence.
    pub why: Sentence,
    /// The reason that a client died of, for the reader to see whole.
    pub reason: Option<Term>,
    /// Where in the file it is asked for.
    pub span: Option<Span>,
    /// Virtual time, in milliseconds.
    pub at: u64,
    /// The step.
    pub step: u64,
}

/// Words, terms and processes. Whoever prints it knows how people call the processes.
pub type Sentence = Vec<Part>;

/// A part of a sentence.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Words.
    Text(String),
    /// A term.
    Term(Term),
    /// A process.
    Process(Pid),
}

impl Part {
    /// Words.
    pub fn text(text: &str) -> Part {
        Part::Text(text.to_owned())
    }
}

impl Breach {
    /// The sentence, with terms and processes written by whoever knows how.
    pub fn sentence(&self, term: impl Fn(&Term) -> String, process: impl Fn(Pid) -> String) -> String {
        self.why
            .iter()
            .map(|part| match part {
                Part::Text(text) => text.clone(),
                Part::Term(value) => term(value),
                Part::Process(pid) => process(*pid),
            })
            .collect()
    }
}
