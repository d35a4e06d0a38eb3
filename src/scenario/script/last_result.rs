//! What the last operation of a script came to, until the next one asks.

use crate::kernel::Term;

/// What the last operation came to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum LastResult {
    /// It returned this value.
    Value(Term),
    /// It exited, and the next step expects that.
    Exit(Term),
    /// It raised an error, and the next step expects that.
    Raise(Term),
}

impl LastResult {
    /// The result, or the reason.
    pub(super) fn term(&self) -> &Term {
        let (LastResult::Value(term) | LastResult::Exit(term) | LastResult::Raise(term)) = self;
        term
    }
}
