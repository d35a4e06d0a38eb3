//! A deterministic simulation testbed for supervision trees.

pub mod kernel;
pub mod otp;
pub mod scenario;
pub mod trace;
