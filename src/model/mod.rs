//! Whatever can be run, judged and searched: a model.
//!
//! A model is a world to start, what never changes in it, and a judge. This module runs models, under whoever
//! chooses, and says what a run came to. It has never heard of a scenario file: scripts are one model, and one
//! written in Rust is another.

mod breach;
pub mod campaign;
mod cast;
mod deaths;
mod explain;
mod in_order;
mod intensity;
mod judge;
mod lasso;
mod livelock;
mod orders;
mod origin;
mod play;
mod remembered;
#[cfg(feature = "scenarios")]
mod repair;
mod run;
mod seam;
pub mod shape;
mod smallest;
mod span;
mod state;
mod stepper;
pub mod sweep;
mod verdict;

pub use crate::explore::{By, SchedulerKind};
pub use breach::{Breach, Part, Sentence, written};
pub use cast::Cast;
pub use deaths::deaths;
pub use explain::{Flip, decisions_in_words, flip, full_sentence, headline, slice};
pub use in_order::{all_processors, in_order};
pub use intensity::{IntensityUse, IntensityUses};
pub use judge::Judge;
pub use lasso::last_steps;
pub use orders::{Orders, Workplace};
pub use origin::Origin;
pub use play::{
    Played, Source, Subject, VERSION, calm_length, play, play_under, play_until, play_up_to, play_with,
};
pub use remembered::Remembered;
#[cfg(feature = "scenarios")]
pub use repair::{Change, Repair, Repaired, repair};
pub use run::{Choose, Run, judged_as_lasso, run, run_under, run_until};
pub use seam::{CommonOf, EventOf, EventsOf, ImageOf, Model, ProcessOf, Reach, WorldOf};
pub use smallest::{Smallest, breach_of, breaks, with};
pub use span::Span;
pub use state::RunState;
pub use stepper::{Scratch, Standing, Stepper};
pub use verdict::Verdict;
