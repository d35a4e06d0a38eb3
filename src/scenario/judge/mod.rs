//! Judging a run: which properties it broke, when, and what shows it.
//!
//! A judge listens to the events of a run and looks at its world. It decides nothing that the run does.

mod circles;
mod clients;
mod ends;
mod evidence;
mod history;
mod occurrence;
mod order;
mod orders;
mod reach;
mod sequence;
mod settled;
mod test_failure;
mod unnoticed;

use std::collections::BTreeSet;
use std::sync::Arc;

use super::ast::{Allowance, Claim, Modality, Oracle, Property, Scenario, Span};
use super::language::{Asked, Happening, Lowered, Question};
use super::script::names::Numbering;
use super::script::resolver::Resolver;
use super::script::{Image, Script, ScriptEvent, ScriptWorld};
use crate::kernel::{Atom, Choice, EventKind};
use crate::model::{self, Breach, IntensityUses, Part, Sentence};

pub(super) use ends::WantedOutcomes;
pub use occurrence::{Occurred, Occurrence};
pub use orders::Orders;

use circles::Circles;
use history::{History, Past};
use sequence::{Progress, out_of_turn};

/// What a file asks of its runs.
#[derive(Clone, Debug)]
pub(super) struct Demands {
    /// What must hold, line by line.
    pub properties: Vec<Property<Lowered>>,
    /// What the shared variables may hold in the end, if the file says.
    pub ends: Option<WantedOutcomes>,
    /// The oracles that the file switches off.
    pub allowances: Vec<Allowance>,
    /// The oracles that are asked.
    oracles: Arc<BTreeSet<Oracle>>,
}

impl Demands {
    /// Those of a scenario that the parser has accepted.
    pub(super) fn of(scenario: &Scenario, names: &mut Numbering) -> Demands {
        let mut resolver = Resolver::new(names);
        let properties = scenario.properties.iter().map(|property| property.lower(&mut resolver));
        let properties: Vec<Property<Lowered>> = properties.collect();
        let mut oracles: BTreeSet<Oracle> =
            Oracle::DEFAULTS.into_iter().chain([Oracle::NoMeltdown]).collect();
        for allowance in &scenario.allowances {
            // One that names processes is looked at where it is about to be broken.
            if allowance.processes.is_empty() {
                oracles.remove(&allowance.oracle.value);
            }
        }
        for property in &properties {
            if let Claim::Oracle { oracle, .. } = &property.claim {
                oracles.insert(*oracle);
            }
        }
        Demands {
            properties,
            oracles: Arc::new(oracles),
            ends: scenario.outcomes.as_ref().map(|outcomes| WantedOutcomes::of(outcomes, scenario, names)),
            allowances: scenario.allowances.clone(),
        }
    }

    /// All that the properties ask.
    pub(super) fn questions(&self) -> impl Iterator<Item = &Question<Lowered>> {
        let asked = self.properties.iter().flat_map(|property| match &property.claim {
            Claim::Conditions { conditions, .. } => conditions.as_slice(),
            Claim::Oracle { .. } | Claim::InOrder { .. } => &[],
        });
        asked.map(|asked| &asked.question)
    }

    /// Whether somebody asks in which order things happen.
    pub(super) fn ask_order(&self) -> bool {
        self.properties.iter().any(|property| matches!(property.claim, Claim::InOrder { .. }))
    }
}

/// What a judge remembers that can still matter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Memory {
    /// Of each `eventually`, whether it has been seen since the last fault.
    seen: Vec<bool>,
    /// When the last fault struck, if that is still asked.
    fault: Option<u64>,
    /// How far each order has come.
    orders: Vec<Progress>,
    past: Past,
}

/// More restarts of one child than this are called unbounded, unless the file says otherwise.
const RESTARTS_MAX: i64 = 100;

/// Listens to one run. Cloned, it goes on from there with another.
#[derive(Debug)]
pub struct Judge<'a> {
    image: &'a Image,
    demands: &'a Demands,
    oracles: Arc<BTreeSet<Oracle>>,
    history: History,
    /// How many of the clients' failures have been told.
    failures_told: usize,
    /// Which properties' conditions have been seen to hold; of `eventually`, since the last fault.
    seen: Vec<bool>,
    /// How far each property that is an order has come.
    orders: Vec<Progress>,
    /// How many faults have struck.
    faults: u32,
    /// When the last fault struck, or a client ended somebody's life, which is no other thing to who hopes.
    last_fault: u64,
    /// Whether that has happened.
    disturbed: bool,
    breaches: Vec<Breach>,
    /// How many conditions it has looked at after the last step.
    looked: usize,
    circles: Circles,
}

impl Clone for Judge<'_> {
    fn clone(&self) -> Self {
        Judge {
            image: self.image,
            demands: self.demands,
            oracles: self.oracles.clone(),
            history: self.history.clone(),
            failures_told: self.failures_told,
            seen: self.seen.clone(),
            orders: self.orders.clone(),
            faults: self.faults,
            last_fault: self.last_fault,
            disturbed: self.disturbed,
            breaches: self.breaches.clone(),
            looked: self.looked,
            circles: self.circles.clone(),
        }
    }

    fn clone_from(&mut self, source: &Self) {
        let Judge {
            image,
            demands,
            oracles,
            history,
            failures_told,
            seen,
            orders,
            faults,
            last_fault,
            disturbed,
            breaches,
            looked,
            circles,
        } = source;
        self.image = *image;
        self.demands = *demands;
        if !Arc::ptr_eq(&self.oracles, oracles) {
            self.oracles = oracles.clone();
        }
        self.history.clone_from(history);
        self.failures_told = *failures_told;
        self.seen.clone_from(seen);
        self.orders.clone_from(orders);
        self.faults = *faults;
        self.last_fault = *last_fault;
        self.disturbed = *disturbed;
        self.breaches.clone_from(breaches);
        self.looked = *looked;
        self.circles.clone_from(circles);
    }
}

impl model::Judge<Script> for Judge<'_> {
    type Memory = Memory;

    fn observe(&mut self, events: &[ScriptEvent], world: &ScriptWorld, step: u64) {
        for event in events {
            if let Some((oracle, sentence, times)) = self.history.observe(event, world, &self.oracles) {
                self.breach_of(oracle, sentence, times, (world.now(), step));
            }
            self.observe_orders(event, world, step);
        }
        self.observe_clients(world, step);
        let faults = world.faults_struck();
        if faults > self.faults || events.iter().any(|event| is_by_client(event, world)) {
            (self.faults, self.last_fault) = (faults, world.now());
            self.disturbed = true;
            for (property, seen) in self.demands.properties.iter().zip(&mut self.seen) {
                *seen &= property.modality == Modality::Sometimes;
            }
        }
        self.looked = 0;
        // Before everything has been started there is nothing to hold.
        if world.common().booted {
            self.observe_conditions(world, step);
        }
        self.circles.hear(events);
        if world.is_quiet()
            && self.oracles.contains(&Oracle::NoDeadlock)
            && let Some(sentence) = self.circles.look(world)
        {
            self.breach_of(Oracle::NoDeadlock, sentence, None, (world.now(), step));
        }
    }

    fn takes(&mut self, choice: Choice) {
        self.circles.takes(choice);
    }

    fn effort(&self) -> usize {
        self.looked
    }

    fn so_far(&self) -> &[Breach] {
        &self.breaches
    }

    fn settled(mut self, world: &ScriptWorld, step: u64) -> Vec<Breach> {
        self.settle_clients(world, step);
        for (index, property) in self.demands.properties.iter().enumerate() {
            if let Claim::InOrder { lines, .. } = &property.claim
                && property.modality == Modality::Finally
                && let Some(sentence) = self.orders[index].missing(lines, &self.history)
            {
                self.add(property.title(), sentence, Some(property.span), world.now(), step);
            }
            let Claim::Conditions { conditions: asked, .. } = &property.claim else { continue };
            let due = match (property.modality, property.within) {
                (Modality::Finally, _) | (Modality::Eventually, None) => true,
                (Modality::Eventually, Some(_)) => !self.seen[index],
                (Modality::Always | Modality::Sometimes, _) => false,
            };
            if due {
                self.check_conditions(asked, property, world, step);
            }
        }
        if let Some(ends) = self.demands.ends.as_ref()
            && let Err(sentence) = ends.reached(world)
        {
            self.add("outcomes", sentence, Some(ends.span), world.now(), step);
        }
        for oracle in Arc::clone(&self.oracles).iter().copied() {
            for sentence in settled::look(oracle, world, self.image, &self.history) {
                self.breach_of(oracle, sentence, None, (world.now(), step));
            }
        }
        self.breaches
    }

    /// What of its memory can still change a verdict. Two judges that agree on it, each with the same world,
    /// will agree on everything to come, but for words: who has died long ago is remembered by one and not
    /// by the other.
    ///
    /// Births are not in it, since those of the living are in the world; nor is which `sometimes` has been
    /// seen, since that is asked of all runs together.
    fn memory(&self, world: &ScriptWorld) -> Memory {
        let mut seen = Vec::new();
        let mut fault = None;
        for (property, held) in self.demands.properties.iter().zip(&self.seen) {
            if property.modality == Modality::Eventually {
                seen.push(*held);
                // Only who waits still cares since when.
                if !held && property.within.is_some() {
                    fault = Some(self.last_fault);
                }
            }
        }
        let asked = self.demands.properties.iter().zip(&self.orders);
        let asked = asked.filter(|(property, _)| matches!(property.claim, Claim::InOrder { .. }));
        let orders = asked.map(|(_, order)| *order).collect();
        Memory { seen, fault, orders, past: self.history.past(&self.oracles, world) }
    }

    fn hopes(&self) -> bool {
        self.hoped_for().next().is_some()
    }

    fn in_vain(&self, world: &ScriptWorld, step: u64, length: u64) -> Vec<Breach> {
        let mut judge = Judge { breaches: Vec::new(), ..self.clone() };
        for index in self.hoped_for() {
            let property = &self.demands.properties[index];
            if let Claim::Conditions { conditions: asked, .. } = &property.claim {
                let sentence = evidence::of_hope(asked, world, self.image.atoms(), &self.history, length);
                judge.add(property.title(), sentence, Some(property.span), world.now(), step);
            }
        }
        judge.breaches
    }

    fn reached(&self) -> impl Iterator<Item = usize> {
        let properties = self.demands.properties.iter().zip(&self.seen).enumerate();
        properties
            .filter(|(_, (property, seen))| property.modality == Modality::Sometimes && **seen)
            .map(|(index, _)| index)
    }

    /// The `sometimes` properties and the `outcomes` that this run, which is over, has not reached.
    fn not_seen(&self, world: &ScriptWorld) -> Vec<Span> {
        let properties = self.demands.properties.iter().zip(&self.seen);
        let properties = properties
            .filter(|(property, seen)| property.modality == Modality::Sometimes && !**seen)
            .map(|(property, _)| property.span);
        let reached = self.demands.ends.as_ref().and_then(|ends| ends.reached(world).ok());
        let rows = self.demands.ends.as_ref().into_iter().flat_map(|ends| ends.rows.iter().enumerate());
        let rows = rows.filter(|(row, _)| Some(*row) != reached).map(|(_, (_, span))| *span);
        properties.chain(rows).collect()
    }

    fn notes(&self, world: &ScriptWorld) -> Vec<Sentence> {
        if self.oracles.contains(&Oracle::NoForgottenWaits) {
            return Vec::new();
        }
        let forgotten = settled::forgotten(world, self.image, &|pid| self.history.parent(pid));
        forgotten.iter().filter(|wait| wait.is_bereft()).map(settled::Forgotten::told).collect()
    }

    fn intensity(&self) -> &IntensityUses {
        self.history.intensity()
    }
}

impl<'a> Judge<'a> {
    pub(super) fn of(image: &'a Image, demands: &'a Demands) -> Self {
        Judge {
            image,
            demands,
            oracles: Arc::clone(&demands.oracles),
            history: History::of(&demands.oracles),
            failures_told: 0,
            seen: vec![false; demands.properties.len()],
            orders: vec![Progress::default(); demands.properties.len()],
            faults: 0,
            last_fault: 0,
            disturbed: false,
            breaches: Vec::new(),
            looked: 0,
            circles: Circles::default(),
        }
    }

    fn observe_orders(&mut self, event: &ScriptEvent, world: &ScriptWorld, step: u64) {
        if !self.demands.ask_order() {
            return;
        }
        let label = |pid| self.history.label(pid);
        let Some(occurrence) = Occurrence::of(event, &label) else { return };
        for (index, property) in self.demands.properties.iter().enumerate() {
            let Claim::InOrder { lines, again, .. } = &property.claim else { continue };
            let order: (&[Happening<Lowered>], bool) = (lines, *again);
            let broken = self.orders[index].observe(order, &occurrence, &world.common().variables);
            match (property.modality, broken) {
                (Modality::Sometimes, _) => self.seen[index] |= self.orders[index].is_whole(),
                (_, None) => (),
                (_, Some(next)) => {
                    let sentence = out_of_turn(event, next);
                    self.add(property.title(), sentence, Some(property.span), world.now(), step);
                }
            }
        }
    }

    fn observe_conditions(&mut self, world: &ScriptWorld, step: u64) {
        for (index, property) in self.demands.properties.iter().enumerate() {
            let Claim::Conditions { conditions: asked, .. } = &property.claim else { continue };
            self.looked += asked.len();
            match property.modality {
                Modality::Always => self.check_conditions(asked, property, world, step),
                Modality::Finally => (),
                Modality::Sometimes => self.seen[index] = self.seen[index] || self.all_hold(asked, world),
                Modality::Eventually => {
                    self.seen[index] = self.seen[index] || self.all_hold(asked, world);
                    let late = property.within.is_some_and(|within| world.now() > self.last_fault + within);
                    if late && !self.seen[index] {
                        self.check_conditions(asked, property, world, step);
                    }
                }
            }
        }
    }

    /// The places of the `eventually` properties that have not been seen to hold.
    fn hoped_for(&self) -> impl Iterator<Item = usize> {
        let properties = self.demands.properties.iter().zip(&self.seen).enumerate();
        properties
            .filter(|(_, (property, seen))| property.modality == Modality::Eventually && !**seen)
            .map(|(index, _)| index)
    }

    /// Whether conditions hold, and if not, which of them do not and why.
    fn check_conditions(
        &mut self,
        asked: &[Asked],
        property: &Property<Lowered>,
        world: &ScriptWorld,
        step: u64,
    ) {
        if self.all_hold(asked, world) {
            return;
        }
        let fault = self.disturbed.then_some((self.last_fault, self.faults > 0));
        let sentence =
            evidence::of_property(asked, property, world, self.image.atoms(), &self.history, fault);
        self.add(property.title(), sentence, Some(property.span), world.now(), step);
    }

    /// An oracle has seen something, so many times if it counts: a breach, unless the file allows it or has
    /// only asked about others or about more.
    fn breach_of(&mut self, oracle: Oracle, sentence: Sentence, times: Option<i64>, (at, step): (u64, u64)) {
        if !self.oracles.contains(&oracle) {
            return;
        }
        let about = self.about(&sentence);
        if self.is_allowed(oracle, &about) {
            return;
        }
        let mut asked = self.demands.properties.iter().filter_map(|property| match &property.claim {
            Claim::Oracle { oracle: asked, of, limit } if *asked == oracle => {
                Some((of, limit, property.span))
            }
            Claim::Oracle { .. } | Claim::Conditions { .. } | Claim::InOrder { .. } => None,
        });
        let exceeds = |limit: &Option<i64>| times.is_none_or(|times| times > limit.unwrap_or(RESTARTS_MAX));
        let broken = asked.clone().find(|(names, limit, _)| {
            (names.is_empty() || names.iter().any(|name| concerns(oracle, *name, &about))) && exceeds(limit)
        });
        let span = match broken {
            Some((_, _, span)) => Some(span),
            // One that is on by default is asked of everybody, whatever lines there are.
            None if self.is_default(oracle, &sentence) && asked.next().is_none() => None,
            None => return,
        };
        let mut sentence = sentence;
        if times.is_some() {
            let limit = broken.and_then(|(_, limit, _)| *limit).unwrap_or(RESTARTS_MAX);
            sentence.push(Part::Text(format!(", and at most {limit} was wanted")));
        }
        self.add(oracle.word(), sentence, span, at, step);
    }

    /// Whether an oracle looks for this though no line asks it to. Who gives up at the top of a tree leaves nobody
    /// above to do something about it; what an application's end means is said by its type.
    fn is_default(&self, oracle: Oracle, sentence: &Sentence) -> bool {
        match (oracle, sentence.first()) {
            (Oracle::NoMeltdown, Some(Part::Process(supervisor))) => self.history.is_top(*supervisor),
            _ => Oracle::DEFAULTS.contains(&oracle),
        }
    }

    /// Whom a sentence names: labels of processes, and ids of children.
    fn about(&self, sentence: &Sentence) -> Vec<Atom> {
        let named = sentence.iter().filter_map(|part| match part {
            Part::Process(pid) => self.history.label(*pid),
            Part::Term(term) => term.as_atom(),
            Part::Text(_) | Part::Aside(_) => None,
        });
        named.collect()
    }

    /// `allow orphans KV.Bucket`: whom a sentence names first decides.
    fn is_allowed(&self, oracle: Oracle, about: &[Atom]) -> bool {
        let allows = |allowance: &&Allowance| allowance.oracle.value == oracle;
        self.demands.allowances.iter().filter(allows).any(|allowance| {
            allowance.processes.iter().any(|name| about.first() == Some(&Atom::of(&name.text)))
        })
    }

    fn all_hold(&self, asked: &[Asked], world: &ScriptWorld) -> bool {
        asked.iter().all(|asked| super::script::holds(&asked.question, world, self.image.atoms()))
    }

    /// One breach a property and place is enough, but for clients' expectations and leaks.
    fn add(&mut self, property: &str, why: Sentence, span: Option<Span>, at: u64, step: u64) {
        if self.breaches.iter().any(|breach| breach.property == property && breach.why == why) {
            return;
        }
        let told = self.breaches.iter().filter(|breach| breach.property == property).count();
        // Each leak is a process of its own, and all are named.
        let are_many = property == "expect" || property == Oracle::NoLeaks.word();
        if told > 0 && !are_many && span.is_some() && self.breaches.iter().any(|b| b.span == span) {
            return;
        }
        self.breaches.push(Breach { property: property.to_owned(), why, reason: None, span, at, step });
    }
}

/// Whether a client has ended somebody's life.
fn is_by_client(event: &ScriptEvent, world: &ScriptWorld) -> bool {
    matches!(event.kind, EventKind::Exited { killer: Some(by), .. } if world.common().is_client(by))
}

/// Whether what an oracle has seen concerns a name: all in a deadlock do, else whom the sentence begins with.
fn concerns(oracle: Oracle, name: Atom, about: &[Atom]) -> bool {
    match oracle {
        Oracle::NoDeadlock => about.contains(&name),
        _ => about.first() == Some(&name),
    }
}
