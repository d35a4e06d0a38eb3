//! Why a run fails: the step that decides, and the steps on which the failure depends.

mod fate;
mod flip;
mod slice;

pub use flip::{Flip, flip};
pub use slice::slice;
