//! Judging a design: which neighbouring trees hold, what each costs, and what is the smallest change that mends one.
//!
//! A design is the text of a scenario and nothing else. A change is an edit of that text, told as the line that it
//! makes; what it makes is read, lowered, run and searched as any other file, so there is no second idea of what a
//! strategy or a restart type means. A verdict comes from the ordinary engine: every order where that ends within the
//! budget, else seeds and a sweep, and it says which. Costs are counted by whoever judges these runs.
//!
//! This room has never heard of a terminal or of a file's place on a disk: whoever asks hands in the text and how to
//! read one.

mod broken;
mod change;
mod consulted;
mod cost;
mod counted;
mod design;
mod front;
mod kills;
mod mutation;
mod neighbours;
mod outages;
mod proof;
mod search;
mod tally;
mod trial;

pub use broken::{BreakingRun, Broken};
pub use change::{Change, Edit, apply};
pub use cost::{Costs, Extent, Measure};
pub use design::{Design, Lowered, Read};
pub use front::{FrontDesign, LeftOut, front};
pub use kills::Sweep;
pub use mutation::{Asked, Mutant, Mutation, mutate};
pub use outages::{OutageTable, Outages, Survival, outages};
pub use proof::{Proof, played, proof};
pub use search::{Budget, Judged, Judging, Listen, Progress, Work, judge};
pub use trial::{DesignVerdict, Sample};
