//! Why a run fails: the step that decides, and the steps on which the failure depends.

mod fate;
mod flip;
mod slice;
mod told;

pub use flip::{Flip, flip};
pub use slice::slice;
pub use told::{decisions_in_words, full_sentence, headline};
