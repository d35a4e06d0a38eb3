//! A judgement and what it is of: what is told of it in one form or another.

use crate::judge::{DesignVerdict, Judged, Judging};

use super::super::exit::Exit;
use super::super::loaded::Loaded;
use super::args::Args;

/// What was judged, and what a reader is shown of it.
pub(super) struct Report<'r> {
    pub(super) loaded: &'r Loaded,
    pub(super) judging: &'r Judging,
    pub(super) args: &'r Args,
    /// Those that hold, in the order in which they are numbered: the fewest changes first.
    pub(super) holding: Vec<&'r Judged>,
}

/// The word for a design, and the exit status.
pub(super) fn worth(verdict: &DesignVerdict) -> (&'static str, Exit) {
    match verdict {
        DesignVerdict::Proved(_) | DesignVerdict::Sampled(_) => ("held", Exit::Held),
        DesignVerdict::Breaks(_) => ("broken", Exit::Broken),
        DesignVerdict::Unclear(_) | DesignVerdict::Refused => ("inconclusive", Exit::Inconclusive),
    }
}
