//! What processes say about themselves: starts, and what supervisors decide.

use crate::kernel::{Atom, Pid, Term};
use crate::otp::{ApplicationReport, Decision, ErrorContext, Guest, Offender, OffenderPid, Report, Started};
use crate::trace::narrate::Narrate;
use crate::trace::reports;

use super::node::{Restarting, Stopping, What};
use super::teller::Teller;

impl<G: Guest> Teller<'_, G>
where
    G::Note: Narrate,
{
    pub(super) fn reported(&mut self, at: u64, pid: Pid, report: &Report<G>) {
        match report {
            Report::Supervises { flags, dynamic } => {
                self.known(pid).supervisor = true;
                let start = self.known(pid).start;
                if let Some(start) = self.tree.start(start) {
                    start.flags = Some((*flags, *dynamic));
                }
            }
            Report::Initialised(started) => self.initialised(at, pid, started),
            Report::Progress { started, .. } => {
                let OffenderPid::Pid(child) = started.pid else { return };
                let start = self.known(child).start;
                if let Some(start) = self.tree.start(start) {
                    start.spec = Some((started.restart, started.shutdown, started.significant));
                }
            }
            Report::Supervisor { context, reason, offender } => {
                self.supervisor_report(at, pid, *context, reason, offender);
            }
            Report::Decision(decision) => self.decided(at, pid, decision),
            Report::Unexpected { message } => {
                let below = self.current(pid);
                self.add(at, below, pid, What::Unexpected(message.clone()));
            }
            Report::Application(report) => {
                self.of_application(at, pid, report);
            }
            Report::NameConflict(conflict) => {
                let line = What::Note(reports::conflict_line(conflict, self.names));
                let current = self.current(pid);
                let below = self.place(at, pid, current);
                let node = self.tree.add(at, below, (Some(pid), None), line);
                self.told(pid, node);
            }
            Report::Guest(note) => {
                if let Some(line) = note.line(&self.names) {
                    let below = self.current(pid);
                    self.add(at, below, pid, What::Note(line));
                }
            }
            // The deaths themselves are told.
            Report::ServerTerminating { .. } | Report::Terminate { .. } => (),
        }
    }

    /// Applications speak for their machinery.
    fn of_application(&mut self, at: u64, pid: Pid, report: &ApplicationReport) {
        let line = What::Note(reports::application_line(report, self.names));
        let current = self.current(pid);
        let starts = matches!(report, ApplicationReport::Started(_) | ApplicationReport::NotStarted(..));
        let node = &mut self.tree.nodes[current];
        // What is started with the node is told as if it came by itself.
        if starts && node.backstage && matches!(node.what, What::Call { .. }) {
            (node.what, node.actor, node.backstage) = (line, None, false);
            return;
        }
        let below = self.place(at, pid, current);
        let node = self.tree.add(at, below, (None, None), line);
        self.told(pid, node);
    }

    fn initialised(&mut self, at: u64, pid: Pid, started: &Started) {
        let node = self.known(pid).start;
        let began = node.map_or(at, |node| self.tree.nodes[node].at);
        if let Some(start) = self.tree.start(node) {
            start.result = Some(started.clone());
            start.took = at - began;
        }
        if matches!(started, Started::Ok { .. }) {
            self.known(pid).current = None;
        }
    }

    fn supervisor_report(
        &mut self,
        at: u64,
        pid: Pid,
        context: ErrorContext,
        reason: &Term,
        offender: &Offender,
    ) {
        match context {
            ErrorContext::StartError => {
                let below = self.current(pid);
                if !self.has_just_failed(below) {
                    let child = called(offender);
                    let what = What::StartError { child, reason: reason.clone() };
                    self.add(at, below, pid, what);
                }
            }
            ErrorContext::ShutdownError => {
                let child = match offender.pid {
                    OffenderPid::Pid(child) => child,
                    OffenderPid::Children(count) => return self.shutdown_errors(at, pid, count, reason),
                    OffenderPid::Undefined | OffenderPid::Restarting(_) => return,
                };
                let known = self.known(child);
                let stopping = known.stopping;
                known.gone.iter_mut().for_each(|gone| gone.error = true);
                if let Some(stopping) = self.tree.stopping(stopping) {
                    stopping.error = true;
                    stopping.reason.get_or_insert_with(|| reason.clone());
                }
            }
            // The decisions that go with them are told.
            ErrorContext::ChildTerminated | ErrorContext::Shutdown => (),
        }
    }

    /// Children that are alike are reported by reason.
    fn shutdown_errors(&mut self, at: u64, pid: Pid, count: usize, reason: &Term) {
        for node in self.known(pid).parted.remove(reason).unwrap_or_default() {
            if let Some(stopping) = self.tree.stopping(Some(node)) {
                stopping.error = true;
            }
        }
        if count > 1 {
            let below = self.current(pid);
            self.add(at, below, pid, What::ShutdownErrors { count, reason: reason.clone() });
        }
    }

    /// Whether the last thing below this node is a start that has failed, or was said to have.
    fn has_just_failed(&self, below: usize) -> bool {
        let last = self.tree.nodes[below].children.last();
        last.is_some_and(|last| match &self.tree.nodes[*last].what {
            What::Start(start) => start.died.is_some() || !matches!(start.result, Some(Started::Ok { .. })),
            What::StartError { .. } => true,
            _ => false,
        })
    }

    fn decided(&mut self, at: u64, pid: Pid, decision: &Decision) {
        let below = self.current(pid);
        match decision.clone() {
            Decision::Restarting {
                child, pid: old, strategy, used, intensity, period, start, again, ..
            } => {
                let dynamic = old.filter(|old| self.names.directory.is_dynamic(*old));
                let restarting =
                    Restarting { child, dynamic, strategy, used, intensity, period, start, again };
                let node = self.add(at, below, pid, What::Restarting(Box::new(restarting)));
                self.known(pid).current = Some(node);
            }
            Decision::NotRestarted { pid: child, reason, restart, .. } => {
                self.add(at, below, pid, What::NotRestarted { child, reason, restart });
            }
            Decision::GivingUp { intensity, period, .. } => {
                let node = self.add(at, below, pid, What::GivingUp { intensity, period });
                self.known(pid).current = Some(node);
            }
            Decision::AutoShutdown { child } => {
                let node = self.add(at, below, pid, What::AutoShutdown { child });
                self.known(pid).current = Some(node);
            }
            Decision::Stopping { pid: child, shutdown, .. } => {
                // That it is gone is a matter of its end.
                self.known(child).death.into_iter().for_each(|death| self.stands_below(death));
                let stopping = Stopping {
                    shutdown,
                    reason: None,
                    took: 0,
                    killed: false,
                    error: false,
                    gone: self.known(child).death.is_some(),
                    unread: 0,
                };
                let below = self.place(at, pid, below);
                let what = What::Stopping(Box::new(stopping));
                let node = self.tree.add(at, below, (Some(child), None), what);
                self.tree.nodes[node].backstage = self.known(child).machinery.is_some();
                self.told(pid, node);
                self.known(child).stopping = Some(node);
            }
            Decision::Killing { pid: child, .. } => {
                let stopping = self.known(child).stopping;
                if let Some(stopping) = self.tree.stopping(stopping) {
                    stopping.killed = true;
                }
            }
            Decision::Stopped { pid: child, reason, took, .. } => {
                if let Some(gone) = self.known(child).gone.take() {
                    let below = self.place(at, pid, below);
                    let node = self.tree.add(at, below, (Some(child), None), What::Stopping(Box::new(gone)));
                    self.told(pid, node);
                    self.known(child).stopping = Some(node);
                }
                let stopping = self.known(child).stopping;
                if let Some(stopping) = stopping.filter(|_| self.names.directory.is_dynamic(child)) {
                    self.known(pid).parted.entry(reason.clone()).or_default().push(stopping);
                }
                if let Some(stopping) = self.tree.stopping(stopping) {
                    stopping.reason = Some(reason);
                    stopping.took = took;
                }
            }
            Decision::TryAgain { child, reason } => {
                let reason = (!self.has_just_failed(below)).then_some(reason);
                self.add(at, below, pid, What::TryAgain { child, reason });
                let beside = self.tree.nodes[below].parent;
                self.known(pid).retries.push_back(beside);
            }
            // Why it ends and whom it stops is told.
            Decision::Terminating { .. } => (),
        }
    }
}

/// The id of a child; the module of one that has none, as those of a `DynamicSupervisor`.
fn called(offender: &Offender) -> Term {
    let module =
        offender.mfargs.as_tuple().and_then(<[Term]>::first).filter(|_| offender.id.is(Atom::UNDEFINED));
    module.unwrap_or(&offender.id).clone()
}
