//! The words that begin a statement.

use super::super::ast::StatementKind;
use super::super::parse::scope::Code;
use super::super::parse::step::Step;

/// A word that begins a statement.
pub struct Word {
    /// How a line with it looks, for hints. It begins with the word.
    pub usage: &'static str,
    /// The code that it can stand in.
    pub places: &'static [Code],
    /// Reads the rest of the line.
    pub read: fn(&mut Step<'_, '_, '_>) -> Option<StatementKind>,
}

impl Word {
    /// The word itself.
    pub fn name(&self) -> &'static str {
        self.usage.split_once(' ').map_or(self.usage, |(name, _)| name)
    }
}
