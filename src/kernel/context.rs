//! What a running process may do: the built-in functions of Erlang that have to do with processes.

use super::atom::Atom;
use super::budget::Resource;
use super::bulk::SIZE_MAX;
use super::ends::{Link, Monitor};
use super::event::{EventKind, Events, Fate};
use super::nodes::Connection;
use super::observed::{Observed, SharedPlace};
use super::pid::{Pid, Ref};
use super::process::Process;
use super::signal::{Received, Signal, Target, Through};
use super::state::State;
use super::term::Term;
use super::timers::{Timer, TimerKey};
use super::world::World;

/// The world as the running process reaches it. Everything takes effect at once or is sent as a signal,
/// exactly as the built-in function it stands for.
#[derive(Debug)]
pub struct Context<'a, B: State> {
    pub(super) world: &'a mut World<B>,
    pub(super) image: &'a B::Image,
    pub(super) events: &'a mut Events<B>,
    pub(super) pid: Pid,
    pub(super) doomed: Option<Term>,
}

/// `error:badarg`: the arguments are not what the function takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadArgument;

/// `error:noproc`: there is no such process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoProcess;

/// How a process is spawned.
#[derive(Clone, Copy, Debug)]
pub struct Spawn {
    /// What its parent calls it.
    pub label: Atom,
    /// Linked from its first moment.
    pub link: bool,
    /// Monitored from its first moment.
    pub monitor: bool,
    /// Whoever spawns it waits to hear how its start went: nothing to the kernel, but to those who listen.
    pub awaited: bool,
}

impl<'a, B: State> Context<'a, B> {
    /// `self()`: who is running.
    pub fn pid(&self) -> Pid {
        self.pid
    }

    /// `node()`: where it lives. Who lives on no node in particular acts on the one it starts processes on.
    pub fn node(&self) -> Atom {
        self.world.node_of(self.pid)
    }

    /// Says on which node a process that lives on none starts the next one.
    pub fn start_on(&mut self, node: Atom) {
        self.world.start_on(node);
    }

    /// Whether there is another node than this process's own.
    pub fn is_distributed(&self) -> bool {
        self.world.distribution.is_some()
    }

    /// The connection between the two nodes is lost, or the network is cut or heals.
    pub fn set_connection(&mut self, connection: Connection) {
        self.look_around();
        self.world.set_connection(connection, self.events);
    }

    /// `monitor_node(Node, Flag)`: asks for a message when the connection to a node is lost, or asks no more.
    pub fn monitor_node(&mut self, other: Atom, flag: bool) {
        if other == self.node() {
            return;
        }
        self.look_around();
        if flag {
            let reference = self.make_ref();
            self.world.monitor_node(self.pid, reference, other, self.events);
        } else {
            self.world.demonitor_node(self.pid, other);
        }
    }

    /// Virtual time, in milliseconds.
    pub fn now(&self) -> u64 {
        self.world.clock.now
    }

    /// What never changes in this world.
    pub fn image(&self) -> &'a B::Image {
        self.image
    }

    /// What all processes share.
    pub fn common(&self) -> &B::Common {
        &self.world.common
    }

    /// What all processes share, to change.
    pub fn common_mut(&mut self) -> &mut B::Common {
        self.look_around();
        self.world.common.get_mut()
    }

    /// Says that this step depends on what others do, beyond the signals that they send: a name was looked
    /// up, or it was asked whether a process lives. The functions here say so by themselves, but for
    /// [`Context::common`], [`Context::world`], [`Context::whereis`] and [`Context::resolve`].
    pub fn look_around(&mut self) {
        self.events.looked = true;
    }

    /// Whether somebody records what this process does, to be told what it sees and writes.
    pub fn is_recorded(&self) -> bool {
        self.events.recording()
    }

    /// Tells who records this run what the process has looked at, and what was there.
    pub fn saw(&mut self, at: Observed, found: Option<Term>) {
        self.events.push(self.pid, || EventKind::Saw { at, found });
    }

    /// Tells who records this run what the process has changed of what all share.
    pub fn wrote(&mut self, place: impl FnOnce() -> (SharedPlace, Option<Term>)) {
        self.events.push(self.pid, || {
            let (place, value) = place();
            EventKind::Wrote { place, value }
        });
    }

    /// Tells who listens to this run what the process had for somebody who is not there.
    pub fn unsent(&mut self, message: impl FnOnce() -> (Term, B::Message)) {
        self.events.push_life(self.pid, || {
            let (to, body) = message();
            EventKind::Unsent { to, body }
        });
    }

    /// The world, to look at. The running process's own behaviour is not in it.
    pub fn world(&self) -> &World<B> {
        self.world
    }

    /// Whether something else can happen before this process goes on, so that letting others run here can make a
    /// difference.
    pub fn can_be_interrupted(&self) -> bool {
        !self.world.is_alone()
    }

    /// Tells listeners something. It costs nothing when nobody listens.
    pub fn report(&mut self, report: impl FnOnce() -> B::Report) {
        self.events.push_life(self.pid, || EventKind::Reported(report()));
    }

    /// Tells who records everything something, and nobody else who listens.
    pub fn report_besides(&mut self, report: impl FnOnce() -> B::Report) {
        self.events.push(self.pid, || EventKind::Reported(report()));
    }

    /// Counts one more statement of this step, which stands at `place`; false if that is one too many, or nobody waits
    /// for it any longer, and the process has to give way.
    pub fn may_go_on(&mut self, place: u32) -> bool {
        self.events.place = Some(place);
        self.events.takes_a_statement();
        let most = self.world.account.budget.statements;
        let may = self.events.statements <= most;
        if !may {
            self.world.overruns(Resource::Statements, most, self.pid, self.events);
        }
        may && !self.events.is_stopped()
    }

    /// Says that the statement makes or goes through so many terms: a few are no effort, many are as much as other
    /// statements.
    pub fn goes_through(&self, terms: usize) {
        self.events.goes_through(terms);
    }

    /// Says that the running process has made a term that is too large for anybody to look at.
    pub fn has_made_too_large_a_term(&mut self) {
        self.world.overruns(Resource::Term, SIZE_MAX, self.pid, self.events);
    }

    /// An exit signal to oneself was lethal: the process ends when it next returns to the kernel.
    pub fn is_doomed(&self) -> bool {
        self.doomed.is_some()
    }

    pub(super) fn me(&self) -> &Process<B> {
        self.world.processes.get(self.pid).expect("the running process is in the table")
    }

    pub(super) fn me_mut(&mut self) -> &mut Process<B> {
        self.world.processes.get_mut(self.pid).expect("the running process is in the table")
    }

    /// `Pid ! Message`.
    pub fn send(&mut self, to: Pid, body: B::Message) {
        self.signal(to, Signal::Message { alias: None, body });
    }

    /// `Name ! Message`, resolved now; a pid is never refused.
    ///
    /// # Errors
    ///
    /// When nobody has the name.
    pub fn send_to(&mut self, target: Target, body: B::Message) -> Result<(), BadArgument> {
        if !matches!(target, Target::Pid(_)) {
            self.look_around();
        }
        if let Some(to) = self.resolve(target) {
            self.send(to, body);
            return Ok(());
        }
        self.unsent(|| (target.into(), body));
        match target {
            // `{Name, node()} ! Message` never fails (erts, bif.c, do_send/6).
            Target::Remote(..) => Ok(()),
            Target::Pid(_) | Target::Name(_) => Err(BadArgument),
        }
    }

    /// `Alias ! Message`, to an alias that `owner` made.
    pub fn send_alias(&mut self, owner: Pid, alias: Ref, body: B::Message) {
        let through = Through { alias, priority: false };
        self.signal(owner, Signal::Message { alias: Some(through), body });
    }

    /// `erlang:send(Reference, Message, Options)`, of any reference: one that nobody has made an alias swallows
    /// the message, and so does one that has ended, since it never comes back.
    pub fn send_to_alias(&mut self, through: Through, body: B::Message) {
        if let Some(owner) = self.owner_of(through.alias) {
            self.signal(owner, Signal::Message { alias: Some(through), body });
        }
    }

    /// `exit(Reference, Reason, Options)` (OTP 28), as with a message.
    pub fn exit_alias(&mut self, through: Through, reason: Term) {
        match self.owner_of(through.alias) {
            Some(owner) if owner != self.pid => self.signal(owner, Signal::ExitAlias(through, reason)),
            // Only to its own pid is `normal` lethal (erts, bif.c, `send_exit_signal_bif`).
            Some(_) if reason.is(Atom::NORMAL) && !self.me().trap_exit => (),
            Some(_) => {
                let first = self.me().priorities.prefer_through(through);
                self.exit_myself(reason, first);
            }
            None => (),
        }
    }

    fn owner_of(&mut self, alias: Ref) -> Option<Pid> {
        self.look_around();
        let owner = self.world.processes.iter().find(|process| process.aliases.contains(alias));
        owner.map(|process| process.pid)
    }

    /// The process that a target means now; of a name on another node, the address.
    pub fn resolve(&mut self, target: Target) -> Option<Pid> {
        let name = match target {
            Target::Pid(pid) => return Some(pid),
            Target::Remote(name, node) if node != self.node() => {
                return Some(Pid::of_name(name, self.world.numbered(node)));
            }
            Target::Name(name) | Target::Remote(name, _) => name,
        };
        let found = self.world.whereis_on(self.node(), name);
        if found.is_none() {
            self.saw(Observed::Name(name), None);
        }
        found
    }

    /// `exit/2`. To oneself it takes effect before the next action.
    pub fn exit(&mut self, to: Pid, reason: Term) {
        if to != self.pid {
            return self.signal(to, Signal::Exit(reason));
        }
        // `exit(self(), normal)` is lethal, unlike a `normal` from anybody else (erts, exit/2).
        self.exit_myself(reason, false);
    }

    fn exit_myself(&mut self, reason: Term, first: bool) {
        if reason.is(Atom::KILL) {
            self.doomed.get_or_insert(Term::Atom(Atom::KILLED));
        } else if self.me().trap_exit {
            let from = self.pid;
            self.put_untold(Received::Exit { from, reason }, first);
        } else {
            self.doomed.get_or_insert(reason);
        }
    }

    /// `process_flag(trap_exit, Flag)`; the old value.
    pub fn trap_exit(&mut self, flag: bool) -> bool {
        std::mem::replace(&mut self.me_mut().trap_exit, flag)
    }

    /// Whether this process traps exits.
    pub fn traps_exits(&self) -> bool {
        self.me().trap_exit
    }

    /// `group_leader(Leader, self())`: it belongs to that group, and so does whoever it spawns from now on.
    pub fn join_group(&mut self, leader: Pid) {
        self.me_mut().group_leader = Some(leader);
    }

    /// `receive Pattern -> ... after 0 -> none end`.
    pub fn receive_now(
        &mut self,
        accepts: impl FnMut(&Received<B::Message>) -> bool,
    ) -> Option<Received<B::Message>> {
        let place = self.me().mailbox.iter().position(accepts)?;
        self.take_untold(place)
    }

    /// `receive {'EXIT', Pid, Reason} -> Reason after 0 -> none end`.
    pub fn receive_exit_now(&mut self, pid: Pid) -> Option<Term> {
        let place = self.me().mailbox.exit_of(pid)?;
        match self.take_untold(place)? {
            Received::Exit { reason, .. } => Some(reason),
            Received::Message(_) | Received::Down { .. } => None,
        }
    }

    fn take_untold(&mut self, place: usize) -> Option<Received<B::Message>> {
        let message = self.me_mut().mailbox.take(place);
        self.events.taken_untold(self.pid, place);
        message
    }

    /// Puts a message into the own mailbox that nobody has sent.
    pub(super) fn put_untold(&mut self, message: Received<B::Message>, first: bool) {
        let place = self.me_mut().mailbox.put(message, first);
        self.events.queued_untold(self.pid, place);
    }

    /// `self() ! Message` with a message that was just taken out: it is the last one from then on.
    pub fn put_back(&mut self, message: Received<B::Message>) {
        let place = self.me_mut().mailbox.put(message, false);
        self.events.queued_again(self.pid, place);
    }

    /// `spawn_opt/2`. Links and monitors are set before the child takes its first step.
    pub fn spawn(&mut self, behaviour: B, options: Spawn) -> (Pid, Option<Ref>) {
        let reference = options.monitor.then(|| self.make_ref());
        let node = self.world.numbered(self.node());
        let mut path = self.me().path;
        if node != self.pid.node() {
            path = path.on(node);
        }
        let path = path.child(options.label);
        let (child, nth) = self.world.next_at(path, node);
        let mut process = World::unstarted(child, options.label, behaviour);
        process.parent = Some(self.pid);
        process.group_leader = self.me().group_leader;
        process.path = path;
        process.nth = nth;
        if options.link {
            process.links.insert(self.pid, Link::Active);
            self.me_mut().links.insert(child, Link::Active);
        }
        if let Some(reference) = reference {
            process.watchers.insert(reference, Monitor { pid: self.pid, name: None });
            self.me_mut().monitors.insert(reference, Monitor { pid: child, name: None });
        }
        let parent = Some(self.pid);
        self.events.push_life(child, || EventKind::Spawned {
            parent,
            label: options.label,
            nth,
            linked: options.link,
            monitored: reference,
            awaited: options.awaited,
        });
        self.world.add(process);
        let most = self.world.account.budget.processes;
        if self.world.account.is_over(most, self.world.process_count()) {
            self.world.overruns(Resource::Processes, most, self.pid, self.events);
        }
        (child, reference)
    }

    /// The answer to `spawn_request/2`: the first signal that the child sends, before any exit or `DOWN`.
    pub fn answer_spawn(&mut self, child: Pid, body: B::Message) {
        self.world.send(child, self.pid, Signal::Message { alias: None, body }, self.events);
    }

    /// `is_process_alive/1`. The question is a signal: those that the caller sent before arrive before it.
    pub fn is_alive(&mut self, pid: Pid) -> bool {
        self.look_around();
        // Only of a process on one's own node can one ask; whoever looks on from outside sees all.
        if !pid.is_remote_from(self.pid) {
            self.world.deliver_all(self.pid, pid, self.image, self.events);
        }
        self.saw(Observed::Life(pid), None);
        self.world.processes.get(pid).is_some()
    }

    /// `register(Name, Pid)`.
    ///
    /// # Errors
    ///
    /// When the name is taken or is `undefined`, or the process is dead or has a name.
    pub fn register(&mut self, name: Atom, pid: Pid) -> Result<(), BadArgument> {
        self.look_around();
        if name == Atom::UNDEFINED || self.world.whereis_on(self.world.node_of(pid), name).is_some() {
            return Err(BadArgument);
        }
        let process = self.world.processes.get_mut(pid).ok_or(BadArgument)?;
        if process.name.is_some() {
            return Err(BadArgument);
        }
        process.name = Some(name);
        self.world.take_name(name, pid);
        self.events.push_life(pid, || EventKind::Registered(name));
        Ok(())
    }

    /// `unregister/1`.
    ///
    /// # Errors
    ///
    /// When nobody has the name.
    pub fn unregister(&mut self, name: Atom) -> Result<(), BadArgument> {
        self.look_around();
        let node = self.node();
        let pid = self.world.release_name(node, name).ok_or(BadArgument)?;
        self.world.processes.get_mut(pid).expect("only the living have names").name = None;
        self.events.push_life(pid, || EventKind::Unregistered(name));
        Ok(())
    }

    /// Keeps a name on the own node for a process that may live on the other, as `global` does; for nobody any more, if
    /// none is given. It is looked up like any other.
    pub fn keep_name(&mut self, name: Atom, pid: Option<Pid>) {
        self.look_around();
        self.world.keep_name(self.node(), name, pid);
    }

    /// Has all that is on its way to this process from the other node arrive now: what a lost connection has left
    /// comes before `nodeup` (net_kernel, `monitor_nodes/2`).
    pub fn hear_from_away(&mut self) {
        let me = self.pid;
        loop {
            // What one process sends to another node is one queue, whoever it is for.
            let queues = &self.world.queues;
            let leads_here = |from: Pid| queues.queue(from, me).any(|(_, _, to)| to == me);
            let heads = queues.heads().map(|(from, to, _)| (from, to));
            let found = heads.filter(|(from, _)| from.is_remote_from(me)).find(|(from, _)| leads_here(*from));
            let Some((from, to)) = found else { return };
            let signal = self.world.take_off(from, to, self.events).expect("it leads its queue");
            self.world.deliver(from, to, signal, self.image, self.events);
        }
    }

    /// `whereis/1`: who has this name on the own node.
    pub fn whereis(&mut self, name: Atom) -> Option<Pid> {
        let found = self.world.whereis_on(self.node(), name);
        self.saw(Observed::Name(name), found.map(Term::from));
        found
    }

    /// `erlang:send_after/3`: sends a message after so many milliseconds of virtual time.
    pub fn send_after(&mut self, after: u64, target: Target, body: B::Message) -> Ref {
        let reference = self.make_ref();
        self.start_timer(reference, after, target, body);
        reference
    }

    /// `erlang:start_timer/3`: as [`Context::send_after`], with a message that holds the timer's own
    /// reference, made before by [`Context::make_ref`].
    pub fn start_timer(&mut self, reference: Ref, after: u64, target: Target, body: B::Message) {
        let most = self.world.account.budget.timers;
        if self.world.account.is_over(most, self.world.clock.sent_later() + 1) {
            self.world.overruns(Resource::Timers, most, self.pid, self.events);
        }
        if let Target::Pid(pid) = target {
            if pid != self.pid {
                self.look_around();
            }
            match self.world.processes.get_mut(pid) {
                Some(process) => process.timers.push(reference),
                None => return, // A timer to a dead process is gone at once.
            }
        }
        let (due, _): TimerKey = self.world.clock.set(after, Timer::Send { reference, target, body });
        self.events.push(self.pid, || EventKind::TimerSet { reference, due });
    }

    /// `erlang:cancel_timer/1`: the milliseconds that were left, or none if it has fired or never was, on this
    /// node.
    pub fn cancel_timer(&mut self, reference: Ref) -> Option<u64> {
        if self.is_foreign(reference) {
            return None;
        }
        let key = self.world.clock.key(reference);
        self.events.push(self.pid, || EventKind::TimerCancelled {
            reference,
            body: key.and_then(|key| match self.world.clock.at(key)? {
                Timer::Send { body, .. } => Some(body.clone()),
                Timer::Wait(_) | Timer::Patience(_) => None,
            }),
        });
        self.look_around();
        let key = key?;
        let left = key.0 - self.world.clock.now;
        if let Some(Timer::Send { target: Target::Pid(pid), .. }) = self.world.clock.remove(key)
            && let Some(process) = self.world.processes.get_mut(pid)
        {
            process.timers.retain(|timer| *timer != reference);
        }
        Some(left)
    }

    /// `erlang:read_timer/1`: the milliseconds that are left, or none if it has fired or never was, on this node.
    pub fn read_timer(&mut self, reference: Ref) -> Option<u64> {
        if self.is_foreign(reference) {
            return None;
        }
        self.look_around();
        Some(self.world.clock.key(reference)?.0 - self.world.clock.now)
    }

    /// Whether a reference was made on another node.
    pub fn is_foreign(&self, reference: Ref) -> bool {
        !reference.is_of(self.pid.node())
    }

    /// `make_ref/0`: a reference that nobody has had before.
    pub fn make_ref(&mut self) -> Ref {
        let me = self.me_mut();
        me.references += 1;
        Ref::made_by(me.pid, me.references)
    }

    /// How many messages lie in the mailbox.
    pub fn mailbox_len(&self) -> usize {
        self.me().mailbox.len()
    }

    pub(super) fn signal(&mut self, to: Pid, signal: Signal<B::Message>) {
        match signal {
            Signal::Message { alias, body } if to == self.pid => self.send_to_self(alias, body),
            signal => self.world.send(self.pid, to, signal, self.events),
        }
    }

    /// A message to oneself is in the queue when the send returns, behind what has arrived already
    /// (erts, erl_message.c, `erts_send_message`).
    fn send_to_self(&mut self, alias: Option<Through>, body: B::Message) {
        let me = self.pid;
        let first = alias.is_some_and(|through| self.me().priorities.prefer_through(through));
        if self.events.hears_messages() {
            let signal = Signal::Message { alias, body: body.clone() };
            self.events.push_sent(me, || EventKind::Sent { to: me, signal: signal.clone() });
            let active = alias.is_none_or(|through| self.me().aliases.contains(through.alias));
            let fate = match (active, first) {
                (true, true) => Fate::QueuedFirst,
                (true, false) => Fate::Queued,
                (false, _) => Fate::Dropped,
            };
            self.events.comes_at_once();
            self.events.push_arrival(me, || EventKind::Arrived { from: me, signal, fate });
        }
        if alias.is_some_and(|through| !self.me().aliases.contains(through.alias)) {
            return;
        }
        let place = self.me_mut().mailbox.put(Received::Message(body), first);
        self.events.queued(me, place);
        if let Some(through) = alias {
            self.world.used_alias(me, through.alias, self.events);
        }
    }
}
