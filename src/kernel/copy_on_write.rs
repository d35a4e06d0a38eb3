//! A value that cloned worlds share until one of them changes it, with its fingerprint beside it.
//!
//! A search clones a world for every step it tries, and a step changes one or two processes of it. The rest
//! is neither copied nor hashed again.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::Arc;

use super::fingerprint::Known;

/// A value, copied when it is changed and somebody else has it too.
pub(super) struct CopyOnWrite<T>(Arc<Inner<T>>);

struct Inner<T> {
    value: T,
    digest: Known,
}

impl<T> CopyOnWrite<T> {
    pub(super) fn new(value: T) -> Self {
        CopyOnWrite(Arc::new(Inner { value, digest: Known::default() }))
    }

    /// Puts another value in its place. Who shares the old one keeps that.
    pub(super) fn set(&mut self, value: T) {
        match Arc::get_mut(&mut self.0) {
            Some(inner) => *inner = Inner { value, digest: Known::default() },
            None => *self = CopyOnWrite::new(value),
        }
    }
}

impl<T: Clone + Default> CopyOnWrite<T> {
    /// The value, which nobody asks for here until another is set: who shares it keeps it.
    pub(super) fn take(&mut self) -> T {
        match Arc::get_mut(&mut self.0) {
            Some(inner) => std::mem::take(&mut inner.value),
            None => self.0.value.clone(),
        }
    }
}

impl<T: Clone> CopyOnWrite<T> {
    /// The value, to change.
    pub(super) fn get_mut(&mut self) -> &mut T {
        let inner = Arc::make_mut(&mut self.0);
        inner.digest.forget();
        &mut inner.value
    }

    /// The value alone.
    pub(super) fn into_inner(self) -> T {
        Arc::unwrap_or_clone(self.0).value
    }
}

impl<T: Hash> CopyOnWrite<T> {
    /// The fingerprint of the value, computed once for each change.
    pub(super) fn digest(&self) -> u64 {
        self.0.digest.of(&self.0.value)
    }
}

impl<T> Clone for CopyOnWrite<T> {
    fn clone(&self) -> Self {
        CopyOnWrite(Arc::clone(&self.0))
    }

    /// Counts nothing where both are the same already, as most parts of a world are after one step.
    fn clone_from(&mut self, source: &Self) {
        if !Arc::ptr_eq(&self.0, &source.0) {
            *self = source.clone();
        }
    }
}

impl<T: Default> Default for CopyOnWrite<T> {
    fn default() -> Self {
        CopyOnWrite::new(T::default())
    }
}

impl<T: Clone> Clone for Inner<T> {
    fn clone(&self) -> Self {
        Inner { value: self.value.clone(), digest: Known::default() }
    }
}

impl<T> Deref for CopyOnWrite<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0.value
    }
}

impl<T: fmt::Debug> fmt::Debug for CopyOnWrite<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.value.fmt(f)
    }
}

impl<T: PartialEq> PartialEq for CopyOnWrite<T> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.value == other.0.value
    }
}

impl<T: Eq> Eq for CopyOnWrite<T> {}

impl<T: Hash> Hash for CopyOnWrite<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.digest());
    }
}
