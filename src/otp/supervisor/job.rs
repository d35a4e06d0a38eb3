//! What a supervisor is doing while it waits for a child: its agenda, as a value.
//!
//! A job walks rows; each step of it starts or stops one child, and goes on when that is done.

use std::sync::Arc;

use crate::kernel::{Atom, Context, Input, Next, Pid, Term};
use crate::otp::actor::Actor;
use crate::otp::call;
use crate::otp::guest::Guest;
use crate::otp::hooks::Image;
use crate::otp::message::{From, Message};
use crate::otp::report::{Decision, ErrorContext, Level, Report, log_besides};
use crate::otp::spec::{Restart, StartFunction};
use crate::otp::start::{self, Begun, Launch, PendingStart, Started};

use super::children::{Child, Children, Failure, Incarnation, Spec};
use super::occupation::Occupation;
use super::report::record;
use super::{Family, Phase, Supervisor};

/// What comes next.
pub(super) enum Turn<G: Guest> {
    /// The job goes on.
    Job(Job<G>),
    /// The job goes on, after something that others can notice: they may run before.
    Noticed(Job<G>),
    /// The supervisor waits, or ends.
    Wait(Next),
}

/// What it is doing.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Job<G: Guest> {
    /// Starting all children for the first time, from this row on.
    Init { row: usize },
    /// A first start has failed: stopping those before this row, then failing.
    Undo { below: usize, reason: Term },
    /// Calling `terminate/2`, which stops all children, and then exiting.
    End { reason: Term },
    /// All children have stopped.
    Leave { reason: Term },
    /// Stopping those before this row, then exiting.
    Terminate { below: usize, reason: Term },
    /// Counting one more restart of a child that has ended, and beginning it.
    Restart { row: usize, reason: Term },
    /// The same of a dynamic child.
    RestartDynamic { pid: Pid, reason: Term },
    /// Restarting one child, whose last process was this.
    Replace { row: usize, old: Option<Pid> },
    /// Restarting several: stopping those before this row, newest first.
    StopGroup { group: Group, below: usize },
    /// Restarting several: starting those from this row on, oldest first.
    StartGroup { group: Group, row: usize },
    /// Starting a child that somebody asked for.
    Add { from: From, spec: Arc<Spec<G>> },
    /// Starting one again that somebody asked for.
    Again { from: From, row: usize },
    /// Stopping one that somebody told it to stop.
    Remove { from: From, row: usize },
    /// `start_child` of a `simple_one_for_one` supervisor; no start function stands for the template's.
    AddDynamic { from: From, start: Option<Arc<G::Start>> },
    /// Restarting a dynamic child.
    ReplaceDynamic { old: Pid, again: bool, start: Option<Arc<G::Start>> },
    /// `terminate_child` of a `simple_one_for_one` supervisor.
    RemoveDynamic { from: From, pid: Pid },
}

/// Children that are restarted together.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Group {
    /// The row of the oldest.
    pub(super) first: usize,
    /// The id of the one that crashed.
    pub(super) crashed: Term,
    /// The last process of that one.
    pub(super) old: Option<Pid>,
}

/// What a start function came to (`supervisor.erl`, `do_start_child_i/3`, OTP 25).
pub(super) enum StartResult {
    /// `{ok, Pid}` or `{ok, Pid, Info}`.
    Runs(Pid, Option<Term>),
    /// Its start returned `ignore`.
    Ignored,
    /// Its start failed, with this.
    Failed(Term),
}

impl StartResult {
    fn of(started: Started) -> Self {
        match started {
            Started::Ok { pid, info } => StartResult::Runs(pid, info),
            Started::Ignore => StartResult::Ignored,
            Started::Error(reason) | Started::Junk(reason) => StartResult::Failed(reason),
            Started::Raised(reason) => StartResult::Failed(Term::tagged(Atom::EXIT, reason)),
        }
    }

    /// What the API functions that start a child return.
    pub(super) fn term(&self) -> Term {
        match self {
            StartResult::Runs(pid, None) => Term::tagged(Atom::OK, (*pid).into()),
            StartResult::Runs(pid, Some(info)) => Term::tuple([Atom::OK.into(), (*pid).into(), info.clone()]),
            StartResult::Ignored => Term::tagged(Atom::OK, Atom::UNDEFINED.into()),
            StartResult::Failed(reason) => Term::tagged(Atom::ERROR, reason.clone()),
        }
    }

    fn state(&self) -> Incarnation {
        match self {
            StartResult::Runs(pid, _) => Incarnation::Alive(*pid),
            StartResult::Ignored | StartResult::Failed(_) => Incarnation::None,
        }
    }
}

impl<G: Guest> Supervisor<G> {
    /// Goes on until it waits.
    pub(super) fn go_on(&mut self, turn: Turn<G>, context: &mut Context<'_, Actor<G>>) -> Next {
        let mut turn = turn;
        loop {
            match turn {
                Turn::Noticed(job) if context.can_be_interrupted() => {
                    self.phase = Phase::Interrupted(job);
                    return Next::Preempt;
                }
                Turn::Job(job) | Turn::Noticed(job) => turn = self.step(job, context),
                Turn::Wait(next) => return next,
            }
        }
    }

    /// The next step of a job.
    fn step(&mut self, job: Job<G>, context: &mut Context<'_, Actor<G>>) -> Turn<G> {
        match job {
            Job::Init { row } => match self.rows().from(row) {
                Some(row) => self.start_row(row, Job::Init { row }, context),
                None => self.ready(context),
            },
            Job::Undo { below, reason } => match self.rows().below(below) {
                Some(row) => self.terminate_row(row, Job::Undo { below: row, reason }, context),
                None => self.fail(Started::Error(reason.clone()), reason, context),
            },
            Job::End { reason } => self.terminate(reason, context),
            Job::Leave { reason } => self.leave(reason, context),
            Job::Restart { row, reason } => self.restart(row, reason, false, context),
            Job::RestartDynamic { pid, reason } => self.restart_dynamic(pid, reason, context),
            Job::Terminate { below, reason } => match self.rows().below(below) {
                Some(row) => self.terminate_row(row, Job::Terminate { below: row, reason }, context),
                None => self.leave(reason, context),
            },
            Job::StopGroup { group, below } => {
                match self.rows().below(below).filter(|row| *row >= group.first) {
                    Some(row) => self.terminate_row(row, Job::StopGroup { group, below: row }, context),
                    None => Turn::Job(Job::StartGroup { row: group.first, group }),
                }
            }
            Job::StartGroup { group, row } => match self.rows().from(row) {
                Some(row) => self.start_row(row, Job::StartGroup { group, row }, context),
                None => self.listen(),
            },
            Job::Replace { row, .. } | Job::Again { row, .. } => self.start_row(row, job, context),
            Job::Add { ref spec, .. } => {
                let spec = spec.clone();
                self.start(&spec, job, context)
            }
            Job::Remove { row, .. } => self.terminate_row(row, job, context),
            Job::AddDynamic { ref start, .. } | Job::ReplaceDynamic { ref start, .. } => {
                let launch = match start {
                    Some(start) => G::launch(start, context),
                    None => launch::<G>(&self.simple().template.clone().start, context),
                };
                self.begin_start(launch, None, job, context)
            }
            Job::RemoveDynamic { pid, .. } => self.do_terminate(pid, job, context),
        }
    }

    fn start_row(&mut self, row: usize, job: Job<G>, context: &mut Context<'_, Actor<G>>) -> Turn<G> {
        let spec = self.rows().child(row).spec.clone();
        self.start(&spec, job, context)
    }

    fn start(&mut self, spec: &Spec<G>, job: Job<G>, context: &mut Context<'_, Actor<G>>) -> Turn<G> {
        let launch = launch::<G>(&spec.start, context);
        self.begin_start(launch, spec.id.as_atom(), job, context)
    }

    fn begin_start(
        &mut self,
        launch: Launch<G>,
        label: Option<Atom>,
        job: Job<G>,
        context: &mut Context<'_, Actor<G>>,
    ) -> Turn<G> {
        match start::begin(launch.caught(), label, start::Ties::LINKED, context) {
            Begun::Done(started) => self.started(job, StartResult::of(started), context),
            Begun::Pending(start) => {
                let next = start.begin();
                self.phase = Phase::Starting(start, job);
                Turn::Wait(next)
            }
        }
    }

    /// Goes on with a child's start.
    pub(super) fn resume_start(
        &mut self,
        mut start: PendingStart,
        job: Job<G>,
        input: Input<Message<G>>,
        context: &mut Context<'_, Actor<G>>,
    ) -> Turn<G> {
        let started = match input {
            Input::Message(message) => start.hear(message, context),
            _ => start.go_on(context),
        };
        match started {
            Some(started) => self.started(job, StartResult::of(started), context),
            None => {
                let next = start.wait();
                self.phase = Phase::Starting(start, job);
                Turn::Wait(next)
            }
        }
    }

    /// A start function has returned.
    fn started(&mut self, job: Job<G>, outcome: StartResult, context: &mut Context<'_, Actor<G>>) -> Turn<G> {
        self.enter_child(&job, &outcome, context);
        match job {
            Job::Init { row } => match self.next_to_start(row, outcome, context) {
                Ok(row) => self.reported(Job::Init { row }, context),
                Err(why) => {
                    let id = self.rows().child(row).spec.id.clone();
                    let failed = Term::tuple([Atom::FAILED_TO_START_CHILD.into(), id, why]);
                    let reason = Term::tagged(Atom::SHUTDOWN, failed);
                    context.report(|| Report::Decision(Decision::Terminating { reason: reason.clone() }));
                    self.reported(Job::Undo { below: self.rows().end(), reason }, context)
                }
            },
            Job::StartGroup { group, row } => match self.next_to_start(row, outcome, context) {
                Ok(row) => self.reported(Job::StartGroup { group, row }, context),
                Err(why) => {
                    let crashed = self.rows().child(row).spec.id == group.crashed;
                    self.try_again_restart(row, group.old.filter(|_| crashed), why, context)
                }
            },
            Job::Replace { row, old } => match outcome {
                StartResult::Runs(..) | StartResult::Ignored => {
                    self.rows_mut().set(row, outcome.state());
                    self.progress(row, Level::Info, context);
                    self.listen()
                }
                StartResult::Failed(why) => {
                    self.report_child(ErrorContext::StartError, row, &why, context);
                    self.try_again_restart(row, old, why, context)
                }
            },
            Job::Add { from, spec } => self.added(from, spec, &outcome, context),
            Job::Again { from, row } => {
                if let StartResult::Runs(..) = outcome {
                    self.rows_mut().set(row, outcome.state());
                    self.progress_asked_for(row, context);
                }
                self.reply(from, outcome.term(), context)
            }
            Job::AddDynamic { from, start } => self.dynamic_added(from, start, &outcome, context),
            Job::ReplaceDynamic { old, again, start } => {
                self.dynamic_replaced(old, again, start, outcome, context)
            }
            Job::Undo { .. }
            | Job::End { .. }
            | Job::Leave { .. }
            | Job::Restart { .. }
            | Job::RestartDynamic { .. }
            | Job::Terminate { .. }
            | Job::StopGroup { .. }
            | Job::Remove { .. }
            | Job::RemoveDynamic { .. } => unreachable!("these start no child"),
        }
    }

    /// A child of a row of several has been started: the row to go on from. `supervisor.erl`,
    /// `start_children/2` (OTP 25).
    fn next_to_start(
        &mut self,
        row: usize,
        outcome: StartResult,
        context: &mut Context<'_, Actor<G>>,
    ) -> Result<usize, Term> {
        match outcome {
            StartResult::Failed(why) => {
                self.report_child(ErrorContext::StartError, row, &why, context);
                Err(why)
            }
            StartResult::Ignored if self.rows().child(row).spec.restart == Restart::Temporary => {
                self.rows_mut().remove(row);
                Ok(row)
            }
            StartResult::Runs(..) | StartResult::Ignored => {
                self.rows_mut().set(row, outcome.state());
                self.progress(row, Level::Info, context);
                Ok(row + 1)
            }
        }
    }

    /// A restart has failed. It is tried again by a message to itself, behind what is queued already, so
    /// that others get their turn (`supervisor.erl`, `try_again_restart/1`, OTP 25).
    fn try_again_restart(
        &mut self,
        row: usize,
        old: Option<Pid>,
        why: Term,
        context: &mut Context<'_, Actor<G>>,
    ) -> Turn<G> {
        let child = self.rows().child(row).spec.id.clone();
        let tag = self.send_try_again(child, &why, context);
        self.rows_mut().set(row, Incarnation::Restarting(Box::new(Failure { old, tag, why })));
        self.listen()
    }

    /// The note to itself; its tag.
    pub(super) fn send_try_again(
        &mut self,
        child: Term,
        why: &Term,
        context: &mut Context<'_, Actor<G>>,
    ) -> u32 {
        context.report(|| Report::Decision(Decision::TryAgain { child: child.clone(), reason: why.clone() }));
        if context.image().release().retries_are_tagged() {
            self.notes = self.notes.wrapping_add(1);
        }
        let tag = self.notes;
        context.send(context.pid(), Message::TryAgain { child, tag });
        tag
    }

    fn added(
        &mut self,
        from: From,
        spec: Arc<Spec<G>>,
        outcome: &StartResult,
        context: &mut Context<'_, Actor<G>>,
    ) -> Turn<G> {
        let temporary = spec.restart == Restart::Temporary;
        if let StartResult::Failed(why) = outcome {
            let started = why.untag(Atom::ALREADY_STARTED).is_some_and(|pid| pid.as_pid().is_some());
            let error = if started && context.image().release().already_started_is_unwrapped() {
                why.clone()
            } else {
                Term::tuple([why.clone(), record::<G>(&spec)])
            };
            return self.reply(from, Term::tagged(Atom::ERROR, error), context);
        }
        let ignored = matches!(outcome, StartResult::Ignored);
        if !(ignored && temporary) {
            let child = Child { spec, state: outcome.state(), forgets_arguments: temporary };
            let row = self.rows_mut().push(child);
            self.progress_asked_for(row, context);
        }
        self.reply(from, outcome.term(), context)
    }

    /// Answers a call and listens again.
    pub(super) fn reply(&mut self, from: From, term: Term, context: &mut Context<'_, Actor<G>>) -> Turn<G> {
        call::reply(from, term, context);
        self.listen()
    }

    /// `report_progress/3` of `do_start_child/3` (`supervisor.erl`, OTP 27.1).
    fn progress(&self, row: usize, level: Level, context: &mut Context<'_, Actor<G>>) {
        let child = self.rows().child(row);
        if child.state.alive().is_some() {
            log_besides(context, || Report::Progress { started: child.offender(), level });
        }
    }

    /// The same of a child that somebody has asked to start.
    fn progress_asked_for(&self, row: usize, context: &mut Context<'_, Actor<G>>) {
        let quiet = context.image().release().asked_for_starts_are_quiet();
        self.progress(row, if quiet { Level::Debug } else { Level::Info }, context);
    }

    pub(super) fn report_child(
        &self,
        about: ErrorContext,
        row: usize,
        reason: &Term,
        context: &mut Context<'_, Actor<G>>,
    ) {
        let child = self.rows().child(row);
        log_besides(context, || Report::Supervisor {
            context: about,
            reason: reason.clone(),
            offender: child.offender(),
        });
    }

    /// The children of a supervisor that is known to be static.
    pub(super) fn rows(&self) -> &Children<G> {
        match &self.family {
            Family::Static(children) => children,
            Family::Simple(_) => unreachable!("jobs on rows are made by static supervisors"),
        }
    }

    pub(super) fn rows_mut(&mut self) -> &mut Children<G> {
        match &mut self.family {
            Family::Static(children) => children,
            Family::Simple(_) => unreachable!("jobs on rows are made by static supervisors"),
        }
    }
}

impl<G: Guest> Job<G> {
    /// The row whose child it starts, if it starts one that has a row.
    pub(super) fn starts_row(&self) -> Option<usize> {
        match self {
            Job::Init { row }
            | Job::Replace { row, .. }
            | Job::StartGroup { row, .. }
            | Job::Again { row, .. } => Some(*row),
            _ => None,
        }
    }

    /// The row that it is at.
    pub(super) fn row(&self) -> usize {
        match self {
            Job::Init { row }
            | Job::Undo { below: row, .. }
            | Job::Terminate { below: row, .. }
            | Job::Restart { row, .. }
            | Job::Replace { row, .. }
            | Job::StopGroup { below: row, .. }
            | Job::StartGroup { row, .. }
            | Job::Again { row, .. }
            | Job::Remove { row, .. } => *row,
            Job::Add { .. }
            | Job::End { .. }
            | Job::Leave { .. }
            | Job::RestartDynamic { .. }
            | Job::AddDynamic { .. }
            | Job::ReplaceDynamic { .. }
            | Job::RemoveDynamic { .. } => {
                unreachable!("these concern no row")
            }
        }
    }
}

/// Calls a start function.
fn launch<G: Guest>(start: &StartFunction<G::Start>, context: &mut Context<'_, Actor<G>>) -> Launch<G> {
    match start {
        StartFunction::Known(start) => G::launch(start, context),
        StartFunction::Unknown(_) => Launch::Return(Started::Raised(Term::error(Atom::UNDEF.into()))),
    }
}

impl<G: Guest> Job<G> {
    /// What the supervisor is doing meanwhile.
    pub(super) fn occupation(&self) -> Occupation {
        match self {
            Job::Init { .. } | Job::Undo { .. } => Occupation::Starting,
            Job::End { .. } | Job::Terminate { .. } | Job::Leave { .. } => Occupation::Stopping,
            Job::Restart { .. }
            | Job::RestartDynamic { .. }
            | Job::Replace { .. }
            | Job::StopGroup { .. }
            | Job::StartGroup { .. }
            | Job::ReplaceDynamic { .. } => Occupation::Restarting,
            Job::Add { .. } | Job::Again { .. } | Job::AddDynamic { .. } => Occupation::Adding,
            Job::Remove { .. } | Job::RemoveDynamic { .. } => Occupation::Removing,
        }
    }
}
