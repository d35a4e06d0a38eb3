//! What scripts say, as a line of a story.

use crate::trace::{Line, Names, Narrate, Tone, visible};

use super::ast::{StartFault, TerminateFault};
use super::{Note, Struck};

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
            Note::Fault(struck) => {
                let line = Line::new().with(Tone::Bad, "a fault");
                Some(line.with(Tone::Plain, format!(": {}", words(*struck))))
            }
        }
    }
}

/// What a fault does to a callback.
fn words(struck: Struck) -> String {
    match struck {
        Struck::Start(StartFault::Fail) => "init fails".to_owned(),
        Struck::Start(StartFault::Ignore) => "init returns ignore".to_owned(),
        Struck::Start(StartFault::Crash) => "init crashes".to_owned(),
        Struck::Start(StartFault::Hang) => "init hangs".to_owned(),
        Struck::Terminate(TerminateFault::Crash) => "terminate crashes".to_owned(),
        Struck::Terminate(TerminateFault::Hang) => "terminate hangs".to_owned(),
        Struck::Slow(by) => format!("it is slow, by {by}\u{a0}ms"),
    }
}
