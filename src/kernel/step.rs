//! What happens: one choice, taken to its end.

use super::atom::Atom;
use super::behaviour::{Behaviour, Input, Next};
use super::budget::{Budget, Resource};
use super::choice::Choice;
use super::clock::Waiting;
use super::context::Context;
use super::event::{EventKind, Events};
use super::fault::Candidate;
use super::pid::Pid;
use super::process::Wakeup;
use super::signal::{Signal, Target};
use super::term::Term;
use super::timers::Timer;
use super::world::World;

impl<B: Behaviour> World<B> {
    /// Takes one choice to its end.
    ///
    /// # Panics
    ///
    /// When the choice is not one of [`World::choices`].
    pub fn step(&mut self, choice: Choice, image: &B::Image, events: &mut Events<B>) {
        events.step += 1;
        (events.statements, events.place) = (0, None);
        events.looked = false;
        events.at = self.clock.now;
        self.take(choice, image, events);
        if cfg!(debug_assertions) {
            let about = match choice {
                Choice::Deliver { to, .. } => Some(to),
                Choice::Run(pid) => Some(pid),
                Choice::Tick { .. } | Choice::Kill(_) | Choice::Fault(_) => None,
            };
            self.check(events.step, about);
        }
    }

    fn take(&mut self, choice: Choice, image: &B::Image, events: &mut Events<B>) {
        match choice {
            Choice::Deliver { from, to } => {
                let signal = self.take_off(from, to, events).expect("a signal of this pair is on its way");
                self.deliver(from, to, signal, image, events);
            }
            Choice::Run(pid) => self.run(pid, image, events),
            Choice::Tick { due, nth } => self.tick((due, nth), events),
            Choice::Kill(pid) => {
                let process = self.processes.get(pid).expect("only the living are killed");
                let set_up = B::is_set_up(&self.common);
                let spared = B::is_spared(process, &self.common);
                self.faults
                    .get_mut()
                    .kill(Candidate { label: process.label, set_up, spared }, self.clock.now);
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

    /// A message from nobody reaches whoever holds a name, at once: when it was sent makes no difference.
    fn stray(&mut self, name: Atom, body: B::Message, image: &B::Image, events: &mut Events<B>) {
        let Some(to) = self.whereis(name) else { return };
        let signal = Signal::Message { alias: None, body };
        let from = Pid::nobody_on(to.node());
        events.push_sent(from, || EventKind::Sent { to, signal: signal.clone() });
        events.comes_at_once();
        self.deliver(from, to, signal, image, events);
    }

    fn run(&mut self, pid: Pid, image: &B::Image, events: &mut Events<B>) {
        if !self.quiet.0.is_empty() {
            self.quiet.0.retain(|waiting| *waiting != pid);
        }
        let process = self.processes.get_mut(pid).expect("only the living run");
        let waits_for_quiet = process.wakeup == Wakeup::WaitingForQuiet;
        if waits_for_quiet {
            // Chosen because all is quiet: it was on no list of the runnable.
            process.wake(Wakeup::Continue, &mut self.queues, &mut self.clock);
        }
        let input = match process.wakeup {
            _ if waits_for_quiet => Input::Quiet,
            Wakeup::Start => Input::Start,
            Wakeup::Continue => Input::Continue,
            Wakeup::Timeout => Input::Timeout,
            Wakeup::Message(place) => {
                let message =
                    process.mailbox.take(place).expect("the accepted message is where it was found");
                events.push_took(pid, place, || EventKind::Took(message.clone()));
                Input::Message(message)
            }
            Wakeup::WaitingForQuiet | Wakeup::Waiting => panic!("a process that waits cannot run"),
        };
        if let Input::Timeout = input {
            events.push(pid, || EventKind::TimedOut);
        }
        let mut behaviour = process.behaviour.take().expect("nobody runs twice at once");
        let mut context = Context { world: self, image, events, pid, doomed: None };
        let next = behaviour.get_mut().resume(input, &mut context);
        let doomed = context.doomed;
        let process = self.processes.get_mut(pid).expect("a process ends only after it has returned");
        process.behaviour = Some(behaviour);
        match (doomed, next) {
            (Some(reason), _) => self.die(pid, reason, Some(pid), events),
            (None, Next::Exit(reason)) => self.die(pid, reason, None, events),
            // It keeps its offer and its age: the calm run lets it go on.
            (None, Next::Preempt) => process.wakeup = Wakeup::Continue,
            (None, Next::Receive { timeout }) => {
                process.receive(timeout, image, &mut self.queues, &mut self.clock, events);
            }
            (None, Next::Quiet { timeout }) => {
                process.wakeup = Wakeup::WaitingForQuiet;
                self.queues.unready(process.offer);
                process.wait_timer = Some(Waiting(self.clock.set(timeout, Timer::Patience(pid))));
                self.quiet.0.push(pid);
            }
        }
        self.keep_account(pid, events);
    }

    /// Whether the run has gone on for too long, or its world has become too large, of which it can be only so often.
    fn keep_account(&mut self, pid: Pid, events: &mut Events<B>) {
        let Budget { work, bytes, .. } = self.account.budget;
        if events.work > work {
            self.overruns(Resource::Work, work, pid, events);
        }
        if events.made > bytes / 4 {
            events.made = 0;
            if self.weight() > bytes {
                self.overruns(Resource::Bytes, bytes, pid, events);
            }
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
                self.put_on(Pid::of_timer(reference), to, Signal::Message { alias: None, body }, events);
            }
        }
    }
}
