//! Loading: from a file of the compiler to a module that the machine can run.

mod applications;
mod assembled;
mod chunks;
mod lines;
mod location;
mod module;
mod names;
mod operand;
mod origins;
mod path;
mod translate;
mod translate_bits;

use std::fmt;

pub use assembled::{ASSEMBLED, SPAWNED, stand_ins};
pub use chunks::Mfa;
pub use module::{Import, Lambda, Module};
pub use path::{Code, Found};

/// What is wrong with a file that is no module, or one that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed(pub &'static str);

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Malformed {}
