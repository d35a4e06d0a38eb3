//! What happened, told to whoever listens. History is not state: the world keeps none of this.

use std::cell::Cell;

use super::atom::Atom;
use super::observed::{Observed, SharedPlace};
use super::pid::{Pid, Ref};
use super::signal::{Received, Signal};
use super::slot::Slot;
use super::state::State;
use super::stop::StopFlag;
use super::term::Term;
use super::whereabouts::{Origin, Whereabouts};

/// Something that happened to a process or that it did.
#[derive(Clone, Debug, PartialEq)]
pub struct Event<B: State> {
    /// As which of those that were told it happened, from 1.
    pub number: u64,
    /// Of a signal that arrives, the event that sent it, or the firing of its timer; of a message that is taken,
    /// the one by which it arrived, or by which it was taken before it was put back. A process can also find what no
    /// event has told of: an exit that it sent itself, or the answer that whom it links or monitors is dead.
    pub origin: Option<u64>,
    /// Virtual time, in milliseconds.
    pub at: u64,
    /// The step, counted from 1, in which it happened.
    pub step: u64,
    /// Whom it happened to.
    pub pid: Pid,
    /// What happened to it, or what it did.
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
        /// Who is to get it.
        to: Pid,
        /// The signal, with what is in it.
        signal: Signal<B::Message>,
    },
    /// A signal arrived.
    Arrived {
        /// Who has sent it.
        from: Pid,
        /// The signal, with what is in it.
        signal: Signal<B::Message>,
        /// What became of it.
        fate: Fate,
    },
    /// It took a message out of its mailbox.
    Took(Received<B::Message>),
    /// What it waited for did not come in time.
    TimedOut,
    /// It had a message for somebody, and nobody has the name.
    Unsent {
        /// For whom, as it was written.
        to: Term,
        /// The message that was for nobody.
        body: B::Message,
    },
    /// It looked at what others decide, without a signal.
    Saw {
        /// What it has looked at.
        at: Observed,
        /// What was there.
        found: Option<Term>,
    },
    /// It changed what all share.
    Wrote {
        /// Which place has changed.
        place: SharedPlace,
        /// What is there now.
        value: Option<Term>,
    },
    /// It took a name.
    Registered(Atom),
    /// It gave up a name, or lost it by dying.
    Unregistered(Atom),
    /// It set a timer.
    TimerSet {
        /// The reference that the timer is known by.
        reference: Ref,
        /// When it will fire.
        due: u64,
    },
    /// A timer meant for this process fired.
    TimerFired(Ref),
    /// It cancelled a timer, or asked to.
    TimerCancelled {
        /// The reference that the timer is known by.
        reference: Ref,
        /// What it would have sent; none if it has fired or never was.
        body: Option<B::Message>,
    },
    /// It ended, or was killed.
    Exited {
        /// The reason that its links and monitors hear.
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

/// What a statement may put into the world, without the terms that it says: a message, a timer, a process.
const STATEMENT_BYTES: u64 = 128;
/// Going through so many terms is as much work as one statement.
const TERMS_A_STATEMENT: usize = 8;

/// What is listened to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Listening {
    Nothing,
    Lives,
    Messages,
    Everything,
}

/// Collects events, or does nothing at the cost of one comparison.
#[derive(Clone, Debug)]
pub struct Events<B: State> {
    listening: Listening,
    list: Vec<Event<B>>,
    /// How many have been told.
    told: u64,
    whereabouts: Whereabouts,
    /// What sent the signal that is about to arrive.
    arriving: Origin,
    /// By what a message was taken last.
    taken: Origin,
    pub(super) step: u64,
    pub(super) at: u64,
    /// How many statements the running process has taken in this step.
    pub(super) statements: u32,
    /// How many have been taken since it was turned to this run.
    pub(super) work: u64,
    /// How many bytes they may have made since the world was last weighed.
    pub(super) made: u64,
    /// How many terms have been made and looked at since the last statement.
    gone_through: Cell<usize>,
    /// Where in its program it is, if it has one.
    pub(super) place: Option<u32>,
    /// Whether the last step depended on, or changed, more than its process and the signals to and from it.
    pub(super) looked: bool,
    /// Who listens may want no more.
    pub(super) stop: StopFlag,
}

impl<B: State> Events<B> {
    /// Keeps everything until it is drained.
    pub fn recorded() -> Self {
        Events::listening(Listening::Everything)
    }

    /// Keeps births, deaths, names, what finds nobody, and reports, but for those that only repeat such a thing
    /// ([`Context::report_besides`](super::Context::report_besides)), and lets every other signal pass.
    pub fn of_lives() -> Self {
        Events::listening(Listening::Lives)
    }

    /// Keeps at least births, deaths, reports, what is sent to whom, and which messages are taken.
    pub fn hear_messages(&mut self) {
        self.listening = self.listening.max(Listening::Messages);
    }

    /// Events of which nothing is kept.
    pub fn ignored() -> Self {
        Events::listening(Listening::Nothing)
    }

    fn listening(listening: Listening) -> Self {
        Events {
            listening,
            list: Vec::new(),
            told: 0,
            whereabouts: Whereabouts::default(),
            arriving: None,
            taken: None,
            step: 0,
            at: 0,
            statements: 0,
            work: 0,
            made: 0,
            gone_through: Cell::new(0),
            place: None,
            looked: false,
            stop: StopFlag::default(),
        }
    }

    /// The same, and a step that it is told of breaks off as soon as this flag is raised.
    pub fn until(self, stop: &StopFlag) -> Self {
        Events { stop: stop.clone(), ..self }
    }

    /// Whether that flag is raised: the last step may have broken off.
    pub fn is_stopped(&self) -> bool {
        self.stop.is_raised()
    }

    /// Whoever judges a run has gone through so many things to judge its last step: that is work as any other.
    pub fn add_effort(&mut self, things: usize) {
        self.work = self.work.saturating_add((things / TERMS_A_STATEMENT) as u64);
    }

    /// Forgets what has been collected, and listens to a run that has taken so many steps already.
    pub fn turn_to(&mut self, steps: u64) {
        self.list.clear();
        self.step = steps;
        (self.work, self.made) = (0, 0);
    }

    /// Whether the last step depended on, or changed, what processes share: names, who lives, common state.
    pub fn looked_around(&self) -> bool {
        self.looked
    }

    /// Where in its program who ran last was, if it has one ([`Context::may_go_on`](super::Context::may_go_on)).
    pub fn place(&self) -> Option<u32> {
        self.place
    }

    /// The number of steps that were taken with this listener.
    pub fn steps(&self) -> u64 {
        self.step
    }

    /// Whether somebody listens to everything.
    pub fn recording(&self) -> bool {
        self.listening == Listening::Everything
    }

    /// So many terms are gone through. It is counted with the next statement, but a few are no effort.
    pub(super) fn goes_through(&self, terms: usize) {
        if terms >= TERMS_A_STATEMENT {
            self.gone_through.set(self.gone_through.get().saturating_add(terms));
        }
    }

    /// Counts a statement, and what has been gone through since the last one.
    pub(super) fn takes_a_statement(&mut self) {
        match self.gone_through.take() {
            0 => {
                self.statements = self.statements.saturating_add(1);
                self.work = self.work.saturating_add(1);
                self.made = self.made.saturating_add(STATEMENT_BYTES);
            }
            terms => self.takes_a_long_statement(terms),
        }
    }

    #[cold]
    fn takes_a_long_statement(&mut self, terms: usize) {
        let statements = u32::try_from(terms / TERMS_A_STATEMENT).unwrap_or(u32::MAX).saturating_add(1);
        self.statements = self.statements.saturating_add(statements);
        self.work = self.work.saturating_add(u64::from(statements));
        let bytes = (terms as u64).saturating_mul(size_of::<Term>() as u64);
        self.made = self.made.saturating_add(bytes).saturating_add(STATEMENT_BYTES);
    }

    /// Whether somebody listens to what is sent.
    pub(super) fn hears_messages(&self) -> bool {
        self.listening >= Listening::Messages
    }

    /// Takes out what has been collected.
    pub fn drain(&mut self) -> Vec<Event<B>> {
        std::mem::take(&mut self.list)
    }

    /// What has been collected and not drained.
    pub fn list(&self) -> &[Event<B>] {
        &self.list
    }

    /// Forgets what has been collected, keeps the room for more, and may be turned to another world: where what
    /// has been told of is now, it does not know any longer.
    pub fn clear(&mut self) {
        self.list.clear();
        if self.recording() {
            self.whereabouts = Whereabouts::default();
        }
    }

    pub(super) fn push(&mut self, pid: Pid, kind: impl FnOnce() -> EventKind<B>) {
        self.push_at(Listening::Everything, pid, kind);
    }

    /// Something is sent.
    pub(super) fn push_sent(&mut self, pid: Pid, kind: impl FnOnce() -> EventKind<B>) {
        self.push_at(Listening::Messages, pid, kind);
    }

    /// A birth, a death, a name, a report, or a message for nobody.
    pub(super) fn push_life(&mut self, pid: Pid, kind: impl FnOnce() -> EventKind<B>) {
        self.push_at(Listening::Lives, pid, kind);
    }

    /// The signal arrives that was said to come.
    pub(super) fn push_arrival(&mut self, pid: Pid, kind: impl FnOnce() -> EventKind<B>) {
        let origin = self.arriving.take();
        self.push_from(origin, Listening::Everything, pid, kind);
    }

    /// A message arrives, and finds nobody.
    pub(super) fn push_refusal(&mut self, pid: Pid, kind: impl FnOnce() -> EventKind<B>) {
        let origin = self.arriving.take();
        self.push_from(origin, Listening::Lives, pid, kind);
    }

    /// The message is taken out of this place of its mailbox.
    pub(super) fn push_took(&mut self, pid: Pid, place: usize, kind: impl FnOnce() -> EventKind<B>) {
        let origin = if self.recording() { self.whereabouts.taken_out(pid, place) } else { None };
        self.push_from(origin, Listening::Messages, pid, kind);
        if self.recording() {
            self.taken = Some(self.told);
        }
    }

    fn push_at(&mut self, least: Listening, pid: Pid, kind: impl FnOnce() -> EventKind<B>) {
        self.push_from(None, least, pid, kind);
    }

    fn push_from(&mut self, origin: Origin, least: Listening, pid: Pid, kind: impl FnOnce() -> EventKind<B>) {
        if self.listening >= least {
            self.told += 1;
            let (number, at, step) = (self.told, self.at, self.step);
            self.list.push(Event { number, origin, at, step, pid, kind: kind() });
        }
    }
}

// Where signals go: of interest only to who records.
impl<B: State> Events<B> {
    /// What the last event sent is on its way.
    pub(super) fn on_its_way(&mut self, place: Slot) {
        if self.recording() {
            self.whereabouts.sent(place, Some(self.told));
        }
    }

    /// A signal was on its way at this place, and is about to arrive.
    pub(super) fn comes(&mut self, place: Slot) {
        if self.recording() {
            self.arriving = self.whereabouts.taken_off(place);
        }
    }

    /// What the last event sent arrives at once.
    pub(super) fn comes_at_once(&mut self) {
        if self.recording() {
            self.arriving = Some(self.told);
        }
    }

    /// What has just arrived lies at this place of a mailbox.
    pub(super) fn queued(&mut self, pid: Pid, place: usize) {
        if self.recording() {
            self.whereabouts.queued(pid, place, Some(self.told));
        }
    }

    /// A process has put a message into its own mailbox, of which no event tells.
    pub(super) fn queued_untold(&mut self, pid: Pid, place: usize) {
        if self.recording() {
            self.whereabouts.queued(pid, place, None);
        }
    }

    /// A process has put the message that it took last into its mailbox again.
    pub(super) fn queued_again(&mut self, pid: Pid, place: usize) {
        if self.recording() {
            self.whereabouts.queued(pid, place, self.taken);
        }
    }

    /// A process has taken out a message in the middle of a step, of which no event tells.
    pub(super) fn taken_untold(&mut self, pid: Pid, place: usize) {
        if self.recording() {
            self.whereabouts.taken_out(pid, place);
        }
    }

    /// A process is dead.
    pub(super) fn forget_mailbox(&mut self, pid: Pid) {
        if self.recording() {
            self.whereabouts.died(pid);
        }
    }
}
