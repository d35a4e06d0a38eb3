//! What a design breaks, and in which run that was seen.

use crate::model::{Breach, Model, Played, shape};
use crate::scenario::Simulation;
use crate::trace::{Names, Notation};

/// What a design breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The property, as breaches call it.
    pub property: String,
    /// One sentence of evidence.
    pub why: String,
    /// What all failures of this kind have in common.
    pub shape: String,
    /// In which run it was found.
    pub how: BreakingRun,
}

/// In which run a design breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BreakingRun {
    /// The calm one.
    Calm,
    /// With the decisions that break the file's own design.
    Alike,
    /// One order of all that were tried.
    Order,
    /// That of a seed.
    Seed(u64),
    /// After this kill of a sweep.
    Kill(String),
}

impl Broken {
    /// What a breach of a run says.
    pub(super) fn of(
        simulation: &Simulation,
        played: &Played<Simulation>,
        breach: &Breach,
        how: BreakingRun,
    ) -> Broken {
        Broken {
            property: breach.property.clone(),
            why: sentence(simulation, played, breach),
            shape: shape::words(breach, simulation.atoms()),
            how,
        }
    }
}

/// The sentence of evidence, with names for processes.
fn sentence(simulation: &Simulation, played: &Played<Simulation>, breach: &Breach) -> String {
    let directory = played.cast.directory();
    let names = Names { atoms: simulation.atoms(), directory, notation: Notation::fitting(directory) };
    let told = breach.sentence(|term| names.term(term), |pid| names.pid(pid).to_owned());
    told.split_whitespace().collect::<Vec<_>>().join(" ")
}
