//! `simple_one_for_one`: many children made from one template, known by their pids.

use std::sync::Arc;

use crate::kernel::{Atom, Context, Pid, Table, Term};
use crate::otp::actor::Actor;
use crate::otp::guest::Guest;
use crate::otp::hooks::Image;
use crate::otp::message::From;
use crate::otp::report::{Decision, ErrorContext, Offender, OffenderPid, Report, log_besides};
use crate::otp::spec::{Restart, StartFunction};

use super::children::{Failure, Spec};
use super::job::{Job, StartResult, Turn};
use super::report::{forget_arguments, mfargs, offender};
use super::restart_rules::{Aftermath, aftermath};
use super::{Family, Supervisor};

/// The children made from one template.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Simple<G: Guest> {
    /// How each is started and stopped.
    pub(super) template: Arc<Spec<G>>,
    members: Table<Pid, Member<G>>,
    /// One is stored with the pid `undefined` (before OTP 27; erlang/otp #8230).
    pub(super) ghost: bool,
    /// OTP's count of those that are restarting. Terminating one of them leaves it as it is, so that
    /// `count_children` may show a negative number (seen on OTP 25).
    restarting: i64,
}

/// A child, under its pid or, while its restart fails, its old one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Member<G: Guest> {
    /// The template's start function with more arguments; none if there are no more, or if the child is
    /// temporary and will never be started again.
    start: Option<Arc<G::Start>>,
    restarting: Option<Box<Failure>>,
}

impl<G: Guest> Simple<G> {
    /// Nobody has been started yet.
    pub(super) fn new(template: Spec<G>) -> Self {
        Simple { template: Arc::new(template), members: Table::default(), ghost: false, restarting: 0 }
    }

    /// The template's start function with more arguments; none if there are no more.
    pub(super) fn with_arguments(&self, extra: &[Term]) -> Option<Arc<G::Start>> {
        match &self.template.start {
            StartFunction::Known(start) if !extra.is_empty() => {
                Some(Arc::new(G::with_arguments(start, &[], extra)))
            }
            StartFunction::Known(_) | StartFunction::Unknown(_) => None,
        }
    }

    /// Those that run as far as it knows, oldest first.
    pub(super) fn alive(&self) -> Vec<Pid> {
        let members = self.members.entries().into_iter();
        members.filter(|(_, member)| member.restarting.is_none()).map(|(pid, _)| pid).collect()
    }

    /// All pids, oldest first, and whether each is the old one of a child that is restarting.
    pub(super) fn pids(&self) -> Vec<(Pid, bool)> {
        let members = self.members.entries().into_iter();
        members.map(|(pid, member)| (pid, member.restarting.is_some())).collect()
    }

    /// How many there are, and how many of them OTP says are active.
    pub(super) fn counts(&self) -> (i64, i64) {
        let size = i64::try_from(self.members.len()).unwrap_or(i64::MAX) + i64::from(self.ghost);
        (size, size - self.restarting)
    }

    /// Whether this is the pid of a child, or the old one of a child that is restarting: whether it is
    /// restarting.
    pub(super) fn find(&self, pid: Pid) -> Option<bool> {
        self.members.get(pid).map(|member| member.restarting.is_some())
    }

    /// The child with this pid is no more.
    pub(super) fn forget(&mut self, pid: Pid) {
        self.members.remove(pid);
    }

    /// The child with this pid in a report.
    pub(super) fn offender(&self, pid: Pid) -> Offender {
        let member = self.members.get(pid);
        let who = match member.and_then(|member| member.restarting.as_ref()) {
            Some(_) => OffenderPid::Restarting(Some(pid)),
            None => OffenderPid::Pid(pid),
        };
        let start = member.and_then(|member| member.start.as_deref());
        offender::<G>(&self.template, who, self.mfargs(start))
    }

    fn mfargs(&self, start: Option<&G::Start>) -> Term {
        let mfargs = start.map_or_else(|| mfargs::<G>(&self.template.start), G::mfa);
        if self.template.restart == Restart::Temporary { forget_arguments(mfargs) } else { mfargs }
    }

    fn store(&mut self, pid: Pid, start: Option<Arc<G::Start>>) {
        let start = start.filter(|_| self.template.restart != Restart::Temporary);
        self.members.insert(pid, Member { start, restarting: None });
    }
}

impl<G: Guest> Supervisor<G> {
    /// `start_child` has called the start function.
    pub(super) fn dynamic_added(
        &mut self,
        from: From,
        start: Option<Arc<G::Start>>,
        outcome: &StartResult,
        context: &mut Context<'_, Actor<G>>,
    ) -> Turn<G> {
        if let StartResult::Runs(pid, _) = outcome {
            self.simple_mut().store(*pid, start);
        }
        self.reply(from, outcome.term(), context)
    }

    /// A dynamic child has ended.
    pub(super) fn dynamic_exited(
        &mut self,
        pid: Pid,
        reason: Term,
        context: &mut Context<'_, Actor<G>>,
    ) -> Turn<G> {
        let simple = self.simple();
        if simple.find(pid) != Some(false) {
            return self.listen();
        }
        let template = simple.template.clone();
        let after = aftermath(template.restart, &reason);
        let reported = after != (Aftermath::Finished { report: false });
        if reported {
            self.report_dynamic(ErrorContext::ChildTerminated, pid, &reason, context);
        }
        if after == Aftermath::Restart {
            return self.reported(Job::RestartDynamic { pid, reason }, context);
        }
        self.simple_mut().forget(pid);
        let (child, restart) = (&template.id, template.restart);
        context.report(|| {
            Report::Decision(Decision::NotRestarted {
                child: child.clone(),
                pid,
                reason,
                restart,
                kept: false,
            })
        });
        let last = self.simple().counts().0 == 0;
        self.auto_shutdown(child, template.significant, last, reported, context)
    }

    /// The note to itself that the restart of a dynamic child has failed.
    pub(super) fn try_dynamic_again(
        &mut self,
        child: &Term,
        tag: u32,
        context: &mut Context<'_, Actor<G>>,
    ) -> Turn<G> {
        let failure = |pid| self.simple().members.get(pid).and_then(|member| member.restarting.as_ref());
        let waiting = child.as_pid().and_then(|pid| Some((pid, failure(pid)?)));
        match waiting.filter(|(_, failure)| failure.tag == tag) {
            Some((pid, failure)) => {
                let why = failure.why.clone();
                self.restart_dynamic(pid, why, context)
            }
            None => self.listen(),
        }
    }

    pub(super) fn restart_dynamic(
        &mut self,
        pid: Pid,
        reason: Term,
        context: &mut Context<'_, Actor<G>>,
    ) -> Turn<G> {
        let child = self.simple().template.id.clone();
        if !self.restarts.admit(context.now(), self.flags.intensity, self.flags.period) {
            let too_many = Term::Atom(Atom::REACHED_MAX_RESTART_INTENSITY);
            self.report_dynamic(ErrorContext::Shutdown, pid, &too_many, context);
            self.simple_mut().forget(pid);
            return self.give_up(child, context);
        }
        let member = self.simple_mut().members.remove(pid).expect("it was just found");
        let again = member.restarting.is_some();
        if again {
            self.simple_mut().restarting -= 1;
        }
        context.report(|| {
            self.restarting_report(child.clone(), Some(pid), reason, Vec::new(), vec![child], again)
        });
        Turn::Job(Job::ReplaceDynamic { old: pid, again, start: member.start })
    }

    /// The restart of a dynamic child has called the start function. `supervisor.erl`, `restart/3` (OTP 25).
    pub(super) fn dynamic_replaced(
        &mut self,
        old: Pid,
        again: bool,
        start: Option<Arc<G::Start>>,
        outcome: StartResult,
        context: &mut Context<'_, Actor<G>>,
    ) -> Turn<G> {
        match outcome {
            StartResult::Runs(pid, _) => self.simple_mut().store(pid, start),
            StartResult::Ignored if context.image().release().simple_restart_may_ignore() => (),
            StartResult::Ignored => self.simple_mut().ghost = true,
            StartResult::Failed(why) => {
                let simple = self.simple();
                let who = if again { OffenderPid::Restarting(Some(old)) } else { OffenderPid::Pid(old) };
                log_besides(context, || Report::Supervisor {
                    context: ErrorContext::StartError,
                    reason: why.clone(),
                    offender: offender::<G>(&simple.template, who, simple.mfargs(start.as_deref())),
                });
                let tag = self.send_try_again(old.into(), &why, context);
                let failure = Box::new(Failure { old: Some(old), tag, why });
                let simple = self.simple_mut();
                simple.restarting += 1;
                simple.members.insert(old, Member { start, restarting: Some(failure) });
            }
        }
        self.listen()
    }

    fn report_dynamic(
        &self,
        about: ErrorContext,
        pid: Pid,
        reason: &Term,
        context: &mut Context<'_, Actor<G>>,
    ) {
        log_besides(context, || Report::Supervisor {
            context: about,
            reason: reason.clone(),
            offender: self.simple().offender(pid),
        });
    }

    /// The children of a supervisor that is known to be `simple_one_for_one`.
    pub(super) fn simple(&self) -> &Simple<G> {
        match &self.family {
            Family::Simple(simple) => simple,
            Family::Static(_) => unreachable!("dynamic children are simple_one_for_one's"),
        }
    }

    pub(super) fn simple_mut(&mut self) -> &mut Simple<G> {
        match &mut self.family {
            Family::Simple(simple) => simple,
            Family::Static(_) => unreachable!("dynamic children are simple_one_for_one's"),
        }
    }
}
