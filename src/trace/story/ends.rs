//! How ends are told: who heard of one, who died, and of what.

use crate::kernel::{Atom, Event, EventKind, Object, Pid, Ref, Term};
use crate::otp::{Actor, Guest};
use crate::trace::narrate::Narrate;

use super::node::{CallEnd, Killer, ROOT, Stopping, Verb, What};
use super::teller::Teller;

impl<G: Guest> Teller<'_, G>
where
    G::Note: Narrate,
{
    pub(super) fn took_exit(&mut self, event: &Event<Actor<G>>, from: Pid, reason: &Term) {
        let pid = event.pid;
        let starting = self.known(from).parent == Some(pid) && !self.has_started(from);
        let cause = self.origin(event).or(self.known(from).death);
        // Whoever waits for a start takes one sign of it; another is a message like any.
        let awaited = starting && !std::mem::replace(&mut self.known(from).heard_of, true);
        if awaited || (starting && self.known(pid).supervisor) {
            return;
        }
        let from_parent = self.known(pid).parent == Some(from);
        let known = self.known(pid);
        if let Some(stopping) = known.stopping {
            known.current = Some(stopping);
        } else if known.supervisor || (from_parent && !known.plain) {
            known.current = cause;
        } else {
            self.heard(event, from, Verb::Exit, reason, cause);
        }
    }

    pub(super) fn took_down(
        &mut self,
        event: &Event<Actor<G>>,
        reference: Ref,
        object: Object,
        reason: &Term,
    ) {
        let (at, pid) = (event.at, event.pid);
        if let Some(&node) = self.asked.get(&reference).or_else(|| self.stops.get(&reference)) {
            let took = at - self.tree.nodes[node].at;
            let death = self.tree.nodes[node].other.and_then(|other| self.known(other).death);
            let below = death.is_some_and(|death| self.tree.hangs_below(death, node));
            let ended = match self.tree.what(node) {
                What::Call { outcome, .. } => {
                    *outcome = CallEnd::Failed { reason: reason.clone(), took, below };
                    true
                }
                What::Stop { outcome, reason: asked } if asked == reason => {
                    *outcome = CallEnd::Stopped { took };
                    false
                }
                What::Stop { outcome, .. } => {
                    *outcome = CallEnd::Failed { reason: reason.clone(), took, below };
                    true
                }
                _ => false,
            };
            let known = self.known(pid);
            known.calling = None;
            known.last = ended.then_some((event.step, node));
            return;
        }
        let from = match object {
            Object::Pid(from) => Some(from),
            Object::Name(..) => self.sender(event),
        };
        let starting =
            from.is_some_and(|from| self.known(from).parent == Some(pid) && !self.has_started(from));
        if self.known(pid).supervisor || starting {
            return;
        }
        let Some(from) = from else { return };
        let cause = self.known(from).death;
        self.heard(event, from, Verb::Down, reason, cause);
    }

    /// Who sent what is taken, perhaps for the second time.
    fn sender(&self, event: &Event<Actor<G>>) -> Option<Pid> {
        let origin = self.recording.event(event.origin?)?;
        match origin.kind {
            EventKind::Arrived { from, .. } => Some(from),
            _ => self.sender(origin),
        }
    }

    /// A child has ended by itself that its supervisor is about to stop, which will find it gone.
    fn ends_unasked(&mut self, child: Pid, stopping: usize) -> bool {
        if let What::Stopping(told) = std::mem::replace(self.tree.what(stopping), What::ToldToStop) {
            let known = self.known(child);
            known.stopping = None;
            known.gone = Some(Stopping { gone: true, ..*told });
        }
        false
    }

    fn heard(&mut self, event: &Event<Actor<G>>, from: Pid, verb: Verb, reason: &Term, cause: Option<usize>) {
        let (at, pid) = (event.at, event.pid);
        let sent = cause.is_some_and(|cause| matches!(self.tree.what(cause), What::Signal { .. }));
        let what = What::Heard { verb, reason: reason.clone(), late: false, sent };
        let node = self.add_between(at, cause.unwrap_or(ROOT), pid, from, what);
        self.tree.nodes[node].quiet = self.first == Some(pid);
        let elsewhere = self.tree.nodes[node].parent == ROOT && cause.is_some();
        if let (true, What::Heard { late, .. }) = (elsewhere, self.tree.what(node)) {
            *late = true;
        }
        let known = self.known(pid);
        known.current = (!known.plain).then_some(node);
        known.last = Some((event.step, node));
    }

    pub(super) fn exited(
        &mut self,
        event: &Event<Actor<G>>,
        reason: &Term,
        killer: Option<Pid>,
        unread: usize,
    ) {
        let pid = event.pid;
        let applied = self.applied.take().filter(|(whom, ..)| *whom == pid);
        if let Some(node) = self.known(pid).calling.take()
            && let What::Call { outcome, .. } | What::Stop { outcome, .. } = self.tree.what(node)
            && matches!(outcome, CallEnd::Open)
        {
            *outcome = CallEnd::Abandoned;
        }
        let (stopping, start) = (self.known(pid).stopping, self.known(pid).start);
        // One that ends before it is told to has an end of its own.
        let told_to = self.known(pid).told_to_stop || !self.has_started(pid);
        let stopping = stopping.filter(|stopping| told_to || self.ends_unasked(pid, *stopping));
        let stopping = stopping.map(|stopping| self.where_it_stopped(event.at, pid, stopping));
        let began = stopping.map_or(0, |node| self.tree.nodes[node].at);
        if let Some(told) = self.tree.stopping(stopping) {
            told.unread = unread;
            // Unless its supervisor dies first, it will say better.
            told.reason = Some(reason.clone());
            told.took = event.at - began;
            self.known(pid).death = stopping;
            return;
        }
        if !self.has_started(pid) {
            if let Some(start) = self.tree.start(start).filter(|start| start.result.is_none()) {
                start.died = Some(reason.clone());
            }
            self.known(pid).death = start;
            return;
        }
        let (boot, first) = (self.boot, self.first);
        let backstage =
            killer.is_some_and(|killer| boot == Some(killer) || self.known(killer).machinery.is_some());
        let known = self.known(pid);
        let killer = match (known.fault, killer, applied) {
            (true, ..) => Killer::Fault,
            (_, Some(killer), _) if killer != pid && backstage => Killer::Backstage,
            (_, Some(killer), _) if killer == pid => Killer::Nobody,
            (_, Some(killer), Some((.., true))) => Killer::Link(killer),
            (_, Some(killer), _) => Killer::Signal(killer),
            (_, None, _) => Killer::Nobody,
        };
        let below = match (killer, applied) {
            (Killer::Fault, _) => ROOT,
            (Killer::Signal(_) | Killer::Link(_) | Killer::Backstage, Some((_, node, _))) => node,
            _ => self.occasion(event),
        };
        let known = self.known(pid);
        let of_boot = known.parent.is_none() || known.parent == first;
        let (full, quiet) = (known.plain, known.plain && of_boot && reason.is(Atom::NORMAL));
        let what = What::Died { reason: reason.clone(), killer, unread, full };
        let node = self.add(event.at, below, pid, what);
        self.tree.nodes[node].quiet = quiet;
        self.known(pid).death = Some(node);
    }
}
