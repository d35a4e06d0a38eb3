//! What scripts say, as a line of a story.

use crate::scenario::Note;
use crate::trace::{Line, Names, Narrate, Tone};

impl Narrate for Note {
    fn line(&self, names: &Names<'_>) -> Option<Line> {
        match self {
            Note::Log { text, values } => {
                let mut line = Line::new().with(Tone::Plain, text.to_string());
                if !values.is_empty() {
                    line.push(Tone::Plain, format!(" {}", names.terms(values)));
                }
                Some(line)
            }
        }
    }
}
