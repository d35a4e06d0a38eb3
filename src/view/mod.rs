//! A recorded run as others want to see it: as a page that stands by itself.
//!
//! It draws what `trace` knows and decides nothing about runs. It reads no files and writes none.

pub mod page;
