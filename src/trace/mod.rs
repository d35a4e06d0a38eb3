//! Reading a run: what happened, as people and programs want to see it.
//!
//! A run is a list of events; everything here is a pure function of it, or of a world that it led to.
//! Nothing here prints, knows a terminal, or has heard of a scenario: what scenarios have to say comes in
//! through one small trait, [`Narrate`].

mod causes;
mod clause;
mod json;
mod json_reports;
mod line;
mod names;
mod page;
mod reasons;
mod reports;
mod signals;
mod state;
mod story;
mod terms;
#[cfg(test)]
mod tests;
mod tree;

pub use causes::{Causes, Pure};
pub use clause::{Clause, is_telling};
pub use json::{json, json_lines, verdict};
pub use line::{Line, Span, Tone};
pub use names::Directory;
pub use page::page;
pub use terms::{Names, Notation};
pub use tree::tree;

use std::collections::BTreeSet;

use crate::kernel::{Atoms, Event};
use crate::otp::{Actor, Guest};

/// How a run is to be shown.
#[derive(Clone, Copy, Debug)]
pub struct Settings<'a> {
    /// The texts of atoms.
    pub atoms: &'a Atoms,
    /// How many columns there are.
    pub width: usize,
    /// Whether escape sequences for colours are wanted.
    pub colour: bool,
    /// How much is told.
    pub verbosity: Verbosity,
    /// In whose notation; none takes the one that fits the names.
    pub notation: Option<Notation>,
}

impl<'a> Settings<'a> {
    /// What suits a pipe: 100 columns, no colours, the story.
    pub fn plain(atoms: &'a Atoms) -> Self {
        Settings { atoms, width: 100, colour: false, verbosity: Verbosity::Story, notation: None }
    }

    fn names(&self, directory: &'a Directory) -> Names<'a> {
        let notation = self.notation.unwrap_or_else(|| Notation::fitting(directory));
        Names { atoms: self.atoms, directory, notation }
    }
}

/// How much is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verbosity {
    /// What users did, who died of what, and what supervisors made of it.
    Story,
    /// Every signal, with what became of it.
    Signals,
}

/// A run, as the story of some of its steps; where others are left out, three dots say so.
pub fn excerpt<G: Guest>(events: &[Event<Actor<G>>], settings: &Settings<'_>, steps: &BTreeSet<u64>) -> String
where
    G::Note: Narrate,
{
    let directory = Directory::of(events, settings.atoms);
    let lines = story::excerpt(events, settings.names(&directory), settings.width, steps);
    rendered(lines, settings)
}

/// A guest's note that can be told.
pub trait Narrate {
    /// One line about it; none if it is not worth one.
    fn line(&self, names: &Names<'_>) -> Option<Line>;
}

/// A run, as text.
pub fn text<G: Guest>(events: &[Event<Actor<G>>], settings: &Settings<'_>) -> String
where
    G::Note: Narrate,
{
    let directory = Directory::of(events, settings.atoms);
    let names = settings.names(&directory);
    let lines = match settings.verbosity {
        Verbosity::Story => story::lines(events, names, settings.width),
        Verbosity::Signals => signals::lines(events, names, settings.width),
    };
    rendered(lines, settings)
}

fn rendered(lines: Vec<Line>, settings: &Settings<'_>) -> String {
    lines.iter().map(|line| line.render(settings.colour) + "\n").collect()
}
