//! The end of a `simple_one_for_one` supervisor: all children are told one after the other and share
//! one timer. `supervisor.erl`, `terminate_dynamic_children/1` (OTP 25).

use std::collections::{BTreeMap, VecDeque};

use crate::kernel::{Atom, Context, Input, Next, Pid, Received, Ref, Table, Target, Term};
use crate::otp::actor::Actor;
use crate::otp::guest::Guest;
use crate::otp::hooks::Image;
use crate::otp::message::Message;
use crate::otp::report::{Decision, ErrorContext, OffenderPid, Report, log};
use crate::otp::spec::{Restart, Shutdown};

use super::job::{Job, Turn};
use super::report::{mfargs, offender};
use super::shutdown::{is_clean, real_reason, tell};
use super::{Phase, Supervisor};

/// All dynamic children stopping.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct DynamicTermination {
    /// With which reason the supervisor exits then.
    reason: Term,
    since: u64,
    /// When those that are left are killed.
    deadline: Option<u64>,
    /// What is still to be done to the children, in this order, each as if others could come between.
    acts: VecDeque<Act>,
    /// Whether all have been told.
    told: bool,
    /// Who is awaited, by monitor.
    pending: Table<Ref, Pid>,
    /// Who is gone and whose exit signal is still on its way.
    awaited: Option<Pid>,
    /// How many ended as they should not have, by reason.
    errors: BTreeMap<Term, usize>,
}

/// What is done to one child.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Act {
    /// It is monitored and unlinked: only before OTP 24.
    Unlink(Pid),
    /// It is told to stop, and monitored if it has not been.
    Tell(Pid),
    /// Its time is up.
    Kill(Pid),
}

impl DynamicTermination {
    /// When those that are left are killed.
    pub(super) fn deadline(&self) -> Option<u64> {
        self.deadline
    }

    /// Who has not ended yet.
    pub(super) fn awaits(&self) -> Vec<Pid> {
        let pending = self.pending.entries().into_iter().map(|(_, pid)| *pid);
        pending.chain(self.awaited).collect()
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
        let pids = simple.alive();
        let unlinked = pids.iter().filter(|_| !context.image().release().unlinks_after_shutdown());
        let acts = unlinked.map(|pid| Act::Unlink(*pid)).chain(pids.iter().map(|pid| Act::Tell(*pid)));
        let termination = DynamicTermination {
            reason,
            since: context.now(),
            deadline: None,
            acts: acts.collect(),
            told: false,
            pending: Table::default(),
            awaited: None,
            errors: BTreeMap::new(),
        };
        self.act(termination, context)
    }

    /// Does what is to be done to the children, until others may run.
    fn act(&mut self, mut termination: DynamicTermination, context: &mut Context<'_, Actor<G>>) -> Turn<G> {
        let template = self.simple().template.clone();
        let (how, restart) = (template.shutdown, template.restart);
        while let Some(act) = termination.acts.pop_front() {
            let (Act::Unlink(pid) | Act::Tell(pid) | Act::Kill(pid)) = act;
            let child = || template.id.clone();
            let stopping = || Report::Decision(Decision::Stopping { child: child(), pid, shutdown: how });
            match act {
                Act::Unlink(_) => {
                    context.report(stopping);
                    let monitor = context.monitor(Target::Pid(pid));
                    context.unlink(pid);
                    match context.receive_exit_now(pid) {
                        Some(reason) => termination.count_error(reason, how, restart),
                        None => drop(termination.pending.insert(monitor, pid)),
                    }
                }
                Act::Tell(_) => {
                    if context.image().release().unlinks_after_shutdown() {
                        context.report(stopping);
                        let monitor = context.monitor(Target::Pid(pid));
                        termination.pending.insert(monitor, pid);
                    } else if !termination.pending.entries().iter().any(|(_, waiting)| **waiting == pid) {
                        continue;
                    }
                    tell(pid, how, context);
                }
                Act::Kill(_) => {
                    context.report(|| Report::Decision(Decision::Killing { child: child(), pid }));
                    context.exit(pid, Term::Atom(Atom::KILL));
                }
            }
            if !termination.acts.is_empty() && context.can_be_interrupted() {
                self.phase = Phase::TerminatingDynamic(termination);
                return Turn::Wait(Next::Preempt);
            }
        }
        if !termination.told {
            termination.told = true;
            // The timer is started once all have been told.
            termination.deadline = deadline(how, context.now());
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
            Input::Continue => return self.act(termination, context),
            Input::Start | Input::Timeout | Input::Quiet => {
                let late = termination.pending.entries().into_iter();
                termination.acts = late.map(|(_, pid)| Act::Kill(*pid)).collect();
                termination.deadline = None;
                return self.act(termination, context);
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
            let reported = !termination.errors.is_empty();
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
            let leave = Job::Leave { reason: termination.reason };
            return if reported { self.reported(leave, context) } else { Turn::Job(leave) };
        }
        let timeout = match termination.awaited {
            Some(_) => None,
            None => termination.deadline.map(|deadline| deadline.saturating_sub(context.now())),
        };
        self.phase = Phase::TerminatingDynamic(termination);
        Turn::Wait(Next::Receive { timeout })
    }
}

fn deadline(how: Shutdown, now: u64) -> Option<u64> {
    match how {
        Shutdown::Timeout(time) => Some(now.saturating_add(time)),
        Shutdown::BrutalKill | Shutdown::Infinity => None,
    }
}
