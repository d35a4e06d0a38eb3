//! Stopping children, all at once: each is monitored, unlinked and told to stop, and then all are awaited
//! together (dynamic_supervisor.ex, terminate_children/2, Elixir 1.14).
//!
//! Nothing but the end of children and the passing of time is heard meanwhile.

use std::collections::{BTreeMap, VecDeque};

use crate::kernel::{Atom, Context, Object, Pid, Received, Ref, Table, Target, Term};

use super::children::Children;
use crate::otp::actor::Actor;
use crate::otp::guest::Guest;
use crate::otp::message::Message;
use crate::otp::report::{Decision, Report};
use crate::otp::server::is_abnormal;
use crate::otp::spec::{ChildSpec, Restart, Shutdown};

/// Some children being stopped. They stay among the children until it is done.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Stopping {
    /// Those that have not been told yet.
    untold: VecDeque<Pid>,
    /// One that is monitored and unlinked, and not told yet.
    unlinked: Option<(Pid, Ref)>,
    /// One whose exit was known already: its `DOWN` is taken before the next is told.
    known: Option<Known>,
    /// Those that have been told, and when.
    told: Table<Pid, u64>,
    /// Who is killed when its time is up: by timeout, and once all are told by deadline.
    patience: BTreeMap<u64, Vec<Pid>>,
    /// Whose time is up, and who is not killed yet.
    late: VecDeque<Pid>,
    /// Whether all have been told.
    all_told: bool,
    /// Who ended badly.
    errors: Vec<(Pid, Term)>,
}

/// How far the telling has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Telling {
    /// Others may run, and then it goes on.
    Interrupted,
    /// All that can be told are: it waits.
    Waits,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Known {
    pid: Pid,
    monitor: Ref,
    reason: Term,
}

impl Stopping {
    /// These children, none of which is restarting.
    pub(super) fn new(pids: impl IntoIterator<Item = Pid>) -> Self {
        Stopping {
            untold: pids.into_iter().collect(),
            unlinked: None,
            known: None,
            told: Table::default(),
            patience: BTreeMap::new(),
            late: VecDeque::new(),
            all_told: false,
            errors: Vec::new(),
        }
    }

    /// Whether the supervisor's `receive` would take this message.
    pub(super) fn accepts<M>(&self, message: &Received<M>) -> bool {
        match (message, &self.known) {
            (Received::Down { reference, .. }, Some(known)) => *reference == known.monitor,
            // One of nobody who is awaited is taken too, and dropped.
            (Received::Down { .. }, None) => true,
            (Received::Message(_) | Received::Exit { .. }, _) => false,
        }
    }

    /// Tells as many as can be told, until others may run: each child is unlinked, and then told. Whoever ends the
    /// supervisor between the two leaves that child alone.
    pub(super) fn tell<G: Guest>(
        &mut self,
        children: &Children<G::Start>,
        context: &mut Context<'_, Actor<G>>,
    ) -> Telling {
        loop {
            if let Some((pid, monitor)) = self.unlinked.take() {
                if let Some(reason) = context.receive_exit_now(pid) {
                    self.known = Some(Known { pid, monitor, reason });
                    return Telling::Waits;
                }
                let child = children.get(pid).expect("a child stays among the children until it has stopped");
                self.signal(pid, &child.spec, context);
            } else if let Some(pid) = self.untold.pop_front() {
                let monitor = context.monitor(Target::Pid(pid));
                context.unlink(pid);
                self.unlinked = Some((pid, monitor));
            } else if let Some(pid) = self.late.pop_front() {
                let id = children.get(pid).map_or(Atom::UNDEFINED.into(), |child| child.spec.id.clone());
                context.report(|| Report::Decision(Decision::Killing { child: id, pid }));
                context.exit(pid, Atom::KILL.into());
            } else {
                break;
            }
            let over = self.untold.is_empty() && self.unlinked.is_none() && self.late.is_empty();
            if !over && context.can_be_interrupted() {
                return Telling::Interrupted;
            }
        }
        if !self.all_told {
            self.all_told = true;
            // The timers are set only now.
            let now = context.now();
            let patience = std::mem::take(&mut self.patience);
            self.patience =
                patience.into_iter().map(|(time, pids)| (now.saturating_add(time), pids)).collect();
        }
        Telling::Waits
    }

    fn signal<G: Guest>(
        &mut self,
        pid: Pid,
        spec: &ChildSpec<G::Start>,
        context: &mut Context<'_, Actor<G>>,
    ) {
        let shutdown = spec.shutdown;
        context.report(|| Report::Decision(Decision::Stopping { child: spec.id.clone(), pid, shutdown }));
        match shutdown {
            Shutdown::BrutalKill => context.exit(pid, Atom::KILL.into()),
            Shutdown::Infinity => context.exit(pid, Atom::SHUTDOWN.into()),
            Shutdown::Timeout(time) => {
                context.exit(pid, Atom::SHUTDOWN.into());
                self.patience.entry(time).or_default().push(pid);
            }
        }
        self.told.insert(pid, context.now());
    }

    /// Goes on with an accepted message: whether there are children to tell now.
    pub(super) fn hear<G: Guest>(
        &mut self,
        message: Received<Message<G>>,
        children: &Children<G::Start>,
        context: &mut Context<'_, Actor<G>>,
    ) -> bool {
        if let Some(Known { pid, reason, .. }) = self.known.take() {
            let since = context.now();
            let restart = self.ended(pid, &reason, since, children, context).map(|spec| spec.restart);
            if !(reason.is(Atom::NORMAL) && restart != Some(Restart::Permanent)) {
                self.errors.push((pid, reason));
            }
            return true;
        }
        if let Received::Down { object: Object::Pid(pid), reason, .. } = message
            && let Some(since) = self.told.remove(pid)
            && let Some(spec) = self.ended(pid, &reason, since, children, context)
            && !is_as_told(&reason, spec)
        {
            self.errors.push((pid, reason));
        }
        false
    }

    fn ended<'a, G: Guest>(
        &self,
        pid: Pid,
        reason: &Term,
        since: u64,
        children: &'a Children<G::Start>,
        context: &mut Context<'_, Actor<G>>,
    ) -> Option<&'a ChildSpec<G::Start>> {
        let spec = &children.get(pid)?.spec;
        let took = context.now() - since;
        context.report(|| {
            let (child, reason) = (spec.id.clone(), reason.clone());
            Report::Decision(Decision::Stopped { child, pid, reason, took })
        });
        Some(spec)
    }

    /// Some time is up: those who have had theirs and have not ended are to be killed.
    pub(super) fn time_out(&mut self, now: u64) {
        let later = self.patience.split_off(&(now + 1));
        let due = std::mem::replace(&mut self.patience, later);
        self.late.extend(due.into_values().flatten().filter(|pid| self.told.contains(*pid)));
    }

    /// Whether nobody is awaited.
    pub(super) fn is_over(&self) -> bool {
        self.untold.is_empty() && self.unlinked.is_none() && self.known.is_none() && self.told.is_empty()
    }

    /// Who has not ended yet.
    pub(super) fn awaits(&self) -> Vec<Pid> {
        match &self.known {
            Some(known) => vec![known.pid],
            None => self.told.entries().into_iter().map(|(pid, _)| pid).collect(),
        }
    }

    /// When somebody's time is up.
    pub(super) fn deadlines(&self) -> impl Iterator<Item = u64> {
        self.patience.keys().copied()
    }

    /// How long it may wait for a message.
    pub(super) fn patience(&self, now: u64) -> Option<u64> {
        if self.known.is_some() {
            return None;
        }
        self.patience.first_key_value().map(|(due, _)| due.saturating_sub(now))
    }

    /// Who ended badly, and how.
    pub(super) fn into_errors(self) -> Vec<(Pid, Term)> {
        self.errors
    }
}

/// Whether a child that was told to stop has stopped well. A permanent child may stop with
/// `{shutdown, Term}`, unlike in `supervisor`.
fn is_as_told<S>(reason: &Term, spec: &ChildSpec<S>) -> bool {
    match spec.shutdown {
        Shutdown::BrutalKill => reason.is(Atom::KILLED),
        Shutdown::Timeout(_) | Shutdown::Infinity => {
            let early = reason.is(Atom::NORMAL) && spec.restart == Restart::Permanent;
            !is_abnormal(reason) && !early
        }
    }
}
