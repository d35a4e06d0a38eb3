//! A recorded run as others want to see it: as a page that stands by itself, and in other people's formats.
//!
//! It draws what `trace` knows and decides nothing about runs. It reads no files and writes none.

mod board;
mod chrome;
mod dot;
mod mermaid;
pub mod page;
mod paper;
mod svg;

pub use chrome::chrome;
pub use dot::tree as dot_tree;
pub use mermaid::{sequence as mermaid_sequence, tree as mermaid_tree};
pub use svg::storyboard as svg;
