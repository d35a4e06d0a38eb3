//! Conditions: what `if`, `expect` and properties ask.

use crate::otp::Level;

use super::value::{Name, Span, Value};
use super::{Parsed, Question};

/// A question with a yes or a no.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// The question.
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

/// What a supervisor reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReportKind {
    /// A child was started.
    Progress,
    /// A child ended that should not have.
    ChildTerminated,
    /// A child could not be started.
    StartError,
    /// A child did not shut down as it should.
    ShutdownError,
    /// The supervisor gives up.
    Shutdown,
}

impl ReportKind {
    /// All of them, with the words that OTP has for them.
    pub const WORDS: &[(&str, ReportKind)] = &[
        ("progress", ReportKind::Progress),
        ("child_terminated", ReportKind::ChildTerminated),
        ("start_error", ReportKind::StartError),
        ("shutdown_error", ReportKind::ShutdownError),
        ("shutdown", ReportKind::Shutdown),
    ];

    /// The word for it.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, kind)| *kind == self).map_or("", |(word, _)| word)
    }
}

/// One of the numbers of `count_children`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CountField {
    /// Child specs.
    Specs,
    /// Living children.
    Active,
    /// Children that are supervisors.
    Supervisors,
    /// Children that are workers.
    Workers,
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// `is`: equal.
    Is,
    /// `is_not`: different.
    IsNot,
    /// `below`: less than.
    Below,
    /// `above`: greater than.
    Above,
    /// `at_least`: greater or equal.
    AtLeast,
    /// `at_most`: less or equal.
    AtMost,
}
