//! How a run is shown: how wide, in which colours, how much of it.

use crate::kernel::Atoms;

use super::names::Directory;
use super::terms::{Names, Notation};

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

    pub(super) fn names(&self, directory: &'a Directory) -> Names<'a> {
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
