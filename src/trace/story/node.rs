//! The tree of causes: what happened, below what it happened because of.

use crate::kernel::{Atom, Pid, SharedPlace, Term};
use crate::otp::{Flags, Restart, Shutdown, Started, Strategy};

use crate::trace::line::Line;

use super::excerpt::Excerpt;

/// Something in the story.
#[derive(Clone, Debug)]
pub(super) struct StoryNode {
    pub(super) at: u64,
    pub(super) parent: usize,
    pub(super) depth: usize,
    /// The same, without those behind the scenes.
    pub(super) shown_depth: usize,
    /// Who did it, or whom it happened to.
    pub(super) actor: Option<Pid>,
    /// The other party.
    pub(super) other: Option<Pid>,
    pub(super) what: What,
    /// Not worth a line, unless something hangs below it.
    pub(super) quiet: bool,
    /// Of those behind the scenes: what hangs below it is told in its place.
    pub(super) backstage: bool,
    /// Left out of an excerpt.
    pub(super) cut: bool,
    /// In which step it was first told.
    pub(super) step: u64,
    /// With which event it was first told.
    pub(super) event: u64,
    /// Whom it was meant for, if nobody is there.
    pub(super) absent: Option<Absent>,
    pub(super) children: Vec<usize>,
}

/// Somebody who is not there.
#[derive(Clone, Debug)]
pub(super) struct Absent {
    pub(super) called: Term,
    /// Somebody takes the name later on.
    pub(super) comes: bool,
}

/// What happened in a line of the story.
#[derive(Clone, Debug)]
pub(super) enum What {
    /// The root of all.
    Run,
    /// A process was started.
    Start(Box<Start>),
    /// A call of a server or of a supervisor's API.
    Call { verb: Verb, request: Term, outcome: CallEnd },
    /// Somebody was told to stop: `gen_server:stop`.
    Stop { reason: Term, outcome: CallEnd },
    /// A cast, a plain message or an exit signal.
    Signal { verb: Verb, content: Term, fate: Way },
    /// A timer's message.
    Timer(Term),
    /// A timer was cancelled: this is not going to come.
    Cancelled(Term),
    /// A message of the node.
    OfNode(Term),
    /// A process died by itself, or was killed.
    Died {
        reason: Term,
        killer: Killer,
        unread: usize,
        /// With the whole story of the reason.
        full: bool,
    },
    /// A supervisor stops a child.
    Stopping(Box<Stopping>),
    /// A supervisor restarts.
    Restarting(Box<Restarting>),
    /// A supervisor leaves a child dead.
    NotRestarted { child: Pid, reason: Term, restart: Restart },
    /// A supervisor gives up.
    GivingUp { intensity: u32, period: u32 },
    /// A supervisor ends with its significant children.
    AutoShutdown { child: Term },
    /// A child could not be started.
    StartError { child: Term, reason: Term },
    /// So many children ended with this reason, and should not have.
    ShutdownErrors { count: usize, reason: Term },
    /// It will be tried again.
    TryAgain { child: Term, reason: Option<Term> },
    /// A `DOWN` or `EXIT` message was received.
    Heard {
        verb: Verb,
        reason: Term,
        late: bool,
        /// Somebody has sent it: no death above says why.
        sent: bool,
    },
    /// A message is taken only after what has been told since.
    TakesLate(Box<What>),
    /// A process goes on with what it has begun further up, which may be a message of the other party.
    GoesOn(Option<Box<What>>),
    /// A child is told to stop; that it has is told further down.
    ToldToStop,
    /// A message that nobody handles.
    Unexpected(Term),
    /// A name was taken or given up.
    Named { verb: Verb, name: Atom },
    /// Something that all share was looked at, and this was there.
    Read { place: SharedPlace, value: Option<Term> },
    /// A name was looked up, and had by this one or by nobody.
    Found { name: Atom, found: Option<Term> },
    /// What all share was changed.
    Wrote { place: SharedPlace, value: Option<Term> },
    /// Words of others.
    Note(Line),
}

/// The restart that a supervisor has decided on.
#[derive(Clone, Debug)]
pub(super) struct Restarting {
    pub(super) child: Term,
    /// Its last process, if it is one among many alike.
    pub(super) dynamic: Option<Pid>,
    pub(super) strategy: Strategy,
    pub(super) used: u32,
    pub(super) intensity: u32,
    pub(super) period: u32,
    pub(super) start: Vec<Term>,
    pub(super) again: bool,
}

/// What was done, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Verb {
    Call,
    Request,
    Cast,
    Send,
    Reply,
    Exit,
    Down,
    Register,
    Unregister,
}

/// How far a start went.
#[derive(Clone, Debug, Default)]
pub(super) struct Start {
    /// Who started it, unless that goes without saying.
    pub(super) by: Option<Pid>,
    pub(super) spec: Option<(Restart, Shutdown, bool)>,
    pub(super) flags: Option<(Flags, bool)>,
    pub(super) registered: Option<Atom>,
    pub(super) result: Option<Started>,
    /// It died before it had said how its `init` went.
    pub(super) died: Option<Term>,
    pub(super) waits: bool,
    pub(super) took: u64,
}

/// How far the stopping of a child went.
#[derive(Clone, Debug)]
pub(super) struct Stopping {
    pub(super) shutdown: Shutdown,
    pub(super) reason: Option<Term>,
    pub(super) took: u64,
    pub(super) killed: bool,
    pub(super) error: bool,
    /// It was gone before it was told.
    pub(super) gone: bool,
    pub(super) unread: usize,
}

/// How a call ended.
#[derive(Clone, Debug)]
pub(super) enum CallEnd {
    Open,
    Answered {
        reply: Term,
        took: u64,
        /// Where the reply was sent is told further down.
        later: bool,
    },
    Stopped {
        took: u64,
    },
    Failed {
        reason: Term,
        took: u64,
        /// The death that failed it is told below it.
        below: bool,
    },
    TimedOut {
        took: u64,
        late: Option<u64>,
    },
    /// The caller died first.
    Abandoned,
}

/// What became of a message or exit signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Fine,
    /// It went before the ordinary messages.
    First,
    /// The receiver was dead.
    Lost,
    /// It did nothing.
    Ignored,
    /// It was lost with the connection to the receiver's node, or there was none.
    Unconnected,
}

/// Who killed a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Killer {
    Nobody,
    Fault,
    /// An exit signal of this process.
    Signal(Pid),
    /// Somebody behind the scenes.
    Backstage,
    /// The link to this process.
    Link(Pid),
}

impl StoryNode {
    /// Whether it is words of a client about what follows.
    pub(super) fn is_heading(&self) -> bool {
        matches!(self.what, What::Note(_)) && self.actor.is_some()
    }
}

/// All nodes; the first is the root.
#[derive(Clone, Debug)]
pub(super) struct Tree {
    pub(super) nodes: Vec<StoryNode>,
    /// The step that is being told.
    pub(super) step: u64,
    /// And the event.
    pub(super) event: u64,
}

/// Deeper than this, a consequence is put beside its cause: a chain of ten thousand links is a list.
const DEPTH_MAX: usize = 12;

pub(super) const ROOT: usize = 0;

impl Tree {
    pub(super) fn new() -> Self {
        let root = StoryNode {
            at: 0,
            parent: ROOT,
            depth: 0,
            shown_depth: 0,
            actor: None,
            other: None,
            what: What::Run,
            quiet: true,
            backstage: false,
            cut: false,
            step: 0,
            event: 0,
            absent: None,
            children: Vec::new(),
        };
        Tree { nodes: vec![root], step: 0, event: 0 }
    }

    pub(super) fn add(
        &mut self,
        at: u64,
        parent: usize,
        who: (Option<Pid>, Option<Pid>),
        what: What,
    ) -> usize {
        let parent =
            if self.nodes[parent].shown_depth >= DEPTH_MAX { self.nodes[parent].parent } else { parent };
        let above = &self.nodes[parent];
        let (depth, shown_depth) = (above.depth + 1, above.shown_depth + usize::from(!above.backstage));
        let (actor, other) = who;
        let index = self.nodes.len();
        self.nodes.push(StoryNode {
            at,
            parent,
            depth,
            shown_depth,
            actor,
            other,
            what,
            quiet: false,
            backstage: false,
            cut: false,
            step: self.step,
            event: self.event,
            absent: None,
            children: Vec::new(),
        });
        self.nodes[parent].children.push(index);
        index
    }

    /// Leaves out what was first told in other steps, and tells what goes without saying and is of consequence.
    pub(super) fn keep(&mut self, excerpt: &Excerpt) {
        for node in &mut self.nodes {
            let asked = excerpt.events.contains(&node.event);
            node.cut = !asked && !excerpt.steps.contains(&node.step);
            match node.what {
                What::Read { .. } | What::Found { .. } | What::Wrote { .. } => node.quiet = !asked,
                What::Timer(_) | What::Cancelled(_) => node.quiet = node.cut,
                _ => (),
            }
        }
    }

    /// Whether one node is below another, at any depth.
    pub(super) fn hangs_below(&self, node: usize, above: usize) -> bool {
        let mut at = node;
        while self.nodes[at].depth > self.nodes[above].depth {
            at = self.nodes[at].parent;
        }
        at == above && node != above
    }

    pub(super) fn what(&mut self, node: usize) -> &mut What {
        &mut self.nodes[node].what
    }

    pub(super) fn start(&mut self, node: Option<usize>) -> Option<&mut Start> {
        match &mut self.nodes[node?].what {
            What::Start(start) => Some(start),
            _ => None,
        }
    }

    pub(super) fn stopping(&mut self, node: Option<usize>) -> Option<&mut Stopping> {
        match &mut self.nodes[node?].what {
            What::Stopping(stopping) => Some(stopping),
            _ => None,
        }
    }
}
