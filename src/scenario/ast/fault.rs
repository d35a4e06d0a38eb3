//! `fault`: what exploring may break.

use super::value::{Name, Span, Spanned};
use super::{Mishap, Parsed};

/// One permitted kind of fault.
#[derive(Clone, Debug, PartialEq)]
pub struct FaultLine {
    /// What may go wrong.
    pub mishap: Mishap<Parsed>,
    /// The words that say so in the file, each separated by one blank, without how often.
    pub words: String,
    /// `times=`: how often in one run. 1 if unsaid.
    pub times: Option<Spanned<u64>>,
    /// The `fault` line.
    pub span: Span,
}

/// `outage NAME at=MS for=MS`. What it does is in lines of its own, as if the file said them.
#[derive(Clone, Debug, PartialEq)]
pub struct Outage {
    /// Who is out of order.
    pub name: Name,
    /// From when on, in milliseconds.
    pub from_ms: u64,
    /// For how long, in milliseconds.
    pub lasts_ms: u64,
    /// The `outage` line.
    pub span: Span,
}

worded! {
    /// How a start goes wrong.
    StartFault {
        /// `init` returns `{stop, Reason}`.
        Fail = "fail_start",
        /// `init` returns `ignore`.
        Ignore = "ignore_start",
        /// `init` raises an error, as a bug in it would.
        Crash = "crash_start",
        /// `init` never returns.
        Hang = "hang_start",
    }
}

worded! {
    /// How a `terminate` goes wrong.
    TerminateFault {
        /// It raises an error before it is done.
        Crash = "crash_terminate",
        /// It never returns.
        Hang = "hang_terminate",
    }
}
