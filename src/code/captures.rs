//! What tests capture of what is logged (`ExUnit.CaptureLog`). In place of the processes of Elixir's `Logger` that would
//! hand each event on, what is logged is written down here in one step.
//!
//! It knows nothing of levels that are set elsewhere, and of `Logger`'s formatters and translators.

use super::term::Term;

/// All that is captured now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Captures(Vec<Capture>);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Capture {
    /// By what it will be ended.
    key: Term,
    /// The `StringIO` that is given it all in the end.
    device: Term,
    /// The least severe level that it takes.
    least: u8,
    text: String,
}

/// The levels, the most severe one first, as `Logger` says them; its `warn` is one of them.
const LEVELS: [&str; 8] = ["emergency", "alert", "critical", "error", "warning", "notice", "info", "debug"];

/// How severe a level is, 0 the most, and how it is said.
pub fn level(name: &str) -> (u8, &'static str) {
    let name = if name == "warn" { "warning" } else { name };
    let place = LEVELS.iter().position(|level| *level == name).unwrap_or(LEVELS.len() - 1);
    (place as u8, LEVELS[place])
}

impl Captures {
    /// Whether nobody captures anything.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// From now on what is logged is captured, if it is as severe as this.
    pub fn begin(&mut self, key: Term, device: Term, least: u8) {
        self.0.push(Capture { key, device, least, text: String::new() });
    }

    /// Something is logged.
    pub fn hear(&mut self, severity: u8, text: &str) {
        for capture in self.0.iter_mut().filter(|capture| severity <= capture.least) {
            capture.text.push_str(text);
        }
    }

    /// Ends what was begun so: for which device, and all that was captured.
    pub fn end(&mut self, key: &Term) -> Option<(Term, String)> {
        let place = self.0.iter().position(|capture| capture.key == *key)?;
        let capture = self.0.remove(place);
        Some((capture.device, capture.text))
    }
}

#[cfg(test)]
mod tests {
    use super::{Captures, level};
    use crate::code::term::Term;

    #[test]
    fn each_capture_hears_what_is_severe_enough_until_it_ends() {
        let mut captures = Captures::default();
        let device = Term::Nil;
        captures.begin(Term::Int(1), device.clone(), level("debug").0);
        captures.hear(level("info").0, "a");
        captures.begin(Term::Int(2), device.clone(), level("error").0);
        captures.hear(level("warn").0, "b");
        captures.hear(level("error").0, "c");
        assert_eq!(captures.end(&Term::Int(2)), Some((device.clone(), "c".to_owned())));
        assert_eq!(captures.end(&Term::Int(2)), None);
        assert_eq!(captures.end(&Term::Int(1)), Some((device, "abc".to_owned())));
        assert!(captures.is_empty());
    }
}
