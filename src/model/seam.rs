//! The seam between those who run, search and explain, and what they run.

use std::fmt::Debug;

use crate::kernel::{Atoms, Event, Events, Pid, Process, SharedPlace, State, World};
use crate::otp::{Actor, Guest};

use super::judge::Judge;
use super::origin::Origin;
use super::remembered::Remembered;
use super::span::Span;
use super::verdict::Verdict;

/// The world of a model.
pub type WorldOf<M> = World<Actor<<M as Model>::Guest>>;
/// What happens in it.
pub type EventOf<M> = Event<Actor<<M as Model>::Guest>>;
/// Who listens to it.
pub type EventsOf<M> = Events<Actor<<M as Model>::Guest>>;
/// Who lives in it.
pub type ProcessOf<M> = Process<Actor<<M as Model>::Guest>>;
/// What all processes share in it.
pub type CommonOf<M> = <Actor<<M as Model>::Guest> as State>::Common;
/// What never changes in it.
pub type ImageOf<M> = <Actor<<M as Model>::Guest> as State>::Image;

/// Something to run. It never changes.
pub trait Model: Debug + Sync {
    /// Whose processes live in its world. Threads share the work of a search, so all of it can be sent to them.
    type Guest: Guest<Start: Send + Sync, Common: Send + Sync, Image: Send + Sync, Note: Send + Sync>
        + Send
        + Sync;

    /// Who judges its runs.
    type Judge<'m>: Judge<Self::Guest>
    where
        Self: 'm;

    /// The world before the first step.
    fn start(&self, events: &mut EventsOf<Self>) -> WorldOf<Self>;

    /// What never changes in it.
    fn image(&self) -> &ImageOf<Self>;

    /// The texts of its atoms: what people call processes.
    fn atoms(&self) -> &Atoms;

    /// What it says of its faults, by their numbers: what schedules call them. No two say the same.
    fn faults(&self) -> &[String] {
        &[]
    }

    /// A judge who has seen nothing yet.
    fn judge(&self) -> Self::Judge<'_>;

    /// Whether its judge listens to messages, too, and not only to lives and reports.
    fn hears_messages(&self) -> bool {
        false
    }

    /// Who listens to a run that nobody records: a judge asks who lived and what supervisors decided.
    fn events(&self) -> EventsOf<Self> {
        let mut events = EventsOf::<Self>::of_lives();
        if self.hears_messages() {
            events.hear_messages();
        }
        events
    }

    /// How long it is looked at, in milliseconds of virtual time.
    fn horizon_ms(&self) -> u64;

    /// Where in its text something is that a process counts as it goes on ([`crate::kernel::Context::may_go_on`]): `file.kdl:12`.
    fn place(&self, _place: u32) -> Option<String> {
        None
    }

    /// Whether a run is over though something could still happen: its node has terminated.
    fn has_halted(&self, _world: &WorldOf<Self>) -> bool {
        false
    }

    /// What a run has come to that cannot go on though something could happen.
    fn cannot_go_on(&self, _world: &WorldOf<Self>) -> Option<Verdict> {
        None
    }

    /// Whether everybody who had something to do has done it, or died: what ticks for ever keeps such a run from
    /// ending, and not from being over.
    fn is_served(&self, world: &WorldOf<Self>) -> bool;

    /// Whether anything is known to make no difference in which order it happens. Where it can be lost on the way to
    /// another node, nothing is.
    fn is_reducible(&self) -> bool {
        true
    }

    /// The shortest time that any of its timers is ever set to, in milliseconds; none if it sets no timers. Whoever
    /// does not know says 0.
    fn shortest_timer(&self) -> Option<u64> {
        Some(0)
    }

    /// Who can reach a process and learn what it does.
    fn reach(&self, _process: &ProcessOf<Self>, _world: &WorldOf<Self>) -> Reach {
        Reach::Anybody
    }

    /// Whether the next step of a process that only whom it asks can reach may look at nothing that others share.
    /// It comes to light only when the step is taken, and trying costs a step: what begins with a look is better
    /// not tried.
    fn may_look_at_nothing(&self, _process: &ProcessOf<Self>) -> bool {
        false
    }

    /// What a process remembers, for those who look at it.
    fn memory(&self, _process: &ProcessOf<Self>) -> Vec<Remembered> {
        Vec::new()
    }

    /// Whether a process is there to ask questions of the others. Where either will do, shrinking leaves what is
    /// late to those.
    fn is_client(&self, _pid: Pid, _world: &WorldOf<Self>) -> bool {
        false
    }

    /// Whether the text of the model says that such a run breaks something, and this one has not.
    fn breaks_too_little(&self, _verdict: &Verdict, _of: Origin) -> bool {
        false
    }

    /// Whether the text of the model says that such a run breaks what this one has broken, and it has broken nothing
    /// else.
    fn breaks_as_told(&self, _verdict: &Verdict, _of: Origin) -> bool {
        false
    }

    /// Whether the property that stands there speaks of such a place, as those call it who write there
    /// ([`crate::kernel::Context::wrote`]).
    fn speaks_of(&self, _property: Span, _place: &SharedPlace) -> bool {
        false
    }
}

/// Who can reach a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Whoever knows it or its name.
    Anybody,
    /// Only whom it asks something, by answering.
    WhomItAsks,
    /// Others, and in which order it hears from them makes no difference to anybody.
    InAnyOrder,
}
