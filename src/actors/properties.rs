//! What is asked of runs: properties as closures, and what is asked unless somebody allows it.

use std::fmt;
use std::sync::Arc;

use super::view::View;

/// When a property is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    /// In every state, once everything has been started.
    Always,
    /// When nothing can happen any more.
    Finally,
    /// Some run must come to it.
    Sometimes,
}

/// What a property says of a moment; the error is why it does not hold.
pub type Holds = Result<(), String>;

pub(super) type Question = dyn Fn(&View<'_>) -> Holds + Send + Sync;

/// A property with its name.
#[derive(Clone)]
pub(super) struct Property {
    pub(super) name: String,
    pub(super) when: When,
    pub(super) question: Arc<Question>,
    /// Whom it waits for, if that is all: the id that a fault names.
    pub(super) struck: Option<String>,
}

impl Property {
    pub(super) fn new(
        name: &str,
        when: When,
        question: impl Fn(&View<'_>) -> Holds + Send + Sync + 'static,
    ) -> Self {
        Property { name: name.to_owned(), when, question: Arc::new(question), struck: None }
    }

    /// That a fault has somebody to strike.
    pub(super) fn struck(fault: &str, id: String) -> Self {
        let whom = id.clone();
        let lives = move |view: &View<'_>| match view.labels().any(|label| label == whom) {
            true => Ok(()),
            false => Err("nobody is called that".to_owned()),
        };
        Property { struck: Some(id), ..Property::new(fault, When::Sometimes, lives) }
    }
}

impl fmt::Debug for Property {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {}", self.when, self.name)
    }
}

/// What breaks a run though nobody has asked, unless it is allowed.
///
/// # Examples
///
/// See [`Simulation::allow`](super::Simulation::allow).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Oracle {
    /// A supervisor at the top of a tree has given up, or could not start.
    Meltdown,
    /// A process lives whose supervisor is dead, when all has settled.
    Orphan,
    /// Processes wait for each other when all has settled.
    Deadlock,
}

/// What is asked of every run.
#[derive(Clone, Debug, Default)]
pub(super) struct Demands {
    pub(super) properties: Vec<Property>,
    pub(super) allowed: Vec<Oracle>,
}
