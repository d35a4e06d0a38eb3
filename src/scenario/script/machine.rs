//! A state machine at work: what `gen_statem` does between two callbacks (gen_statem.erl, OTP 25, `loop_event/5` to
//! `loop_done/4`).
//!
//! It knows the queue of events, those that were postponed, and the timeouts; what a handler does with an event is the
//! frame's business, and the messages come from OTP.

use std::collections::VecDeque;

use crate::kernel::{Atom, Ref, Term};
use crate::otp::{Callback, From, Info};

/// The machine of a process.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Machine {
    /// What is handled before anything else is received, the next one first.
    queue: VecDeque<Happened>,
    /// What waits for another state, the oldest first.
    postponed: Vec<Happened>,
    /// The timeouts that are running, by their type.
    timers: Vec<Timer>,
    /// Those without any time, in the order in which they were started.
    due: VecDeque<Term>,
    /// The event that is being handled.
    current: Option<Happened>,
    /// In which state it was when that came.
    before: u16,
    /// A state is being entered.
    pub(super) entering: bool,
    /// `init` has returned.
    pub(super) started: bool,
    /// `terminate` is called, or was.
    pub(super) terminates: bool,
    /// What the handlers have asked for so far.
    acts: Acts,
}

/// Who starts timers for a machine.
pub(super) trait Clock {
    /// One that sends `{timeout, Reference, Type}` after so many milliseconds.
    fn start(&mut self, after: u64, kind: &Term) -> Ref;
    /// One is taken back, and if it has fired already, out of the mailbox.
    fn cancel(&mut self, reference: Ref);
}

/// What handlers ask for: it takes effect when they have returned.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Acts {
    postpone: bool,
    next: Vec<Happened>,
    timeouts: Vec<(Term, Option<u64>, Term)>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Timer {
    kind: Term,
    /// None of one without any time.
    reference: Option<Ref>,
    content: Term,
}

/// An event of a state machine.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Happened {
    /// What a server would be called back with.
    Called(Callback),
    /// An event of its own making.
    Internal(Term),
    /// A timeout of this type, with this content: `{Type, Content}`.
    Elapsed(Term),
    /// It enters a state.
    Entered,
}

/// The type of a state timeout.
const STATE_TIMEOUT: Atom = Atom::of("state_timeout");

impl Machine {
    /// What this callback is to the machine: a message of one of its timers is its timeout.
    pub(super) fn heard(&mut self, callback: Callback) -> Happened {
        let Callback::Info(Info::Message(message)) = &callback else { return Happened::Called(callback) };
        match message.as_tuple() {
            Some([Term::Atom(Atom::TIMEOUT), Term::Ref(reference), _]) => {
                let is_it = |timer: &Timer| timer.reference == Some(*reference);
                match self.timers.iter().position(is_it) {
                    Some(place) => elapsed(self.timers.remove(place)),
                    None => Happened::Called(callback),
                }
            }
            _ => Happened::Called(callback),
        }
    }

    /// An event begins to be handled in this state.
    pub(super) fn begins(&mut self, event: Happened, state: u16) {
        self.current = Some(event);
        self.before = state;
        self.acts = Acts::default();
        self.entering = false;
    }

    /// It starts in this state.
    pub(super) fn starts(&mut self, state: u16) {
        self.before = state;
    }

    /// Whom the event asks to answer, if it is a call.
    pub(super) fn asker(&self) -> Option<From> {
        match &self.current {
            Some(Happened::Called(Callback::Call { from, .. })) => Some(*from),
            _ => None,
        }
    }

    /// Whether the handlers of this event have led to another state.
    pub(super) fn has_changed(&self, state: u16) -> bool {
        self.before != state
    }

    /// This event is kept for another state.
    pub(super) fn postpone(&mut self) {
        self.acts.postpone = true;
    }

    /// An event that goes before all that wait.
    pub(super) fn insert(&mut self, event: Happened) {
        self.acts.next.push(event);
    }

    /// A timeout of this type begins, in place of the one that runs; without a time it is taken back.
    pub(super) fn times(&mut self, kind: Term, after: Option<u64>, content: Term) {
        self.acts.timeouts.push((kind, after, content));
    }

    /// The handlers are done: the transition to this state takes place.
    pub(super) fn turns(&mut self, state: u16, clock: &mut dyn Clock) {
        let Acts { postpone, next, timeouts } = std::mem::take(&mut self.acts);
        if let Some(event) = self.current.take().filter(|_| postpone) {
            self.postponed.push(event);
        }
        if self.before != state {
            self.cancel(&STATE_TIMEOUT.into(), clock);
            for event in self.postponed.drain(..).rev() {
                self.queue.push_front(event);
            }
        }
        self.before = state;
        self.cancel(&Atom::TIMEOUT.into(), clock);
        // Of two of one type the later one counts.
        for (place, (kind, after, content)) in timeouts.iter().enumerate() {
            if timeouts[place + 1..].iter().any(|(later, ..)| later == kind) {
                continue;
            }
            self.cancel(kind, clock);
            if let Some(after) = after {
                self.sets(kind.clone(), *after, content.clone(), clock);
            }
        }
        for event in next.into_iter().rev() {
            self.queue.push_front(event);
        }
    }

    /// What it handles next without receiving anything: what is queued, then the timeouts that take no time.
    pub(super) fn next(&mut self) -> Option<Happened> {
        if let Some(event) = self.queue.pop_front() {
            return Some(event);
        }
        let kind = self.due.pop_front()?;
        let place = self.timers.iter().position(|timer| timer.kind == kind)?;
        Some(elapsed(self.timers.remove(place)))
    }

    /// All that waits in it.
    pub(super) fn visit(&self, visitor: &mut dyn FnMut(&Term)) {
        for event in self.queue.iter().chain(&self.postponed).chain(&self.current) {
            match event {
                Happened::Called(Callback::Call { from, request }) => {
                    visitor(&from.term());
                    visitor(request);
                }
                Happened::Called(Callback::Cast(term) | Callback::Info(Info::Message(term)))
                | Happened::Internal(term)
                | Happened::Elapsed(term) => visitor(term),
                Happened::Called(_) | Happened::Entered => (),
            }
        }
        self.timers.iter().for_each(|timer| visitor(&timer.content));
    }

    fn sets(&mut self, kind: Term, after: u64, content: Term, clock: &mut dyn Clock) {
        let reference = if after == 0 {
            self.due.push_back(kind.clone());
            None
        } else {
            Some(clock.start(after, &kind))
        };
        self.timers.push(Timer { kind, reference, content });
    }

    fn cancel(&mut self, kind: &Term, clock: &mut dyn Clock) {
        let Some(place) = self.timers.iter().position(|timer| timer.kind == *kind) else { return };
        match self.timers.remove(place).reference {
            Some(reference) => clock.cancel(reference),
            None => self.due.retain(|due| due != kind),
        }
    }
}

fn elapsed(timer: Timer) -> Happened {
    Happened::Elapsed(Term::tuple([timer.kind, timer.content]))
}
