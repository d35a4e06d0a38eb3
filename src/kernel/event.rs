//! What happened, told to whoever listens. History is not state: the world keeps none of this.

use super::atom::Atom;
use super::pid::{Pid, Ref};
use super::signal::{Received, Signal};
use super::state::State;
use super::term::Term;

/// Something that happened to a process or that it did.
#[derive(Clone, Debug, PartialEq)]
pub struct Event<B: State> {
    /// Virtual time, in milliseconds.
    pub at: u64,
    /// The step, counted from 1, in which it happened.
    pub step: u64,
    /// Whom it happened to.
    pub pid: Pid,
    /// What happened.
    pub kind: EventKind<B>,
}

/// The kinds of things that happen.
#[derive(Clone, Debug, PartialEq)]
pub enum EventKind<B: State> {
    /// The process was made.
    Spawned {
        /// By whom; nobody made the first one.
        parent: Option<Pid>,
        /// What its parent calls it.
        label: Atom,
        /// As which process started at its place in the tree, from 1.
        nth: u32,
        /// Linked at birth.
        linked: bool,
        /// Monitored at birth.
        monitored: Option<Ref>,
        /// Whoever spawned it waits to hear how its start went.
        awaited: bool,
    },
    /// It sent a signal.
    Sent {
        /// To whom.
        to: Pid,
        /// What.
        signal: Signal<B::Message>,
    },
    /// A signal arrived.
    Arrived {
        /// From whom.
        from: Pid,
        /// What.
        signal: Signal<B::Message>,
        /// What became of it.
        fate: Fate,
    },
    /// It took a message out of its mailbox.
    Took(Received<B::Message>),
    /// What it waited for did not come in time.
    TimedOut,
    /// It took a name.
    Registered(Atom),
    /// It gave up a name, or lost it by dying.
    Unregistered(Atom),
    /// It set a timer.
    TimerSet {
        /// The timer.
        reference: Ref,
        /// When it will fire.
        due: u64,
    },
    /// A timer meant for this process fired.
    TimerFired(Ref),
    /// It cancelled a timer, or asked to.
    TimerCancelled(Ref),
    /// It died.
    Exited {
        /// Why.
        reason: Term,
        /// The exit signal or broken link that killed it, if it did not end by itself.
        killer: Option<Pid>,
        /// How many messages it left unread.
        unread: usize,
    },
    /// The scheduler killed it: a fault.
    KilledByFault,
    /// Its behaviour has something to say.
    Reported(B::Report),
}

/// What became of a signal that arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is in the mailbox.
    Queued,
    /// It is in the mailbox, before all that are no priority messages.
    QueuedFirst,
    /// It took effect: a link or monitor was made or removed, a process died.
    Applied,
    /// The receiver is dead; links and monitors are answered with `noproc`.
    NoProcess,
    /// It came through a link or an alias that is no longer active, or said `normal` to one who does not
    /// trap exits.
    Dropped,
    /// It never arrived: there is no connection to the receiver's node, or it was lost with the connection.
    Lost,
}

/// What is listened to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Listening {
    Nothing,
    Lives,
    Everything,
}

/// Collects events, or does nothing at the cost of one comparison.
#[derive(Clone, Debug)]
pub struct Events<B: State> {
    listening: Listening,
    list: Vec<Event<B>>,
    pub(super) step: u64,
    pub(super) at: u64,
    /// Whether the last step depended on, or changed, more than its process and the signals to and from it.
    pub(super) looked: bool,
}

impl<B: State> Events<B> {
    /// Keeps everything until it is drained.
    pub fn recorded() -> Self {
        Events { listening: Listening::Everything, list: Vec::new(), step: 0, at: 0, looked: false }
    }

    /// Keeps births, deaths and reports, and lets every signal pass.
    pub fn of_lives() -> Self {
        Events { listening: Listening::Lives, list: Vec::new(), step: 0, at: 0, looked: false }
    }

    /// Keeps nothing.
    pub fn ignored() -> Self {
        Events { listening: Listening::Nothing, list: Vec::new(), step: 0, at: 0, looked: false }
    }

    /// Forgets what has been collected, and listens to a run that has taken so many steps already.
    pub fn turn_to(&mut self, steps: u64) {
        self.list.clear();
        self.step = steps;
    }

    /// Whether the last step depended on, or changed, what processes share: names, who lives, common state.
    pub fn looked_around(&self) -> bool {
        self.looked
    }

    /// The number of steps that were taken with this listener.
    pub fn steps(&self) -> u64 {
        self.step
    }

    /// Whether somebody listens to everything.
    pub fn recording(&self) -> bool {
        self.listening == Listening::Everything
    }

    /// Takes out what has been collected.
    pub fn drain(&mut self) -> Vec<Event<B>> {
        std::mem::take(&mut self.list)
    }

    /// What has been collected and not drained.
    pub fn list(&self) -> &[Event<B>] {
        &self.list
    }

    /// Forgets what has been collected, and keeps the room for more.
    pub fn clear(&mut self) {
        self.list.clear();
    }

    pub(super) fn push(&mut self, pid: Pid, kind: impl FnOnce() -> EventKind<B>) {
        self.push_at(Listening::Everything, pid, kind);
    }

    /// A birth, a death or a report.
    pub(super) fn push_life(&mut self, pid: Pid, kind: impl FnOnce() -> EventKind<B>) {
        self.push_at(Listening::Lives, pid, kind);
    }

    fn push_at(&mut self, least: Listening, pid: Pid, kind: impl FnOnce() -> EventKind<B>) {
        if self.listening >= least {
            self.list.push(Event { at: self.at, step: self.step, pid, kind: kind() });
        }
    }
}
