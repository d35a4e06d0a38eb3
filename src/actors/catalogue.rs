//! Actors in Rust by name, for those who read names: scenario files.

use std::sync::Arc;

use super::actor::{Actor, Server};
use super::body::AnyBody;
use super::instance::Instance;

/// The actors that a program has, by the names that scenario files call them.
///
/// # Examples
///
/// ```
/// use treefall::actors::*;
///
/// # #[derive(Clone, Debug, Default, PartialEq, Eq, Hash)] struct Cache;
/// # impl Actor for Cache { type Request = Never; type Reply = Never; type Message = Never; }
/// let actors = Catalogue::new().actor("cache", Cache::default());
/// assert_eq!(actors.names().collect::<Vec<_>>(), ["cache"]);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Catalogue(Vec<(String, AnyBody)>);

impl Catalogue {
    /// A catalogue without actors.
    pub fn new() -> Catalogue {
        Catalogue::default()
    }

    /// One more: it begins with this state each time that it is started.
    pub fn actor<A: Actor>(mut self, name: &str, state: A) -> Catalogue {
        self.0.push((name.to_owned(), AnyBody(Arc::new(Server(state)))));
        self
    }

    /// What they are called.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// Each of them before its first step.
    pub fn instances(&self) -> impl Iterator<Item = (&str, Instance)> {
        self.0.iter().map(|(name, body)| (name.as_str(), Instance::new(body.clone())))
    }
}
