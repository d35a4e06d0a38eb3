//! The machine: a world is a value, and a run of it is a sequence of choices.

use std::collections::VecDeque;

use super::behaviour::{Behaviour, Input, Next};
use super::choice::{Choice, Choices};
use super::clock::{Clock, Timer, Waiting};
use super::context::Context;
use super::distribution::Distribution;
use super::event::{EventKind, Events};
use super::fault::{Fault, Plan};
use super::flight::Flight;
use super::hint::Hint;
use super::pid::{Path, Pid};
use super::process::{Process, Processes, Wakeup};
use super::quiet::Quiet;
use super::shared::Shared;
use super::signal::{Signal, Target};
use super::term::{Atom, Term};
use super::unordered::{Unordered, Watchers};

/// Processes, their mailboxes, the signals on their way, links, monitors, names, timers and the clock.
///
/// What happened is no part of it: that goes to [`Events`]. What never changes is no part of it either:
/// that is the behaviour's image.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct World<B: Behaviour> {
    pub(super) processes: Processes<B>,
    pub(super) flight: Flight<B::Message>,
    pub(super) clock: Clock<B::Message>,
    pub(super) names: Shared<Unordered<Atom, Pid>>,
    /// Nothing in a world of one node.
    pub(super) distribution: Option<Box<Distribution>>,
    pub(super) common: Shared<B::Common>,
    /// Who waits for quiet, longest first.
    pub(super) quiet: Quiet,
    pub(super) max_delay: Option<u64>,
    pub(super) faults: Shared<Plan>,
    /// How many processes have been started at each place of the tree.
    started: Shared<Unordered<Path, u32>>,
}

impl<B: Behaviour> Clone for World<B> {
    fn clone(&self) -> Self {
        World {
            processes: self.processes.clone(),
            flight: self.flight.clone(),
            clock: self.clock.clone(),
            names: self.names.clone(),
            distribution: self.distribution.clone(),
            common: self.common.clone(),
            quiet: self.quiet.clone(),
            max_delay: self.max_delay,
            faults: self.faults.clone(),
            started: self.started.clone(),
        }
    }

    /// Keeps the room that it has, and what is the same already: a world that has gone one step from `source`
    /// goes back to it without asking anybody for memory.
    fn clone_from(&mut self, source: &Self) {
        // By name, so that none can be forgotten.
        let World {
            processes,
            flight,
            clock,
            names,
            distribution,
            common,
            quiet,
            max_delay,
            faults,
            started,
        } = source;
        self.processes.clone_from(processes);
        self.flight.clone_from(flight);
        self.clock.clone_from(clock);
        self.names.clone_from(names);
        self.distribution.clone_from(distribution);
        self.common.clone_from(common);
        self.quiet.0.clone_from(&quiet.0);
        self.max_delay = *max_delay;
        self.faults.clone_from(faults);
        self.started.clone_from(started);
    }
}

impl<B: Behaviour> World<B> {
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
            flight: Flight::default(),
            clock: Clock::default(),
            names: Shared::default(),
            distribution: None,
            common: Shared::new(common),
            quiet: Quiet::default(),
            max_delay,
            faults: Shared::default(),
            started: Shared::default(),
        };
        let (pid, _) = world.next_at(Path::root(label), Atom::NONODE);
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

    /// The same world, had what processes share been otherwise: to ask what depends on it.
    pub fn supposing(&self, change: impl FnOnce(&mut B::Common)) -> Self {
        let mut otherwise = self.clone();
        change(otherwise.common.get_mut());
        otherwise
    }

    /// Allows the scheduler these faults, and no more of them all together than `budget`, if there is one.
    pub fn allow_faults(&mut self, faults: Vec<Fault>, budget: Option<u32>) {
        self.faults = Shared::new(Plan::of(faults, budget));
    }

    /// What can happen next.
    pub fn choices(&self) -> Choices<'_, B> {
        Choices::of(self)
    }

    /// Takes one choice to its end.
    ///
    /// # Panics
    ///
    /// When the choice is not one of [`World::choices`].
    pub fn step(&mut self, choice: Choice, image: &B::Image, events: &mut Events<B>) {
        events.step += 1;
        events.looked = false;
        events.at = self.clock.now;
        match choice {
            Choice::Deliver { from, to } => {
                let signal = self.flight.take(from, to).expect("a signal of this pair is on its way");
                self.deliver(from, to, signal, image, events);
            }
            Choice::Run(pid) => self.run(pid, image, events),
            Choice::Tick { due, nth } => self.tick((due, nth), events),
            Choice::Kill(pid) => {
                let process = self.processes.get(pid).expect("only the living are killed");
                self.faults.get_mut().kill(process, &self.common, self.clock.now);
                events.push(pid, || EventKind::KilledByFault);
                self.die(pid, Term::Atom(Atom::KILLED), None, events);
            }
            Choice::Fault(number) => {
                self.faults.get_mut().strike(number);
                if let Some(connection) = self.faults.connection(number) {
                    self.set_connection(connection, events);
                } else if let Some((name, body)) = B::strike(number, self.common.get_mut(), image) {
                    self.stray(name, body, image, events);
                }
            }
        }
    }

    /// Whether nothing can happen but faults: the run is over. It is asked after every step, so it lists nothing.
    pub fn is_over(&self) -> bool {
        self.flight.len() == 0 && self.quiet.0.is_empty() && self.clock.is_empty()
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
        self.flight.len() == 0
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
        self.flight.queue(from, to).map(|(signal, ..)| signal)
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
            mailbox: VecDeque::new(),
            links: Unordered::default(),
            monitors: Unordered::default(),
            watchers: Watchers::default(),
            behaviour: Some(behaviour),
            aliases: Unordered::default(),
            priorities: None,
            timers: Vec::new(),
            path: Path::root(label),
            references: 0,
            unlinks: 0,
            wakeup: Wakeup::Start,
            wait_timer: None,
            offer: Hint::NOWHERE,
        }
    }

    /// Who will be started next at a place, and as which process started there.
    pub(super) fn next_at(&mut self, path: Path, node: Atom) -> (Pid, u32) {
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
        process.offer = self.flight.ready(process.pid, self.clock.now);
        self.processes.insert(process);
    }

    pub(super) fn send(&mut self, from: Pid, to: Pid, signal: Signal<B::Message>, events: &mut Events<B>) {
        events.push(from, || EventKind::Sent { to, signal: signal.clone() });
        if from.is_remote_from(to) {
            return self.send_away(from, to, signal, events);
        }
        self.flight.send(from, to, signal, self.clock.now);
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
        let sent = self.flight.insert_behind((dead, to), signal.clone(), self.clock.now, |earlier| {
            matches!(earlier, Signal::Message { .. } | Signal::Exit(_) | Signal::ExitAlias(..))
        });
        if sent {
            events.push(dead, || EventKind::Sent { to, signal: signal.clone() });
        }
        sent
    }

    /// A message from nobody reaches whoever holds a name, at once: when it was sent makes no difference.
    fn stray(&mut self, name: Atom, body: B::Message, image: &B::Image, events: &mut Events<B>) {
        let Some(to) = self.whereis(name) else { return };
        let signal = Signal::Message { alias: None, body };
        let from = Pid::nobody_on(to.node());
        events.push(from, || EventKind::Sent { to, signal: signal.clone() });
        self.deliver(from, to, signal, image, events);
    }

    pub(super) fn wake(&mut self, pid: Pid, wakeup: Wakeup) {
        let process = self.processes.get_mut(pid).expect("only the living wake up");
        let waited = process.is_waiting();
        process.wakeup = wakeup;
        if let Some(waiting) = process.wait_timer.take() {
            self.clock.remove(waiting.0);
        }
        if waited {
            process.offer = self.flight.ready(pid, self.clock.now);
        }
    }

    fn run(&mut self, pid: Pid, image: &B::Image, events: &mut Events<B>) {
        let process = self.processes.get_mut(pid).expect("only the living run");
        let input = match process.wakeup {
            Wakeup::Start => Input::Start,
            Wakeup::Continue => Input::Continue,
            Wakeup::Timeout => Input::Timeout,
            Wakeup::Message(place) => {
                Input::Message(process.take(place).expect("the accepted message is where it was found"))
            }
            Wakeup::WaitingForQuiet => Input::Quiet,
            Wakeup::Waiting => panic!("a process that waits cannot run"),
        };
        if process.wakeup == Wakeup::WaitingForQuiet {
            // Chosen because all is quiet: it was on no list of the runnable.
            self.wake(pid, Wakeup::Continue);
        }
        self.quiet.0.retain(|waiting| *waiting != pid);
        match &input {
            Input::Message(message) => events.push(pid, || EventKind::Took(message.clone())),
            Input::Timeout => events.push(pid, || EventKind::TimedOut),
            Input::Start | Input::Continue | Input::Quiet => (),
        }
        let process = self.processes.get_mut(pid).expect("it has not run yet");
        let mut behaviour = process.behaviour.take().expect("nobody runs twice at once");
        let mut context = Context { world: self, image, events, pid, doomed: None };
        let next = behaviour.resume(input, &mut context);
        let doomed = context.doomed;
        let process = self.processes.get_mut(pid).expect("a process ends only after it has returned");
        process.behaviour = Some(behaviour);
        match (doomed, next) {
            (Some(reason), _) => self.die(pid, reason, Some(pid), events),
            (None, Next::Exit(reason)) => self.die(pid, reason, None, events),
            // It keeps its offer and its age: the calm run lets it go on.
            (None, Next::Preempt) => process.wakeup = Wakeup::Continue,
            (None, Next::Receive { timeout }) => self.receive(pid, timeout, image),
            (None, Next::Quiet { timeout }) => {
                process.wakeup = Wakeup::WaitingForQuiet;
                self.flight.unready(process.offer);
                process.wait_timer = Some(Waiting(self.clock.set(timeout, Timer::Patience(pid))));
                self.quiet.0.push(pid);
            }
        }
    }

    fn receive(&mut self, pid: Pid, timeout: Option<u64>, image: &B::Image) {
        let process = self.processes.get_mut(pid).expect("only the living receive");
        let behaviour = process.behaviour.as_ref().expect("it has returned");
        let place = process.mailbox.iter().position(|message| behaviour.accepts(message, image));
        // It goes behind all that can go on already, whether or not it can go on itself.
        self.flight.unready(process.offer);
        process.wakeup = Wakeup::Waiting;
        match (place, timeout) {
            (Some(place), _) => self.wake(pid, Wakeup::Message(place)),
            (None, Some(0)) => self.wake(pid, Wakeup::Timeout),
            (None, Some(timeout)) => {
                process.wait_timer = Some(Waiting(self.clock.set(timeout, Timer::Wait(pid))));
            }
            (None, None) => (),
        }
    }

    fn tick(&mut self, key: (u64, u32), events: &mut Events<B>) {
        let timer = self.clock.remove(key).expect("this timer is pending");
        self.clock.now = key.0;
        events.at = key.0;
        if self.faults.has_bursts_to_end(key.0) {
            self.faults.get_mut().end_bursts(key.0);
        }
        match timer {
            Timer::Wait(pid) => {
                self.processes.get_mut(pid).expect("timers die with their process").wait_timer = None;
                self.wake(pid, Wakeup::Timeout);
            }
            Timer::Patience(pid) => {
                self.processes.get_mut(pid).expect("timers die with their process").wait_timer = None;
                self.quiet.0.retain(|waiting| *waiting != pid);
                self.wake(pid, Wakeup::Timeout);
            }
            Timer::Send { reference, target, body } => {
                let to = match target {
                    Target::Pid(pid) => Some(pid),
                    Target::Name(name) | Target::Remote(name, _) => self.whereis(name),
                };
                let Some(to) = to else { return };
                events.push(to, || EventKind::TimerFired(reference));
                if let Some(process) = self.processes.get_mut(to) {
                    process.timers.retain(|timer| *timer != reference);
                }
                self.flight.send(
                    Pid::of_timer(reference),
                    to,
                    Signal::Message { alias: None, body },
                    self.clock.now,
                );
            }
        }
    }
}
