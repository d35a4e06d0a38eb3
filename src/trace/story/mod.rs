//! The storyboard: who did what, who died of what, and what supervisors made of it.
//!
//! A first pass over the events builds a tree in which everything hangs below its cause; a second one
//! lays the tree out in columns. Links, monitors, acknowledgements and the like are left to the signals.

mod decisions;
mod ends;
mod excerpt;
mod fold;
mod layout;
mod lives;
mod node;
mod order;
mod teller;
mod words;

use crate::otp::Guest;

use super::line::Line;
use super::narrate::Narrate;
use super::recording::Recording;
use super::terms::Names;

pub use excerpt::{Excerpt, StoryLine};

/// The whole story.
pub(super) fn lines<G: Guest>(recording: &Recording<'_, G>, names: Names<'_>, width: usize) -> Vec<Line>
where
    G::Note: Narrate,
{
    let tree = teller::tell(recording, names);
    layout::lines(&tree, names, width)
}

/// The lines of a story from top to bottom, as data; none of the excerpt is the whole of it.
pub(super) fn told<G: Guest>(
    recording: &Recording<'_, G>,
    names: Names<'_>,
    excerpt: Option<&Excerpt>,
) -> Vec<StoryLine>
where
    G::Note: Narrate,
{
    let mut tree = teller::tell(recording, names);
    if let Some(excerpt) = excerpt {
        tree.keep(excerpt);
    }
    layout::told(&tree, names)
}

/// The story of a part: what was done or decided elsewhere is left out.
pub(super) fn excerpt<G: Guest>(
    recording: &Recording<'_, G>,
    names: Names<'_>,
    width: usize,
    excerpt: &Excerpt,
) -> Vec<Line>
where
    G::Note: Narrate,
{
    let mut tree = teller::tell(recording, names);
    tree.keep(excerpt);
    layout::lines(&tree, names, width)
}
