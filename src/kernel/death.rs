//! The end of a process: who hears of it, and in which order.

use super::budget::Resource;
use super::bulk::SIZE_MAX;
use super::ends::Link;
use super::event::{EventKind, Events};
use super::pid::Pid;
use super::process::Wakeup;
use super::signal::Signal;
use super::state::State;
use super::term::Term;
use super::world::World;

impl<B: State> World<B> {
    /// The death of a process, in the order of `erts_continue_exit_process` (erts, erl_process.c): timers
    /// and name go before anybody can hear of it.
    pub(super) fn die(&mut self, pid: Pid, reason: Term, killer: Option<Pid>, events: &mut Events<B>) {
        let process = self.processes.remove(pid).expect("nobody dies twice");
        // Each who dies of another's death wraps the reason once more.
        if !reason.is_bounded() {
            self.overruns(Resource::Term, SIZE_MAX, pid, events);
        }
        match process.wakeup {
            Wakeup::Waiting => (),
            Wakeup::WaitingForQuiet => self.quiet.0.retain(|waiting| *waiting != pid),
            Wakeup::Start | Wakeup::Continue | Wakeup::Message(_) | Wakeup::Timeout => {
                self.queues.unready(process.offer)
            }
        }
        if let Some(waiting) = process.wait_timer {
            self.clock.remove(waiting.0);
        }
        for reference in process.timers {
            if let Some(key) = self.clock.key(reference) {
                self.clock.remove(key);
            }
        }
        let unread = process.mailbox.len();
        events.forget_mailbox(pid);
        events.push_life(pid, || EventKind::Exited { reason: reason.clone(), killer, unread });
        if let Some(name) = process.name {
            self.release_name(self.node(pid), name);
            events.push_life(pid, || EventKind::Unregistered(name));
        }
        self.forget_names_of(pid);
        if B::owns(pid, &self.common) {
            let processes = &self.processes;
            let lives = |pid: Pid| processes.get(pid).is_some();
            for (to, body) in B::leaves_behind(pid, self.common.get_mut(), &lives) {
                self.send(pid, to, Signal::Message { alias: None, body }, events);
            }
        }
        for (peer, link) in process.links.into_inner().into_entries() {
            match link {
                Link::Active => self.send(pid, peer, Signal::LinkExit(reason.clone()), events),
                Link::Unlinking(_) | Link::Lost => (),
            }
        }
        for (reference, monitor) in process.monitors.into_inner().into_entries() {
            if !monitor.pid.is_node() {
                self.send(pid, monitor.pid, Signal::Demonitor(reference), events);
            }
        }
        for (reference, watcher) in process.watchers.into_inner().into_entries() {
            let down = Signal::Down { reference, name: watcher.name, reason: reason.clone() };
            self.send(pid, watcher.pid, down, events);
        }
    }
}
