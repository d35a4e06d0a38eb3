//! How far the orders of a file have come in a run that somebody else tells: that of the installed Erlang, and one of
//! the model beside it.
//!
//! Nothing breaks here. What an order asks for is said by its property; here is only what became of it.

use crate::kernel::Fingerprint;

use super::super::ast::{Claim, Span};
use super::super::language::{Happening, Lowered, What};
use super::Demands;
use super::occurrence::Occurrence;
use super::sequence::Progress;

/// Every `in-order { … }` of a file whose lines anybody can judge who hears of what happens, and how far it has come.
#[derive(Clone, Debug, Default)]
pub struct Orders<'a> {
    blocks: Vec<Block<'a>>,
}

#[derive(Clone, Debug)]
struct Block<'a> {
    title: &'a str,
    span: Span,
    lines: &'a [Happening<Lowered>],
    again: bool,
    progress: Progress,
}

impl<'a> Orders<'a> {
    /// Nothing of them has happened yet. Without one clock there is no order of what happens.
    pub(in crate::scenario) fn of(demands: &'a Demands, one_clock: bool) -> Orders<'a> {
        let properties = demands.properties.iter().filter(|_| one_clock);
        let blocks = properties.filter_map(|property| match &property.claim {
            Claim::InOrder { lines, again, .. } if !lines.iter().any(reads_shared) => {
                let (title, span) = (property.title(), property.span);
                Some(Block { title, span, lines, again: *again, progress: Progress::default() })
            }
            _ => None,
        });
        Orders { blocks: blocks.collect() }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// Whether some line speaks of messages.
    pub fn speak_of_messages(&self) -> bool {
        let mut lines = self.blocks.iter().flat_map(|block| block.lines);
        lines.any(|line| matches!(line.what, What::Message { .. }))
    }

    /// Something has happened in the run.
    pub fn hear(&mut self, occurrence: &Occurrence) {
        for block in &mut self.blocks {
            let _ = block.progress.observe((block.lines, block.again), occurrence, &[]);
        }
    }

    /// The same number for orders that have come equally far.
    pub fn fingerprint(&self) -> u64 {
        Fingerprint::of(&self.blocks.iter().map(|block| block.progress).collect::<Vec<_>>())
    }

    /// What each is called, where it stands, and how far it has come, in words that two runs can be compared by.
    pub fn told(&self) -> impl Iterator<Item = (&'a str, Span, String)> {
        self.blocks.iter().map(|block| (block.title, block.span, block.progress.told(block.lines)))
    }
}

/// Whether a line asks what a shared variable holds just then, which whoever hears of a run does not know.
fn reads_shared(line: &Happening<Lowered>) -> bool {
    match &line.what {
        What::Started { .. } => false,
        What::Ended { reason: pattern, .. }
        | What::Logged { values: pattern, .. }
        | What::Message { content: pattern, .. } => pattern.reads_shared(),
    }
}
