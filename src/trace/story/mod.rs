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
pub(super) mod words;

use std::collections::BTreeSet;

use crate::kernel::Event;
use crate::otp::{Actor, Guest};

use super::Narrate;
use super::line::Line;
use super::terms::Names;

/// The whole story.
pub(super) fn lines<G: Guest>(events: &[Event<Actor<G>>], names: Names<'_>, width: usize) -> Vec<Line>
where
    G::Note: Narrate,
{
    let tree = teller::tell(events, names);
    layout::lines(&tree, names, width)
}

/// The story of some steps: what was done or decided in others is left out.
pub(super) fn excerpt<G: Guest>(
    events: &[Event<Actor<G>>],
    names: Names<'_>,
    width: usize,
    steps: &BTreeSet<u64>,
) -> Vec<Line>
where
    G::Note: Narrate,
{
    let mut tree = teller::tell(events, names);
    tree.keep(steps);
    layout::lines(&tree, names, width)
}
