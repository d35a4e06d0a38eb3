//! What OTP's processes tell whoever listens: the reports that supervisors log, and the decisions behind
//! them, which OTP keeps to itself and a reader wants to see.

use crate::kernel::{Atom, Context, Pid, Term};

use super::actor::Actor;
use super::guest::Guest;
use super::hooks::{Common, Image};
use super::spec::{ChildType, Flags, Restart, Shutdown, Strategy};

/// Something that a process says about itself.
#[derive(Clone, Debug, PartialEq)]
pub enum Report<G: Guest> {
    /// A supervisor report, as OTP logs it: `#{label => {supervisor, Context}, ..}`.
    Supervisor {
        /// When it is made.
        context: ErrorContext,
        /// The reason that is logged.
        reason: Term,
        /// The child that it is about.
        offender: Offender,
    },
    /// A progress report: a child was started.
    Progress {
        /// The child that was started.
        started: Offender,
        /// How much it matters.
        level: Level,
    },
    /// A supervisor's `init/1` returned valid flags: how it will supervise, before it starts any child.
    Supervises {
        /// Its flags; a `DynamicSupervisor`'s as those of a supervisor that never shuts down by itself.
        flags: Flags,
        /// It is Elixir's `DynamicSupervisor`: its children have no ids.
        dynamic: bool,
    },
    /// What a supervisor has decided to do.
    Decision(Decision),
    /// `gen_server terminating`: the error that a server logs when it ends badly.
    ServerTerminating {
        /// The reason that is logged.
        reason: Term,
    },
    /// `terminate/2` is called.
    Terminate {
        /// With which reason.
        reason: Term,
    },
    /// A message that nobody handles was logged and dropped.
    Unexpected {
        /// What it was.
        message: Term,
    },
    /// `init/1` returned: what `start_link` will say.
    Initialised(super::start::Started),
    /// Of an application.
    Application(ApplicationReport),
    /// Two processes had one global name when two nodes met.
    NameConflict(NameConflict),
    /// What a guest has to say.
    Guest(G::Note),
}

/// What became of two processes with one global name.
#[derive(Clone, Debug, PartialEq)]
pub struct NameConflict {
    /// The name, as it is registered.
    pub name: Atom,
    /// The process that lives on the node with the lesser name.
    pub lesser: Pid,
    /// The other one.
    pub greater: Pid,
    /// The function of `global` that has resolved it.
    pub method: Atom,
}

/// How much a report matters, to `logger`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// A progress report about a child that somebody asked for (OTP 27.1).
    Debug,
    /// Any other progress report.
    Info,
    /// A supervisor report.
    Error,
}

impl Level {
    /// All of them, as `logger` calls them.
    pub const WORDS: &[(&str, Level)] =
        &[("debug", Level::Debug), ("info", Level::Info), ("error", Level::Error)];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Level::Debug => "debug",
            Level::Info => "info",
            Level::Error => "error",
        }
    }
}

/// Logs a report: listeners hear of it, and so does the guest, if it keeps account of reports.
pub(super) fn log<G: Guest>(context: &mut Context<'_, Actor<G>>, report: impl FnOnce() -> Report<G>) {
    if context.image().counts_reports() {
        let report = report();
        G::Common::logged(&report, context);
        context.report(|| report);
    } else {
        context.report(report);
    }
}

/// The same of a report that says nothing which a decision, a birth or a death does not say too: of those who listen,
/// only who records everything hears of it.
pub(super) fn log_besides<G: Guest>(context: &mut Context<'_, Actor<G>>, report: impl FnOnce() -> Report<G>) {
    if context.image().counts_reports() {
        let report = report();
        G::Common::logged(&report, context);
        context.report_besides(|| report);
    } else {
        context.report_besides(report);
    }
}

/// When a supervisor report is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorContext {
    /// A child could not be started, at init or at an automatic restart.
    StartError,
    /// A child ended that should not have.
    ChildTerminated,
    /// A child did not shut down as it should.
    ShutdownError,
    /// The supervisor gives up.
    Shutdown,
}

/// The child that a report is about.
#[derive(Clone, Debug, PartialEq)]
pub struct Offender {
    /// Its process, or why there is none.
    pub pid: OffenderPid,
    /// The id in its specification.
    pub id: Term,
    /// `{Module, Function, Arguments}`.
    pub mfargs: Term,
    /// Its restart type.
    pub restart: Restart,
    /// Whether it is significant.
    pub significant: bool,
    /// How it is stopped.
    pub shutdown: Shutdown,
    /// Worker or supervisor.
    pub kind: ChildType,
}

/// The process, or processes, of a child in a report.
#[derive(Clone, Debug, PartialEq)]
pub enum OffenderPid {
    /// There is none.
    Undefined,
    /// The process that it was.
    Pid(Pid),
    /// A restart has failed; this was its last process, if it had one.
    Restarting(Option<Pid>),
    /// So many dynamic children.
    Children(usize),
}

/// What a supervisor decides and does.
#[derive(Clone, Debug, PartialEq)]
pub enum Decision {
    /// It has learnt that a child ended and will not restart it.
    NotRestarted {
        /// The child's id.
        child: Term,
        /// The process of the child.
        pid: Pid,
        /// Why it ended.
        reason: Term,
        /// Its restart type.
        restart: Restart,
        /// Whether the specification stays.
        kept: bool,
    },
    /// It restarts, by its strategy.
    Restarting {
        /// The id of the child that ended or whose restart has failed.
        child: Term,
        /// Its last process, if it had one.
        pid: Option<Pid>,
        /// Why it ended.
        reason: Term,
        /// The strategy of the supervisor.
        strategy: Strategy,
        /// How many restarts count in the period, with this one.
        used: u32,
        /// How many are allowed.
        intensity: u32,
        /// The period, in seconds.
        period: u32,
        /// The ids of those it stops first, in that order.
        stop: Vec<Term>,
        /// The ids of those it starts, in that order.
        start: Vec<Term>,
        /// Whether this is another attempt after one that failed.
        again: bool,
    },
    /// There were too many restarts.
    GivingUp {
        /// The id of the child that ended last.
        child: Term,
        /// How many are allowed.
        intensity: u32,
        /// The period, in seconds.
        period: u32,
    },
    /// It ends with its significant children.
    AutoShutdown {
        /// The id of the child that ended last.
        child: Term,
    },
    /// It tells a child to stop, or kills it.
    Stopping {
        /// The child's id.
        child: Term,
        /// The process of the child.
        pid: Pid,
        /// How it is told, and how long that may take.
        shutdown: Shutdown,
    },
    /// A child did not stop in time and is killed.
    Killing {
        /// The child's id.
        child: Term,
        /// The process of the child.
        pid: Pid,
    },
    /// A child has stopped.
    Stopped {
        /// The child's id.
        child: Term,
        /// The process of the child.
        pid: Pid,
        /// Why it ended.
        reason: Term,
        /// How long it took, in milliseconds.
        took: u64,
    },
    /// A restart has failed and will be tried again by a message to itself.
    TryAgain {
        /// The child's id.
        child: Term,
        /// Why it could not be started.
        reason: Term,
    },
    /// It terminates its children and ends.
    Terminating {
        /// The reason that it ends with.
        reason: Term,
    },
}

/// What the application controller says.
#[derive(Clone, Debug, PartialEq)]
pub enum ApplicationReport {
    /// An application was started.
    Started(Term),
    /// An application could not be started.
    NotStarted(Term, Term),
    /// An application has ended.
    Exited(Term, Term),
    /// An application is being stopped.
    Stopping(Term),
    /// The node terminates, because an application has.
    NodeTerminated(Term, Term),
}
