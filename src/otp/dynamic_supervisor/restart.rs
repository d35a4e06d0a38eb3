//! The end of a child, and what follows: who is restarted, how often, and what happens when that fails.

use crate::kernel::{Atom, Context, Next, Pid, Term};

use super::{DynamicSupervisor, Purpose, Upcoming, WAIT, api};
use crate::otp::actor::Actor;
use crate::otp::guest::Guest;
use crate::otp::hooks::Image;
use crate::otp::message::Message;
use crate::otp::report::{Decision, ErrorContext, OffenderPid, Report, log};
use crate::otp::server::is_abnormal;
use crate::otp::spec::{Restart, Strategy};

impl<G: Guest> DynamicSupervisor<G> {
    pub(super) fn child_ended(
        &mut self,
        pid: Pid,
        reason: Term,
        context: &mut Context<'_, Actor<G>>,
    ) -> Next {
        let Some(child) = self.children.get(pid).filter(|child| !child.is_restarting()) else { return WAIT };
        let restart = child.spec.restart;
        let (reported, restarted) = match (restart, is_abnormal(&reason)) {
            (Restart::Permanent, _) | (Restart::Transient, true) => (true, true),
            (Restart::Temporary, true) => (true, false),
            (Restart::Transient | Restart::Temporary, false) => (false, false),
        };
        if reported {
            self.report(ErrorContext::ChildTerminated, &reason, OffenderPid::Pid(pid), pid, context);
        }
        if restarted && context.image().counts_reports() {
            return self.interrupted(Upcoming::Restart(pid, reason));
        }
        if restarted {
            return self.restart(pid, reason, false, context);
        }
        if let Some(child) = self.children.remove(pid) {
            let child = child.spec.id.clone();
            context.report(|| {
                Report::Decision(Decision::NotRestarted { child, pid, reason, restart, kept: false })
            });
        }
        WAIT
    }

    pub(super) fn try_again(&mut self, old: Pid, context: &mut Context<'_, Actor<G>>) -> Next {
        let Some(child) = self.children.get(old) else { return WAIT };
        match &child.failed {
            Some(why) => self.restart(old, why.clone(), true, context),
            // A start function has returned the old process again: the note matches no clause.
            None => self.terminate(Term::error(Term::tagged(Atom::BADMATCH, old.into())), context),
        }
    }

    /// Every attempt counts, the first and those after a failed one.
    pub(super) fn restart(
        &mut self,
        old: Pid,
        reason: Term,
        again: bool,
        context: &mut Context<'_, Actor<G>>,
    ) -> Next {
        // The same rule as the supervisor's (dynamic_supervisor.ex, add_restart/1, Elixir 1.14).
        let (intensity, period) = self.intensity;
        let allowed = self.restarts.admit(context.now(), intensity, period);
        let used = self.restarts.counted();
        let spec = &self.children.get(old).expect("only a child is restarted").spec;
        let (id, start) = (spec.id.clone(), spec.start.clone());
        if !allowed {
            let why = Term::Atom(Atom::REACHED_MAX_RESTART_INTENSITY);
            context.report(|| Report::Decision(Decision::GivingUp { child: id, intensity, period }));
            self.report(ErrorContext::Shutdown, &why, OffenderPid::Pid(old), old, context);
            self.children.remove(old);
            if context.image().counts_reports() {
                return self.interrupted(Upcoming::End(Atom::SHUTDOWN.into()));
            }
            return self.terminate(Atom::SHUTDOWN.into(), context);
        }
        context.report(|| {
            Report::Decision(Decision::Restarting {
                child: id.clone(),
                pid: Some(old),
                reason,
                strategy: Strategy::OneForOne,
                used,
                intensity,
                period,
                stop: Vec::new(),
                start: vec![id],
                again,
            })
        });
        let start = if context.image().release().dynamic_restarts_with_extra_arguments() {
            self.with_extra_arguments(&start)
        } else {
            start
        };
        self.launch(&start, Purpose::Again(old), context)
    }

    pub(super) fn restart_failed(&mut self, old: Pid, reason: Term, context: &mut Context<'_, Actor<G>>) {
        self.report(ErrorContext::StartError, &reason, OffenderPid::Restarting(Some(old)), old, context);
        self.children.keep_restarting(old, reason.clone());
        if let Some(child) = self.children.get(old) {
            let child = child.spec.id.clone();
            context.report(|| Report::Decision(Decision::TryAgain { child, reason }));
        }
        context.send(context.pid(), Message::TryAgain { child: old.into(), tag: 0 });
    }

    /// A supervisor report about the child that is kept under this pid.
    pub(super) fn report(
        &self,
        when: ErrorContext,
        reason: &Term,
        shown: OffenderPid,
        pid: Pid,
        context: &mut Context<'_, Actor<G>>,
    ) {
        let Some(child) = self.children.get(pid) else { return };
        let release = context.image().release();
        log(context, || {
            let offender = api::offender::<G>(shown, &child.spec, &self.extra_arguments, release);
            Report::Supervisor { context: when, reason: reason.clone(), offender }
        });
    }
}
