//! How many scenarios came out how.

use crate::trace::{Line, Tone};

use super::exit::Exit;

/// The words that results were printed with, how often each was, and the exit status of all together.
#[derive(Clone, Debug)]
pub(super) struct Tally {
    words: Vec<(&'static str, usize)>,
    exit: Exit,
}

impl Default for Tally {
    fn default() -> Self {
        Tally { words: Vec::new(), exit: Exit::Held }
    }
}

impl Tally {
    /// Counts one more.
    pub(super) fn count(&mut self, word: &'static str, exit: Exit) {
        self.exit = self.exit.max(exit);
        match self.words.iter_mut().find(|(known, _)| *known == word) {
            Some((_, count)) => *count += 1,
            None => self.words.push((word, 1)),
        }
    }

    /// The worst that was counted.
    pub(super) fn exit(&self) -> Exit {
        self.exit
    }

    /// Whether one has come out so.
    pub(super) fn has(&self, word: &str) -> bool {
        self.words.iter().any(|(known, _)| *known == word)
    }

    /// `3 held, 1 broken`
    pub(super) fn line(&self) -> Line {
        let tone = if self.exit == Exit::Held { Tone::Good } else { Tone::Bad };
        let counts: Vec<String> = self.words.iter().map(|(word, count)| format!("{count} {word}")).collect();
        Line::new().with(tone, counts.join(", "))
    }
}
