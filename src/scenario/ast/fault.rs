//! `fault`: what exploring may break.

use super::value::{Duration, Name, Span, Spanned, Target, Value};

/// One permitted kind of fault.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// What may go wrong.
    pub kind: FaultKind,
    /// The words that say so in the file, each separated by one blank, without how often.
    pub words: String,
    /// `times=`: how often in one run. 1 if unsaid.
    pub times: Option<Spanned<u64>>,
    /// The `fault` line.
    pub span: Span,
}

/// What may go wrong.
#[derive(Clone, Debug, PartialEq)]
pub enum FaultKind {
    /// `fault kill NAME…`: one of them is killed.
    Kill(Victims),
    /// `fault burst NAME… crashes=N within=MS`: so many of them are killed within that time, or one of them so
    /// often.
    Burst {
        /// Who.
        victims: Victims,
        /// How many crashes at most.
        crashes: Spanned<u64>,
        /// How long after the first the last may be.
        within: Duration,
    },
    /// `fault fail_start CHILD nth=N` and its like.
    Start {
        /// How the start goes wrong.
        how: StartFault,
        /// Whose start.
        child: Name,
        /// `nth=`: only the nth start of the child; any if `None`.
        nth: Option<Spanned<u64>>,
    },
    /// `fault hang_terminate CHILD nth=N` and its like.
    Terminate {
        /// How it goes wrong.
        how: TerminateFault,
        /// Whose `terminate`.
        child: Name,
        /// `nth=`: only the nth time that a process of this id terminates; any if `None`.
        nth: Option<Spanned<u64>>,
    },
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
    /// `fault send NAME VALUE…`: a message that nobody has sent.
    Send {
        /// Whoever holds this name gets it.
        target: Target,
        /// The message, without variables.
        message: Value,
    },
}

/// Whom a fault kills.
#[derive(Clone, Debug, PartialEq)]
pub enum Victims {
    /// These.
    Named(Vec<Name>),
    /// `any`: every process that is no client.
    Any,
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

/// How a `terminate` goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TerminateFault {
    /// `crash_terminate`: it crashes.
    Crash,
    /// `hang_terminate`: it never returns.
    Hang,
}
