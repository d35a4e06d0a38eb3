//! A deterministic simulation testbed for supervision trees.

pub mod cli;
pub mod explore;
pub mod kernel;
pub mod otp;
pub mod scenario;
pub mod trace;
