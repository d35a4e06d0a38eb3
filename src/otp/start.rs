//! `start_link`: spawning a process and waiting until its `init` has said how it went.
//!
//! `proc_lib:start_link/3` is a little protocol (spawn, wait for the acknowledgement, clean up after a
//! failure). A process that starts another is in the middle of it for as long as the other's `init`
//! takes, and hears nothing else; [`PendingStart`] is that middle, as a value.

use crate::kernel::{Atom, Context, Next, Pid, Received, Ref, Spawn, Term};

use super::actor::{Actor, Body};
use super::guest::Guest;
use super::hooks::Image;
use super::message::Message;
use super::name::Name;
use super::naming::Taken;
use super::raise::Raise;

/// What a start function returns.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Started {
    /// `{ok, Pid}`, or `{ok, Pid, Info}`.
    Ok {
        /// The process that it started.
        pid: Pid,
        /// More that the start function had to say.
        info: Option<Term>,
    },
    /// It returned `ignore`.
    Ignore,
    /// It returned `{error, Reason}`.
    Error(Term),
    /// It returned anything else.
    Junk(Term),
    /// It did not return: an uncaught `error` or `exit`, with the reason a process would die of.
    Raised(Term),
}

impl Started {
    /// What a start function returns that returns this term and spawns nothing.
    pub fn of(term: Term) -> Started {
        match term.untag(Atom::ERROR) {
            Some(reason) => Started::Error(reason.clone()),
            None if term.is(Atom::IGNORE) => Started::Ignore,
            None => match (term.untag(Atom::OK), term.as_tuple()) {
                (Some(Term::Pid(pid)), _) => Started::Ok { pid: *pid, info: None },
                (None, Some([Term::Atom(Atom::OK), Term::Pid(pid), info])) => {
                    Started::Ok { pid: *pid, info: Some(info.clone()) }
                }
                _ => Started::Junk(term),
            },
        }
    }
}

/// What a start function does.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Launch<G: Guest> {
    /// It spawns a process.
    Spawn(Newborn<G>),
    /// It spawns nothing.
    Return(Started),
    /// It throws this term.
    Throw(Term),
}

impl<G: Guest> Launch<G> {
    /// What `catch` makes of it: a throw is a return. So `supervisor.erl` calls start functions
    /// (do_start_child/2, OTP 25).
    pub(super) fn caught(self) -> Self {
        match self {
            Launch::Throw(term) => Launch::Return(Started::of(term)),
            Launch::Spawn(_) | Launch::Return(_) => self,
        }
    }
}

/// A process about to be spawned by a start function.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Newborn<G: Guest> {
    /// What it is.
    pub body: Body<G>,
    /// What to call it, unless the starter has a better word.
    pub label: Atom,
    /// The name to register it under before its `init` runs.
    pub name: Option<Name>,
    /// How long its `init` may take, in milliseconds.
    pub timeout: Option<u64>,
    /// What the start function returns beside the pid: `{ok, Pid, Info}`.
    pub info: Option<Term>,
}

/// What ties a starter to what it starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ties {
    /// `start_link`, or the option `link`.
    pub link: bool,
    /// `start_monitor`: the monitor outlives the start.
    pub monitor: bool,
}

impl Ties {
    /// As `start` does: neither link nor monitor.
    pub const ALONE: Ties = Ties { link: false, monitor: false };
    /// As `start_link` does.
    pub const LINKED: Ties = Ties { link: true, monitor: false };
}

/// How the beginning of a start went.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Begun {
    /// The process was spawned; it has not acknowledged yet.
    Pending(PendingStart),
    /// The start function has returned already.
    Done(Started),
}

/// A start that waits for its acknowledgement.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PendingStart {
    /// The process being started.
    pub child: Pid,
    /// After how many milliseconds the starter gives up.
    pub timeout: Option<u64>,
    info: Option<Term>,
    /// The monitor that its end is seen by: of one started without a link, since OTP 26 of all.
    monitor: Option<Ref>,
    /// The process has failed and its end is awaited: what to return then.
    failed: Option<Started>,
    /// `start_monitor`: what becomes of the message that says that the process is gone.
    down: Option<Down>,
    /// It is unlinked, because its time is up, and is to be killed.
    unlinked: bool,
    /// Nobody waits for its word: it runs, others may come first, and then it is to be given this name, if any.
    spawned: Option<Option<Atom>>,
}

/// What `start_monitor` does with the monitor's message about a process that failed to start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Down {
    /// `gen_server:start_monitor` takes it (gen.erl, monitor_return/1).
    Taken,
    /// `proc_lib:start_monitor` leaves it to its caller.
    Left,
}

/// Starts what a start function starts: as far as the first wait.
///
/// `label` is what the starter calls the process, such as a child id.
pub(super) fn begin<G: Guest>(
    launch: Launch<G>,
    label: Option<Atom>,
    how: Ties,
    context: &mut Context<'_, Actor<G>>,
) -> Begun {
    let newborn = match launch {
        Launch::Spawn(newborn) => newborn,
        Launch::Return(started) => return Begun::Done(started),
        Launch::Throw(term) => return Begun::Done(Started::Raised(Raise::Throw(term).reason())),
    };
    // gen:start/6 asks for the name in the caller first (gen.erl, OTP 25).
    if let Some(name) = newborn.name.as_ref().filter(|_| newborn.body.is_behaviour()) {
        match name.whereis(context) {
            Ok(None) => (),
            Ok(holder @ Some(_)) => return Begun::Done(Started::Error(Taken::error(holder))),
            Err(raise) => return Begun::Done(Started::Raised(raise.reason())),
        }
    }
    let starter = context.pid();
    let acknowledges = newborn.body.acknowledges();
    let down = how.monitor.then_some(if newborn.body.is_behaviour() { Down::Taken } else { Down::Left });
    let actor = Actor::born(newborn.body, starter, how, newborn.name.clone());
    // Since OTP 26 the starter watches even one that it is linked to (proc_lib.erl, sync_start/2).
    let watched = !how.link || how.monitor || context.image().release().failed_start_is_synchronous();
    let monitor = watched && acknowledges;
    let label = label.unwrap_or(newborn.label);
    let mut spawned = None;
    let (child, monitor) =
        context.spawn(actor, Spawn { label, link: how.link, monitor, awaited: acknowledges });
    if !acknowledges {
        // Such a start function names the process itself, which runs by then, and may have ended.
        let name = newborn.name.and_then(|name| name.local());
        if !context.can_be_interrupted() {
            return Begun::Done(named(child, name, newborn.info, context));
        }
        spawned = Some(name);
    }
    Begun::Pending(PendingStart {
        child,
        timeout: newborn.timeout,
        info: newborn.info,
        monitor,
        failed: None,
        down,
        unlinked: false,
        spawned,
    })
}

/// Gives a process that runs its name, if it is to have one: nobody has that, or it has ended.
fn named<G: Guest>(
    pid: Pid,
    name: Option<Atom>,
    info: Option<Term>,
    context: &mut Context<'_, Actor<G>>,
) -> Started {
    if let Some(name) = name {
        let _ = context.register(name, pid);
    }
    Started::Ok { pid, info }
}

impl PendingStart {
    /// Whether the starter's `receive` would take this message.
    pub(super) fn accepts<G: Guest>(&self, message: &Received<Message<G>>) -> bool {
        match message {
            _ if self.spawned.is_some() => false,
            Received::Message(Message::Ack { child, .. }) => self.failed.is_none() && *child == self.child,
            Received::Exit { from, .. } => self.monitor.is_none() && *from == self.child,
            Received::Down { reference, .. } => Some(*reference) == self.monitor,
            Received::Message(_) => false,
        }
    }

    /// The monitor that `start_monitor` returns; none of another start.
    pub(super) fn kept(&self) -> Option<Option<Ref>> {
        self.down.map(|_| self.monitor)
    }

    /// Goes on with an accepted message: what the start function returns, once it does.
    pub(super) fn hear<G: Guest>(
        &mut self,
        message: Received<Message<G>>,
        context: &mut Context<'_, Actor<G>>,
    ) -> Option<Started> {
        match message {
            Received::Message(Message::Ack { result, dying: false, .. }) => match (self.down, result) {
                (Some(Down::Taken), result @ Started::Ok { .. }) | (Some(Down::Left), result) => {
                    Some(self.informed(result))
                }
                // gen.erl, monitor_return/1: an error is returned once the process is gone.
                (Some(Down::Taken), result) => {
                    self.failed = Some(result);
                    None
                }
                (None, result) => {
                    if let Some(monitor) = self.monitor {
                        context.demonitor_flush(monitor);
                    }
                    Some(self.informed(result))
                }
            },
            // The failed process dies before its starter goes on. The link is cut, so that a starter which
            // does not trap exits lives if it hears of the failure first.
            Received::Message(Message::Ack { result, dying: true, .. }) => {
                self.forget_exit(context);
                self.failed = Some(result);
                None
            }
            Received::Exit { reason, .. } => Some(Started::Error(reason)),
            Received::Down { ref reason, .. } => {
                let reason = reason.clone();
                // Before OTP 26 `start_monitor` left the exit signal of a linked process alone.
                let forgets = self.down.is_none() || context.image().release().failed_start_is_synchronous();
                if forgets && self.failed.is_none() {
                    self.forget_exit(context);
                }
                if self.down == Some(Down::Left) {
                    context.put_back(message);
                }
                Some(self.failed.take().unwrap_or(Started::Error(reason)))
            }
            Received::Message(_) => unreachable!("only acknowledgements are accepted"),
        }
    }

    /// Goes on where no message has come: after others have run, or when the time is up.
    pub(super) fn go_on<G: Guest>(&mut self, context: &mut Context<'_, Actor<G>>) -> Option<Started> {
        match self.spawned.take() {
            Some(name) => Some(named(self.child, name, self.info.clone(), context)),
            None => self.time_out(context),
        }
    }

    /// What has started, if nobody who comes first makes a difference to a starter whose next act is another's business
    /// anyway.
    pub(super) fn at_once(&self) -> Option<Started> {
        let child = self.child;
        let started = || Started::Ok { pid: child, info: self.info.clone() };
        (self.spawned == Some(None)).then(started)
    }

    /// The acknowledgement did not come in time: the process is killed, and the start has failed.
    /// `proc_lib.erl`, `kill_flush/1` (OTP 25): whoever ends the starter between the two leaves it alone.
    fn time_out<G: Guest>(&mut self, context: &mut Context<'_, Actor<G>>) -> Option<Started> {
        if !self.unlinked {
            self.forget_exit(context);
            self.unlinked = context.can_be_interrupted();
            if self.unlinked {
                return None;
            }
        }
        self.unlinked = false;
        context.exit(self.child, Term::Atom(Atom::KILL));
        let timed_out = Started::Error(Term::Atom(Atom::TIMEOUT));
        if self.down == Some(Down::Taken) || context.image().release().failed_start_is_synchronous() {
            self.failed = Some(timed_out);
            return None;
        }
        if let (Some(monitor), None) = (self.monitor, self.down) {
            context.demonitor_flush(monitor);
        }
        Some(timed_out)
    }

    /// How the starter waits first.
    pub(super) fn begin(&self) -> Next {
        if self.spawned.is_some() { Next::Preempt } else { Next::Receive { timeout: self.timeout } }
    }

    /// How the starter waits after it has heard something, or its time was up.
    pub(super) fn wait(&self) -> Next {
        if self.unlinked { Next::Preempt } else { Next::Receive { timeout: None } }
    }

    /// With what the start function says beside the pid.
    fn informed(&self, result: Started) -> Started {
        match result {
            Started::Ok { pid, info } => Started::Ok { pid, info: info.or_else(|| self.info.clone()) },
            other => other,
        }
    }

    /// `unlink(Pid), receive {'EXIT', Pid, _} -> ok after 0 -> ok end`
    fn forget_exit<G: Guest>(&self, context: &mut Context<'_, Actor<G>>) {
        context.unlink(self.child);
        context.receive_exit_now(self.child);
    }
}
