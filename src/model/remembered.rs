//! What a process remembers, as whoever looks at it wants to know it.

use crate::kernel::Term;

/// So many entries of a table are shown.
const SHOWN: usize = 20;

/// Something that a process remembers: a variable, or a table or queue with its first entries.
#[derive(Clone, Debug, PartialEq)]
pub struct Remembered {
    /// What the text of the model calls it.
    pub name: String,
    /// The value, or the first entries.
    pub entries: Vec<Term>,
    /// How many entries there are; none if it is one value.
    pub count: Option<usize>,
}

impl Remembered {
    /// A variable with the one value that it has.
    pub fn value(name: String, value: Term) -> Self {
        Remembered { name, entries: vec![value], count: None }
    }

    /// So many entries.
    pub fn several(name: String, count: usize, entries: impl Iterator<Item = Term>) -> Self {
        Remembered { name, entries: entries.take(SHOWN).collect(), count: Some(count) }
    }
}
