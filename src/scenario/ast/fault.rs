//! `fault`: what exploring may break.

use super::value::{Duration, Name, Span, Spanned};

/// One permitted kind of fault.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// What may go wrong.
    pub kind: FaultKind,
    /// `times=`: how often in one run. 1 if unsaid.
    pub times: Option<Spanned<u64>>,
    /// The `fault` line.
    pub span: Span,
}

/// What may go wrong.
#[derive(Clone, Debug, PartialEq)]
pub enum FaultKind {
    /// `fault kill NAME…`: one of them is killed.
    Kill(Vec<Name>),
    /// `fault fail_start CHILD nth=N` and its like.
    Start {
        /// How the start goes wrong.
        how: StartFault,
        /// Whose start.
        child: Name,
        /// `nth=`: only the nth start of the child; any if `None`.
        nth: Option<Spanned<u64>>,
    },
    /// `fault hang_terminate CHILD`: its `terminate` never returns.
    HangTerminate(Name),
    /// `fault slow PROCESS by=MS`: it takes this long before it runs.
    Slow {
        /// Who.
        process: Name,
        /// How long.
        by: Duration,
    },
    /// `fault disconnect A B` and `fault cut A B`: the connection between the nodes is lost.
    Disconnect {
        /// Nor can they connect again.
        cut: bool,
    },
}

/// How a start goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StartFault {
    /// `fail_start`: `init` returns `{stop, Reason}`.
    Fail,
    /// `ignore_start`: `init` returns `ignore`.
    Ignore,
    /// `crash_start`: `init` crashes.
    Crash,
    /// `hang_start`: `init` never returns.
    Hang,
}
