//! A scenario, ready to run: lowered to a world, driven by whoever chooses, judged by its properties.

use crate::kernel::{
    Atom, Atoms, Behaviour, Choice, Event, Events, Fault, FaultKind, Process, Victims, World,
};
use crate::otp::{Actor, Plain};

use super::ast::{self, DurationKind, ExpectFailure, Header, Scenario, Span, Spanned, Tree};
use super::judge::{Breach, Judge, Strains};
use super::round::{self, Lookout, Sight};
use super::script::{ClientState, Image, Script, Shelter};

/// The world that scenarios run in.
pub type ScriptWorld = World<Actor<Script>>;
/// What happens in it.
pub type ScriptEvent = Event<Actor<Script>>;
/// Who listens to it.
pub type ScriptEvents = Events<Actor<Script>>;

/// More steps than this are taken for a run that never ends.
const STEPS_MAX: u64 = 20_000_000;

/// A scenario lowered to programs and specifications. It never changes.
#[derive(Debug)]
pub struct Simulation {
    pub(super) image: Image,
    expected_failures: Vec<ExpectFailure>,
    max_delay: Option<u64>,
    horizon_ms: u64,
    faults: Vec<Fault>,
    faults_at_most: Option<u32>,
}

/// One run, from the first step to the last.
#[derive(Debug)]
pub struct Run {
    /// Everything that happened, if it was recorded.
    pub events: Vec<ScriptEvent>,
    /// The choices taken, if it was recorded.
    pub choices: Vec<Choice>,
    /// The world at the end.
    pub world: ScriptWorld,
    /// How many steps were taken.
    pub steps: u64,
    /// Where the `sometimes` properties stand that it has not reached.
    pub not_seen: Vec<Span>,
    /// How close supervisors came to giving up.
    pub strains: Strains,
    /// How many of its last steps can repeat for ever, if it goes round.
    pub round: Option<u64>,
    /// What it came to.
    pub verdict: Verdict,
}

/// What a run came to.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// Every property held.
    Held,
    /// These properties were broken, in the order in which it was noticed.
    Broken(Vec<Breach>),
    /// A limit was reached before everything had settled.
    Inconclusive(String),
    /// Whoever chooses gave up: a replay that no longer fits.
    Abandoned,
}

impl Simulation {
    /// Lowers a scenario that the parser has accepted.
    pub fn of(scenario: &Scenario) -> Simulation {
        let header = &scenario.header;
        let mut image = Image::of(scenario);
        let max_delay = match header.max_delay.as_ref().map(|delay| &delay.kind) {
            None => Some(Header::DEFAULT_MAX_DELAY_MS),
            Some(DurationKind::Milliseconds(delay)) => Some(*delay),
            Some(DurationKind::Infinity | DurationKind::Variable(_)) => None,
        };
        let tops: Vec<Atom> = scenario
            .trees
            .iter()
            .flat_map(tops_of)
            .map(|top| image.intern(top))
            .chain([Atom::APPLICATION_MASTER])
            .collect();
        let faults = scenario.faults.iter().map(|fault| Fault {
            left: fault.times.as_ref().map_or(1, bounded),
            early: false,
            kind: kind_of(&fault.kind, &tops, &mut image),
        });
        let faults = faults.collect();
        Simulation {
            image,
            expected_failures: scenario.expected_failures.clone(),
            max_delay,
            horizon_ms: header.horizon_ms.as_ref().map_or(Header::DEFAULT_HORIZON_MS, |said| said.value),
            faults,
            faults_at_most: scenario.faults_at_most.as_ref().map(bounded),
        }
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

    /// The texts of the scenario's atoms.
    pub fn atoms(&self) -> &Atoms {
        self.image.atoms()
    }

    /// The shortest time that any of its timers is ever set to, in milliseconds; none if it has no timers.
    pub fn shortest_timer(&self) -> Option<u64> {
        Shelter::of(&self.image).shortest
    }

    /// What never changes in its world.
    pub fn image(&self) -> &Image {
        &self.image
    }

    /// The failures that the file says its design has.
    pub fn expected_failures(&self) -> &[ExpectFailure] {
        &self.expected_failures
    }

    /// As which of the file's `outcomes` a run has ended, from 0; nothing if it is none of them.
    pub fn outcome(&self, world: &ScriptWorld) -> Option<usize> {
        self.image.ends().and_then(|ends| ends.reached(world).ok())
    }

    /// The world before the first step.
    pub fn start(&self, events: &mut ScriptEvents) -> ScriptWorld {
        let boot = Actor::Plain(Plain::new(Script::Boot(Box::default())));
        let mut world = World::new(Atom::BOOT, boot, self.image.common(), self.max_delay, events);
        world.allow_faults(self.faults.clone(), self.faults_at_most);
        if !self.image.nodes().is_empty() {
            world.connect_nodes();
        }
        world
    }

    /// Runs until nothing can happen, a limit is reached, or `choose` gives up.
    ///
    /// `choose` sees the world and, when `record` is set, all events so far.
    pub fn run(
        &self,
        record: bool,
        choose: &mut dyn FnMut(&ScriptWorld, &[ScriptEvent]) -> Option<Choice>,
    ) -> Run {
        // A judge asks who lived and what supervisors decided; only a trace needs the signals too.
        let mut events = if record { Events::recorded() } else { Events::of_lives() };
        let mut world = self.start(&mut events);
        let mut judge = Judge::of(&self.image);
        let (mut history, mut choices) = (Vec::new(), Vec::new());
        let mut not_seen = Vec::new();
        let mut strains = Strains::new();
        let (mut lookout, mut round) = (Lookout::default(), None);
        let verdict = loop {
            judge.observe(events.list(), &world, events.steps());
            match record {
                true => history.extend(events.drain()),
                false => events.clear(),
            }
            if world.is_over() || world.common().halted.is_some() {
                (not_seen, strains) = (judge.not_seen(&world), judge.strains().clone());
                break ended(judge.settled(&world, events.steps()));
            }
            let ending = match lookout.look(&world, &judge, events.steps()) {
                Sight::Nothing => {
                    self.limit(&world, events.steps()).map(|why| beyond(why, &judge, &world, events.steps()))
                }
                Sight::Round(length) => {
                    round = Some(length);
                    Some(round::verdict(&judge, &world, events.steps(), length))
                }
                Sight::Stuck => {
                    history.retain(|event: &ScriptEvent| event.step <= lookout.told_until());
                    Some(beyond(lookout.why_stuck(), &judge, &world, events.steps()))
                }
            };
            if let Some(ending) = ending {
                (not_seen, strains) = (judge.not_seen(&world), judge.strains().clone());
                break ending;
            }
            let Some(choice) = choose(&world, &history) else { break Verdict::Abandoned };
            lookout.takes(choice);
            if record {
                choices.push(choice);
            }
            world.step(choice, &self.image, &mut events);
        };
        let run =
            Run { events: history, choices, steps: events.steps(), world, not_seen, strains, round, verdict };
        match run.round {
            Some(length) if record => self.shortened(run, length),
            _ => run,
        }
    }

    /// Whether a run goes on for longer than the scenario is looked at.
    pub fn is_beyond_horizon(&self, world: &ScriptWorld) -> bool {
        world.now() > self.horizon_ms
    }

    pub(super) fn limit(&self, world: &ScriptWorld, steps: u64) -> Option<String> {
        if self.is_beyond_horizon(world) {
            return Some(format!("after {} ms of virtual time something still happens", self.horizon_ms));
        }
        (steps >= STEPS_MAX).then(|| format!("after {STEPS_MAX} steps something still happens"))
    }
}

/// What stands at the top of a tree that starts at boot: nobody would restart it. Of an application that is its
/// master and what is below, too.
fn tops_of(tree: &Tree) -> Vec<&str> {
    match tree {
        Tree::Application(application) => {
            let mut names = tops_of(&application.tree);
            names.push(&application.name.text);
            names
        }
        Tree::Supervisor(supervisor) if supervisor.autostart => vec![&supervisor.name.text],
        Tree::DynamicSupervisor(supervisor) if supervisor.autostart => vec![&supervisor.name.text],
        Tree::Supervisor(_) | Tree::DynamicSupervisor(_) => Vec::new(),
    }
}

/// No run has more faults than this.
fn bounded(number: &Spanned<u64>) -> u32 {
    u32::try_from(number.value).unwrap_or(u32::MAX)
}

fn kind_of(kind: &ast::FaultKind, tops: &[Atom], image: &mut Image) -> FaultKind {
    let mut victims = |victims: &ast::Victims| match victims {
        ast::Victims::Named(names) => {
            Victims::Labelled(names.iter().map(|name| image.intern(&name.text)).collect())
        }
        ast::Victims::Any => Victims::Any { but: tops.to_vec() },
    };
    match kind {
        ast::FaultKind::Kill(named) => FaultKind::Kill(victims(named)),
        ast::FaultKind::Burst { victims: named, crashes, within } => FaultKind::Burst {
            victims: victims(named),
            kills: bounded(crashes),
            within: match within.kind {
                DurationKind::Milliseconds(within) => within,
                DurationKind::Infinity | DurationKind::Variable(_) => u64::MAX,
            },
            open: None,
        },
        ast::FaultKind::Disconnect { cut } => FaultKind::Disconnect { cut: *cut },
        ast::FaultKind::Start { .. }
        | ast::FaultKind::Terminate { .. }
        | ast::FaultKind::Slow { .. }
        | ast::FaultKind::Send { .. } => FaultKind::Strike,
    }
}

/// What a run comes to that is not waited for any longer, and why it is not.
fn beyond(why: String, judge: &Judge<'_>, world: &ScriptWorld, steps: u64) -> Verdict {
    match judge.has_verdict() {
        true => Verdict::Broken(judge.clone().so_far()),
        // What ticks for ever does not keep a scenario from being over.
        false if all_finished(world) => ended(judge.clone().settled(world, steps)),
        false => Verdict::Inconclusive(why),
    }
}

/// What a run comes to that has broken this by its end.
pub(super) fn ended(breaches: Vec<Breach>) -> Verdict {
    if breaches.is_empty() { Verdict::Held } else { Verdict::Broken(breaches) }
}

/// The living processes that a sweep kills: those that the scenario is about. Its clients ask the questions, and
/// the process that boots and the application controller stand for the runtime system.
pub fn targets(world: &ScriptWorld) -> impl Iterator<Item = &Process<Actor<Script>>> {
    world.processes().filter(|process| !Actor::is_spared(process, world.common()))
}

pub(super) fn all_finished(world: &ScriptWorld) -> bool {
    let clients = &world.common().clients;
    clients.iter().all(|client| matches!(client, ClientState::Finished(_) | ClientState::Died(..)))
}
