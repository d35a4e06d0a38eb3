//! A scenario whose judge also counts what runs cost, and notes what they ask of the design.
//!
//! It decides nothing that the run does, and its verdicts are the scenario's. What it has counted it tells when a run
//! is over, so it does not matter who makes the run: a scheduler, or a search that goes every way.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::kernel::{Atoms, Choice, EventKind, Pid, Process, SharedPlace};
use crate::model::{self, Breach, IntensityUses, Judge, Model, Origin, Reach, Remembered, Sentence, Span};
use crate::otp::Actor;
use crate::scenario::{Image, Script, ScriptEvent, ScriptEvents, ScriptWorld, Simulation};
use crate::trace::{Directory, Names, Notation};

use super::consulted::Consulted;
use super::cost::Costs;
use super::tally::{Sums, Tally};

/// What is counted, beside what is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Counting {
    /// Nothing is counted.
    Nothing,
    /// What each run costs.
    EachRun,
    /// The same, and two states that have cost differently are two: so no order is left out that costs more.
    EveryOrder,
}

/// A scenario whose judge counts.
#[derive(Debug)]
pub(super) struct Counted<'s> {
    simulation: &'s Simulation,
    counting: Counting,
    /// Who is who, in all runs: a pid says where somebody was started.
    people: Mutex<Directory>,
    consulted: Mutex<Consulted>,
    most: Mutex<Costs>,
}

/// Who judges a run, and counts.
#[derive(Debug)]
pub(super) struct Counter<'c> {
    judge: <Simulation as Model>::Judge<'c>,
    counted: &'c Counted<'c>,
    tally: Tally,
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<'s> Counted<'s> {
    pub(super) fn of(simulation: &'s Simulation, counting: Counting) -> Self {
        let (people, consulted, most) = (Mutex::default(), Mutex::default(), Mutex::default());
        Counted { simulation, counting, people, consulted, most }
    }

    /// What it counts the runs of.
    pub(super) fn simulation(&self) -> &'s Simulation {
        self.simulation
    }

    /// What all runs have asked of the design.
    pub(super) fn consulted(&self) -> Consulted {
        lock(&self.consulted).clone()
    }

    /// The most that any run has cost that is over.
    pub(super) fn most(&self) -> Costs {
        lock(&self.most).clone()
    }

    /// How close supervisors have come to giving up in runs that did not go to their end.
    pub(super) fn note_intensity(&self, uses: &IntensityUses) {
        lock(&self.most).note_intensity(uses, self.simulation.atoms());
    }

    fn hear(&self, events: &[ScriptEvent]) {
        let mut people = lock(&self.people);
        for event in events {
            let is_new = !matches!(event.kind, EventKind::Spawned { .. }) || !people.has(event.pid);
            if is_new && matches!(event.kind, EventKind::Spawned { .. } | EventKind::Reported(_)) {
                people.hear(event, self.simulation.atoms());
            }
        }
        let mut consulted = lock(&self.consulted);
        events.iter().for_each(|event| consulted.hear(event, &people));
    }

    fn count(&self, events: &[ScriptEvent], world: &ScriptWorld, tally: &mut Tally) {
        let directory = &*lock(&self.people);
        let names =
            Names { atoms: self.simulation.atoms(), directory, notation: Notation::fitting(directory) };
        tally.hear(events, names);
        tally.look(world, self.simulation.image(), names);
    }
}

impl Clone for Counter<'_> {
    fn clone(&self) -> Self {
        Counter { judge: self.judge.clone(), counted: self.counted, tally: self.tally.clone() }
    }

    fn clone_from(&mut self, source: &Self) {
        self.judge.clone_from(&source.judge);
        self.counted = source.counted;
        self.tally.clone_from(&source.tally);
    }
}

impl<'c> Judge<Script> for Counter<'c> {
    type Memory = (<<Simulation as Model>::Judge<'c> as Judge<Script>>::Memory, Option<Sums>);

    fn takes(&mut self, choice: Choice) {
        self.judge.takes(choice);
    }

    fn observe(&mut self, events: &[ScriptEvent], world: &ScriptWorld, step: u64) {
        self.judge.observe(events, world, step);
        if !events.is_empty() {
            self.counted.hear(events);
        }
        if self.counted.counting != Counting::Nothing {
            self.counted.count(events, world, &mut self.tally);
        }
    }

    fn settled(self, world: &ScriptWorld, step: u64) -> Vec<Breach> {
        if self.counted.counting != Counting::Nothing {
            let mut most = lock(&self.counted.most);
            most.take(&self.tally.costs);
            most.note_intensity(self.judge.intensity(), self.counted.simulation.atoms());
        }
        self.judge.settled(world, step)
    }

    fn memory(&self, world: &ScriptWorld) -> Self::Memory {
        let sums = (self.counted.counting == Counting::EveryOrder).then(|| self.tally.sums(world));
        (self.judge.memory(world), sums)
    }

    fn effort(&self) -> usize {
        self.judge.effort()
    }

    fn so_far(&self) -> &[Breach] {
        self.judge.so_far()
    }

    fn hopes(&self) -> bool {
        self.judge.hopes()
    }

    fn in_vain(&self, world: &ScriptWorld, step: u64, length: u64) -> Vec<Breach> {
        self.judge.in_vain(world, step, length)
    }

    fn reached(&self) -> impl Iterator<Item = usize> {
        self.judge.reached()
    }

    fn not_seen(&self, world: &ScriptWorld) -> Vec<Span> {
        self.judge.not_seen(world)
    }

    fn notes(&self, world: &ScriptWorld) -> Vec<Sentence> {
        self.judge.notes(world)
    }

    fn intensity(&self) -> &IntensityUses {
        self.judge.intensity()
    }
}

impl Model for Counted<'_> {
    type Guest = Script;
    type Judge<'m>
        = Counter<'m>
    where
        Self: 'm;

    fn judge(&self) -> Counter<'_> {
        Counter { judge: self.simulation.judge(), counted: self, tally: Tally::default() }
    }

    fn start(&self, events: &mut ScriptEvents) -> ScriptWorld {
        self.simulation.start(events)
    }

    fn image(&self) -> &Image {
        self.simulation.image()
    }

    fn atoms(&self) -> &Atoms {
        self.simulation.atoms()
    }

    fn faults(&self) -> &[String] {
        self.simulation.faults()
    }

    fn horizon_ms(&self) -> u64 {
        self.simulation.horizon_ms()
    }

    fn place(&self, place: u32) -> Option<String> {
        self.simulation.place(place)
    }

    fn has_halted(&self, world: &ScriptWorld) -> bool {
        self.simulation.has_halted(world)
    }

    fn cannot_go_on(&self, world: &ScriptWorld) -> Option<model::Verdict> {
        self.simulation.cannot_go_on(world)
    }

    fn is_served(&self, world: &ScriptWorld) -> bool {
        self.simulation.is_served(world)
    }

    fn is_reducible(&self) -> bool {
        self.simulation.is_reducible()
    }

    fn shortest_timer(&self) -> Option<u64> {
        self.simulation.shortest_timer()
    }

    fn reach(&self, process: &Process<Actor<Script>>, world: &ScriptWorld) -> Reach {
        self.simulation.reach(process, world)
    }

    fn may_look_at_nothing(&self, process: &Process<Actor<Script>>) -> bool {
        self.simulation.may_look_at_nothing(process)
    }

    fn memory(&self, process: &Process<Actor<Script>>) -> Vec<Remembered> {
        Model::memory(self.simulation, process)
    }

    fn is_client(&self, pid: Pid, world: &ScriptWorld) -> bool {
        self.simulation.is_client(pid, world)
    }

    fn breaks_too_little(&self, verdict: &model::Verdict, of: Origin) -> bool {
        self.simulation.breaks_too_little(verdict, of)
    }

    fn breaks_as_told(&self, verdict: &model::Verdict, of: Origin) -> bool {
        self.simulation.breaks_as_told(verdict, of)
    }

    fn speaks_of(&self, property: Span, place: &SharedPlace) -> bool {
        self.simulation.speaks_of(property, place)
    }
}
