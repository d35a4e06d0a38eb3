//! The same scenario on the Erlang installed on this machine, and the comparison.
//!
//! A scenario is lowered to a term that a small driver, written in Erlang and carried in this binary,
//! interprets. Supervisors, servers, dynamic supervisors and applications are Erlang's and Elixir's own there;
//! only what a scenario scripts is the driver's. What happened comes back as data, is put into the words of a
//! treefall run, and must be among what treefall says can happen.
//!
//! This module knows how to start Erlang and how to read it; it chooses no schedules and prints nothing.

mod cast;
mod folder;
mod lower;
mod machine;
mod merge;
mod obstacle;
mod order;
mod outcome;
mod real;
mod search;
mod simulated;
mod story;
mod term;

pub use cast::Roles;
pub use lower::{Timing, lower, uses_elixir};
pub use machine::{Disturbance, Failure, Installed, Machine, Settings, leave_nothing};
pub use obstacle::{Obstacle, obstacle};
pub use outcome::{Account, AccountLine, Difference, Outcomes, Strand};
pub use real::{Reading, read};
pub use search::{Reach, every_outcome, reach};
pub use simulated::outcome_of;
