//! The end of a `simple_one_for_one` supervisor: all children are told at once and share one timer.
//! `supervisor.erl`, `terminate_dynamic_children/1` (OTP 25).

use std::collections::BTreeMap;

use crate::kernel::{Atom, Context, Input, Next, Pid, Received, Ref, Table, Target, Term};
use crate::otp::actor::Actor;
use crate::otp::guest::Guest;
use crate::otp::hooks::Image;
use crate::otp::message::Message;
use crate::otp::report::{Decision, ErrorContext, OffenderPid, Report, log};
use crate::otp::spec::{Restart, Shutdown};

use super::job::Turn;
use super::report::{mfargs, offender};
use super::shutdown::{is_clean, queued_exit, real_reason, tell};
use super::{Phase, Supervisor};

/// All dynamic children stopping.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct DynamicTermination {
    /// With which reason the supervisor exits then.
    reason: Term,
    since: u64,
    /// When those that are left are killed.
    deadline: Option<u64>,
    /// Whether they have been told: before OTP 24 all are monitored and unlinked first.
    told: bool,
    /// Who is awaited, by monitor.
    pending: Table<Ref, Pid>,
    /// Who is gone and whose exit signal is still on its way.
    awaited: Option<Pid>,
    /// How many ended as they should not have, by reason.
    errors: BTreeMap<Term, usize>,
}

impl DynamicTermination {
    /// When those that are left are killed.
    pub(super) fn deadline(&self) -> Option<u64> {
        self.deadline
    }

    /// Whether the supervisor's `receive` would take this message.
    pub(super) fn accepts<G: Guest>(&self, message: &Received<Message<G>>) -> bool {
        match (message, self.awaited) {
            (Received::Exit { from, .. }, Some(awaited)) => *from == awaited,
            (Received::Down { reference, .. }, None) => self.told && self.pending.contains(*reference),
            (Received::Down { .. }, Some(_)) | (Received::Exit { .. }, None) | (Received::Message(_), _) => {
                false
            }
        }
    }

    fn count_error(&mut self, reason: Term, how: Shutdown, restart: Restart) {
        if !is_clean(&reason, how, restart) {
            *self.errors.entry(reason).or_default() += 1;
        }
    }
}

impl<G: Guest> Supervisor<G> {
    /// Begins to stop all dynamic children.
    pub(super) fn terminate_dynamic_children(
        &mut self,
        reason: Term,
        context: &mut Context<'_, Actor<G>>,
    ) -> Turn<G> {
        let simple = self.simple();
        if simple.ghost {
            // The fold over the children has no clause for the pid `undefined`: terminate/2 crashes.
            return self.leave(Term::error(Atom::FUNCTION_CLAUSE.into()), context);
        }
        let told = context.image().release().unlinks_after_shutdown();
        let (how, restart) = (simple.template.shutdown, simple.template.restart);
        let since = context.now();
        let mut termination = DynamicTermination {
            reason,
            since,
            deadline: None,
            told,
            pending: Table::default(),
            awaited: None,
            errors: BTreeMap::new(),
        };
        for pid in simple.alive() {
            let child = &simple.template.id;
            context
                .report(|| Report::Decision(Decision::Stopping { child: child.clone(), pid, shutdown: how }));
            let monitor = context.monitor(Target::Pid(pid));
            if told {
                tell(pid, how, context);
                termination.pending.insert(monitor, pid);
                continue;
            }
            context.unlink(pid);
            match queued_exit(pid, context) {
                Some(reason) => termination.count_error(reason, how, restart),
                None => drop(termination.pending.insert(monitor, pid)),
            }
        }
        if told {
            termination.deadline = deadline(how, since);
        }
        self.wait_dynamic_children(termination, context)
    }

    /// Goes on with the end of all dynamic children.
    pub(super) fn resume_terminate_dynamic(
        &mut self,
        mut termination: DynamicTermination,
        input: Input<Message<G>>,
        context: &mut Context<'_, Actor<G>>,
    ) -> Turn<G> {
        let template = self.simple().template.clone();
        let (how, restart) = (template.shutdown, template.restart);
        let ended = match input {
            Input::Message(Received::Down { reference, reason, .. }) => {
                let pid = termination.pending.remove(reference).expect("only those awaited are accepted");
                match real_reason(pid, reason, context) {
                    Some(reason) => Some((pid, reason)),
                    None => {
                        termination.awaited = Some(pid);
                        None
                    }
                }
            }
            Input::Message(Received::Exit { from, reason }) => {
                termination.awaited = None;
                Some((from, reason))
            }
            Input::Message(Received::Message(_)) => unreachable!("only the ends of children are accepted"),
            Input::Continue if !termination.told => {
                for (_, pid) in termination.pending.entries() {
                    tell(*pid, how, context);
                }
                termination.told = true;
                termination.deadline = deadline(how, context.now());
                None
            }
            Input::Start | Input::Continue | Input::Timeout | Input::Quiet => {
                for (_, &pid) in termination.pending.entries() {
                    context
                        .report(|| Report::Decision(Decision::Killing { child: template.id.clone(), pid }));
                    context.exit(pid, Term::Atom(Atom::KILL));
                }
                termination.deadline = None;
                None
            }
        };
        if let Some((pid, reason)) = ended {
            let took = context.now() - termination.since;
            context.report(|| {
                let child = template.id.clone();
                Report::Decision(Decision::Stopped { child, pid, reason: reason.clone(), took })
            });
            termination.count_error(reason, how, restart);
        }
        self.wait_dynamic_children(termination, context)
    }

    fn wait_dynamic_children(
        &mut self,
        termination: DynamicTermination,
        context: &mut Context<'_, Actor<G>>,
    ) -> Turn<G> {
        if termination.pending.is_empty() && termination.awaited.is_none() {
            for (reason, count) in Term::by_key(termination.errors, context.image().atoms()) {
                let template = &self.simple().template;
                log(context, || Report::Supervisor {
                    context: ErrorContext::ShutdownError,
                    reason,
                    offender: offender::<G>(
                        template,
                        OffenderPid::Children(count),
                        mfargs::<G>(&template.start),
                    ),
                });
            }
            return self.leave(termination.reason, context);
        }
        let next = match (termination.told, termination.awaited) {
            (false, _) => Next::Preempt,
            (true, Some(_)) => Next::Receive { timeout: None },
            (true, None) => {
                let now = context.now();
                Next::Receive { timeout: termination.deadline.map(|deadline| deadline.saturating_sub(now)) }
            }
        };
        self.phase = Phase::TerminatingDynamic(termination);
        Turn::Wait(next)
    }
}

fn deadline(how: Shutdown, now: u64) -> Option<u64> {
    match how {
        Shutdown::Timeout(time) => Some(now.saturating_add(time)),
        Shutdown::BrutalKill | Shutdown::Infinity => None,
    }
}
