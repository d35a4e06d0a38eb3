//! A simulation: trees of actors, clients, what may go wrong, and what is asked of every run.

use std::sync::Arc;

use crate::kernel::{Atom, Atoms, Fault, FaultKind, Pid, Victims, World};
use crate::model::{EventsOf, Model, SchedulerKind, WorldOf};
use crate::otp::{Actor, Plain, Release};

use super::child::{Invalid, Supervisor};
use super::client::{Client, ClientBody};
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
/// simulation.explore(0..100).unwrap();
/// simulation.exhaustive().unwrap();
/// ```
#[derive(Debug)]
pub struct Simulation {
    pub(super) name: String,
    pub(super) setting: Setting,
    pub(super) demands: Demands,
    pub(super) invalid: Option<Invalid>,
    pub(super) scheduler: SchedulerKind,
    pub(super) states_max: u64,
    max_delay: Option<u64>,
    horizon_ms: u64,
    faults: Vec<Fault>,
    fault_words: Vec<String>,
}

impl Simulation {
    /// Nothing yet. The name says what is shown.
    pub fn new(name: impl Into<String>) -> Simulation {
        Simulation {
            name: name.into(),
            setting: Setting::default(),
            demands: Demands::default(),
            invalid: None,
            scheduler: SchedulerKind::SWARM,
            states_max: STATES_MAX,
            max_delay: Some(MAX_DELAY_MS),
            horizon_ms: HORIZON_MS,
            faults: Vec::new(),
            fault_words: Vec::new(),
        }
    }

    /// One more tree, started after those before it. If OTP would refuse it, no run begins, and the failure says why.
    pub fn tree(mut self, supervisor: Supervisor) -> Self {
        match supervisor.lowered(&self.setting.atoms) {
            Ok(start) => self.setting.trees.push(start),
            Err(invalid) => self.invalid = self.invalid.or(Some(invalid)),
        }
        self
    }

    /// One more client. All clients begin when all trees have been started, and run at the same time.
    pub fn client(
        mut self,
        name: &str,
        script: impl Fn(&mut Client<'_>) -> Result<(), Halt> + Send + Sync + 'static,
    ) -> Self {
        let number = self.setting.clients.len();
        let name = self.setting.atoms.intern(name);
        self.setting.clients.push(ClientBody { number, name, script: Arc::new(script) });
        self
    }

    /// Holds in every state, once everything has been started.
    pub fn always(self, name: &str, question: impl Fn(&View<'_>) -> Holds + Send + Sync + 'static) -> Self {
        self.property(name, When::Always, question)
    }

    /// Holds when nothing can happen any more.
    pub fn finally(self, name: &str, question: impl Fn(&View<'_>) -> Holds + Send + Sync + 'static) -> Self {
        self.property(name, When::Finally, question)
    }

    /// Holds in some state of some run, or an exploration proves nothing and fails.
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
        self.demands.properties.push(Property { name: name.to_owned(), when, question: Arc::new(question) });
        self
    }

    /// What does not break a run.
    pub fn allow(mut self, oracle: Oracle) -> Self {
        self.demands.allowed.push(oracle);
        self
    }

    /// The scheduler may kill processes with these ids, so many times in a run; of none any process below a top
    /// supervisor.
    pub fn kill(mut self, ids: &[&str], times: u32) -> Self {
        let atoms = &self.setting.atoms;
        let labels: Vec<Atom> = ids.iter().map(|id| atoms.intern(id)).collect();
        let (victims, words) = match ids {
            [] => (Victims::Any { but: Vec::new() }, "kill any".to_owned()),
            ids => (Victims::Labelled(labels), format!("kill {}", ids.join(" "))),
        };
        self.faults.push(Fault { left: times, early: false, kind: FaultKind::Kill(victims) });
        self.fault_words.push(format!("{} {words}", self.faults.len()));
        self
    }

    /// Within how many milliseconds a signal arrives and a process that can run does; 10 if nothing is said, and `None`
    /// lets any timer beat any message.
    pub fn max_delay(mut self, milliseconds: Option<u64>) -> Self {
        self.max_delay = milliseconds;
        self
    }

    /// How long a run is looked at, in milliseconds of virtual time; ten minutes if nothing is said.
    pub fn horizon(mut self, milliseconds: u64) -> Self {
        self.horizon_ms = milliseconds;
        self
    }

    /// Who chooses in the runs of seeds: each seed by a mix of its own, if nothing is said.
    pub fn scheduler(mut self, scheduler: SchedulerKind) -> Self {
        self.scheduler = scheduler;
        self
    }

    /// How many states an exhaustive search looks at; a million if nothing is said.
    pub fn states_max(mut self, states: u64) -> Self {
        self.states_max = states;
        self
    }

    /// The releases of OTP and Elixir that are modelled; OTP 28 if nothing is said.
    pub fn release(mut self, release: Release) -> Self {
        self.setting.release = release;
        self
    }

    /// Faults of any process spare the tops, which nobody would restart.
    fn planned(&self) -> Vec<Fault> {
        let tops: Vec<Atom> = self.setting.trees.iter().map(|tree| tree.called()).collect();
        let mut faults = self.faults.clone();
        for fault in &mut faults {
            if let FaultKind::Kill(Victims::Any { but }) = &mut fault.kind {
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
        let mut world = World::new(Atom::BOOT, boot, Shared::default(), self.max_delay, events);
        world.allow_faults(self.planned(), None);
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

    fn is_served(&self, world: &WorldOf<Self>) -> bool {
        let shared = world.common();
        shared.booted && shared.clients.iter().all(|(_, end)| end.is_some())
    }

    fn is_client(&self, pid: Pid, world: &WorldOf<Self>) -> bool {
        world.common().clients.iter().any(|(client, _)| *client == pid)
    }
}
