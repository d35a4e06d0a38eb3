//! Whatever can be run, judged and searched: a model.
//!
//! A model is a world to start, what never changes in it, and a judge. This module runs models, under whoever
//! chooses, and says what a run came to. It has never heard of a scenario file: scripts are one model, and one
//! written in Rust is another.

mod breach;
mod intensity;
mod judge;
mod lasso;
mod livelock;
mod orders;
mod run;
mod seam;
mod span;
mod state;
mod stepper;
mod verdict;

pub use breach::{Breach, Part, Sentence};
pub use intensity::{IntensityUse, IntensityUses};
pub use judge::Judge;
pub use lasso::last_steps;
pub use orders::{Orders, Workplace};
pub use run::{Choose, Run, judged_as_lasso, run};
pub use seam::{EventOf, EventsOf, ImageOf, Model, ProcessOf, Reach, WorldOf};
pub use span::Span;
pub use state::RunState;
pub use stepper::{Scratch, Standing, Stepper};
pub use verdict::Verdict;
