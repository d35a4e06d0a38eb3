//! Judging a run: which properties it broke, when, and what shows it.
//!
//! A judge listens to the events of a run and looks at its world. It decides nothing that the run does.

mod breach;
mod clients;
mod history;
mod reach;
mod settled;

use std::collections::BTreeSet;

use super::ast::{Allowance, Modality, Oracle, Span};
use super::script::Question;
use super::{Image, ScriptEvent, ScriptWorld};

pub use breach::{Breach, Part, Sentence};

use history::History;

/// A property of the file, lowered.
#[derive(Clone, Debug)]
pub(super) struct Property {
    /// When it must hold.
    pub modality: Modality,
    /// What must hold.
    pub claim: Claim,
    /// Of `eventually`: within how many milliseconds after the last fault.
    pub within: Option<u64>,
    /// Where it stands.
    pub span: Span,
}

/// What a property claims.
#[derive(Clone, Debug)]
pub(super) enum Claim {
    /// A built-in oracle, and its limit if it has one.
    Oracle(Oracle, Option<i64>),
    /// Conditions that hold together, and what the file calls them.
    Conditions(String, Vec<Question>),
}

/// The oracles that are on unless a file switches them off.
const DEFAULTS: [Oracle; 4] =
    [Oracle::NoOrphans, Oracle::NoDeadlock, Oracle::NoOverlap, Oracle::NoHeldResources];

/// Listens to one run.
#[derive(Debug)]
pub(super) struct Judge<'a> {
    image: &'a Image,
    oracles: BTreeSet<Oracle>,
    history: History,
    /// How many of the clients' failures have been told.
    failures_told: usize,
    /// Which properties' conditions have been seen to hold; of `eventually`, since the last fault.
    seen: Vec<bool>,
    /// How many faults have struck.
    faults: u32,
    /// When the last fault struck.
    last_fault: u64,
    breaches: Vec<Breach>,
}

impl<'a> Judge<'a> {
    pub(super) fn of(image: &'a Image) -> Self {
        let mut oracles: BTreeSet<Oracle> = DEFAULTS.into_iter().collect();
        for allowance in image.allowances() {
            // One that names processes is looked at where it is about to be broken.
            if allowance.processes.is_empty() {
                oracles.remove(&allowance.oracle.value);
            }
        }
        let mut limit = None;
        for property in image.properties() {
            if let Claim::Oracle(oracle, argument) = &property.claim {
                oracles.insert(*oracle);
                limit = argument.or(limit);
            }
        }
        Judge {
            image,
            oracles,
            history: History::new(limit),
            failures_told: 0,
            seen: vec![false; image.properties().len()],
            faults: 0,
            last_fault: 0,
            breaches: Vec::new(),
        }
    }

    /// Whether anything has been broken.
    pub(super) fn has_verdict(&self) -> bool {
        !self.breaches.is_empty()
    }

    /// A step has been taken.
    pub(super) fn observe(&mut self, events: &[ScriptEvent], world: &ScriptWorld, step: u64) {
        for event in events {
            if let Some((oracle, sentence)) = self.history.observe(event, world) {
                self.breach_of(oracle, sentence, world.now(), step);
            }
        }
        self.observe_clients(world, step);
        let faults = world.faults_struck();
        if faults > self.faults {
            (self.faults, self.last_fault) = (faults, world.now());
            for (property, seen) in self.image.properties().iter().zip(&mut self.seen) {
                *seen &= property.modality == Modality::Sometimes;
            }
        }
        // Before everything has been started there is nothing to hold.
        if world.common().booted {
            self.observe_conditions(world, step);
        }
        if self.oracles.contains(&Oracle::NoDeadlock)
            && world.is_quiet()
            && let Some(sentence) = settled::deadlock(world)
        {
            self.breach_of(Oracle::NoDeadlock, sentence, world.now(), step);
        }
    }

    fn observe_conditions(&mut self, world: &ScriptWorld, step: u64) {
        for (index, property) in self.image.properties().iter().enumerate() {
            let Claim::Conditions(name, questions) = &property.claim else { continue };
            match property.modality {
                Modality::Always => self.check_conditions(name, questions, property.span, world, step),
                Modality::Finally => (),
                Modality::Sometimes => self.seen[index] = self.seen[index] || all_hold(questions, world),
                Modality::Eventually => {
                    self.seen[index] = self.seen[index] || all_hold(questions, world);
                    let late = property.within.is_some_and(|within| world.now() > self.last_fault + within);
                    if late && !self.seen[index] {
                        self.check_conditions(name, questions, property.span, world, step);
                    }
                }
            }
        }
    }

    /// The `sometimes` properties that this run has not reached.
    pub(super) fn not_seen(&self) -> Vec<Span> {
        let properties = self.image.properties().iter().zip(&self.seen);
        properties
            .filter(|(property, seen)| property.modality == Modality::Sometimes && !**seen)
            .map(|(property, _)| property.span)
            .collect()
    }

    /// The run is over: everything has settled.
    pub(super) fn settled(mut self, world: &ScriptWorld, step: u64) -> Vec<Breach> {
        self.settle_clients(world, step);
        for (index, property) in self.image.properties().iter().enumerate() {
            let Claim::Conditions(name, questions) = &property.claim else { continue };
            let asked = match (property.modality, property.within) {
                (Modality::Finally, _) | (Modality::Eventually, None) => true,
                (Modality::Eventually, Some(_)) => !self.seen[index],
                (Modality::Always | Modality::Sometimes, _) => false,
            };
            if asked {
                self.check_conditions(name, questions, property.span, world, step);
            }
        }
        for oracle in self.oracles.clone() {
            for sentence in settled::look(oracle, world, self.image, &self.history) {
                self.breach_of(oracle, sentence, world.now(), step);
            }
        }
        self.breaches
    }

    /// The run was given up: what had been broken by then.
    pub(super) fn so_far(self) -> Vec<Breach> {
        self.breaches
    }

    fn check_conditions(
        &mut self,
        name: &str,
        questions: &[Question],
        span: Span,
        world: &ScriptWorld,
        step: u64,
    ) {
        if all_hold(questions, world) {
            return;
        }
        let sentence = vec![Part::text("the condition does not hold")];
        self.add(name, sentence, Some(span), world.now(), step);
    }

    fn breach_of(&mut self, oracle: Oracle, sentence: Sentence, at: u64, step: u64) {
        if !self.oracles.contains(&oracle) || self.is_allowed(oracle, &sentence) {
            return;
        }
        let span = self.image.properties().iter().find_map(|property| match property.claim {
            Claim::Oracle(asked, _) if asked == oracle => Some(property.span),
            _ => None,
        });
        self.add(word(oracle), sentence, span, at, step);
    }

    /// `allow orphans KV.Bucket`: the processes that a sentence begins with decide.
    fn is_allowed(&self, oracle: Oracle, sentence: &Sentence) -> bool {
        let Some(label) = sentence.iter().find_map(|part| match part {
            Part::Process(pid) => self.history.label(*pid),
            Part::Text(_) | Part::Term(_) => None,
        }) else {
            return false;
        };
        let allows = |allowance: &&Allowance| allowance.oracle.value == oracle;
        self.image.allowances().iter().filter(allows).any(|allowance| {
            allowance.processes.iter().any(|name| self.image.atoms().get(&name.text) == Some(label))
        })
    }

    /// One breach a property and place is enough.
    fn add(&mut self, property: &str, why: Sentence, span: Option<Span>, at: u64, step: u64) {
        if self.breaches.iter().any(|breach| breach.property == property && breach.why == why) {
            return;
        }
        let told = self.breaches.iter().filter(|breach| breach.property == property).count();
        if told > 0 && property != "expect" && span.is_some() && self.breaches.iter().any(|b| b.span == span)
        {
            return;
        }
        self.breaches.push(Breach { property: property.to_owned(), why, reason: None, span, at, step });
    }
}

fn all_hold(questions: &[Question], world: &ScriptWorld) -> bool {
    questions.iter().all(|question| super::script::holds(question, world))
}

/// The word that the language has for an oracle.
fn word(oracle: Oracle) -> &'static str {
    match oracle {
        Oracle::NoOrphans => "no-orphans",
        Oracle::NoDeadlock => "no-deadlock",
        Oracle::NoOverlap => "no-overlap",
        Oracle::NoHeldResources => "no-held-resources",
        Oracle::NoLeaks => "no-leaks",
        Oracle::NoStaleReferences => "no-stale-references",
        Oracle::NoLostRestart => "no-lost-restart",
        Oracle::NoDoubleRestart => "no-double-restart",
        Oracle::NoMeltdown => "no-meltdown",
        Oracle::BoundedRestarts => "bounded-restarts",
        Oracle::NoUnreadMail => "no-unread-mail",
        Oracle::InOrder => "in-order",
        Oracle::CleanShutdown => "clean-shutdown",
        Oracle::NoHeldNames => "no-held-names",
    }
}
