//! Why a callback does not go on.

use std::fmt;

use crate::kernel::{Atom, Term};
use crate::otp::Raise;

use super::reason::Reason;

/// Why a callback does not go on: it waits, others run, or it exits. Pass it on with `?`; what it was in the middle
/// of goes on by itself.
///
/// # Examples
///
/// ```
/// use treefall::actors::Halt;
///
/// assert_eq!(format!("{:?}", Halt::exit("boom")), "exits: boom");
/// ```
pub struct Halt(pub(super) Halted);

/// The same, for those who know.
#[derive(Clone)]
pub(super) enum Halted {
    /// It waits or others run: whoever called it knows.
    Stands,
    /// It exits with this reason.
    Exits(Reason),
    /// It raises this exception.
    Raises(Raise),
}

impl Halt {
    /// `exit(Reason)`: the process ends with it, after `terminate`.
    ///
    /// # Examples
    ///
    /// See [`Halt`].
    pub fn exit(reason: impl Into<Reason>) -> Halt {
        Halt(Halted::Exits(reason.into()))
    }

    /// `error(Reason)` with the reason `{Tag, Value}`.
    pub(super) fn error(tag: Atom, value: Term) -> Halt {
        Halt(Halted::Raises(Raise::Error(Term::tagged(tag, value))))
    }

    pub(super) fn raise(raise: Raise) -> Halt {
        Halt(Halted::Raises(raise))
    }
}

impl fmt::Debug for Halt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Halted::Stands => f.write_str("waits"),
            Halted::Exits(reason) => write!(f, "exits: {reason:?}"),
            Halted::Raises(raise) => write!(f, "raises: {raise:?}"),
        }
    }
}
