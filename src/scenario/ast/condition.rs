//! Conditions: what `if`, `expect` and properties ask.

use crate::otp::Level;

use super::value::{Name, Span, Value};
use super::{Parsed, Question};

/// A question with a yes or a no.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// What is asked, and of whom or what.
    pub kind: Question<Parsed>,
    /// Where it stands.
    pub span: Span,
}

/// Reports of supervisors.
#[derive(Clone, Debug, PartialEq)]
pub struct Reports {
    /// Whose: a child id.
    pub supervisor: Name,
    /// Of which kind.
    pub kind: ReportKind,
    /// `child=`: only those about this child.
    pub child: Option<Value>,
    /// `reason=`: only those with this reason, or with a reason whose first element it is.
    pub reason: Option<Value>,
    /// `level=`: only those of this level.
    pub level: Option<Level>,
}

worded! {
    /// What a supervisor reports.
    ReportKind {
        /// A child was started.
        Progress = "progress",
        /// A child ended that should not have.
        ChildTerminated = "child_terminated",
        /// A child could not be started.
        StartError = "start_error",
        /// A child did not shut down as it should.
        ShutdownError = "shutdown_error",
        /// The supervisor gives up.
        Shutdown = "shutdown",
    }
}

worded! {
    /// One of the numbers of `count_children`.
    CountField {
        /// How many child specs it has.
        Specs = "specs",
        /// How many of its children are alive.
        Active = "active",
        /// Children that are supervisors.
        Supervisors = "supervisors",
        /// Children that are workers.
        Workers = "workers",
    }
}

worded! {
    /// How two values are compared.
    Comparison {
        /// Both sides are equal.
        Is = "is",
        /// The sides are not equal.
        IsNot = "is_not",
        /// `below`: less than.
        Below = "below",
        /// `above`: greater than.
        Above = "above",
        /// `at_least`: greater or equal.
        AtLeast = "at_least",
        /// `at_most`: less or equal.
        AtMost = "at_most",
    }
}
