//! What exploring may break.

use super::super::ast::{Duration, DurationKind, StartFault, TerminateFault};
use super::relation::RegisteredName;
use super::row::*;
use crate::kernel::{Atom, Term};
use crate::otp::fault::{CallbackFault, Wrong};

forms! {
    /// What may go wrong.
    Mishap {
        /// `fault kill NAME…`: one of them is killed.
        Kill { victims: Victims },
        /// `fault burst NAME… crashes=N within=MS`: so many of them are killed within that time, or one of them so
        /// often.
        Burst { victims: Victims, crashes: Copied<u64>, within: Milliseconds },
        /// `fault fail_start CHILD nth=N` and its like: only the nth start of the child, or any.
        Start { how: Copied<StartFault>, child: Called, nth: Copied<Option<u64>> },
        /// `fault hang_terminate CHILD nth=N` and its like: only the nth time that a process of this id terminates, or
        /// any.
        Terminate { how: Copied<TerminateFault>, child: Called, nth: Copied<Option<u64>> },
        /// `fault slow PROCESS by=MS`: it takes this long before it runs.
        Slow { process: Called, by: Milliseconds },
        /// `fault disconnect A B` and `fault cut A B`: the connection between the nodes is lost; if it is cut, they
        /// cannot connect again.
        Disconnect { cut: Copied<bool> },
        /// `fault send NAME VALUE…`: whoever holds this name gets a message that nobody has sent.
        Send { target: RegisteredName, message: Known },
    }
}

roles! {
    /// Whom a fault kills: every process that is no client, if nobody is named.
    Victims: Option<Vec<Name>> => Option<Vec<Atom>>,
        lower(names, resolver) names.as_ref().map(|names| names.iter().map(|name| resolver.atom(name)).collect());
    /// How long, in milliseconds; what does not end is as long as can be.
    Milliseconds: Duration => u64, lower(time, _) match time.kind {
        DurationKind::Milliseconds(time) => time,
        DurationKind::Infinity | DurationKind::Variable(_) => u64::MAX,
    };
    /// A value without variables.
    Known: Value => Term, lower(value, resolver) resolver.names.known(value);
}

impl Mishap<Lowered> {
    /// The same, as far as it is about callbacks.
    pub(in crate::scenario) fn of_callback(&self) -> Option<CallbackFault> {
        let (wrong, process, nth) = match self {
            Mishap::Start { how, child, nth } => (of_start(*how), *child, *nth),
            Mishap::Terminate { how, child, nth } => (of_terminate(*how), *child, *nth),
            Mishap::Slow { process, by } => (Wrong::Slow(*by), *process, None),
            Mishap::Kill { .. } | Mishap::Burst { .. } | Mishap::Disconnect { .. } | Mishap::Send { .. } => {
                return None;
            }
        };
        Some(CallbackFault { wrong, process, nth })
    }
}

fn of_start(how: StartFault) -> Wrong {
    match how {
        StartFault::Fail => Wrong::FailStart,
        StartFault::Ignore => Wrong::IgnoreStart,
        StartFault::Crash => Wrong::CrashStart,
        StartFault::Hang => Wrong::HangStart,
    }
}

fn of_terminate(how: TerminateFault) -> Wrong {
    match how {
        TerminateFault::Crash => Wrong::CrashTerminate,
        TerminateFault::Hang => Wrong::HangTerminate,
    }
}
