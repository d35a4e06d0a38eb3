//! From text to the typed scenario, collecting every mistake on the way.
//!
//! [`names`] first reads which names the file defines, so that a name may be used before its
//! definition; then one walk over the KDL document builds the typed tree. A part with a mistake is
//! left out of the tree and the walk goes on, so the tree is only handed out when there is none.

mod condition;
mod cycle;
mod definition;
mod expectation;
mod fault;
mod guard;
mod handler;
mod names;
mod node;
mod options;
mod outcomes;
mod property;
mod registry;
mod scope;
mod statement;
mod step;
mod syntax;
mod top;
mod tree;
mod value;
pub(super) mod words;

use super::ast::{Scenario, Span};
use super::mistake::Mistake;
use names::Names;

/// Reads a scenario, or everything that is wrong with it.
pub(super) fn scenario(text: &str) -> Result<Scenario, Vec<Mistake>> {
    guard::check(text)?;
    let document = syntax::document(text)?;
    let mut parser =
        Parser { text, mistakes: Vec::new(), names: Names::default(), places: Vec::new(), node: None };
    names::collect(&mut parser, &document);
    let scenario = top::scenario(&mut parser, &document);
    if parser.mistakes.is_empty() { Ok(scenario) } else { Err(parser.mistakes) }
}

/// What the whole walk shares.
struct Parser<'t> {
    text: &'t str,
    mistakes: Vec<Mistake>,
    names: Names,
    /// The node whose block is being read.
    node: Option<String>,
    /// Scratch for the places of a term's bytes.
    places: Vec<usize>,
}

impl Parser<'_> {
    fn report(&mut self, mistake: Mistake) {
        self.mistakes.push(mistake);
    }

    /// The number of the line, from 1.
    fn line_of(&self, span: Span) -> usize {
        self.text.as_bytes()[..span.start].iter().filter(|byte| **byte == b'\n').count() + 1
    }
}
