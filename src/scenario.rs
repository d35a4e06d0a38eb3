//! Scenario files: a supervision tree, its actors, its clients and what must hold of them.
//!
//! The front half turns text into the typed tree of [`ast`], in which every value still knows its place in
//! the file, or into one report of everything that is wrong with the text. The back half lowers that tree to
//! programs, which run as guests of OTP, and judges their runs: a scenario is one kind of model.

pub mod ast;
pub mod global;
mod judge;
mod judgement;
mod language;
mod limits;
mod load;
mod mistake;
mod notes;
mod parse;
mod script;
mod simulation;
mod spoken;
mod term_text;

pub use judge::{Occurred, Occurrence, Orders};
pub use judgement::{Judgement, property};
pub use limits::{MAX_BYTES, MAX_NESTING};
pub use load::{LoadError, load, read};
pub use mistake::{Mistake, Mistakes};
pub use parse::places::{FileLine, places};
pub use parse::words;
pub use script::{ClientState, Image, Note, Script, ScriptEvent, ScriptEvents, ScriptWorld, SharedState};
pub use simulation::Simulation;

/// Reads a scenario from its text. `name` is what reports call the file.
///
/// # Errors
///
/// Every mistake of the text at once, sorted by place.
///
/// ```
/// let scenario = treefall::scenario::parse("pool.kdl", "supervisor top { worker a }").unwrap();
/// assert_eq!(scenario.trees.len(), 1);
///
/// let mistakes = treefall::scenario::parse("pool.kdl", "supervisr top").unwrap_err();
/// assert_eq!(mistakes.list[0].help.as_deref(), Some("did you mean `supervisor`?"));
/// assert!(mistakes.to_string().starts_with("pool.kdl:1:1: "));
/// ```
pub fn parse(name: &str, text: &str) -> Result<ast::Scenario, Mistakes> {
    parse::scenario(text).map_err(|list| Mistakes::new(name, text, list))
}
