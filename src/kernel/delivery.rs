//! What signals do when they arrive: the tables of the reference manual, one arm a row.

use super::atom::Atom;
use super::budget::Resource;
use super::ends::{Alias, Link, Monitor};
use super::event::{EventKind, Events, Fate};
use super::pid::{Pid, Ref};
use super::process::Wakeup;
use super::signal::{Object, Received, Signal};
use super::state::State;
use super::term::Term;
use super::world::World;

impl<B: State> World<B> {
    /// Delivers all that is on its way from one process to another.
    pub(super) fn deliver_all(&mut self, from: Pid, to: Pid, image: &B::Image, events: &mut Events<B>) {
        while let Some(signal) = self.take_off(from, to, events) {
            self.deliver(from, to, signal, image, events);
        }
    }

    pub(super) fn deliver(
        &mut self,
        from: Pid,
        to: Pid,
        signal: Signal<B::Message>,
        image: &B::Image,
        events: &mut Events<B>,
    ) {
        if let Signal::Down { reference, .. } = signal
            && from.is_node()
        {
            return self.deliver_node_down(from, to, reference, image, events);
        }
        let told = events.recording().then(|| signal.clone());
        let tell = |fate: Fate, events: &mut Events<B>| {
            if let Some(signal) = &told {
                events.push_arrival(to, || EventKind::Arrived { from, signal: signal.clone(), fate });
            }
        };
        let Some(process) = self.processes.get(to) else {
            if let Some(name) = to.as_name() {
                return self.deliver_named(from, name, to, signal, image, events);
            }
            match &signal {
                Signal::Message { .. } => events.push_refusal(to, || {
                    let (signal, fate) = (signal.clone(), Fate::NoProcess);
                    EventKind::Arrived { from, signal, fate }
                }),
                _ => tell(Fate::NoProcess, events),
            }
            return self.bounce(from, to, signal, events);
        };
        let first = process.priorities.prefer(from, &signal);
        let queued = if first { Fate::QueuedFirst } else { Fate::Queued };
        match signal {
            Signal::Message { alias: Some(through), .. } | Signal::ExitAlias(through, _)
                if !process.aliases.contains(through.alias) =>
            {
                tell(Fate::Dropped, events);
            }
            Signal::Message { alias, body } => {
                tell(queued, events);
                let ends = alias.filter(|alias| process.is_ended_by_message(alias.alias));
                self.enqueue(to, Received::Message(body), first, image, events);
                if let Some(through) = ends {
                    self.used_alias(to, through.alias, events);
                }
            }
            Signal::Link
            | Signal::Unlink(_)
            | Signal::UnlinkAck(_)
            | Signal::Monitor { .. }
            | Signal::Demonitor(_) => {
                tell(Fate::Applied, events);
                self.relate(from, to, signal, events);
            }
            Signal::Down { reference, name, reason } => {
                let process = self.processes.get_mut(to).expect("it lives");
                if process.monitors.remove(reference).is_none() {
                    return tell(Fate::Dropped, events);
                }
                process.priorities.forget(reference);
                tell(queued, events);
                self.forget_alias(to, reference);
                let object = name.map_or(Object::Pid(from), |name| Object::Name(name, self.node(from)));
                self.enqueue(to, Received::Down { reference, object, reason }, first, image, events);
            }
            // Not even one who traps exits survives this one.
            Signal::Exit(reason) | Signal::ExitAlias(_, reason) if reason.is(Atom::KILL) => {
                tell(Fate::Applied, events);
                self.die(to, Term::Atom(Atom::KILLED), Some(from), events);
            }
            Signal::LinkExit(_) if !self.ends_link(from, to) => tell(Fate::Dropped, events),
            Signal::Exit(reason) | Signal::LinkExit(reason) | Signal::ExitAlias(_, reason) => {
                if self.processes.get(to).is_some_and(|process| process.trap_exit) {
                    tell(queued, events);
                    self.enqueue(to, Received::Exit { from, reason }, first, image, events);
                } else if reason.is(Atom::NORMAL) {
                    tell(Fate::Dropped, events);
                } else {
                    tell(Fate::Applied, events);
                    self.die(to, reason, Some(from), events);
                }
            }
        }
    }

    /// The other end of a link has died: whether there was a link.
    fn ends_link(&mut self, from: Pid, to: Pid) -> bool {
        let Some(process) = self.processes.get_mut(to) else { return false };
        let was_linked = matches!(process.links.remove(from), Some(Link::Active | Link::Lost));
        if was_linked {
            process.priorities.prefer_link(from, false);
        }
        was_linked
    }

    /// A link or a monitor begins or ends: nobody hears of that, but for who must know that a link has ended.
    fn relate(&mut self, from: Pid, to: Pid, signal: Signal<B::Message>, events: &mut Events<B>) {
        let process = self.processes.get_mut(to).expect("only the living are told");
        match signal {
            Signal::Link => {
                // It was sent before the other side has heard of the unlink, and will be taken back there when it
                // does (erts, the link protocol of OTP 23.3: until an unlink is acknowledged, links are ignored).
                if !matches!(process.links.get(from), Some(Link::Unlinking(_))) {
                    process.links.insert(from, Link::Active);
                }
            }
            Signal::Unlink(number) => {
                if process.links.get(from) == Some(&Link::Active) {
                    process.links.remove(from);
                    process.priorities.prefer_link(from, false);
                }
                self.send(to, from, Signal::UnlinkAck(number), events);
            }
            Signal::UnlinkAck(number) => {
                if process.links.get(from) == Some(&Link::Unlinking(number)) {
                    process.links.remove(from);
                }
            }
            Signal::Monitor { reference, name } => {
                process.watchers.insert(reference, Monitor { pid: from, name });
            }
            Signal::Demonitor(reference) => drop(process.watchers.remove(reference)),
            Signal::Message { .. }
            | Signal::Down { .. }
            | Signal::Exit(_)
            | Signal::LinkExit(_)
            | Signal::ExitAlias(..) => unreachable!("this is for the process itself"),
        }
    }

    /// Answers what must be answered in the name of the dead.
    pub(super) fn bounce(
        &mut self,
        from: Pid,
        dead: Pid,
        signal: Signal<B::Message>,
        events: &mut Events<B>,
    ) {
        match signal {
            Signal::Link => self.send(dead, from, Signal::LinkExit(Term::Atom(Atom::NOPROC)), events),
            Signal::Monitor { reference, name } => {
                self.send(
                    dead,
                    from,
                    Signal::Down { reference, name, reason: Term::Atom(Atom::NOPROC) },
                    events,
                );
            }
            Signal::Unlink(number) => self.send(dead, from, Signal::UnlinkAck(number), events),
            Signal::Message { .. }
            | Signal::Exit(_)
            | Signal::ExitAlias(..)
            | Signal::LinkExit(_)
            | Signal::UnlinkAck(_)
            | Signal::Demonitor(_)
            | Signal::Down { .. } => (),
        }
    }

    /// What has just arrived is a message.
    pub(super) fn enqueue(
        &mut self,
        to: Pid,
        message: Received<B::Message>,
        first: bool,
        image: &B::Image,
        events: &mut Events<B>,
    ) {
        let process = self.processes.get_mut(to).expect("only the living have mailboxes");
        let accepted = match (process.wakeup, &process.behaviour) {
            // What arrives after the time was up and before the process runs is still found first, and so is a
            // priority message before an ordinary one that has been found and not been taken.
            (Wakeup::Waiting | Wakeup::Timeout, Some(behaviour)) => behaviour.accepts(&message, image),
            (Wakeup::Message(_), Some(behaviour)) if first => behaviour.accepts(&message, image),
            _ => false,
        };
        let place = process.mailbox.put(message, first);
        let unread = process.mailbox.len();
        events.queued(to, place);
        match &mut process.wakeup {
            Wakeup::Message(found) if place > *found => (),
            Wakeup::Message(found) if accepted => *found = place,
            Wakeup::Message(found) => *found += 1,
            _ if accepted => process.wake(Wakeup::Message(place), &mut self.queues, &mut self.clock),
            _ => (),
        }
        let most = self.account.budget.messages;
        if self.account.is_over(most, unread) {
            self.overruns(Resource::Messages, most, to, events);
        }
    }

    /// The monitor of an alias has ended.
    pub(super) fn forget_alias(&mut self, owner: Pid, reference: Ref) {
        let Some(process) = self.processes.get_mut(owner) else { return };
        if matches!(process.aliases.get(reference), Some(Alias::Demonitor | Alias::ReplyDemonitor)) {
            process.aliases.remove(reference);
        }
    }

    /// A message came through an alias: `reply_demonitor` ends with the first one.
    pub(super) fn used_alias(&mut self, owner: Pid, alias: Ref, events: &mut Events<B>) {
        let process = self.processes.get_mut(owner).expect("it has just got a message");
        if process.is_ended_by_message(alias) {
            process.aliases.remove(alias);
            process.priorities.forget(alias);
            if let Some(monitor) = process.monitors.remove(alias) {
                self.send(owner, monitor.pid, Signal::Demonitor(alias), events);
            }
        }
    }
}
