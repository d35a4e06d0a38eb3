//! A deterministic simulation testbed for supervision trees.

pub mod scenario;
