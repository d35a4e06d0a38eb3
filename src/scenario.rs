//! Scenario files: a supervision tree, its actors, its clients and what must hold of them.
//!
//! This half of the module is the front end. It turns text into the typed tree of [`ast`], in
//! which every value still knows its place in the file, or into one report of everything that is
//! wrong with the text. It refuses to know how a scenario runs.

pub mod ast;

mod script;
mod simulation;

pub use script::{Image, Note, Script};
pub use simulation::{Breach, Run, ScriptEvent, ScriptEvents, ScriptWorld, Simulation, Verdict};
