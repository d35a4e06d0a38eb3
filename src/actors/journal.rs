//! What a callback has done so far, so that it can be run again up to where it stood.
//!
//! A callback that waits in its middle is no state machine, and a suspended future could not be compared or hashed.
//! So nothing is suspended: the callback is run from its beginning again whenever it can go on, on the state that it
//! began with, and what it has done before is answered from here without being done again. Its state while it waits
//! is that list, which is a value.

use crate::kernel::Term;
use crate::otp::Callback;

use super::host::Wait;

/// Something that was done, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Entry {
    pub(super) act: &'static str,
    pub(super) found: Result<Term, Term>,
    /// It was waited for.
    pub(super) waited: bool,
}

/// A callback that is not over.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Doing {
    pub(super) callback: Callback,
    pub(super) entries: Vec<Entry>,
    /// What it waits for, if it does.
    pub(super) pending: Option<&'static str>,
}

/// How a callback that does not go on stands.
#[derive(Clone, Debug)]
pub(super) enum Stand {
    /// Others may run.
    Preempted,
    /// It waits for this.
    Waits(&'static str, Wait),
    /// It has done something else than before.
    Strays { before: &'static str, now: &'static str },
}

/// One pass through a callback.
#[derive(Debug)]
pub(super) struct Pass {
    pub(super) entries: Vec<Entry>,
    /// How many of the entries have been come by.
    pub(super) next: usize,
    /// It has done something that others can notice since it last waited.
    pub(super) noticed: bool,
    /// Others have run just before what comes next.
    pub(super) granted: bool,
    /// Why it does not go on.
    pub(super) stand: Option<Stand>,
}

impl Pass {
    pub(super) fn new(entries: Vec<Entry>, granted: bool) -> Pass {
        Pass { entries, next: 0, noticed: false, granted, stand: None }
    }
}
