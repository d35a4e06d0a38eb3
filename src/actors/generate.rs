//! Trees for property tests: generators for the crate `proptest`, behind the feature of that name.
//!
//! A generated tree is data: what its workers are is said when it is made. So it shrinks as any other value does.

use proptest::prelude::{Just, Strategy as Generator, prop_oneof};

use crate::otp::{Restart, Strategy};

use super::actor::Actor;
use super::child::{Child, Supervisor};

/// What generated supervisors are called; there are no more in a tree.
const NAMES: [&str; 16] =
    ["top", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "s12", "s13", "s14", "s15"];

/// A supervisor and those below it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tree {
    /// Which children a restart concerns.
    pub strategy: Strategy,
    /// How many restarts are allowed within five seconds.
    pub max_restarts: u32,
    /// Its children, in the order in which they start.
    pub children: Vec<Node>,
}

/// A child of a generated supervisor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// A worker, and when it is restarted.
    Worker(Restart),
    /// A supervisor, and when it is restarted.
    Supervisor(Restart, Tree),
}

impl Tree {
    /// The tree, with such workers, called `w0`, `w1` and so on.
    pub fn supervisor<A: Actor>(&self, worker: impl Fn() -> A) -> Supervisor {
        self.made(&worker, &mut 0, &mut 0)
    }

    fn made<A: Actor>(
        &self,
        worker: &impl Fn() -> A,
        supervisors: &mut usize,
        workers: &mut usize,
    ) -> Supervisor {
        let name = NAMES.get(*supervisors).copied().unwrap_or("too many");
        *supervisors += 1;
        let supervisor = Supervisor::new(name, self.strategy).max_restarts(self.max_restarts);
        self.children.iter().fold(supervisor, |supervisor, child| match child {
            Node::Worker(restart) => {
                let id = format!("w{workers}");
                *workers += 1;
                supervisor.child(Child::worker(id, worker()).restart(*restart))
            }
            Node::Supervisor(restart, below) => {
                let below = below.made(worker, supervisors, workers);
                supervisor.child(Child::supervisor(below).restart(*restart))
            }
        })
    }
}

/// When a child is restarted.
fn restarts() -> impl Generator<Value = Restart> + Clone {
    prop_oneof![Just(Restart::Permanent), Just(Restart::Transient), Just(Restart::Temporary)]
}

fn strategies() -> impl Generator<Value = Strategy> + Clone {
    prop_oneof![Just(Strategy::OneForOne), Just(Strategy::OneForAll), Just(Strategy::RestForOne)]
}

fn supervisors(children: impl Generator<Value = Vec<Node>>) -> impl Generator<Value = Tree> {
    (strategies(), 0..4_u32, children).prop_map(|(strategy, max_restarts, children)| Tree {
        strategy,
        max_restarts,
        children,
    })
}

/// Trees of up to three levels, with up to three children each.
///
/// # Examples
///
/// ```
/// use proptest::prelude::*;
/// use treefall::actors::{generate::trees, *};
///
/// #[derive(Clone, Debug, PartialEq, Eq, Hash)]
/// struct Idle;
///
/// impl Actor for Idle {
///     type Request = Never;
///     type Reply = Never;
///     type Message = Never;
/// }
///
/// proptest!(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(20) }, |(tree in trees())| {
///     let simulation = Simulation::new("any tree")
///         .tree(tree.supervisor(|| Idle))
///         .kill(&[], 2)
///         .allow(Oracle::Meltdown)
///         .finally("a permanent child runs, or its supervisor has given up", |view| {
///             let missing = view.missing_children();
///             if missing.is_empty() { Ok(()) } else { Err(format!("{missing:?} do not run")) }
///         });
///     prop_assert!(simulation.explore(0..20).is_ok());
/// });
/// ```
pub fn trees() -> impl Generator<Value = Tree> {
    let leaf = || restarts().prop_map(Node::Worker);
    let lowest = supervisors(proptest::collection::vec(leaf(), 0..=3));
    let lower = (restarts(), lowest).prop_map(|(restart, tree)| Node::Supervisor(restart, tree));
    let middle = supervisors(proptest::collection::vec(prop_oneof![leaf(), lower], 0..=3));
    let below = (restarts(), middle).prop_map(|(restart, tree)| Node::Supervisor(restart, tree));
    supervisors(proptest::collection::vec(prop_oneof![leaf(), below], 1..=3))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{ProptestConfig, prop_assert, proptest};

    use super::super::{Actor, Never, Oracle, Simulation};
    use super::trees;

    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    struct Idle;

    impl Actor for Idle {
        type Request = Never;
        type Reply = Never;
        type Message = Never;
    }

    #[test]
    fn in_every_tree_a_permanent_child_runs_or_its_supervisor_has_given_up() {
        proptest!(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(30) }, |(tree in trees())| {
            let simulation = Simulation::new("any tree")
                .tree(tree.supervisor(|| Idle))
                .kill(&[], 3)
                .allow(Oracle::Meltdown)
                .finally("whole", |view| match view.missing_children() {
                    missing if missing.is_empty() => Ok(()),
                    missing => Err(format!("{missing:?} do not run")),
                });
            let explored = simulation.explore(0..20);
            prop_assert!(explored.is_ok(), "{explored:?}");
        });
    }
}
