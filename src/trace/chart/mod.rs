//! A run as a drawing needs it: lanes, the lives in them, what was sent from one to another, and what was decided.
//!
//! Words and numbers only. Whoever draws it knows no term, no pid and no signal, and need not.

mod builder;
mod data;
mod words;

use crate::otp::Guest;

use super::narrate::Narrate;
use super::recording::Recording;
use super::settings::Settings;
use super::story::Excerpt;

pub use data::{Arrow, Chart, End, Happening, Kind, Lane, Life, Mark, Moment, Use};

impl Chart {
    /// The chart of a run, or of the part of it that an excerpt asks for.
    pub fn of<G: Guest>(
        recording: &Recording<'_, G>,
        settings: &Settings<'_>,
        excerpt: Option<&Excerpt>,
    ) -> Chart
    where
        G::Note: Narrate,
    {
        let whole = builder::build(recording, settings.names(recording.directory()));
        match excerpt {
            Some(excerpt) => whole.only(excerpt),
            None => whole,
        }
    }
}
