//! What of a story is wanted, and its lines as data.

use std::collections::BTreeSet;

/// What of a run is to be told.
#[derive(Clone, Debug, Default)]
pub struct Excerpt {
    /// What was done or decided in these steps.
    pub steps: BTreeSet<u64>,
    /// What is told wherever it happened, by the numbers of the events: what else goes without saying, such as what
    /// was read and written of what all share.
    pub events: BTreeSet<u64>,
}

/// A line of a story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoryLine {
    /// The event that it tells of first.
    pub event: u64,
    /// When that happened, in milliseconds of virtual time.
    pub at: u64,
    /// Who, and what, without the line's place in the story.
    pub words: String,
}
