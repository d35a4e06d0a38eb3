//! What scripts say, as a line of a story.

use crate::scenario::Note;
use crate::trace::{Line, Names, Narrate, Tone};

impl Narrate for Note {
    fn line(&self, names: &Names<'_>) -> Option<Line> {
        match self {
            Note::Log { text, values } => {
                let mut line = Line::new().with(Tone::Plain, &**text);
                for value in values {
                    line.push(Tone::Plain, " ");
                    line.push(Tone::Value, names.term(value));
                }
                Some(line)
            }
        }
    }
}
