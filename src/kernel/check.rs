//! The kernel checks itself: what must be true of a world between two steps.
//!
//! With debug assertions each step asks it about the process that the step was about, and about the whole world
//! every so many steps: the larger the world, the more. What is wrong then is a mistake of the kernel's, never one of a
//! scenario's.

use std::collections::BTreeSet;

use super::ends::Link;
use super::pid::{Pid, Ref};
use super::process::{Process, Wakeup};
use super::signal::{Signal, Target};
use super::state::State;
use super::timers::Timer;
use super::world::World;

/// After how many steps everything is looked at, if there is little.
const EVERY: usize = 64;

impl<B: State> World<B> {
    /// Looks at one process, and at everything when it is time to.
    ///
    /// # Panics
    ///
    /// When something is not as it must be, with what and of whom.
    pub(super) fn check(&self, step: u64, about: Option<Pid>) {
        let process = about.and_then(|pid| self.processes.get(pid));
        let mut flaw = process.and_then(|process| self.flaw_of(process));
        let size = self.processes.len() + self.clock.len() + self.queues.waiting();
        let every = u64::try_from(size.next_power_of_two().max(EVERY)).unwrap_or(u64::MAX);
        if step.is_multiple_of(every) {
            flaw = flaw.or_else(|| self.flaw());
        }
        if let Some(flaw) = flaw {
            panic!("the kernel is broken after step {step}: {flaw}");
        }
    }

    /// What is wrong with the world, if anything is.
    pub(super) fn flaw(&self) -> Option<String> {
        self.processes
            .iter()
            .find_map(|process| self.flaw_of(process))
            .or_else(|| self.flaw_of_names())
            .or_else(|| self.flaw_of_timers())
            .or_else(|| self.flaw_of_links())
            .or_else(|| self.queues.flaw())
            .or_else(|| self.flaw_of_counts())
    }

    /// Offers against wakeups, timers against their owner, its name against the table of names.
    fn flaw_of(&self, process: &Process<B>) -> Option<String> {
        let pid = process.pid;
        let offered = self.queues.runs(process.offer) == Some(pid);
        let waits_for_quiet = self.quiet.0.contains(&pid);
        let wakeup = process.wakeup;
        if offered == process.is_waiting() {
            return Some(format!("{pid:?} has wakeup {wakeup:?}, and offered to run is {offered}"));
        }
        if waits_for_quiet != (wakeup == Wakeup::WaitingForQuiet) {
            return Some(format!(
                "{pid:?} has wakeup {wakeup:?}, and waiting for quiet is {waits_for_quiet}"
            ));
        }
        if let Wakeup::Message(place) = wakeup
            && place >= process.mailbox.len()
        {
            let held = process.mailbox.len();
            return Some(format!("{pid:?} is to take message {place} of {held}"));
        }
        if process.behaviour.is_none() {
            return Some(format!("{pid:?} has no behaviour, though it does not run"));
        }
        if let Some(waiting) = process.wait_timer
            && !matches!(self.clock.at(waiting.0), Some(Timer::Wait(owner) | Timer::Patience(owner)) if *owner == pid)
        {
            return Some(format!(
                "{pid:?} waits for a timer that is not its own: {:?}",
                self.clock.at(waiting.0)
            ));
        }
        let name = process.name?;
        let holder = self.whereis_on(self.node(pid), name);
        (holder != Some(pid)).then(|| format!("{pid:?} has the name {name:?}, which is held by {holder:?}"))
    }

    /// Whoever has a name lives and knows it.
    fn flaw_of_names(&self) -> Option<String> {
        self.names().into_iter().find_map(|(name, pid)| {
            let known = self.processes.get(pid).and_then(|process| process.name);
            (known != Some(name)).then(|| format!("the name {name:?} is held by {pid:?}, who has {known:?}"))
        })
    }

    /// A timer that is somebody's is known to that process, and what a process knows is pending.
    fn flaw_of_timers(&self) -> Option<String> {
        let kept = |process: &Process<B>| {
            process.timers.iter().map(|timer| (process.pid, *timer)).collect::<Vec<_>>()
        };
        let known: BTreeSet<(Pid, Ref)> = self.processes.iter().flat_map(kept).collect();
        if let Some((pid, lost)) = known.iter().find(|(_, timer)| self.clock.key(*timer).is_none()) {
            return Some(format!("{pid:?} keeps the timer {lost:?}, which is not pending"));
        }
        self.clock.pending().find_map(|(key, timer)| {
            let owner = match timer {
                Timer::Wait(pid) | Timer::Patience(pid) | Timer::Send { target: Target::Pid(pid), .. } => {
                    *pid
                }
                Timer::Send { target: Target::Name(_) | Target::Remote(..), .. } => return None,
            };
            let fine = self.processes.get(owner).is_some_and(|process| match timer {
                Timer::Wait(_) | Timer::Patience(_) => {
                    process.wait_timer.is_some_and(|waiting| waiting.0 == key)
                }
                Timer::Send { reference, .. } => known.contains(&(owner, *reference)),
            });
            (!fine).then(|| format!("a timer of {owner:?} is pending that it does not know: {timer:?}"))
        })
    }

    /// A link has two ends, or the signal that makes the other one is on its way. What goes through a connection
    /// between nodes can be lost.
    fn flaw_of_links(&self) -> Option<String> {
        self.processes.iter().find_map(|process| {
            let pid = process.pid;
            let mut linked = process.links.entries().into_iter().filter(|(_, end)| **end == Link::Active);
            linked.find_map(|(peer, _)| {
                let other = self.processes.get(peer).filter(|_| !peer.is_remote_from(pid))?;
                let comes =
                    || self.queues.queue(pid, peer).any(|(signal, ..)| matches!(signal, Signal::Link));
                (other.links.get(pid).is_none() && !comes())
                    .then(|| format!("{pid:?} is linked to {peer:?}, which is not linked to it"))
            })
        })
    }

    /// As many are offered to run, and wait for quiet, as live and can.
    fn flaw_of_counts(&self) -> Option<String> {
        let living = self.processes.iter().count();
        let runnable = self.processes.iter().filter(|process| !process.is_waiting()).count();
        let quiet = self.processes.iter().filter(|process| process.wakeup == Wakeup::WaitingForQuiet).count();
        let counted = (self.processes.len(), self.queues.runnable_count(), self.quiet.0.len());
        (counted != (living, runnable, quiet)).then(|| {
            format!(
                "of processes, offers to run and waits for quiet there are {:?}, and counted as {counted:?}",
                (living, runnable, quiet)
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::atom::Atom;
    use super::super::event::Events;
    use super::super::pid::Ref;
    use super::super::signal::Received;
    use super::{Link, Pid, Signal, State, Timer, Wakeup, World};

    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    struct Idle;

    impl State for Idle {
        type Message = ();
        type Common = ();
        type Image = ();
        type Report = ();

        fn accepts(&self, _: &Received<()>, (): &()) -> bool {
            true
        }
    }

    /// A world of one process, and what is found once somebody has broken it.
    fn flaw_after(change: impl FnOnce(&mut World<Idle>, Pid)) -> Option<String> {
        let mut world = World::new(Atom::BOOT, Idle, (), None, &mut Events::ignored());
        let pid = world.processes.iter().next().expect("it has one process").pid;
        change(&mut world, pid);
        world.flaw()
    }

    #[track_caller]
    fn found(change: impl FnOnce(&mut World<Idle>, Pid), expected: &str) {
        let flaw = flaw_after(change).expect("something is broken");
        assert!(flaw.contains(expected), "{flaw}");
    }

    fn wakes(world: &mut World<Idle>, pid: Pid, wakeup: Wakeup) {
        world.processes.get_mut(pid).expect("it lives").wakeup = wakeup;
    }

    fn some_timer(pid: Pid) -> Ref {
        Ref::made_by(pid, 1)
    }

    #[test]
    fn a_sound_world_has_no_flaw() {
        assert_eq!(flaw_after(|_, _| ()), None);
    }

    #[test]
    fn wakeups_and_offers_agree() {
        found(
            |world, pid| wakes(world, pid, Wakeup::Waiting),
            "has wakeup Waiting, and offered to run is true",
        );
        found(
            |world, pid| world.queues.unready(world.processes.get(pid).expect("it lives").offer),
            "is false",
        );
        found(|world, pid| wakes(world, pid, Wakeup::Message(0)), "is to take message 0 of 0");
        found(|world, pid| world.quiet.0.push(pid), "has wakeup Start, and waiting for quiet is true");
        found(
            |world, pid| _ = world.queues.ready(Pid::nobody_on(pid.node()), 0),
            "are (1, 1, 0), and counted as (1, 2, 0)",
        );
    }

    #[test]
    fn names_and_timers_are_known_to_their_owners() {
        found(|world, pid| _ = world.names.get_mut().insert(Atom::OK, pid), "who has None");
        found(
            |world, pid| world.processes.get_mut(pid).expect("it lives").name = Some(Atom::OK),
            "which is held by None",
        );
        found(|world, pid| _ = world.clock.set(5, Timer::Wait(pid)), "is pending that it does not know");
        found(
            |world, pid| world.processes.get_mut(pid).expect("it lives").timers.push(some_timer(pid)),
            "which is not pending",
        );
    }

    #[test]
    fn links_have_two_ends_or_a_signal_that_makes_the_other() {
        let linked = |world: &mut World<Idle>, pid: Pid| {
            let path = world.processes.get(pid).expect("it lives").path.child(Atom::OK);
            let (peer, _) = world.next_at(path, pid.node());
            world.add(World::unstarted(peer, Atom::OK, Idle));
            world.processes.get_mut(pid).expect("it lives").links.insert(peer, Link::Active);
            peer
        };
        found(|world, pid| _ = linked(world, pid), "which is not linked to it");
        let on_its_way = flaw_after(|world, pid| {
            let peer = linked(world, pid);
            world.send(pid, peer, Signal::Link, &mut Events::ignored());
        });
        assert_eq!(on_its_way, None);
    }

    #[test]
    #[should_panic(expected = "the kernel is broken after step 64")]
    fn everything_is_looked_at_every_so_many_steps() {
        let mut world = World::new(Atom::BOOT, Idle, (), None, &mut Events::ignored());
        let pid = world.processes.iter().next().expect("it has one process").pid;
        wakes(&mut world, pid, Wakeup::Waiting);
        world.check(63, None);
        world.check(64, None);
    }
}
