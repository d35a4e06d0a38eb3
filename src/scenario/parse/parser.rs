//! What the walk over a file shares: its text, its names, and the mistakes found so far.

use kdl::KdlNode;

use super::super::ast::{Name, Span};
use super::super::mistake::Mistake;
use super::names::DefinedNames;
use super::syntax::name_span;

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

    /// Reports a name that something before already has.
    pub fn twice(&mut self, name: &Name, what: &str, first: Span) {
        let line = self.line_of(first);
        let message = format!("{what}`{}` is defined twice", name.text);
        let mistake = Mistake::new(name.span, message, "again here");
        self.report(mistake.with_help(format!("the first is on line {line}")));
    }

    /// The one node that may stand in a block, whose line is this: how it is said that there is none, and why, and
    /// that there are several.
    pub fn only<'n>(
        &mut self,
        nodes: &[&'n KdlNode],
        line: Span,
        (needs, none): (&str, &str),
        has: &str,
    ) -> Option<&'n KdlNode> {
        match nodes {
            [node] => return Some(node),
            [] => self.report(Mistake::new(line, needs, none)),
            [_, second, ..] => self.report(Mistake::new(name_span(second), has, "the second one")),
        }
        None
    }
}
