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
        Judge { image, oracles, history: History::new(limit), failures_told: 0, breaches: Vec::new() }
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
        // Before everything has been started there is nothing to hold.
        let booted = world.common().booted;
        for property in self.image.properties().iter().filter(|_| booted) {
            if let (Modality::Always, Claim::Conditions(name, questions)) =
                (property.modality, &property.claim)
            {
                self.check_conditions(name, questions, property.span, world, step);
            }
        }
        if self.oracles.contains(&Oracle::NoDeadlock)
            && world.is_quiet()
            && let Some(sentence) = settled::deadlock(world)
        {
            self.breach_of(Oracle::NoDeadlock, sentence, world.now(), step);
        }
    }

    /// The run is over: everything has settled.
    pub(super) fn settled(mut self, world: &ScriptWorld, step: u64) -> Vec<Breach> {
        self.settle_clients(world, step);
        for property in self.image.properties() {
            if let (Modality::Finally | Modality::Eventually, Claim::Conditions(name, questions)) =
                (property.modality, &property.claim)
            {
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
        if questions.iter().all(|question| super::script::holds(question, world)) {
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
