//! The storyboard: who did what, who died of what, and what supervisors made of it.
//!
//! A first pass over the events builds a tree in which everything hangs below its cause; a second one
//! lays the tree out in columns. Links, monitors, acknowledgements and the like are left to the signals.

mod decisions;
mod ends;
mod fold;
mod layout;
mod lives;
mod node;
mod order;
mod teller;
mod words;

use std::collections::BTreeSet;

use crate::otp::Guest;

use super::line::Line;
use super::narrate::Narrate;
use super::recording::Recording;
use super::terms::Names;

/// The whole story.
pub(super) fn lines<G: Guest>(recording: &Recording<'_, G>, names: Names<'_>, width: usize) -> Vec<Line>
where
    G::Note: Narrate,
{
    let tree = teller::tell(recording, names);
    layout::lines(&tree, names, width)
}

/// The story of some steps: what was done or decided in others is left out.
pub(super) fn excerpt<G: Guest>(
    recording: &Recording<'_, G>,
    names: Names<'_>,
    width: usize,
    steps: &BTreeSet<u64>,
) -> Vec<Line>
where
    G::Note: Narrate,
{
    let mut tree = teller::tell(recording, names);
    tree.keep(steps);
    layout::lines(&tree, names, width)
}
