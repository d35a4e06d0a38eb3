//! Reading a run: what happened, as people and programs want to see it.
//!
//! A run is a [`Recording`]; everything here is a pure function of it, or of a world that it led to.
//! Nothing here prints, knows a terminal, or has heard of a scenario: what scenarios have to say comes in
//! through one small trait, [`Narrate`].

mod causes;
pub mod chart;
mod clause;
mod compiled_terms;
mod forest;
#[cfg(feature = "scenarios")]
mod json;
#[cfg(feature = "scenarios")]
mod json_fields;
#[cfg(feature = "scenarios")]
mod json_reports;
mod labels;
mod learner;
mod line;
mod look;
mod marks;
mod names;
mod narrate;
mod page;
mod phrases;
mod reasons;
mod recording;
mod reports;
mod settings;
mod signals;
mod state;
mod story;
mod terms;
#[cfg(test)]
mod tests;
mod tree;
mod visible;
mod vocabulary;

pub use causes::{Causes, Unchanged};
pub use clause::{Clause, is_telling, offered};
pub use compiled_terms::file_and_line;
pub use forest::{Entry, Forest, Section};
#[cfg(feature = "scenarios")]
pub use json::{json, json_lines, left_out, verdict};
pub use line::{Line, Span, Tone};
pub use look::{Look, look};
pub use marks::{Mark, MarkKind, marks};
pub use names::Directory;
pub use narrate::{Narrate, fault_line};
pub use page::page;
pub use phrases::grouped;
pub use recording::Recording;
pub use settings::{Settings, Verbosity};
pub use story::{Excerpt, StoryLine};
pub use terms::{Names, Notation};
pub use visible::{is_visible, visible, visible_in_colour, visible_json, visible_lines, visible_source};

use crate::kernel::World;
use crate::otp::{Actor, Guest};

/// The tree of a world, as text: first what is supervised, then who is not, then who should be and is not any more.
pub fn tree<G: Guest>(world: &World<Actor<G>>, directory: &Directory, settings: &Settings<'_>) -> String {
    tree::text(&Forest::of(world, directory, settings), settings.width, settings.colour)
}

/// A run, as the story of a part of it; where the rest is left out, three dots say so.
pub fn excerpt<G: Guest>(recording: &Recording<'_, G>, settings: &Settings<'_>, excerpt: &Excerpt) -> String
where
    G::Note: Narrate,
{
    let names = settings.names(recording.directory());
    rendered(story::excerpt(recording, names, settings.width, excerpt), settings)
}

/// The lines of the story of a run, or of a part of it, as data.
pub fn told<G: Guest>(
    recording: &Recording<'_, G>,
    settings: &Settings<'_>,
    excerpt: Option<&Excerpt>,
) -> Vec<StoryLine>
where
    G::Note: Narrate,
{
    story::told(recording, settings.names(recording.directory()), excerpt)
}

/// A run, as text.
pub fn text<G: Guest>(recording: &Recording<'_, G>, settings: &Settings<'_>) -> String
where
    G::Note: Narrate,
{
    let names = settings.names(recording.directory());
    let lines = match settings.verbosity {
        Verbosity::Story => story::lines(recording, names, settings.width),
        Verbosity::Signals => signals::lines(recording, names, settings.width),
    };
    rendered(lines, settings)
}

fn rendered(lines: Vec<Line>, settings: &Settings<'_>) -> String {
    lines.iter().map(|line| line.render(settings.colour) + "\n").collect()
}
