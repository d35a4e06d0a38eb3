//! A scenario, ready to run: lowered to a world, driven by whoever chooses, judged by its properties.

use crate::kernel::{Atoms, Choice, Event, Events, Pid, Term, World};
use crate::otp::Actor;

use super::ast::{ExpectFailure, Scenario, Span};
use super::script::{Image, Script};

/// The world that scenarios run in.
pub type ScriptWorld = World<Actor<Script>>;
/// What happens in it.
pub type ScriptEvent = Event<Actor<Script>>;
/// Who listens to it.
pub type ScriptEvents = Events<Actor<Script>>;

/// A scenario lowered to programs and specifications. It never changes.
#[derive(Debug)]
pub struct Simulation {
    image: Image,
    expected_failures: Vec<ExpectFailure>,
}

/// One run, from the first step to the last.
#[derive(Debug)]
pub struct Run {
    /// Everything that happened, if it was recorded.
    pub events: Vec<ScriptEvent>,
    /// The choices taken, if it was recorded.
    pub choices: Vec<Choice>,
    /// The world at the end.
    pub world: ScriptWorld,
    /// How many steps were taken.
    pub steps: u64,
    /// What it came to.
    pub verdict: Verdict,
}

/// What a run came to.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// Every property held.
    Held,
    /// These properties were broken, in the order in which it was noticed.
    Broken(Vec<Breach>),
    /// A limit was reached before everything had settled.
    Inconclusive(String),
    /// Whoever chooses gave up: a replay that no longer fits.
    Abandoned,
}

/// A property that did not hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Breach {
    /// Its name: an oracle's, a condition's, or `expect`.
    pub property: String,
    /// One sentence of evidence. Pids in it are written as `{0}`, `{1}`, … and listed in `processes`.
    pub why: String,
    /// The processes that the sentence names.
    pub processes: Vec<Pid>,
    /// The reason that a client died of, for the reader to see whole.
    pub reason: Option<Term>,
    /// Where in the file it is asked for.
    pub span: Option<Span>,
    /// Virtual time, in milliseconds.
    pub at: u64,
    /// The step.
    pub step: u64,
}

impl Simulation {
    /// Lowers a scenario that the parser has accepted.
    pub fn of(scenario: &Scenario) -> Simulation {
        Simulation { image: Image::of(scenario), expected_failures: scenario.expected_failures.clone() }
    }

    /// The texts of the scenario's atoms.
    pub fn atoms(&self) -> &Atoms {
        self.image.atoms()
    }

    /// What never changes in its world.
    pub fn image(&self) -> &Image {
        &self.image
    }

    /// The failures that the file says its design has.
    pub fn expected_failures(&self) -> &[ExpectFailure] {
        &self.expected_failures
    }

    /// The world before the first step.
    pub fn start(&self, _events: &mut ScriptEvents) -> ScriptWorld {
        unimplemented!("being built")
    }

    /// Runs until nothing can happen, a limit is reached, or `choose` gives up.
    ///
    /// `choose` sees the world and, when `record` is set, all events so far.
    pub fn run(
        &self,
        _record: bool,
        _choose: &mut dyn FnMut(&ScriptWorld, &[ScriptEvent]) -> Option<Choice>,
    ) -> Run {
        unimplemented!("being built")
    }
}
