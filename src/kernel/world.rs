//! The machine: a world is a value, and a run of it is a sequence of choices.

use super::atom::{Atom, Node};
use super::budget::{Account, Budget, Overrun, Resource};
use super::clock::Clock;
use super::copy_on_write::CopyOnWrite;
use super::ends::Watchers;
use super::event::{EventKind, Events};
use super::fault::{Fault, FaultPlan};
use super::mailbox::Mailbox;
use super::nodes::Distribution;
use super::pid::{Path, Pid};
use super::priority::Priorities;
use super::process::{Process, Processes, Wakeup};
use super::queues::Queues;
use super::quiet::Quiet;
use super::signal::{Signal, Target};
use super::slot::Slot;
use super::state::State;
use super::timers::Timer;
use super::unordered::Unordered;

/// Processes, their mailboxes, the signals on their way, links, monitors, names, timers and the clock.
///
/// What happened is no part of it: that goes to [`Events`]. What never changes is no part of it either:
/// that is the behaviour's image.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct World<B: State> {
    pub(super) processes: Processes<B>,
    pub(super) queues: Queues<B::Message>,
    pub(super) clock: Clock<B::Message>,
    pub(super) names: CopyOnWrite<Unordered<Atom, Pid>>,
    /// Nothing in a world of one node.
    pub(super) distribution: Option<Box<Distribution>>,
    pub(super) common: CopyOnWrite<B::Common>,
    /// Who waits for quiet, longest first.
    pub(super) quiet: Quiet,
    pub(super) max_delay: Option<u64>,
    pub(super) faults: CopyOnWrite<FaultPlan>,
    /// How many processes have been started at each place of the tree.
    started: CopyOnWrite<Unordered<Path, u32>>,
    pub(super) account: CopyOnWrite<Account>,
}

impl<B: State> Clone for World<B> {
    fn clone(&self) -> Self {
        World {
            processes: self.processes.clone(),
            queues: self.queues.clone(),
            clock: self.clock.clone(),
            names: self.names.clone(),
            distribution: self.distribution.clone(),
            common: self.common.clone(),
            quiet: self.quiet.clone(),
            max_delay: self.max_delay,
            faults: self.faults.clone(),
            started: self.started.clone(),
            account: self.account.clone(),
        }
    }

    /// Keeps the room that it has, and what is the same already: a world that has gone one step from `source`
    /// goes back to it without asking anybody for memory.
    fn clone_from(&mut self, source: &Self) {
        // By name, so that none can be forgotten.
        let World {
            processes,
            queues,
            clock,
            names,
            distribution,
            common,
            quiet,
            max_delay,
            faults,
            started,
            account,
        } = source;
        self.processes.clone_from(processes);
        self.queues.clone_from(queues);
        self.clock.clone_from(clock);
        self.names.clone_from(names);
        self.distribution.clone_from(distribution);
        self.common.clone_from(common);
        self.quiet.0.clone_from(&quiet.0);
        self.max_delay = *max_delay;
        self.faults.clone_from(faults);
        self.started.clone_from(started);
        self.account.clone_from(account);
    }
}

impl<B: State> World<B> {
    /// A world with one process, which has not run yet.
    ///
    /// `max_delay` bounds asynchrony: a sent signal arrives, and a process that can run does run, within
    /// that many milliseconds of virtual time. None does not bound it.
    pub fn new(
        label: Atom,
        first: B,
        common: B::Common,
        max_delay: Option<u64>,
        events: &mut Events<B>,
    ) -> Self {
        let mut world = World {
            processes: Processes::default(),
            queues: Queues::default(),
            clock: Clock::default(),
            names: CopyOnWrite::default(),
            distribution: None,
            common: CopyOnWrite::new(common),
            quiet: Quiet::default(),
            max_delay,
            faults: CopyOnWrite::default(),
            started: CopyOnWrite::default(),
            account: CopyOnWrite::default(),
        };
        let (pid, _) = world.next_at(Path::root(label), Node::NONE);
        world.add(World::unstarted(pid, label, first));
        events.push_life(pid, || EventKind::Spawned {
            parent: None,
            label,
            nth: 1,
            linked: false,
            monitored: None,
            awaited: false,
        });
        world
    }

    /// Allows the scheduler these faults, and no more of them all together than `budget`, if there is one.
    pub fn allow_faults(&mut self, faults: Vec<Fault>, budget: Option<u32>) {
        self.faults = CopyOnWrite::new(FaultPlan::of(faults, budget));
    }

    /// Allows so much, and no more.
    pub fn set_budget(&mut self, budget: Budget) {
        self.account.get_mut().budget = budget;
    }

    /// How much is allowed.
    pub fn budget(&self) -> Budget {
        self.account.budget
    }

    /// What there was too much of. The world is as it was then, or later.
    pub fn overrun(&self) -> Option<Overrun> {
        self.account.overrun
    }

    /// Whether something was too much after so many steps, or these are too many.
    pub fn is_spent(&self, steps: u64) -> bool {
        self.account.overrun.is_some() || steps >= self.account.budget.steps
    }

    pub(super) fn overruns(
        &mut self,
        resource: Resource,
        most: impl Into<u64>,
        pid: Pid,
        events: &Events<B>,
    ) {
        let (most, place) = (most.into(), events.place);
        self.account.get_mut().overrun.get_or_insert(Overrun { resource, most, pid, place });
    }

    /// Whether nothing can happen but faults: the run is over. It is asked after every step, so it lists nothing.
    pub fn is_over(&self) -> bool {
        self.queues.len() == 0 && self.quiet.0.is_empty() && self.clock.is_empty()
    }

    /// Virtual time, in milliseconds.
    pub fn now(&self) -> u64 {
        self.clock.now
    }

    /// How many faults have struck.
    pub fn faults_struck(&self) -> u32 {
        self.faults.struck()
    }

    /// Whether the plan still has a fault, now or later.
    pub fn has_faults_left(&self) -> bool {
        self.faults.has_any_left()
    }

    /// Whether no signal is on its way and no process can run: only time can make something happen.
    pub fn is_quiet(&self) -> bool {
        self.queues.len() == 0
    }

    /// A living process.
    pub fn process(&self, pid: Pid) -> Option<&Process<B>> {
        self.processes.get(pid)
    }

    /// All living processes, in an order that depends on the run alone.
    pub fn processes(&self) -> impl Iterator<Item = &Process<B>> {
        self.processes.iter()
    }

    /// How many processes there are.
    pub fn process_count(&self) -> usize {
        self.processes.len()
    }

    /// Who is registered under a name; where there are nodes, on any of them.
    pub fn whereis(&self, name: Atom) -> Option<Pid> {
        match self.distribution {
            Some(_) => self.whereis_anywhere(name),
            None => self.names.get(name).copied(),
        }
    }

    /// All registered names, oldest first.
    pub fn names(&self) -> Vec<(Atom, Pid)> {
        let entries = || self.names.entries().into_iter().map(|(name, pid)| (name, *pid)).collect();
        self.names_anywhere().unwrap_or_else(entries)
    }

    /// What all processes share.
    pub fn common(&self) -> &B::Common {
        &self.common
    }

    /// The signals on their way between two processes, oldest first.
    pub fn in_flight(&self, from: Pid, to: Pid) -> impl Iterator<Item = &Signal<B::Message>> {
        self.queues.queue(from, to).map(|(signal, ..)| signal)
    }

    /// When the pending timers are due, soonest first, with the process each is meant for, if it is known.
    pub fn timers(&self) -> impl Iterator<Item = (u64, Option<Pid>)> {
        self.clock.pending().map(|((due, _), timer)| match timer {
            Timer::Wait(pid) | Timer::Patience(pid) | Timer::Send { target: Target::Pid(pid), .. } => {
                (due, Some(*pid))
            }
            Timer::Send { target: Target::Name(_) | Target::Remote(..), .. } => (due, None),
        })
    }

    pub(super) fn unstarted(pid: Pid, label: Atom, behaviour: B) -> Process<B> {
        Process {
            pid,
            parent: None,
            label,
            nth: 1,
            group_leader: None,
            trap_exit: false,
            name: None,
            mailbox: Mailbox::default(),
            links: Unordered::default(),
            monitors: Unordered::default(),
            watchers: Watchers::default(),
            behaviour: Some(CopyOnWrite::new(behaviour)),
            aliases: Unordered::default(),
            priorities: Priorities::default(),
            timers: Vec::new(),
            path: Path::root(label),
            references: 0,
            unlinks: 0,
            wakeup: Wakeup::Start,
            wait_timer: None,
            offer: Slot::NOWHERE,
        }
    }

    /// Who will be started next at a place, and as which process started there.
    pub(super) fn next_at(&mut self, path: Path, node: Node) -> (Pid, u32) {
        let slot = self.processes.next_slot();
        let started = self.started.get_mut();
        match started.get_mut(path) {
            Some(nth) => {
                *nth += 1;
                (Pid::at(path, *nth, slot, node), *nth)
            }
            None => {
                started.insert(path, 1);
                (Pid::at(path, 1, slot, node), 1)
            }
        }
    }

    pub(super) fn add(&mut self, mut process: Process<B>) {
        process.offer = self.queues.ready(process.pid, self.clock.now);
        self.processes.insert(process);
    }

    pub(super) fn send(&mut self, from: Pid, to: Pid, signal: Signal<B::Message>, events: &mut Events<B>) {
        if from.is_remote_from(to) {
            return self.send_away(from, to, signal, events);
        }
        events.push_sent(from, || EventKind::Sent { to, signal: signal.clone() });
        self.put_on(from, to, signal, events);
        let most = self.account.budget.signals;
        if self.account.is_over(most, self.queues.waiting()) {
            self.overruns(Resource::Signals, most, from, events);
        }
    }

    /// Puts on its way what the last event has sent.
    pub(super) fn put_on(&mut self, from: Pid, to: Pid, signal: Signal<B::Message>, events: &mut Events<B>) {
        events.on_its_way(self.queues.send(from, to, signal, self.clock.now));
    }

    /// Takes the oldest signal of a pair off its way: it is about to arrive.
    pub(super) fn take_off(
        &mut self,
        from: Pid,
        to: Pid,
        events: &mut Events<B>,
    ) -> Option<Signal<B::Message>> {
        let (place, signal) = self.queues.take(from, to)?;
        events.comes(place);
        Some(signal)
    }

    /// Sends what is said in the name of a process that is dead, behind all that it has sent while it lived; false,
    /// and nothing, if that has arrived. What its death sends may come later: a process is gone before its links
    /// and monitors hear of it (erts, erl_process.c, `erts_continue_exit_process`).
    pub(super) fn answer_for_the_dead(
        &mut self,
        dead: Pid,
        to: Pid,
        signal: &Signal<B::Message>,
        events: &mut Events<B>,
    ) -> bool {
        let sent = self.queues.insert_behind((dead, to), signal.clone(), self.clock.now, |earlier| {
            matches!(earlier, Signal::Message { .. } | Signal::Exit(_) | Signal::ExitAlias(..))
        });
        let Some(place) = sent else { return false };
        events.push_sent(dead, || EventKind::Sent { to, signal: signal.clone() });
        events.on_its_way(place);
        true
    }

    pub(super) fn wake(&mut self, pid: Pid, wakeup: Wakeup) {
        let process = self.processes.get_mut(pid).expect("only the living wake up");
        process.wake(wakeup, &mut self.queues, &mut self.clock);
    }
}
