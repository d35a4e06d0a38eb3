//! A child has ended: what the supervisor does about it. `supervisor.erl`, `do_restart/3` and `restart/2`
//! (OTP 25).

use crate::kernel::{Atom, Context, Pid, Term};
use crate::otp::actor::Actor;
use crate::otp::guest::Guest;
use crate::otp::report::{Decision, ErrorContext, Report};
use crate::otp::spec::{AutoShutdown, Flags, Restart};

use super::children::{Child, Incarnation};
use super::job::{Group, Job, Turn};
use super::restart_rules::{Aftermath, Concerned, aftermath, concerned};
use super::{Family, Supervisor};

impl<G: Guest> Supervisor<G> {
    /// `{'EXIT', Pid, Reason}`. One that is no child's is ignored silently.
    pub(super) fn child_exited(
        &mut self,
        pid: Pid,
        reason: Term,
        context: &mut Context<'_, Actor<G>>,
    ) -> Turn<G> {
        let Family::Static(children) = &mut self.family else {
            return self.dynamic_exited(pid, reason, context);
        };
        let Some(row) = children.by_pid(pid) else { return self.listen() };
        let spec = children.child(row).spec.clone();
        let report = match aftermath(spec.restart, &reason) {
            Aftermath::Restart => {
                self.report_child(ErrorContext::ChildTerminated, row, &reason, context);
                return self.reported(Job::Restart { row, reason }, context);
            }
            Aftermath::Finished { report } => report,
        };
        if report {
            self.report_child(ErrorContext::ChildTerminated, row, &reason, context);
        }
        let kept = self.rows_mut().del_child(row);
        let (child, restart) = (&spec.id, spec.restart);
        context.report(|| {
            Report::Decision(Decision::NotRestarted { child: child.clone(), pid, reason, restart, kept })
        });
        let last = !self.rows().has_significant();
        self.auto_shutdown(child, spec.significant, last, report, context)
    }

    /// A significant child has ended for good: `do_auto_shutdown/2`. `last` says whether none is left, `reported`
    /// whether its end has been.
    pub(super) fn auto_shutdown(
        &mut self,
        child: &Term,
        significant: bool,
        last: bool,
        reported: bool,
        context: &mut Context<'_, Actor<G>>,
    ) -> Turn<G> {
        let ends = match self.flags.auto_shutdown {
            AutoShutdown::Never => false,
            AutoShutdown::AnySignificant => significant,
            AutoShutdown::AllSignificant => significant && last,
        };
        if !ends {
            return self.listen();
        }
        context.report(|| Report::Decision(Decision::AutoShutdown { child: child.clone() }));
        let end = Job::End { reason: Atom::SHUTDOWN.into() };
        if reported { self.reported(end, context) } else { Turn::Job(end) }
    }

    /// The note to itself that a restart has failed. It is dropped unless the child is still waiting for it.
    pub(super) fn try_again(
        &mut self,
        child: &Term,
        tag: u32,
        context: &mut Context<'_, Actor<G>>,
    ) -> Turn<G> {
        let Family::Static(children) = &self.family else {
            return self.try_dynamic_again(child, tag, context);
        };
        let waiting = children.by_id(child).and_then(|row| match &children.child(row).state {
            Incarnation::Restarting(failure) if failure.tag == tag => Some((row, failure.why.clone())),
            Incarnation::Restarting(_) | Incarnation::Alive(_) | Incarnation::None => None,
        });
        match waiting {
            Some((row, why)) => self.restart(row, why, true, context),
            None => self.listen(),
        }
    }

    /// Counts a restart and begins it, or gives up.
    pub(super) fn restart(
        &mut self,
        row: usize,
        reason: Term,
        again: bool,
        context: &mut Context<'_, Actor<G>>,
    ) -> Turn<G> {
        if !self.restarts.admit(context.now(), self.flags.intensity, self.flags.period) {
            let too_many = Term::Atom(Atom::REACHED_MAX_RESTART_INTENSITY);
            self.report_child(ErrorContext::Shutdown, row, &too_many, context);
            let child = self.rows().child(row).spec.id.clone();
            self.rows_mut().del_child(row);
            return self.give_up(child, context);
        }
        let child = self.rows().child(row);
        let old = child.state.last();
        let rows = concerned(self.flags.strategy, row);
        context.report(|| self.restarting(row, rows, reason, again));
        match rows {
            Concerned::One(row) => Turn::Job(Job::Replace { row, old }),
            Concerned::From(first) => {
                let group = Group { first, crashed: child.spec.id.clone(), old };
                self.rows_mut().set(row, Incarnation::None);
                Turn::Job(Job::StopGroup { group, below: self.rows().end() })
            }
        }
    }

    /// There were too many restarts: it ends with `shutdown`.
    pub(super) fn give_up(&mut self, child: Term, context: &mut Context<'_, Actor<G>>) -> Turn<G> {
        let Flags { intensity, period, .. } = self.flags;
        context.report(|| Report::Decision(Decision::GivingUp { child, intensity, period }));
        self.reported(Job::End { reason: Atom::SHUTDOWN.into() }, context)
    }

    fn restarting(&self, row: usize, concerned: Concerned, reason: Term, again: bool) -> Report<G> {
        let children = self.rows();
        let id = |child: &Child<G>| child.spec.id.clone();
        let crashed = children.child(row);
        let (stop, start) = match concerned {
            Concerned::One(_) => (Vec::new(), vec![id(crashed)]),
            Concerned::From(first) => {
                let rows = || children.iter().filter(|(at, _)| *at >= first);
                let stop = rows()
                    .rev()
                    .filter(|(at, child)| *at != row && child.state.alive().is_some())
                    .map(|(_, child)| id(child));
                let start = rows()
                    .filter(|(_, child)| child.spec.restart != Restart::Temporary)
                    .map(|(_, child)| id(child));
                (stop.collect(), start.collect())
            }
        };
        self.restarting_report(id(crashed), crashed.state.last(), reason, stop, start, again)
    }

    pub(super) fn restarting_report(
        &self,
        child: Term,
        pid: Option<Pid>,
        reason: Term,
        stop: Vec<Term>,
        start: Vec<Term>,
        again: bool,
    ) -> Report<G> {
        let Flags { strategy, intensity, period, .. } = self.flags;
        let used = self.restarts.counted();
        Report::Decision(Decision::Restarting {
            child,
            pid,
            reason,
            strategy,
            used,
            intensity,
            period,
            stop,
            start,
            again,
        })
    }
}
