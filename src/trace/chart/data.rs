//! What a chart is made of.

use std::collections::BTreeSet;

use crate::trace::story::Excerpt;

/// A run, to be drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chart {
    /// The places of the tree, each supervisor before its children.
    pub lanes: Vec<Lane>,
    /// What was sent, in the order in which it was.
    pub arrows: Vec<Arrow>,
    /// What was decided, noted, or befell somebody without having been sent.
    pub marks: Vec<Mark>,
    /// Every event of whoever has a lane, in order.
    pub events: Vec<Happening>,
    /// How much of their intensity supervisors have used up, whenever that grew.
    pub uses: Vec<Use>,
    /// The steps that it is about; none if it is the whole run.
    pub steps: Option<BTreeSet<u64>>,
}

/// When something happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    /// As which event of the run, from 1.
    pub event: u64,
    /// In which step, from 1; 0 before the first.
    pub step: u64,
    /// When, in milliseconds of virtual time.
    pub at: u64,
}

/// A place in the tree: one process after the other. Of children that are many alike, each has a lane of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
    /// What people call it.
    pub name: String,
    /// Whether it has, or had, children to supervise.
    pub supervises: bool,
    /// The lane of whoever started it, if that has one.
    pub above: Option<usize>,
    /// Who has lived there.
    pub lives: Vec<Life>,
}

/// A process in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Life {
    /// What people call it: `b#2`.
    pub name: String,
    /// When it was started.
    pub born: Moment,
    /// When it ended, if it did.
    pub ended: Option<End>,
}

/// The end of a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// When that was.
    pub moment: Moment,
    /// Why, in one line.
    pub reason: String,
    /// Whether that is a failure.
    pub bad: bool,
}

/// Something that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrow {
    /// The lane of the sender; none if it is a timer.
    pub from: Option<usize>,
    /// The lane of the receiver.
    pub to: usize,
    /// When it was sent.
    pub sent: Moment,
    /// When it arrived, or was lost on its way; none if the run was over before.
    pub arrived: Option<Moment>,
    /// What it is, in one line.
    pub words: String,
    /// Of which kind it is.
    pub kind: Kind,
    /// Whether it did nothing where it came: nobody was there any more, or it was lost.
    pub lost: bool,
}

/// What was sent, as far as a drawing shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Somebody started somebody.
    Start,
    /// Somebody waits for an answer.
    Call,
    /// An answer to a call.
    Reply,
    /// A cast or a plain message.
    Message,
    /// An exit signal of somebody who wants it, or the news of a death.
    Exit,
    /// How OTP does it: links, monitors, acknowledgements.
    Machinery,
}

/// Something that happened to one alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The lane of whom.
    pub lane: usize,
    /// When it happened.
    pub moment: Moment,
    /// What it was, in one line.
    pub words: String,
    /// Whether it is a failure.
    pub bad: bool,
}

/// An event, in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happening {
    /// The lane of whom it happened to.
    pub lane: usize,
    /// When it happened.
    pub moment: Moment,
    /// What it was, as the signals of a trace have it.
    pub words: String,
}

/// A supervisor has restarted somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Use {
    /// The lane of the supervisor.
    pub lane: usize,
    /// When it did.
    pub moment: Moment,
    /// Which restart of the period it is.
    pub used: u32,
    /// How many it may do in a period.
    pub intensity: u32,
    /// How long that is, in seconds.
    pub period: u32,
}

impl Chart {
    /// Every end of a life that is to be shown: its lane, its number there, and the end.
    pub fn ends(&self) -> impl Iterator<Item = (usize, usize, &End)> {
        self.lanes.iter().enumerate().flat_map(move |(lane, at)| {
            let ends = at.lives.iter().enumerate().filter_map(|(life, at)| Some((life, at.ended.as_ref()?)));
            let shown = ends
                .filter(|(_, end)| self.steps.as_ref().is_none_or(|steps| steps.contains(&end.moment.step)));
            shown.map(move |(life, end)| (lane, life, end))
        })
    }

    /// What was sent, decided and befell somebody in these steps. Lives stay whole: they are what the rest hangs on.
    pub(super) fn only(self, excerpt: &Excerpt) -> Chart {
        let is_in = |moment: Moment| excerpt.steps.contains(&moment.step);
        let Chart { lanes, mut arrows, mut marks, mut events, uses, .. } = self;
        arrows.retain(|arrow| is_in(arrow.sent) || arrow.arrived.is_some_and(is_in));
        marks.retain(|mark| is_in(mark.moment));
        events.retain(|event| is_in(event.moment));
        let steps = Some(excerpt.steps.clone());
        Chart { lanes, arrows, marks, events, uses, steps }
    }
}
