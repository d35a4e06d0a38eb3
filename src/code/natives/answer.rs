//! The natives that only compute, and what any native comes to.

use crate::code::raise::Raise;
use crate::code::term::Term;
use crate::kernel::Atoms;

/// What a native comes to.
pub type Answer = Result<Term, Raise>;

/// A native that only computes.
pub type Pure = fn(&[Term], &Atoms) -> Answer;

/// The name of a function and how many arguments it takes, with what it does.
pub type Row = (&'static str, usize, Pure);

/// A native that tells an order that means nothing: that order is made of a number.
pub type Ordered = fn(&[Term], &Atoms, u64) -> Answer;

/// A row of such natives.
pub type OrderedRow = (&'static str, usize, Ordered);
