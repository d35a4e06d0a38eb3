//! How large a scenario file may be.

/// The largest scenario file that is read, in bytes.
pub const MAX_BYTES: u64 = 1024 * 1024;

/// The most blocks, parentheses or comments that may stand inside each other.
pub const MAX_NESTING: usize = 64;
