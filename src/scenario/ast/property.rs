//! What must hold: properties, oracles, and the failures a file expects.

use super::condition::Condition;
use super::value::{Duration, Name, Span, Spanned, Value};

/// `always no-orphans`, `finally { … }` and their like.
#[derive(Clone, Debug, PartialEq)]
pub struct Property {
    /// When it must hold.
    pub modality: Modality,
    /// What must hold.
    pub claim: Claim,
    /// `within=`
    pub within: Option<Duration>,
    /// The line.
    pub span: Span,
}

/// When a property must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Modality {
    /// In every state.
    Always,
    /// When everything has settled.
    Finally,
    /// Once faults stop, within the stated time.
    Eventually,
    /// In some run.
    Sometimes,
}

/// What a property says.
#[derive(Clone, Debug, PartialEq)]
pub enum Claim {
    /// One of the built-in oracles.
    Oracle {
        /// Which.
        oracle: Spanned<Oracle>,
        /// Of whom only, and the limit of `bounded-restarts`.
        arguments: Vec<Value>,
    },
    /// Conditions that hold together.
    Conditions {
        /// What the file calls them, for verdicts and `expect-failure`.
        name: Option<Name>,
        /// One or more.
        conditions: Vec<Condition>,
    },
}

/// A built-in oracle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Oracle {
    /// `no-orphans`
    NoOrphans,
    /// `no-deadlock`
    NoDeadlock,
    /// `no-overlap`
    NoOverlap,
    /// `no-held-resources`
    NoHeldResources,
    /// `no-leaks`
    NoLeaks,
    /// `no-stale-references`
    NoStaleReferences,
    /// `no-lost-restart`
    NoLostRestart,
    /// `no-double-restart`
    NoDoubleRestart,
    /// `no-meltdown`
    NoMeltdown,
    /// `bounded-restarts`
    BoundedRestarts,
    /// `no-unread-mail`
    NoUnreadMail,
    /// `in-order`
    InOrder,
    /// `clean-shutdown`
    CleanShutdown,
    /// `no-held-names`
    NoHeldNames,
}

impl Oracle {
    /// What files call it.
    pub fn word(self) -> &'static str {
        match self {
            Self::NoOrphans => "no-orphans",
            Self::NoDeadlock => "no-deadlock",
            Self::NoOverlap => "no-overlap",
            Self::NoHeldResources => "no-held-resources",
            Self::NoLeaks => "no-leaks",
            Self::NoStaleReferences => "no-stale-references",
            Self::NoLostRestart => "no-lost-restart",
            Self::NoDoubleRestart => "no-double-restart",
            Self::NoMeltdown => "no-meltdown",
            Self::BoundedRestarts => "bounded-restarts",
            Self::NoUnreadMail => "no-unread-mail",
            Self::InOrder => "in-order",
            Self::CleanShutdown => "clean-shutdown",
            Self::NoHeldNames => "no-held-names",
        }
    }

    /// The one that files call so.
    pub fn named(word: &str) -> Option<Self> {
        Self::all().find(|oracle| oracle.word() == word)
    }

    /// All of them, in the order of the reference.
    pub fn all() -> impl Iterator<Item = Self> {
        std::iter::successors(Some(Self::NoOrphans), |oracle| oracle.next())
    }

    /// The one that the reference has after it. A match, so that nobody can add one and forget it here.
    fn next(self) -> Option<Self> {
        match self {
            Self::NoOrphans => Some(Self::NoDeadlock),
            Self::NoDeadlock => Some(Self::NoOverlap),
            Self::NoOverlap => Some(Self::NoHeldResources),
            Self::NoHeldResources => Some(Self::NoLeaks),
            Self::NoLeaks => Some(Self::NoStaleReferences),
            Self::NoStaleReferences => Some(Self::NoLostRestart),
            Self::NoLostRestart => Some(Self::NoDoubleRestart),
            Self::NoDoubleRestart => Some(Self::NoMeltdown),
            Self::NoMeltdown => Some(Self::BoundedRestarts),
            Self::BoundedRestarts => Some(Self::NoUnreadMail),
            Self::NoUnreadMail => Some(Self::InOrder),
            Self::InOrder => Some(Self::CleanShutdown),
            Self::CleanShutdown => Some(Self::NoHeldNames),
            Self::NoHeldNames => None,
        }
    }
}

/// `outcomes NAME… { outcome VALUE… }`: all that these shared variables can hold in the end, together.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcomes {
    /// The shared variables.
    pub variables: Vec<Name>,
    /// What they may hold, a value each: every line must be reached by some run, and no run by another way.
    pub rows: Vec<Spanned<Vec<Value>>>,
    /// The line.
    pub span: Span,
}

/// `allow deadlock`: an oracle that is on by default is switched off.
#[derive(Clone, Debug, PartialEq)]
pub struct Allowance {
    /// Which.
    pub oracle: Spanned<Oracle>,
    /// For whom only; for all if empty.
    pub processes: Vec<Name>,
    /// The line.
    pub span: Span,
}

/// `expect-failure PROPERTY …`
#[derive(Clone, Debug, PartialEq)]
pub struct ExpectFailure {
    /// Which property breaks.
    pub property: Spanned<FailureOf>,
    /// In which run.
    pub cause: FailureCause,
    /// The line.
    pub span: Span,
}

/// A property that is expected to break.
#[derive(Clone, Debug, PartialEq)]
pub enum FailureOf {
    /// A client's expectation, or a client's crash.
    Expect,
    /// An oracle.
    Oracle(Oracle),
    /// The conditions of this name.
    Conditions(String),
}

/// In which run a failure is expected.
#[derive(Clone, Debug, PartialEq)]
pub enum FailureCause {
    /// In the calm run, and why.
    Design(Spanned<String>),
    /// Under this seed, while the calm run holds, and why.
    Seed(Spanned<u64>, Option<Spanned<String>>),
}
