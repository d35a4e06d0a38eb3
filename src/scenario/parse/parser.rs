//! What the walk over a file shares: its text, its names, and the mistakes found so far.

use super::super::ast::Span;
use super::super::mistake::Mistake;
use super::names::DefinedNames;

/// What the whole walk shares.
pub struct Parser<'t> {
    pub text: &'t str,
    pub mistakes: Vec<Mistake>,
    pub names: DefinedNames,
    /// The node whose block is being read.
    pub node: Option<String>,
    /// Scratch for the places of a term's bytes.
    pub places: Vec<usize>,
}

impl Parser<'_> {
    pub fn report(&mut self, mistake: Mistake) {
        self.mistakes.push(mistake);
    }

    /// The number of the line, from 1.
    pub fn line_of(&self, span: Span) -> usize {
        self.text.as_bytes()[..span.start].iter().filter(|byte| **byte == b'\n').count() + 1
    }
}
