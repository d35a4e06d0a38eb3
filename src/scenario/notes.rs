//! What scripts say, as a line of a story.

use crate::trace::{Line, Names, Narrate, Tone, fault_line, visible};

use super::Note;

impl Narrate for Note {
    fn line(&self, names: &Names<'_>) -> Option<Line> {
        match self {
            Note::Log { text, values } => {
                let mut line = Line::new().with(Tone::Plain, visible(text));
                for value in values {
                    line.push(Tone::Plain, " ");
                    line.push(Tone::Value, names.term(value));
                }
                Some(line)
            }
            Note::BadArgument { line, code } => {
                let place = format!("bad argument in line {line}: ");
                Some(Line::new().with(Tone::Bad, place).with(Tone::Plain, visible(code)))
            }
            Note::Fault(wrong) => Some(fault_line(*wrong)),
        }
    }
}
