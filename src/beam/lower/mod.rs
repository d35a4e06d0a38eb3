//! Lowering: a scenario becomes the term that the driver runs.
//!
//! The term is text for `file:consult/1`. Names stay names: the driver finds variables, tables and modules
//! when it runs.

mod child_spec;
mod elixir;
mod program;
mod registry;
mod said;
mod statement;
mod tree;
mod value;

pub use elixir::uses_elixir;
pub use program::{Timing, lower};
