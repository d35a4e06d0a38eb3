//! Trees, plans of faults and whole scenarios for property tests: generators for the crate `proptest`, behind the feature
//! of that name.
//!
//! What is generated is data: what its workers are is said when it is made. So it shrinks as any other value does.

use proptest::prelude::{Just, Strategy as Generator, prop_oneof};

use crate::otp::{Restart, Strategy};

use super::actor::Actor;
use super::address::Address;
use super::child::{Child, Supervisor};
use super::client::Client;
use super::fault::Fault;
use super::halt::Halt;
use super::simulation::Simulation;

/// What generated supervisors are called; there are no more in a tree.
const NAMES: [&str; 16] =
    ["top", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "s12", "s13", "s14", "s15"];

/// What generated workers are called; there are no more in a tree.
const WORKERS: [&str; 27] = [
    "w0", "w1", "w2", "w3", "w4", "w5", "w6", "w7", "w8", "w9", "w10", "w11", "w12", "w13", "w14", "w15",
    "w16", "w17", "w18", "w19", "w20", "w21", "w22", "w23", "w24", "w25", "w26",
];

/// A supervisor and those below it.
///
/// # Examples
///
/// See [`scenarios`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tree {
    /// Which children a restart concerns.
    pub strategy: Strategy,
    /// How many restarts are allowed within five seconds.
    pub max_restarts: u32,
    /// Its children, in the order in which they start.
    pub children: Vec<GeneratedChild>,
}

/// A child of a generated supervisor.
///
/// # Examples
///
/// See [`scenarios`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum GeneratedChild {
    /// A worker, and when it is restarted.
    Worker(Restart),
    /// A supervisor, and when it is restarted.
    Supervisor(Restart, Tree),
}

impl Tree {
    /// The tree, with such workers. Their ids and names are `w0`, `w1` and so on, and those of supervisors `top`, `s1`,
    /// `s2` and so on.
    ///
    /// # Examples
    ///
    /// ```
    /// # use proptest::{strategy::{Strategy as _, ValueTree}, test_runner::TestRunner};
    /// # use treefall::actors::{generate::trees, *};
    /// # #[derive(Clone, Debug, PartialEq, Eq, Hash)] struct Idle;
    /// # impl Actor for Idle { type Request = Never; type Reply = Never; type Message = Never; }
    /// let tree = trees().new_tree(&mut TestRunner::deterministic()).unwrap().current();
    /// assert!(tree.supervisor(|| Idle).check().is_ok());
    /// ```
    pub fn supervisor<A: Actor>(&self, worker: impl Fn() -> A) -> Supervisor {
        self.made(&worker, &mut 0, &mut 0)
    }

    /// How many workers it has.
    ///
    /// # Examples
    ///
    /// ```
    /// # use proptest::prelude::*;
    /// # use treefall::actors::generate::trees;
    /// proptest!(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() }, |(tree in trees())| {
    ///     prop_assert!(tree.workers() <= 27);
    /// });
    /// ```
    pub fn workers(&self) -> usize {
        let of = |child: &GeneratedChild| match child {
            GeneratedChild::Worker(_) => 1,
            GeneratedChild::Supervisor(_, below) => below.workers(),
        };
        self.children.iter().map(of).sum()
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
            GeneratedChild::Worker(restart) => {
                let name = WORKERS.get(*workers).copied().unwrap_or("too many");
                *workers += 1;
                supervisor.child(Child::worker(name, worker()).named(name).restart(*restart))
            }
            GeneratedChild::Supervisor(restart, below) => {
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

fn supervisors(children: impl Generator<Value = Vec<GeneratedChild>>) -> impl Generator<Value = Tree> {
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
    let leaf = || restarts().prop_map(GeneratedChild::Worker);
    let lowest = supervisors(proptest::collection::vec(leaf(), 0..=3));
    let lower = (restarts(), lowest).prop_map(|(restart, tree)| GeneratedChild::Supervisor(restart, tree));
    let middle = supervisors(proptest::collection::vec(prop_oneof![leaf(), lower], 0..=3));
    let below = (restarts(), middle).prop_map(|(restart, tree)| GeneratedChild::Supervisor(restart, tree));
    supervisors(proptest::collection::vec(prop_oneof![leaf(), below], 1..=3))
}

/// Plans of up to three kinds of faults for a tree with so many workers. Nothing hangs in them: whoever waits for ever
/// neither runs nor gives up.
///
/// # Examples
///
/// ```
/// # use proptest::prelude::*;
/// # use treefall::actors::{generate::faults, *};
/// # #[derive(Clone, Debug, PartialEq, Eq, Hash)] struct Idle;
/// # impl Actor for Idle { type Request = Never; type Reply = Never; type Message = Never; }
/// proptest!(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(20) }, |(plan in faults(1))| {
///     let top = Supervisor::new("top", Strategy::OneForOne).child(Child::worker("w0", Idle).named("w0"));
///     let simulation = plan.into_iter().fold(Simulation::new("any plan").tree(top), Simulation::fault);
///     prop_assert!(simulation.allow(Oracle::Meltdown).explore(0..10).is_ok());
/// });
/// ```
pub fn faults(workers: usize) -> impl Generator<Value = Vec<Fault>> {
    // Where there is no worker, none can be named.
    let named = if workers == 0 { 0 } else { 1 };
    let id = move || (0..workers.max(1)).prop_map(|number| format!("w{number}"));
    let fault = prop_oneof![
        1 => Just(Fault::kill_any()),
        named => id().prop_map(|id| Fault::kill([id])),
        named => (id(), 2..4_u32).prop_map(|(id, crashes)| Fault::burst([id], crashes, 1_000)),
        named => id().prop_map(Fault::fail_start),
        named => id().prop_map(Fault::crash_start),
        named => id().prop_map(Fault::crash_terminate),
        named => id().prop_map(|id| Fault::slow(id, 100)),
    ];
    let fault = (fault, 1..3_u32).prop_map(|(fault, times)| fault.times(times));
    proptest::collection::vec(fault, 0..=3)
}

/// What a generated client does.
///
/// # Examples
///
/// See [`scenarios`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Deed {
    /// It makes this worker exit with this reason, if somebody has its name.
    Exit(usize, &'static str),
    /// It waits until nothing else can happen.
    Settle,
    /// It waits for so many milliseconds.
    Sleep(u64),
}

/// A tree, what a client does to it, and what may go wrong.
///
/// # Examples
///
/// See [`scenarios`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Scenario {
    /// The tree that it is done to.
    pub tree: Tree,
    /// What its client does, in this order.
    pub deeds: Vec<Deed>,
    /// What may go wrong.
    pub faults: Vec<Fault>,
}

impl Scenario {
    /// The simulation of it, with such workers and without properties.
    ///
    /// # Examples
    ///
    /// See [`scenarios`].
    pub fn simulation<A: Actor>(&self, worker: impl Fn() -> A) -> Simulation {
        let deeds = self.deeds.clone();
        let simulation = Simulation::new("generated").tree(self.tree.supervisor(worker));
        let simulation =
            simulation.client("client", move |cx| deeds.iter().try_for_each(|deed| does::<A>(deed, cx)));
        self.faults.iter().cloned().fold(simulation, Simulation::fault)
    }
}

fn does<A: Actor>(deed: &Deed, cx: &mut Client<'_>) -> Result<(), Halt> {
    match deed {
        Deed::Exit(worker, reason) => {
            let name = WORKERS.get(*worker).copied().unwrap_or("too many");
            match cx.whereis(&Address::<A>::named(name))? {
                Some(pid) => cx.exit(pid, *reason),
                None => Ok(()),
            }
        }
        Deed::Settle => cx.settle(),
        Deed::Sleep(time) => cx.sleep(*time),
    }
}

/// Trees with a plan of faults, and a client that makes workers exit.
///
/// # Examples
///
/// ```
/// use proptest::prelude::*;
/// use treefall::actors::{generate::scenarios, *};
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
/// proptest!(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(20) }, |(scenario in scenarios())| {
///     let simulation = scenario.simulation(|| Idle).allow(Oracle::Meltdown).finally(
///         "a permanent child runs, or its supervisor has given up",
///         |view| match view.missing_children() {
///             missing if missing.is_empty() => Ok(()),
///             missing => Err(format!("{missing:?} do not run")),
///         },
///     );
///     prop_assert!(simulation.explore(0..10).is_ok());
/// });
/// ```
pub fn scenarios() -> impl Generator<Value = Scenario> {
    trees().prop_flat_map(|tree| {
        let workers = tree.workers();
        let reason = prop_oneof![Just("boom"), Just("shutdown"), Just("kill")];
        let deed = prop_oneof![
            3 => (0..workers.max(1), reason).prop_map(|(worker, reason)| Deed::Exit(worker, reason)),
            1 => Just(Deed::Settle),
            1 => (1..6_000_u64).prop_map(Deed::Sleep),
        ];
        (Just(tree), proptest::collection::vec(deed, 0..=4), faults(workers))
            .prop_map(|(tree, deeds, faults)| Scenario { tree, deeds, faults })
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{ProptestConfig, prop_assert, proptest};

    use super::super::{Actor, Holds, Never, Oracle, Simulation, View};
    use super::{scenarios, trees};

    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    struct Idle;

    impl Actor for Idle {
        type Request = Never;
        type Reply = Never;
        type Message = Never;
    }

    fn whole(view: &View<'_>) -> Holds {
        match view.missing_children() {
            missing if missing.is_empty() => Ok(()),
            missing => Err(format!("{missing:?} do not run")),
        }
    }

    fn some(cases: u32) -> ProptestConfig {
        ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases) }
    }

    #[test]
    fn in_every_tree_a_permanent_child_runs_or_its_supervisor_has_given_up() {
        proptest!(some(30), |(tree in trees())| {
            let simulation = Simulation::new("any tree").tree(tree.supervisor(|| Idle)).kill(&[], 3);
            let explored = simulation.allow(Oracle::Meltdown).finally("whole", whole).explore(0..20);
            prop_assert!(explored.is_ok(), "{explored:?}");
        });
    }

    #[test]
    fn so_it_does_whatever_a_client_and_a_plan_of_faults_do_to_it() {
        proptest!(some(60), |(scenario in scenarios())| {
            let simulation = scenario.simulation(|| Idle).allow(Oracle::Meltdown).finally("whole", whole);
            let explored = simulation.explore(0..10);
            prop_assert!(explored.is_ok(), "{explored:?}");
        });
    }
}
