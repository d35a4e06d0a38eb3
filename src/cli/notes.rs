//! What scripts say, as a line of a story.

use crate::scenario::Note;
use crate::trace::{Line, Names, Narrate, Tone};

impl Narrate for Note {
    fn line(&self, _names: &Names<'_>) -> Option<Line> {
        match self {
            Note::Said(text) => Some(Line::new().with(Tone::Plain, text)),
        }
    }
}
