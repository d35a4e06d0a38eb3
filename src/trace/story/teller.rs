//! The first pass: from events to a tree of causes.
//!
//! Every process has a *current* node: what it is busy with. What it does hangs below that. A message's node
//! becomes current when the message is taken; a death's node when somebody hears of the death.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::kernel::{Atom, Event, EventKind, Fate, Observed, Pid, Received, Ref, Signal, Term};
use crate::otp::{Actor, Guest, Message, Report, Request, Started};
use crate::trace::narrate::Narrate;
use crate::trace::recording::Recording;
use crate::trace::terms::Names;

use super::node::{Absent, CallEnd, ROOT, Start, Stopping, Tree, Verb, Way, What};

/// Beyond this depth an asynchronous message is told, but not what comes of it: that is told on its own.
const ASYNC_DEPTH_MAX: usize = 3;

/// The label of the application controller.
const CONTROLLER: &str = "application_controller";

/// The label of who keeps the global names of a node.
const NAME_SERVER: &str = "global_name_server";

/// The label of the process that sets a scenario up.
const BOOT: &str = "boot";

/// How far below it the parents of top supervisors are.
const MACHINERY_DEPTH: u8 = 3;

/// What is known of a process.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub(super) current: Option<usize>,
    pub(super) parent: Option<Pid>,
    /// No server and no supervisor: nobody waits for its start, and what it does has no cause but itself.
    pub(super) plain: bool,
    pub(super) supervisor: bool,
    /// How far it is below the application controller, if it belongs to the machinery of applications.
    pub(super) machinery: Option<u8>,
    pub(super) start: Option<usize>,
    /// Its starter has learnt how its start went.
    pub(super) heard_of: bool,
    pub(super) stopping: Option<usize>,
    /// Its supervisor's word that it is to stop has reached it.
    pub(super) told_to_stop: bool,
    /// It has ended by itself when that was about to come.
    pub(super) gone: Option<Stopping>,
    pub(super) death: Option<usize>,
    /// Its children that are alike and have been stopped, by the reasons of their ends.
    pub(super) parted: BTreeMap<Term, Vec<usize>>,
    /// Its last line in the story.
    pub(super) told: Option<usize>,
    /// Where to go on when its notes to itself to try again are taken, oldest first.
    pub(super) retries: VecDeque<usize>,
    pub(super) calling: Option<usize>,
    /// The call that has just failed or the message that was just taken, and in which step.
    pub(super) last: Option<(u64, usize)>,
    pub(super) fault: bool,
    /// Its last two monitors.
    pub(super) monitors: [Option<(Pid, Ref)>; 2],
}

pub(super) struct Teller<'a, G: Guest> {
    pub(super) tree: Tree,
    pub(super) names: Names<'a>,
    pub(super) recording: &'a Recording<'a, G>,
    pub(super) known: BTreeMap<Pid, Known>,
    /// The nodes of signals and of what became of them, by the number of the event that sent one or by which it
    /// arrived.
    nodes: BTreeMap<u64, usize>,
    pub(super) asked: BTreeMap<Ref, usize>,
    pub(super) stops: BTreeMap<Ref, usize>,
    /// The calls whose replies were sent further down.
    pub(super) later: BTreeSet<Ref>,
    /// What has just taken effect on whom.
    pub(super) applied: Option<(Pid, usize, bool)>,
    acknowledging: BTreeSet<Pid>,
    /// With which event each name was last taken.
    last_taken: BTreeMap<Atom, u64>,
    /// Of each event, the lowest line that tells of it or of what it follows from.
    pub(super) lowest: Vec<usize>,
    /// The lowest line that this event follows from, and the first node that tells of it.
    pub(super) past: usize,
    pub(super) first_of_event: usize,
    pub(super) first: Option<Pid>,
    /// The process that sets a scenario up, which is nobody that its author knows.
    pub(super) boot: Option<Pid>,
}

/// Whether only a process that acknowledges its start is in such an event.
fn says_how_it_started<G: Guest>(kind: &EventKind<Actor<G>>) -> bool {
    match kind {
        EventKind::Reported(Report::Initialised(_) | Report::Supervises { .. }) => true,
        EventKind::Spawned { awaited, .. } => *awaited,
        _ => false,
    }
}

fn verb_of<G: Guest>(request: &Request<G>) -> Verb {
    match request {
        Request::User(_) => Verb::Call,
        Request::Supervisor(_) | Request::Application(_) | Request::System(_) => Verb::Request,
    }
}

/// Tells a run.
pub(super) fn tell<G: Guest>(recording: &Recording<'_, G>, names: Names<'_>) -> Tree
where
    G::Note: Narrate,
{
    let events = recording.events();
    let acknowledging =
        events.iter().filter(|event| says_how_it_started(&event.kind)).map(|event| event.pid).collect();
    let taken = events.iter().filter_map(|event| match event.kind {
        EventKind::Registered(name) => Some((name, event.number)),
        _ => None,
    });
    let mut teller = Teller {
        tree: Tree::new(),
        names,
        recording,
        known: BTreeMap::new(),
        nodes: BTreeMap::new(),
        asked: BTreeMap::new(),
        stops: BTreeMap::new(),
        later: BTreeSet::new(),
        applied: None,
        acknowledging,
        last_taken: taken.collect(),
        lowest: vec![ROOT],
        past: ROOT,
        first_of_event: 0,
        first: None,
        boot: None,
    };
    for event in events {
        teller.begins(event.number);
        teller.hear(event);
        teller.ends();
    }
    teller.tree
}

impl<G: Guest> Teller<'_, G>
where
    G::Note: Narrate,
{
    fn hear(&mut self, event: &Event<Actor<G>>) {
        let (at, pid) = (event.at, event.pid);
        (self.tree.step, self.tree.event) = (event.step, event.number);
        match &event.kind {
            EventKind::Spawned { parent, .. } => self.spawned(at, pid, *parent),
            EventKind::Sent { to, signal } => {
                let node = self.sent(at, pid, *to, signal);
                self.is_told_by(event, node);
            }
            EventKind::Arrived { from, signal, fate } => {
                let node = self.arrived(event, *from, signal, *fate);
                self.is_told_by(event, node);
            }
            EventKind::Took(received) => self.took(event, received),
            EventKind::TimedOut => self.timed_out(event),
            EventKind::Registered(name) => self.named(at, pid, Verb::Register, *name),
            EventKind::Unregistered(name) if self.known(pid).death.is_none() => {
                self.named(at, pid, Verb::Unregister, *name);
            }
            EventKind::Exited { reason, killer, unread } => self.exited(event, reason, *killer, *unread),
            EventKind::KilledByFault => self.known(pid).fault = true,
            EventKind::Reported(report) => self.reported(at, pid, report),
            EventKind::Unsent { to, body } => self.unsent(at, pid, to, body),
            EventKind::Saw { at: Observed::Shared(place), found } => {
                self.shares(event, What::Read { place: place.clone(), value: found.clone() });
            }
            EventKind::Saw { at: Observed::Name(name), found } => {
                self.shares(event, What::Found { name: *name, found: found.clone() });
            }
            EventKind::Wrote { place, value } => {
                self.shares(event, What::Wrote { place: place.clone(), value: value.clone() });
            }
            EventKind::TimerCancelled {
                body: Some(Message::Info(content) | Message::Cast(content)), ..
            } => {
                self.shares(event, What::Cancelled(content.clone()));
            }
            EventKind::Saw { .. }
            | EventKind::Unregistered(_)
            | EventKind::TimerSet { .. }
            | EventKind::TimerFired(_)
            | EventKind::TimerCancelled { .. } => (),
        }
    }

    /// What is told of the signal of this event.
    fn is_told_by(&mut self, event: &Event<Actor<G>>, node: Option<usize>) {
        if let Some(node) = node {
            self.nodes.insert(event.number, node);
        }
    }

    /// What is told of the signal that arrives with this event, or that what is taken was.
    pub(super) fn origin(&self, event: &Event<Actor<G>>) -> Option<usize> {
        self.nodes.get(&event.origin?).copied()
    }

    pub(super) fn known(&mut self, pid: Pid) -> &mut Known {
        self.known.entry(pid).or_default()
    }

    /// Below what the next act of a process hangs.
    pub(super) fn current(&mut self, pid: Pid) -> usize {
        self.known(pid).current.unwrap_or(ROOT)
    }

    /// What a process does this after: what it has done or heard in the same step, or is busy with.
    pub(super) fn occasion(&mut self, event: &Event<Actor<G>>) -> usize {
        let known = self.known(event.pid);
        let last = known.last.filter(|(step, _)| *step == event.step).map(|(_, node)| node);
        last.or(known.current).unwrap_or(ROOT)
    }

    pub(super) fn add(&mut self, at: u64, parent: usize, actor: Pid, what: What) -> usize {
        self.add_told(at, parent, actor, None, what)
    }

    pub(super) fn add_between(
        &mut self,
        at: u64,
        parent: usize,
        actor: Pid,
        other: Pid,
        what: What,
    ) -> usize {
        self.add_told(at, parent, actor, Some(other), what)
    }

    fn add_told(&mut self, at: u64, cause: usize, actor: Pid, other: Option<Pid>, what: What) -> usize {
        let of_machinery = |known: &Known| known.machinery.is_some();
        // What a process starts with, and what its node tells: only what somebody asks of it by himself is told.
        let directory = self.names.directory;
        let to_name_server = other.is_some_and(|other| directory.label(other) == NAME_SERVER)
            && !(directory.has(actor) && self.has_started(actor));
        let backstage = self.boot == Some(actor) || of_machinery(self.known(actor)) || to_name_server;
        let parent = if backstage { cause } else { self.place(at, actor, cause) };
        let node = self.tree.add(at, parent, (Some(actor), other), what);
        self.tree.nodes[node].backstage = backstage;
        self.told(actor, node);
        node
    }

    fn spawned(&mut self, at: u64, pid: Pid, parent: Option<Pid>) {
        let plain = !self.acknowledging.contains(&pid);
        // The controller, the masters, and the parents of top supervisors.
        let above = parent.and_then(|parent| self.known(parent).machinery);
        let machinery = match above {
            Some(level) => (level < MACHINERY_DEPTH).then_some(level + 1),
            None => match self.names.directory.label(pid) {
                CONTROLLER => Some(0),
                NAME_SERVER => Some(MACHINERY_DEPTH),
                _ => None,
            },
        };
        self.known(pid).machinery = machinery;
        let by_first = parent.is_none() || parent == self.first;
        let supervised = parent.is_some_and(|parent| self.known(parent).supervisor);
        let below = parent.map_or(ROOT, |parent| {
            let current = self.current(parent);
            self.place(at, parent, current)
        });
        let by = parent.filter(|_| !supervised && !by_first && above.is_none());
        let start = Start { by, waits: !plain, ..Start::default() };
        let node = self.add(at, below, pid, What::Start(Box::new(start)));
        self.tree.nodes[node].quiet = plain && by_first;
        if let Some(parent) = parent {
            self.told(parent, node);
        }
        if parent.is_none() && self.first.is_none() {
            self.first = Some(pid);
            self.boot = Some(pid).filter(|_| self.names.directory.label(pid) == BOOT);
        }
        let known = self.known(pid);
        // What the machinery of applications does has its causes.
        let plain = plain && machinery.is_none();
        known.plain = plain;
        known.parent = parent;
        known.start = Some(node);
        known.current = (!plain).then_some(node);
    }

    fn sent(&mut self, at: u64, pid: Pid, to: Pid, signal: &Signal<Message<G>>) -> Option<usize> {
        match signal {
            Signal::Message { body, .. } => self.sent_message(at, pid, to, body),
            Signal::Exit(reason) | Signal::ExitAlias(_, reason) => {
                let supervisor = self.known(pid).supervisor;
                let stopping = self.known(to).stopping.filter(|_| supervisor);
                Some(stopping.unwrap_or_else(|| self.says(at, pid, to, Verb::Exit, reason.clone())))
            }
            Signal::LinkExit(_) | Signal::Down { .. } => self.known(pid).death,
            Signal::Monitor { reference, .. } => {
                let monitors = &mut self.known(pid).monitors;
                *monitors = [monitors[1], Some((to, *reference))];
                None
            }
            Signal::Link | Signal::Unlink(_) | Signal::UnlinkAck(_) | Signal::Demonitor(_) => None,
        }
    }

    fn sent_message(&mut self, at: u64, pid: Pid, to: Pid, body: &Message<G>) -> Option<usize> {
        let below = self.current(pid);
        match body {
            Message::Call { from, request } => {
                let what =
                    What::Call { verb: verb_of(request), request: request.term(), outcome: CallEnd::Open };
                let node = self.add_between(at, below, pid, to, what);
                self.asked.insert(from.tag, node);
                self.known(pid).calling = Some(node);
                Some(node)
            }
            Message::Terminate { from, reason } => {
                let what = What::Stop { reason: reason.clone(), outcome: CallEnd::Open };
                let node = self.add_between(at, below, pid, to, what);
                self.asked.insert(from.tag, node);
                // Of the two monitors that were just made, the one that is not the call's waits for the end.
                let [first, second] = self.known(pid).monitors;
                for (target, reference) in [first, second].into_iter().flatten() {
                    if target == to && reference != from.tag {
                        self.stops.insert(reference, node);
                    }
                }
                self.known(pid).calling = Some(node);
                Some(node)
            }
            Message::Cast(payload) => Some(self.says(at, pid, to, Verb::Cast, payload.clone())),
            Message::Info(payload) => Some(self.says(at, pid, to, Verb::Send, payload.clone())),
            Message::Reply { tag, reply, .. } => self.replies_later(at, pid, to, *tag, reply),
            Message::Ack { child, result, .. } => {
                // Of a process that acknowledges by hand nothing else says it.
                let start = self.known(*child).start;
                let began = start.map_or(at, |start| self.tree.nodes[start].at);
                if let Some(start) = self.tree.start(start).filter(|start| start.result.is_none()) {
                    (start.result, start.took) = (Some(result.clone()), at - began);
                }
                None
            }
            Message::TryAgain { .. } | Message::Work(_) | Message::Stream(_) => None,
        }
    }

    /// A message that goes nowhere, since nobody has the name.
    fn unsent(&mut self, at: u64, pid: Pid, to: &Term, body: &Message<G>) {
        let failed = || CallEnd::Failed { reason: Atom::NOPROC.into(), took: 0, below: false };
        let (verb, content) = match body {
            Message::Call { request, .. } => {
                let what = What::Call { verb: verb_of(request), request: request.term(), outcome: failed() };
                return self.absent(at, pid, to, what);
            }
            Message::Terminate { reason, .. } => {
                let what = What::Stop { reason: reason.clone(), outcome: failed() };
                return self.absent(at, pid, to, what);
            }
            Message::Cast(payload) => (Verb::Cast, payload),
            Message::Info(payload) => (Verb::Send, payload),
            Message::Reply { .. }
            | Message::Ack { .. }
            | Message::TryAgain { .. }
            | Message::Work(_)
            | Message::Stream(_) => return,
        };
        self.absent(at, pid, to, What::Signal { verb, content: content.clone(), fate: Way::Lost });
    }

    fn absent(&mut self, at: u64, pid: Pid, to: &Term, what: What) {
        let below = self.current(pid);
        // That nobody has the name is said here.
        if let Some(node) = self.tree.nodes.last_mut()
            && node.actor == Some(pid)
            && matches!(node.what, What::Found { found: None, .. })
        {
            node.what = What::Run;
        }
        let node = self.add(at, below, pid, what);
        let comes = matches!(to, Term::Atom(name)
            if self.last_taken.get(name).is_some_and(|taken| *taken > self.tree.event));
        self.tree.nodes[node].absent = Some(Absent { called: to.clone(), comes });
        let step = self.tree.step;
        self.known(pid).last = Some((step, node));
    }

    /// What processes share, and what does not happen, is told only to explain something.
    fn shares(&mut self, event: &Event<Actor<G>>, what: What) {
        let below = self.occasion(event);
        let node = self.tree.add(event.at, below, (Some(event.pid), None), what);
        self.tree.nodes[node].quiet = true;
    }

    pub(super) fn says(&mut self, at: u64, pid: Pid, to: Pid, verb: Verb, content: Term) -> usize {
        let below = self.current(pid);
        self.add_between(at, below, pid, to, What::Signal { verb, content, fate: Way::Fine })
    }

    fn arrived(
        &mut self,
        event: &Event<Actor<G>>,
        from: Pid,
        signal: &Signal<Message<G>>,
        fate: Fate,
    ) -> Option<usize> {
        let (at, pid) = (event.at, event.pid);
        let node = self.origin(event);
        let way_of = match fate {
            Fate::NoProcess => Some(Way::Lost),
            Fate::Dropped => Some(Way::Ignored),
            Fate::Lost => Some(Way::Unconnected),
            Fate::QueuedFirst => Some(Way::First),
            Fate::Queued | Fate::Applied => None,
        };
        if let (Some(node), Some(fate)) = (node, way_of)
            && let What::Signal { fate: way, .. } = self.tree.what(node)
        {
            *way = fate;
        }
        match (signal, fate) {
            (
                Signal::Message { body: Message::Cast(payload) | Message::Info(payload), .. },
                Fate::Queued | Fate::QueuedFirst,
            ) => {
                return Some(node.unwrap_or_else(|| self.comes_by_itself(event, payload.clone())));
            }
            (Signal::Message { body: Message::Reply { tag, .. }, .. }, Fate::Dropped) => {
                if let Some(&call) = self.asked.get(tag) {
                    let began = self.tree.nodes[call].at;
                    if let What::Call { outcome: CallEnd::TimedOut { took, late }, .. } = self.tree.what(call)
                    {
                        *late = Some(at - began - *took);
                    }
                }
            }
            (Signal::Exit(_), Fate::Applied | Fate::Queued | Fate::QueuedFirst)
                if self.known(pid).stopping.is_some() && self.known(pid).parent == Some(from) =>
            {
                self.known(pid).told_to_stop = true;
            }
            (Signal::Exit(_) | Signal::ExitAlias(..), Fate::Applied) => {
                self.applied = node.map(|node| (pid, node, false))
            }
            (Signal::LinkExit(_), Fate::Applied) => self.applied = node.map(|node| (pid, node, true)),
            _ => (),
        }
        node
    }

    /// A message that nobody has sent as far as the story knows: of a timer, or of the node.
    fn comes_by_itself(&mut self, event: &Event<Actor<G>>, payload: Term) -> usize {
        let origin = event.origin.and_then(|origin| self.recording.event(origin));
        let of_timer = origin.is_some_and(|origin| matches!(origin.kind, EventKind::TimerFired(_)));
        let what = if of_timer { What::Timer(payload) } else { What::OfNode(payload) };
        let node = self.add(event.at, ROOT, event.pid, what);
        self.tree.nodes[node].quiet = of_timer;
        node
    }

    fn took(&mut self, event: &Event<Actor<G>>, received: &Received<Message<G>>) {
        let (at, pid) = (event.at, event.pid);
        match received {
            Received::Message(Message::Call { from, .. } | Message::Terminate { from, .. }) => {
                let asked = self.asked.get(&from.tag).copied();
                let taken = asked.map(|asked| {
                    let taken = self.takes(event, asked);
                    self.follow(from.tag, asked, taken);
                    taken
                });
                self.known(pid).current = taken;
            }
            Received::Message(Message::Cast(_) | Message::Info(_)) => self.took_mail(event),
            Received::Message(Message::Reply { tag, reply, .. }) => {
                let Some(&node) = self.asked.get(tag) else { return };
                let took = at - self.tree.nodes[node].at;
                let later = self.later.remove(tag);
                if let What::Call { outcome, .. } = self.tree.what(node) {
                    *outcome = CallEnd::Answered { reply: reply.clone(), took, later };
                    self.known(pid).calling = None;
                }
            }
            Received::Message(Message::Ack { child, .. }) => self.known(*child).heard_of = true,
            Received::Message(Message::Work(_) | Message::Stream(_)) => (),
            Received::Message(Message::TryAgain { .. }) => {
                let known = self.known(pid);
                known.current = known.retries.pop_front();
            }
            Received::Exit { from, reason } => self.took_exit(event, *from, reason),
            Received::Down { reference, object, reason } => {
                self.took_down(event, *reference, *object, reason)
            }
        }
    }

    fn took_mail(&mut self, event: &Event<Actor<G>>) {
        let Some(node) = self.origin(event) else { return };
        let node = self.takes(event, node);
        let shallow = self.tree.nodes[node].shown_depth < ASYNC_DEPTH_MAX;
        let known = self.known(event.pid);
        known.last = Some((event.step, node));
        if !known.plain {
            known.current = shallow.then_some(node);
        }
    }

    pub(super) fn has_started(&mut self, pid: Pid) -> bool {
        let start = self.known(pid).start;
        self.tree
            .start(start)
            .is_none_or(|start| !start.waits || matches!(start.result, Some(Started::Ok { .. })))
    }

    fn timed_out(&mut self, event: &Event<Actor<G>>) {
        let Some(node) = self.known(event.pid).calling.take() else { return };
        let took = event.at - self.tree.nodes[node].at;
        if let What::Call { outcome, .. } | What::Stop { outcome, .. } = self.tree.what(node) {
            *outcome = CallEnd::TimedOut { took, late: None };
        }
        self.known(event.pid).last = Some((event.step, node));
    }

    fn named(&mut self, at: u64, pid: Pid, verb: Verb, name: crate::kernel::Atom) {
        let own = self.names.atoms.text(name) == self.names.directory.label(pid);
        let starting = !self.has_started(pid);
        let start = self.known(pid).start;
        if let (true, Some(start)) = (starting, self.tree.start(start)) {
            start.registered = (verb == Verb::Register && !own).then_some(name);
        } else if !own {
            let below = self.current(pid);
            self.add(at, below, pid, What::Named { verb, name });
        }
    }
}
