//! A simulation: trees of actors, clients, what may go wrong, and what is asked of every run.

use std::sync::Arc;

use crate::kernel::{self, Atom, Atoms, FaultKind, Pid, Victims, World};
use crate::model::{EventsOf, Model, SchedulerKind, WorldOf};
use crate::otp::{Actor, Plain, Release};

use super::child::{Invalid, Supervisor};
use super::client::{Client, ClientBody, Script};
use super::fault::{Fault, Lowered};
use super::halt::Halt;
use super::judge::Judge;
use super::player::{Player, Setting, Shared};
use super::properties::{Demands, Holds, Oracle, Property, When};
use super::view::View;

/// How long a simulation is looked at if nothing is said, in milliseconds of virtual time.
const HORIZON_MS: u64 = 600_000;
/// Within which time a signal arrives and a process runs if nothing is said.
const MAX_DELAY_MS: u64 = 10;
/// How many states are searched if nothing is said.
const STATES_MAX: u64 = 1_000_000;

/// Trees of actors, the clients that use them, the faults that may strike and the properties that every run must
/// have. It never changes; each run begins anew.
///
/// # Examples
///
/// ```
/// use treefall::actors::*;
///
/// # #[derive(Clone, Debug, Default, PartialEq, Eq, Hash)] struct Cache;
/// # impl Actor for Cache { type Request = Never; type Reply = Never; type Message = Never; }
/// const CACHE: Address<Cache> = Address::named("cache");
///
/// let top = Supervisor::new("top", Strategy::OneForOne).child(Child::worker("cache", Cache).named("cache"));
/// let simulation = Simulation::new("a killed cache comes back")
///     .tree(top)
///     .kill(&["cache"], 1)
///     .finally("the cache is there", |view| match view.is_alive(&CACHE) {
///         true => Ok(()),
///         false => Err("nobody is called cache".to_owned()),
///     });
/// simulation.run().unwrap();
/// simulation.run_seed(27).unwrap();
/// assert_eq!(simulation.explore(0..100).unwrap().seeds, 0..100);
/// assert!(simulation.exhaustive().unwrap().states > 1);
/// // A schedule is a run as text. Decisions that are not in it are taken calmly.
/// let schedule = simulation.run().unwrap().schedule();
/// simulation.replay(&schedule).unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct Simulation {
    pub(super) name: String,
    pub(super) setting: Setting,
    /// The trees as they were given.
    pub(super) design: Vec<Supervisor>,
    pub(super) demands: Demands,
    pub(super) invalid: Option<Invalid>,
    pub(super) scheduler: SchedulerKind,
    pub(super) states_max: u64,
    max_delay: Option<u64>,
    horizon_ms: u64,
    faults: Vec<kernel::Fault>,
    faults_at_most: Option<u32>,
    fault_words: Vec<String>,
}

impl Simulation {
    /// Nothing yet. The name says what is shown.
    ///
    /// # Examples
    ///
    /// ```
    /// # use treefall::actors::Simulation;
    /// assert_eq!(Simulation::new("nothing").run().unwrap().steps(), 1);
    /// ```
    pub fn new(name: impl Into<String>) -> Simulation {
        Simulation {
            name: name.into(),
            setting: Setting::default(),
            design: Vec::new(),
            demands: Demands::default(),
            invalid: None,
            scheduler: SchedulerKind::SWARM,
            states_max: STATES_MAX,
            max_delay: Some(MAX_DELAY_MS),
            horizon_ms: HORIZON_MS,
            faults: Vec::new(),
            faults_at_most: None,
            fault_words: Vec::new(),
        }
    }

    /// One more tree, started after those before it. If OTP would refuse it, no run begins, and the failure says why.
    ///
    /// # Examples
    ///
    /// ```
    /// # use treefall::actors::*;
    /// let simulation = Simulation::new("one tree").tree(Supervisor::new("top", Strategy::OneForOne));
    /// assert!(simulation.run().unwrap().story().contains("top"));
    /// ```
    pub fn tree(self, supervisor: Supervisor) -> Self {
        self.planted(None, supervisor)
    }

    /// One more tree, on a node. There are two nodes at most, which begin connected; whoever is on none is on the first.
    ///
    /// # Examples
    ///
    /// ```
    /// # use treefall::actors::*;
    /// # #[derive(Clone, Debug, PartialEq, Eq, Hash)] struct Store;
    /// # impl Actor for Store { type Request = Never; type Reply = Never; type Message = Never; }
    /// const STORE: Address<Store> = Address::on("east", "store");
    ///
    /// let top = Supervisor::new("top", Strategy::OneForOne).child(Child::worker("store", Store).named("store"));
    /// let simulation = Simulation::new("a store far away").tree_on("east", top).client_on("west", "test", |cx| {
    ///     cx.cut()?;
    ///     let gone = cx.stop(&STORE, Reason::NORMAL)?;
    ///     cx.expect(gone.is_err(), "nobody is reached through a network that is cut")?;
    ///     cx.heal()?;
    ///     let stopped = cx.stop(&STORE, Reason::NORMAL)?;
    ///     cx.expect(stopped.is_ok(), "the next signal connects the nodes again")
    /// });
    /// simulation.run().unwrap();
    /// ```
    pub fn tree_on(self, node: &str, supervisor: Supervisor) -> Self {
        self.planted(Some(node), supervisor)
    }

    fn planted(mut self, node: Option<&str>, supervisor: Supervisor) -> Self {
        let node = self.node(node);
        match supervisor.lowered(&self.setting.atoms) {
            Ok(start) => {
                self.setting.trees.push(start);
                self.setting.nodes_of_trees.push(node);
                self.design.push(supervisor);
            }
            Err(invalid) => self.refuse(invalid),
        }
        self
    }

    /// The same with another tree in the place of one.
    pub(super) fn replanted(&self, place: usize, supervisor: Supervisor) -> Result<Simulation, Invalid> {
        let mut other = self.clone();
        other.setting.trees[place] = supervisor.lowered(&self.setting.atoms)?;
        other.design[place] = supervisor;
        Ok(other)
    }

    fn refuse(&mut self, invalid: Invalid) {
        self.invalid.get_or_insert(invalid);
    }

    /// The node of this name, which is one of two at most.
    fn node(&mut self, node: Option<&str>) -> Atom {
        let atoms = &mut self.setting.atoms;
        let Some(node) = node else { return Atom::NONODE };
        let name = atoms.intern(node);
        if !atoms.nodes().contains(&name) {
            atoms.add_node(name);
            if atoms.nodes().len() > 2 {
                self.refuse(Invalid::of_simulation(format!(
                    "there are two nodes at most, and {node} is a third"
                )));
            }
        }
        name
    }

    /// One more client. All clients begin when all trees have been started, and run at the same time.
    ///
    /// # Examples
    ///
    /// ```
    /// # use treefall::actors::*;
    /// let simulation = Simulation::new("two clients").client("one", |cx| cx.sleep(5)).client("other", |cx| cx.note("hello"));
    /// assert_eq!(simulation.run().unwrap().end().now(), 5);
    /// ```
    pub fn client(
        self,
        name: &str,
        script: impl Fn(&mut Client<'_>) -> Result<(), Halt> + Send + Sync + 'static,
    ) -> Self {
        self.employed(None, name, Arc::new(script))
    }

    /// One more client, on a node.
    ///
    /// # Examples
    ///
    /// See [`Simulation::tree_on`].
    pub fn client_on(
        self,
        node: &str,
        name: &str,
        script: impl Fn(&mut Client<'_>) -> Result<(), Halt> + Send + Sync + 'static,
    ) -> Self {
        self.employed(Some(node), name, Arc::new(script))
    }

    fn employed(mut self, node: Option<&str>, name: &str, script: Arc<Script>) -> Self {
        let node = self.node(node);
        let number = self.setting.clients.len();
        let name = self.setting.atoms.intern(name);
        self.setting.clients.push(ClientBody { number, name, node, script });
        self
    }

    /// Holds in every state, once everything has been started.
    ///
    /// # Examples
    ///
    /// ```
    /// # use treefall::actors::*;
    /// let simulation = Simulation::new("a clock").client("test", |cx| cx.sleep(100)).always("it is early", |view| {
    ///     if view.now() < 50 { Ok(()) } else { Err(format!("it is {} ms", view.now())) }
    /// });
    /// assert_eq!(simulation.run().unwrap_err().why(), "it is 100 ms");
    /// ```
    pub fn always(self, name: &str, question: impl Fn(&View<'_>) -> Holds + Send + Sync + 'static) -> Self {
        self.property(name, When::Always, question)
    }

    /// Holds when nothing can happen any more.
    ///
    /// # Examples
    ///
    /// ```
    /// # use treefall::actors::*;
    /// let simulation = Simulation::new("a clock").client("test", |cx| cx.sleep(100)).finally("it is late", |view| {
    ///     if view.now() == 100 { Ok(()) } else { Err(format!("it is {} ms", view.now())) }
    /// });
    /// simulation.run().unwrap();
    /// ```
    pub fn finally(self, name: &str, question: impl Fn(&View<'_>) -> Holds + Send + Sync + 'static) -> Self {
        self.property(name, When::Finally, question)
    }

    /// Holds in some state of some run, or an exploration proves nothing and fails.
    ///
    /// # Examples
    ///
    /// ```
    /// # use treefall::actors::*;
    /// let simulation = Simulation::new("a clock").client("test", |cx| cx.sleep(100)).sometimes("it is late", |view| {
    ///     if view.now() > 500 { Ok(()) } else { Err("it is early".to_owned()) }
    /// });
    /// assert_eq!(simulation.explore(0..10).unwrap_err().why(), "no run has come to it");
    /// ```
    pub fn sometimes(
        self,
        name: &str,
        question: impl Fn(&View<'_>) -> Holds + Send + Sync + 'static,
    ) -> Self {
        self.property(name, When::Sometimes, question)
    }

    fn property(
        mut self,
        name: &str,
        when: When,
        question: impl Fn(&View<'_>) -> Holds + Send + Sync + 'static,
    ) -> Self {
        self.demands.properties.push(Property::new(name, when, question));
        self
    }

    /// What does not break a run.
    ///
    /// # Examples
    ///
    /// ```
    /// # use treefall::actors::*;
    /// # #[derive(Clone, Debug, PartialEq, Eq, Hash)] struct Store;
    /// # impl Actor for Store { type Request = Never; type Reply = Never; type Message = Never; }
    /// let top = Supervisor::new("top", Strategy::OneForOne).max_restarts(0).child(Child::worker("store", Store));
    /// let simulation = Simulation::new("it may give up").tree(top).kill(&["store"], 1);
    /// assert_eq!(simulation.exhaustive().unwrap_err().why(), "top has given up");
    /// simulation.allow(Oracle::Meltdown).exhaustive().unwrap();
    /// ```
    pub fn allow(mut self, oracle: Oracle) -> Self {
        self.demands.allowed.push(oracle);
        self
    }

    /// Something that may go wrong, beyond the order of things. If it names somebody whom no run has, exploring fails.
    ///
    /// # Examples
    ///
    /// ```
    /// # use treefall::actors::*;
    /// # #[derive(Clone, Debug, Default, PartialEq, Eq, Hash)] struct Cache;
    /// # impl Actor for Cache { type Request = Never; type Reply = Never; type Message = Never; }
    /// let top = Supervisor::new("top", Strategy::OneForOne).child(Child::worker("cache", Cache));
    /// let simulation = Simulation::new("a slow cache").tree(top).fault(Fault::slow("cache", 100).times(2));
    /// simulation.exhaustive().unwrap();
    /// ```
    pub fn fault(mut self, fault: Fault) -> Self {
        let ids = fault.ids();
        let Lowered { fault, callback, message, words } = fault.lowered(&self.setting.atoms);
        self.faults.push(fault);
        self.setting.callback_faults.push(callback);
        self.setting.messages.push(message);
        let called = format!("fault {words}");
        self.demands.properties.extend(ids.into_iter().map(|id| Property::struck(&called, id)));
        self.fault_words.push(format!("{} {words}", self.faults.len()));
        self
    }

    /// The scheduler may kill processes with these ids, so many times in a run; of none any process below a top
    /// supervisor: [`Fault::kill`] in short.
    ///
    /// # Examples
    ///
    /// ```
    /// # use treefall::actors::*;
    /// let top = Supervisor::new("top", Strategy::OneForOne);
    /// let simulation = Simulation::new("nobody to kill").tree(top).kill(&[], 2);
    /// assert_eq!(simulation.exhaustive().unwrap().ends, 1);
    /// ```
    pub fn kill(self, ids: &[&str], times: u32) -> Self {
        self.fault(Fault::kill(ids.iter().copied()).times(times))
    }

    /// All faults together strike at most so often in a run.
    ///
    /// # Examples
    ///
    /// ```
    /// # use treefall::actors::*;
    /// # #[derive(Clone, Debug, Default, PartialEq, Eq, Hash)] struct Cache;
    /// # impl Actor for Cache { type Request = Never; type Reply = Never; type Message = Never; }
    /// let top = Supervisor::new("top", Strategy::OneForOne).max_restarts(1).child(Child::worker("cache", Cache));
    /// let simulation = Simulation::new("one of two").tree(top).kill(&["cache"], 1).kill(&[], 1);
    /// assert!(simulation.faults_at_most(1).exhaustive().is_ok());
    /// ```
    pub fn faults_at_most(mut self, times: u32) -> Self {
        self.faults_at_most = Some(times);
        self
    }

    /// Within how many milliseconds a signal arrives and a process that can run does; 10 if nothing is said, and `None`
    /// lets any timer beat any message.
    ///
    /// # Examples
    ///
    /// ```
    /// # use treefall::actors::*;
    /// # #[derive(Clone, Debug, PartialEq, Eq, Hash)] struct Store;
    /// # impl Actor for Store { type Request = (); type Reply = (); type Message = Never;
    /// #     fn handle_call(&mut self, _: (), _: Caller<()>, _: &mut Context<'_, Self>) -> Answered<Self> { Ok(Answer::Reply(())) } }
    /// const STORE: Address<Store> = Address::named("store");
    ///
    /// let top = Supervisor::new("top", Strategy::OneForOne).child(Child::worker("store", Store).named("store"));
    /// let simulation = Simulation::new("a call with a short patience").tree(top).client("test", |cx| {
    ///     let answer = cx.call_within(&STORE, (), Some(100))?;
    ///     cx.expect(answer.is_ok(), "it answers in time")
    /// });
    /// simulation.exhaustive().unwrap();
    /// assert!(simulation.max_delay(None).exhaustive().is_err());
    /// ```
    pub fn max_delay(mut self, milliseconds: Option<u64>) -> Self {
        self.max_delay = milliseconds;
        self
    }

    /// How long a run is looked at, in milliseconds of virtual time; ten minutes if nothing is said.
    ///
    /// # Examples
    ///
    /// ```
    /// # use treefall::actors::*;
    /// let simulation = Simulation::new("a long sleep").client("test", |cx| cx.sleep(5_000)).horizon(1_000);
    /// assert_eq!(simulation.run().unwrap_err().property(), "inconclusive");
    /// ```
    pub fn horizon(mut self, milliseconds: u64) -> Self {
        self.horizon_ms = milliseconds;
        self
    }

    /// Who chooses in the runs of seeds: each seed by a mix of its own, if nothing is said.
    ///
    /// # Examples
    ///
    /// ```
    /// # use treefall::actors::*;
    /// let simulation = Simulation::new("dice").client("test", |cx| cx.sleep(5)).scheduler(SchedulerKind::RANDOM);
    /// simulation.explore(0..10).unwrap();
    /// ```
    pub fn scheduler(mut self, scheduler: SchedulerKind) -> Self {
        self.scheduler = scheduler;
        self
    }

    /// How many states an exhaustive search looks at; a million if nothing is said.
    ///
    /// # Examples
    ///
    /// ```
    /// # use treefall::actors::*;
    /// let simulation = Simulation::new("two steps").client("test", |cx| cx.sleep(5)).states_max(1);
    /// assert_eq!(simulation.exhaustive().unwrap_err().property(), "inconclusive");
    /// ```
    pub fn states_max(mut self, states: u64) -> Self {
        self.states_max = states;
        self
    }

    /// The releases of OTP and Elixir that are modelled; OTP 28 if nothing is said.
    ///
    /// # Examples
    ///
    /// ```
    /// # use treefall::actors::*;
    /// let old = Release { otp: 25, ..Release::default() };
    /// Simulation::new("as it was").release(old).run().unwrap();
    /// ```
    pub fn release(mut self, release: Release) -> Self {
        self.setting.release = release;
        self
    }

    /// Faults of any process spare the tops, which nobody would restart.
    fn planned(&self) -> Vec<kernel::Fault> {
        let tops: Vec<Atom> = self.setting.trees.iter().map(|tree| tree.called()).collect();
        let mut faults = self.faults.clone();
        for fault in &mut faults {
            if let FaultKind::Kill(Victims::Any { but })
            | FaultKind::Burst { victims: Victims::Any { but }, .. } = &mut fault.kind
            {
                but.clone_from(&tops);
            }
        }
        faults
    }
}

impl Model for Simulation {
    type Guest = Player;
    type Judge<'m> = Judge<'m>;

    fn start(&self, events: &mut EventsOf<Self>) -> WorldOf<Self> {
        let boot = Actor::Plain(Plain::new(Player::Boot { next: 0 }));
        let shared = Shared::with_faults(self.faults.len());
        let mut world = World::new(Atom::BOOT, boot, shared, self.max_delay, events);
        world.allow_faults(self.planned(), self.faults_at_most);
        if let [one, other] = *self.setting.atoms.nodes() {
            world.connect_nodes([one, other]);
        }
        world
    }

    fn image(&self) -> &Setting {
        &self.setting
    }

    fn atoms(&self) -> &Atoms {
        &self.setting.atoms
    }

    fn faults(&self) -> &[String] {
        &self.fault_words
    }

    fn judge(&self) -> Judge<'_> {
        Judge::of(&self.demands, &self.setting.atoms)
    }

    fn horizon_ms(&self) -> u64 {
        self.horizon_ms
    }

    fn is_reducible(&self) -> bool {
        self.setting.atoms.nodes().is_empty()
    }

    fn is_served(&self, world: &WorldOf<Self>) -> bool {
        let shared = world.common();
        shared.booted && shared.clients.iter().all(|(_, end)| end.is_some())
    }

    fn is_client(&self, pid: Pid, world: &WorldOf<Self>) -> bool {
        world.common().clients.iter().any(|(client, _)| *client == pid)
    }
}
