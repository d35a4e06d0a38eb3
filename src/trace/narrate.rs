//! What guests have to say for themselves.

use super::line::Line;
use super::terms::Names;

/// A guest's note that can be told.
pub trait Narrate {
    /// One line about it; none if it is not worth one.
    fn line(&self, names: &Names<'_>) -> Option<Line>;
}
