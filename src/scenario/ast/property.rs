//! What properties are made of: when they hold, oracles, outcomes, and the failures a file expects.

use crate::model::SchedulerKind;

use super::value::{Name, Span, Spanned, Value};

worded! {
    /// When a property must hold.
    Modality {
        /// In every state.
        Always = "always",
        /// When everything has settled.
        Finally = "finally",
        /// Once faults stop, within the stated time.
        Eventually = "eventually",
        /// In some run.
        Sometimes = "sometimes",
    }
}

worded! {
    /// A built-in oracle.
    Oracle {
        NoOrphans = "no-orphans",
        NoDeadlock = "no-deadlock",
        NoOverlap = "no-overlap",
        NoHeldResources = "no-held-resources",
        NoLeaks = "no-leaks",
        NoStaleReferences = "no-stale-references",
        NoLostRestart = "no-lost-restart",
        NoDoubleRestart = "no-double-restart",
        NoMeltdown = "no-meltdown",
        BoundedRestarts = "bounded-restarts",
        NoUnreadMail = "no-unread-mail",
        InOrder = "in-order",
        CleanShutdown = "clean-shutdown",
        NoHeldNames = "no-held-names",
        NoForgottenWaits = "no-forgotten-waits",
        NoLinkedOrphans = "no-linked-orphans",
    }
}

impl Oracle {
    /// Those that are on unless a file switches them off.
    pub const DEFAULTS: [Oracle; 4] =
        [Oracle::NoOrphans, Oracle::NoDeadlock, Oracle::NoOverlap, Oracle::NoHeldResources];

    /// What `allow` calls it: what it forbids, where its word says so.
    pub fn allowed(self) -> &'static str {
        let word = self.word();
        word.strip_prefix("no-").unwrap_or(word)
    }

    /// All of them, in the order of the reference.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::WORDS.iter().map(|(_, oracle)| *oracle)
    }
}

/// `outcomes NAME… { outcome VALUE… }`: all that these shared variables can hold in the end, together.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcomes {
    /// The shared variables.
    pub variables: Vec<Name>,
    /// What they may hold, a value each: every line must be reached by some run, and no run by another way.
    pub rows: Vec<Spanned<Vec<Value>>>,
    /// Where the line stands.
    pub span: Span,
}

/// `allow deadlock`: an oracle that is on by default is switched off.
#[derive(Clone, Debug, PartialEq)]
pub struct Allowance {
    /// Which oracle is switched off, and where that is said.
    pub oracle: Spanned<Oracle>,
    /// For whom only; for all if empty.
    pub processes: Vec<Name>,
    /// Where the line stands.
    pub span: Span,
}

/// `expect-failure PROPERTY …`
#[derive(Clone, Debug, PartialEq)]
pub struct ExpectFailure {
    /// Which property breaks.
    pub property: Spanned<FailureOf>,
    /// In which run.
    pub cause: FailureCause,
    /// Where the line stands.
    pub span: Span,
}

/// A property that is expected to break.
#[derive(Clone, Debug, PartialEq)]
pub enum FailureOf {
    /// A client's expectation, or a client's crash.
    Expect,
    /// What this oracle looks for.
    Oracle(Oracle),
    /// The conditions of this name.
    Conditions(String),
}

/// In which run a failure is expected.
#[derive(Clone, Debug, PartialEq)]
pub enum FailureCause {
    /// In the calm run, and why.
    Design(Spanned<String>),
    /// Under this seed of a scheduler, while the calm run holds, and why.
    Seed {
        /// The scheduler: plain dice unless the file says otherwise.
        of: SchedulerKind,
        /// The seed under which it breaks the property.
        seed: Spanned<u64>,
        /// Why, if the file says so.
        why: Option<Spanned<String>>,
    },
}
