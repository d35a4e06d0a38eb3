//! Actors in Rust by name, for those who read names: scenario files.

use std::sync::Arc;

use super::actor::{Actor, Server};
use super::body::AnyBody;
use super::conformance::{OwnSupervisor, Plan};
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
pub struct Catalogue {
    actors: Vec<(String, AnyBody)>,
    supervisor: Option<OwnSupervisor>,
}

impl Catalogue {
    /// A catalogue without actors.
    ///
    /// # Examples
    ///
    /// See [`Catalogue`].
    pub fn new() -> Catalogue {
        Catalogue::default()
    }

    /// One more: it begins with this state each time that it is started.
    ///
    /// # Examples
    ///
    /// See [`Catalogue`].
    pub fn actor<A: Actor>(mut self, name: &str, state: A) -> Catalogue {
        self.actors.push((name.to_owned(), AnyBody(Arc::new(Server(state)))));
        self
    }

    /// A supervisor of one's own stands in the place of every `supervisor` of a file that has children of its own and is
    /// not `simple_one_for_one`: what `check` says of the conformance scenarios is how it deviates from OTP's.
    ///
    /// # Examples
    ///
    /// See [`conformance`](super::conformance).
    pub fn supervisor<S: Actor>(mut self, make: impl Fn(&Plan) -> S + Send + Sync + 'static) -> Catalogue {
        self.supervisor = Some(OwnSupervisor::of(make));
        self
    }

    /// What stands in the place of OTP's supervisor.
    #[cfg_attr(not(feature = "scenarios"), expect(dead_code, reason = "only scenario files host actors"))]
    pub(crate) fn own_supervisor(&self) -> Option<&OwnSupervisor> {
        self.supervisor.as_ref()
    }

    /// What they are called.
    ///
    /// # Examples
    ///
    /// See [`Catalogue`].
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.actors.iter().map(|(name, _)| name.as_str())
    }

    /// Each of them before its first step.
    #[cfg_attr(not(feature = "scenarios"), expect(dead_code, reason = "only scenario files host actors"))]
    pub(crate) fn instances(&self) -> impl Iterator<Item = (&str, Instance)> {
        self.actors.iter().map(|(name, body)| (name.as_str(), Instance::new(body.clone())))
    }
}
