//! What guests have to say for themselves.

use crate::otp::fault::Wrong;

use super::line::{Line, Tone};
use super::terms::Names;

/// A guest's note that can be told.
pub trait Narrate {
    /// One line about it; none if it is not worth one.
    fn line(&self, names: &Names<'_>) -> Option<Line>;
}

/// The line about a fault that takes effect in a callback.
pub fn fault_line(wrong: Wrong) -> Line {
    Line::new().with(Tone::Bad, "a fault").with(Tone::Plain, format!(": {}", wrong.words()))
}
