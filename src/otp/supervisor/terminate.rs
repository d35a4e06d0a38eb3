//! Stopping one child on behalf of a job, and going on with the job when it is gone.

use crate::kernel::{Atom, Context, Input, Pid};
use crate::otp::actor::Actor;
use crate::otp::guest::Guest;
use crate::otp::message::Message;
use crate::otp::report::{Decision, ErrorContext, Report, log};

use super::children::{Incarnation, Spec};
use super::job::{Job, Turn};
use super::shutdown::{ChildShutdown, ShutdownStep, is_clean};
use super::{Family, Phase, Supervisor};

impl<G: Guest> Supervisor<G> {
    /// Stops the child in this row, if it runs.
    pub(super) fn terminate_row(
        &mut self,
        row: usize,
        job: Job<G>,
        context: &mut Context<'_, Actor<G>>,
    ) -> Turn<G> {
        match self.rows().child(row).state.alive() {
            Some(pid) => self.do_terminate(pid, job, context),
            None => self.terminated(job, context),
        }
    }

    pub(super) fn do_terminate(
        &mut self,
        pid: Pid,
        job: Job<G>,
        context: &mut Context<'_, Actor<G>>,
    ) -> Turn<G> {
        let spec = self.subject(&job);
        let shutdown = spec.shutdown;
        context.report(|| Report::Decision(Decision::Stopping { child: spec.id.clone(), pid, shutdown }));
        let (stop, next) = ChildShutdown::begin(pid, shutdown, context);
        self.phase = Phase::ShuttingDown(stop, job);
        Turn::Wait(next)
    }

    /// Goes on with a child's shutdown.
    pub(super) fn resume_shutdown(
        &mut self,
        mut stop: ChildShutdown,
        job: Job<G>,
        input: Input<Message<G>>,
        context: &mut Context<'_, Actor<G>>,
    ) -> Turn<G> {
        let pid = stop.pid;
        let child = |supervisor: &Self| supervisor.subject(&job).id.clone();
        let reason = match stop.resume(input, context) {
            ShutdownStep::Done(reason) => reason,
            ShutdownStep::Waits(next) => {
                self.phase = Phase::ShuttingDown(stop, job);
                return Turn::Wait(next);
            }
            ShutdownStep::Kills(next) => {
                context.report(|| Report::Decision(Decision::Killing { child: child(self), pid }));
                self.phase = Phase::ShuttingDown(stop, job);
                return Turn::Wait(next);
            }
        };
        let took = context.now() - stop.since;
        context.report(|| {
            Report::Decision(Decision::Stopped { child: child(self), pid, reason: reason.clone(), took })
        });
        let spec = self.subject(&job);
        let clean = is_clean(&reason, spec.shutdown, spec.restart);
        if !clean {
            log(context, || Report::Supervisor {
                context: ErrorContext::ShutdownError,
                reason: reason.clone(),
                offender: match &job {
                    Job::RemoveDynamic { pid, .. } => self.simple().offender(*pid),
                    _ => self.rows().child(job.row()).offender(),
                },
            });
        }
        match self.terminated(job, context) {
            Turn::Job(job) if !clean => self.reported(job, context),
            turn => turn,
        }
    }

    /// A child does not run any more.
    fn terminated(&mut self, job: Job<G>, context: &mut Context<'_, Actor<G>>) -> Turn<G> {
        match &job {
            Job::Undo { below: row, .. } | Job::Terminate { below: row, .. } => {
                self.rows_mut().set(*row, Incarnation::None);
            }
            Job::StopGroup { below: row, .. } | Job::Remove { row, .. } => {
                self.rows_mut().del_child(*row);
            }
            Job::RemoveDynamic { pid, .. } => self.simple_mut().forget(*pid),
            Job::Init { .. }
            | Job::End { .. }
            | Job::Leave { .. }
            | Job::Restart { .. }
            | Job::RestartDynamic { .. }
            | Job::Replace { .. }
            | Job::StartGroup { .. }
            | Job::Add { .. }
            | Job::Again { .. }
            | Job::AddDynamic { .. }
            | Job::ReplaceDynamic { .. } => unreachable!("these stop no child"),
        }
        match job {
            Job::Remove { from, .. } | Job::RemoveDynamic { from, .. } => {
                self.reply(from, Atom::OK.into(), context)
            }
            job => Turn::Job(job),
        }
    }

    /// The specification of the child that a job stops.
    fn subject(&self, job: &Job<G>) -> &Spec<G> {
        match &self.family {
            Family::Static(children) => &children.child(job.row()).spec,
            Family::Simple(simple) => &simple.template,
        }
    }
}
