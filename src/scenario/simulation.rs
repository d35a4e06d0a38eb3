//! A scenario, ready to run: one kind of model.

use std::path::PathBuf;

use crate::actors::Catalogue;
use crate::kernel::{
    Atom, Atoms, Budget, Fault, FaultKind, Pid, Process, SharedPlace, Victims, Wakeup, World,
};
use crate::model::{Model, Origin, Reach, Remembered, Span, Verdict};
use crate::otp::{Actor, Plain};

use super::ast::{DurationKind, ExpectFailure, Header, Scenario, Tree};
use super::judge::{Demands, Judge, Orders};
use super::judgement::Judgement;
use super::language::{Lowered, Mishap};
use super::script::compiled::Stuck;
use super::script::names::Numbering;
use super::script::{ClientState, Image, LocalClients, Script, ScriptEvents, ScriptWorld, memory};
use super::spoken::Spoken;

/// A scenario lowered to programs and specifications. It never changes.
#[derive(Debug)]
pub struct Simulation {
    image: Image,
    demands: Demands,
    local: LocalClients,
    spoken: Spoken,
    expected_failures: Vec<ExpectFailure>,
    max_delay: Option<u64>,
    horizon_ms: u64,
    faults: Vec<Fault>,
    fault_words: Vec<String>,
    faults_at_most: Option<u32>,
    budget: Budget,
    /// What its file is called, and where the lines of it begin, if anybody has said so.
    lines: (String, Vec<usize>),
}

impl Simulation {
    /// Lowers a scenario that the parser has accepted.
    pub fn of(scenario: &Scenario) -> Simulation {
        let header = &scenario.header;
        let mut names = Numbering::of(scenario);
        let demands = Demands::of(scenario, &mut names);
        names.in_order = demands.ask_order();
        let image = Image::of(scenario, names);
        let max_delay = match header.max_delay.as_ref().map(|delay| &delay.kind) {
            None => Some(Header::DEFAULT_MAX_DELAY_MS),
            Some(DurationKind::Milliseconds(delay)) => Some(*delay),
            Some(DurationKind::Infinity | DurationKind::Variable(_)) => None,
        };
        let tops: Vec<Atom> = scenario
            .trees
            .iter()
            .flat_map(tops_of)
            .map(|top| image.atoms().intern(top))
            .chain([Atom::APPLICATION_MASTER])
            .collect();
        let faults = scenario.faults.iter().zip(&image.mishaps).map(|(fault, mishap)| Fault {
            left: fault.times.as_ref().map_or(1, |times| bounded(times.value)),
            early: false,
            kind: kind_of(mishap, &tops),
        });
        let faults = faults.collect();
        Simulation {
            local: LocalClients::of(&image, demands.questions(), demands.ask_order()),
            spoken: Spoken::of(scenario),
            image,
            demands,
            expected_failures: scenario.expected_failures.clone(),
            max_delay,
            horizon_ms: header.horizon_ms.as_ref().map_or(Header::DEFAULT_HORIZON_MS, |said| said.value),
            faults,
            fault_words: scenario.faults.iter().map(|fault| fault.words.clone()).collect(),
            faults_at_most: scenario.faults_at_most.as_ref().map(|most| bounded(most.value)),
            budget: Budget::default(),
            lines: (String::new(), Vec::new()),
        }
    }

    /// Reads the folders in which compiled code is: the file's, and those that came with Erlang and Elixir.
    ///
    /// # Errors
    ///
    /// When one cannot be read.
    pub fn find_code(&mut self, folders: &[PathBuf], installed: &[PathBuf]) -> std::io::Result<()> {
        self.image.find_code(folders, installed)
    }

    /// Workers of these names are actors in Rust.
    pub fn set_actors(&mut self, actors: &Catalogue) {
        self.image.set_actors(actors);
    }

    /// The same actors as another one.
    pub fn share_actors(&mut self, other: &Simulation) {
        self.image.share_actors(&other.image);
    }

    /// Whether it knows actors in Rust.
    pub fn has_actors(&self) -> bool {
        self.image.has_actors()
    }

    /// Why a function of compiled code cannot be called, if it cannot.
    pub fn why_no_call(&self, module: &str, function: &str, arity: usize) -> Option<String> {
        let [module, function] = [module, function].map(|name| self.image.atoms().intern(name));
        self.image.code.why_nowhere(module, function, u8::try_from(arity).unwrap_or(u8::MAX))
    }

    /// Allows its runs so much, and no more.
    pub fn set_budget(&mut self, budget: Budget) {
        self.budget = budget;
    }

    /// What its runs may use up.
    pub fn budget(&self) -> &Budget {
        &self.budget
    }

    /// Says what its file is called and what stands in it, so that it can say where something is.
    pub fn set_text(&mut self, name: &str, text: &str) {
        let begins = text.match_indices('\n').map(|(end, _)| end + 1);
        self.lines = (name.to_owned(), begins.collect());
        self.image.set_text(text);
    }

    /// Allows so many kills of any process that is no client, beside what the file allows and from the start.
    pub fn permit_kills(&mut self, times: u32) {
        self.faults.push(Fault {
            left: times,
            early: true,
            kind: FaultKind::Kill(Victims::Any { but: Vec::new() }),
        });
        self.faults_at_most = self.faults_at_most.map(|most| most.saturating_add(times));
    }

    /// The failures that the file says its design has.
    pub fn expected_failures(&self) -> &[ExpectFailure] {
        &self.expected_failures
    }

    /// The orders that the file asks for, of which nothing has happened yet; none where there are two nodes, which no
    /// clock orders with each other.
    pub fn orders(&self) -> Orders<'_> {
        Orders::of(&self.demands, self.image.nodes().len() < 2)
    }

    /// As which of the file's `outcomes` a run has ended, from 0; nothing if it is none of them.
    pub fn outcome(&self, world: &ScriptWorld) -> Option<usize> {
        self.demands.ends.as_ref().and_then(|ends| ends.reached(world).ok())
    }

    /// Whether a run goes on for longer than the scenario is looked at.
    pub fn is_beyond_horizon(&self, world: &ScriptWorld) -> bool {
        world.now() > self.horizon_ms
    }
}

impl Model for Simulation {
    type Guest = Script;
    type Judge<'m> = Judge<'m>;

    fn start(&self, events: &mut ScriptEvents) -> ScriptWorld {
        let boot = Actor::Plain(Plain::new(Script::Boot(Box::default())));
        let mut world = World::new(Atom::BOOT, boot, self.image.common(), self.max_delay, events);
        world.allow_faults(self.faults.clone(), self.faults_at_most);
        world.set_budget(self.budget);
        if let [one, other] = *self.image.nodes() {
            world.connect_nodes([one, other]);
        }
        world
    }

    fn image(&self) -> &Image {
        &self.image
    }

    fn atoms(&self) -> &Atoms {
        self.image.atoms()
    }

    fn faults(&self) -> &[String] {
        &self.fault_words
    }

    fn judge(&self) -> Judge<'_> {
        Judge::of(&self.image, &self.demands)
    }

    fn hears_messages(&self) -> bool {
        self.demands.ask_order()
    }

    fn memory(&self, process: &Process<Actor<Script>>) -> Vec<Remembered> {
        memory(process.behaviour(), &self.image)
    }

    fn horizon_ms(&self) -> u64 {
        self.horizon_ms
    }

    fn place(&self, place: u32) -> Option<String> {
        let (name, begins) = &self.lines;
        let place = usize::try_from(place).ok()?;
        let line = begins.partition_point(|begin| *begin <= place) + 1;
        (!name.is_empty()).then(|| format!("{name}:{line}"))
    }

    fn has_halted(&self, world: &ScriptWorld) -> bool {
        world.common().halted.is_some()
    }

    fn cannot_go_on(&self, world: &ScriptWorld) -> Option<Verdict> {
        world.common().compiled.as_ref()?.stuck.as_ref().map(|stuck| match stuck {
            Stuck::Endless(why) => Verdict::Inconclusive(why.clone()),
            Stuck::Missing(why) => Verdict::Unrunnable(why.clone()),
        })
    }

    fn is_served(&self, world: &ScriptWorld) -> bool {
        let clients = &world.common().clients;
        clients.iter().all(|client| matches!(client, ClientState::Finished(_) | ClientState::Died(..)))
    }

    fn is_reducible(&self) -> bool {
        self.image.nodes().is_empty()
    }

    fn shortest_timer(&self) -> Option<u64> {
        self.local.shortest
    }

    fn reach(&self, process: &Process<Actor<Script>>, world: &ScriptWorld) -> Reach {
        if self.local.watcher && is_boot(process) {
            // The watcher of clients sums up what it hears.
            return Reach::InAnyOrder;
        }
        let is_client = |client: &ClientState| *client == ClientState::Running(process.pid);
        let mut clients = world.common().clients.iter().zip(&self.local.clients);
        match process.links.is_empty() && clients.any(|(client, local)| *local && is_client(client)) {
            true => Reach::WhomItAsks,
            false => Reach::Anybody,
        }
    }

    fn may_look_at_nothing(&self, process: &Process<Actor<Script>>) -> bool {
        let Actor::Plain(plain) = process.behaviour() else { return false };
        let Script::Actor(frame) = &plain.activity.guest else { return false };
        let at = match process.wakeup() {
            Wakeup::Message(_) => return true,
            Wakeup::Start => 0,
            Wakeup::Continue => frame.at,
            Wakeup::Timeout | Wakeup::Waiting | Wakeup::WaitingForQuiet => return false,
        };
        let operations = &self.image.program(frame.definition).operations;
        operations.get(at as usize).is_some_and(|operation| !operation.effects.sees)
    }

    fn is_client(&self, pid: Pid, world: &ScriptWorld) -> bool {
        world.common().is_client(pid)
    }

    fn breaks_too_little(&self, verdict: &Verdict, of: Origin) -> bool {
        matches!(Judgement::of(verdict, of, &self.expected_failures), Judgement::HeldUnexpectedly(_))
    }

    fn breaks_as_told(&self, verdict: &Verdict, of: Origin) -> bool {
        matches!(Judgement::of(verdict, of, &self.expected_failures), Judgement::BrokenAsExpected(_))
    }

    fn speaks_of(&self, property: Span, place: &SharedPlace) -> bool {
        self.spoken.speaks_of(property, self.image.atoms().text(place.name))
    }
}

fn is_boot(process: &Process<Actor<Script>>) -> bool {
    match process.behaviour() {
        Actor::Plain(plain) => matches!(plain.activity.guest, Script::Boot(_)),
        _ => false,
    }
}

/// What stands at the top of a tree that starts at boot: nobody would restart it. Of an application that is its
/// master and what is below, too.
fn tops_of(tree: &Tree) -> Vec<&str> {
    let supervisor = &tree.supervisor;
    let top = (tree.application.is_some() || supervisor.autostart).then_some(&supervisor.name);
    let application = tree.application.as_ref().map(|application| &application.name);
    top.into_iter().chain(application).map(|name| name.text.as_str()).collect()
}

/// No run has more faults than this.
fn bounded(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn kind_of(mishap: &Mishap<Lowered>, tops: &[Atom]) -> FaultKind {
    let victims = |victims: &Option<Vec<Atom>>| match victims {
        Some(labels) => Victims::Labelled(labels.clone()),
        None => Victims::Any { but: tops.to_vec() },
    };
    match mishap {
        Mishap::Kill { victims: named } => FaultKind::Kill(victims(named)),
        Mishap::Burst { victims: named, crashes, within } => FaultKind::Burst {
            victims: victims(named),
            kills: bounded(*crashes),
            within: *within,
            open: None,
        },
        Mishap::Disconnect { cut } => FaultKind::Disconnect { cut: *cut },
        Mishap::Start { .. } | Mishap::Terminate { .. } | Mishap::Slow { .. } | Mishap::Send { .. } => {
            FaultKind::Strike
        }
    }
}
