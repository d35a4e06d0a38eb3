//! Code with its state, whatever type it is of: what runs a callback and gives the state after it.

use std::any::Any;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::otp::{Callback, Return};

use super::effects::Effects;
use super::halt::Halt;

/// Code with its state.
pub(super) trait Body: fmt::Debug + Send + Sync + 'static {
    /// Runs a callback: the state after it, and what it returns.
    fn run(&self, callback: &Callback, effects: Effects<'_>) -> Result<(AnyBody, Return), Halt>;

    /// Its state, to look at.
    fn state(&self) -> &dyn Any;

    fn is(&self, other: &dyn Body) -> bool;

    fn digest(&self, hasher: &mut dyn Hasher);
}

/// Some code with its state. Worlds that are clones share it until it changes.
#[derive(Clone)]
pub(super) struct AnyBody(pub(super) Arc<dyn Body>);

impl PartialEq for AnyBody {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.is(&*other.0)
    }
}

impl Eq for AnyBody {}

impl Hash for AnyBody {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.digest(state);
    }
}

impl fmt::Debug for AnyBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
