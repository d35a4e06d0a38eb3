//! What runs come to: a run that held, or a failure with everything that one needs to understand it.

use std::fmt;

use crate::kernel::{Choice, Fingerprint, StopFlag};
use crate::model::{
    Breach, Model, Played, Smallest, Source, Subject, Verdict, breach_of, decisions_in_words, flip,
    full_sentence, headline, play_with, shape, slice,
};
use crate::trace::{self, Names, Notation, Settings};

use super::simulation::Simulation;
use super::view::View;

/// A run in which everything held.
///
/// # Examples
///
/// ```
/// # use treefall::actors::*;
/// let simulation = Simulation::new("a client").client("test", |cx| cx.sleep(10));
/// let run = simulation.run().unwrap();
/// assert_eq!((run.end().now(), run.steps()), (10, 6));
/// // The schedule is the run: it is told in the same words.
/// assert_eq!(simulation.replay(&run.schedule()).unwrap().story(), run.story());
/// ```
pub struct Run<'s> {
    simulation: &'s Simulation,
    schedule: String,
    played: Played<Simulation>,
}

impl Run<'_> {
    /// What happened, in lines for people. It is the same wherever it is run, so it can be a snapshot.
    ///
    /// # Examples
    ///
    /// See [`Run`].
    pub fn story(&self) -> String {
        story(self.simulation, &self.played)
    }

    /// The world at its end.
    ///
    /// # Examples
    ///
    /// See [`Run`].
    pub fn end(&self) -> View<'_> {
        View { world: &self.played.run.world, atoms: self.simulation.atoms() }
    }

    /// The schedule of it: [`Simulation::replay`] makes it again.
    ///
    /// # Examples
    ///
    /// See [`Run`].
    pub fn schedule(&self) -> String {
        self.schedule.clone()
    }

    /// How many steps it took.
    ///
    /// # Examples
    ///
    /// See [`Run`].
    pub fn steps(&self) -> u64 {
        self.played.run.steps
    }
}

impl fmt::Debug for Run<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.story())
    }
}

/// A run that broke something, explained: shrunk to the decisions that make it fail.
///
/// Its `Debug` output is the explanation, so `simulation.explore(0..1000).unwrap()` in a test says all there is to
/// say.
///
/// # Examples
///
/// ```
/// use treefall::actors::*;
///
/// # #[derive(Clone, Debug, PartialEq, Eq, Hash)] struct Store;
/// # impl Actor for Store { type Request = (); type Reply = (); type Message = Never;
/// #     fn handle_call(&mut self, _: (), _: Caller<()>, _: &mut Context<'_, Self>) -> Answered<Self> { Ok(Answer::Reply(())) } }
/// const STORE: Address<Store> = Address::named("store");
///
/// let top = Supervisor::new("top", Strategy::OneForOne).child(Child::worker("store", Store).named("store"));
/// let simulation = Simulation::new("a store may be away")
///     .tree(top)
///     .client("test", |cx| {
///         let answer = cx.try_call(&STORE, ())?;
///         cx.expect(answer.is_ok(), "the store answers")
///     })
///     .kill(&["store"], 1);
/// let failure = simulation.explore(0..100).unwrap_err();
/// assert_eq!((failure.property(), failure.why()), ("client", "expected: the store answers"));
/// assert!(failure.decisions()[0].starts_with("store is killed"), "{:?}", failure.decisions());
/// assert!(failure.whole_story().len() >= failure.story().len());
/// // By its seed, and by the schedule of the smallest run, it fails again.
/// assert!(simulation.run_seed(failure.seed().unwrap()).is_err());
/// assert_eq!(simulation.replay(failure.schedule()).unwrap_err().why(), failure.why());
/// ```
pub struct Failure(Box<Parts>);

struct Parts {
    property: String,
    why: String,
    of: String,
    seed: Option<u64>,
    /// How many decisions it takes.
    headline: String,
    decisions: Vec<String>,
    /// What becomes of the run without what decides.
    flip: Option<String>,
    story: String,
    whole_story: String,
    schedule: String,
    again: String,
}

impl Failure {
    /// The property that was broken: as it was called, or `client`, `no-orphans`, `no-deadlocks`, `no-meltdown`.
    ///
    /// # Examples
    ///
    /// See [`Failure`].
    pub fn property(&self) -> &str {
        &self.0.property
    }

    /// Why it does not hold, in a sentence.
    ///
    /// # Examples
    ///
    /// See [`Failure`].
    pub fn why(&self) -> &str {
        &self.0.why
    }

    /// The seed of the run; none of the calm run, and of one that a search has found.
    ///
    /// # Examples
    ///
    /// See [`Failure`].
    pub fn seed(&self) -> Option<u64> {
        self.0.seed
    }

    /// The decisions that make it fail, in sentences; none if the calm run fails in the same way.
    ///
    /// # Examples
    ///
    /// See [`Failure`].
    pub fn decisions(&self) -> &[String] {
        &self.0.decisions
    }

    /// The story of the smallest run that fails so, without what the failure does not depend on.
    ///
    /// # Examples
    ///
    /// See [`Failure`].
    pub fn story(&self) -> &str {
        &self.0.story
    }

    /// The story of that run from its beginning to its end.
    ///
    /// # Examples
    ///
    /// See [`Failure`].
    pub fn whole_story(&self) -> &str {
        &self.0.whole_story
    }

    /// The schedule of the smallest run: [`Simulation::replay`] takes it.
    ///
    /// # Examples
    ///
    /// See [`Failure`].
    pub fn schedule(&self) -> &str {
        &self.0.schedule
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Parts { property, why, of, headline, decisions, flip, story, again, .. } = &*self.0;
        write!(f, "{property} is broken: {why}")?;
        if !of.is_empty() {
            write!(f, "\n  {of}")?;
        }
        if !headline.is_empty() {
            write!(f, "\n\n{headline}")?;
        }
        for line in decisions.iter().chain(flip) {
            write!(f, "\n  {line}")?;
        }
        if !story.is_empty() {
            write!(f, "\n\n{}", story.trim_end())?;
        }
        if !again.is_empty() {
            write!(f, "\n\n{again}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl std::error::Error for Failure {}

impl Failure {
    /// Of something that is wrong with no run in particular.
    pub(super) fn without_run(property: &str, why: String) -> Failure {
        Failure(Box::new(Parts {
            property: property.to_owned(),
            why,
            of: String::new(),
            seed: None,
            decisions: Vec::new(),
            headline: String::new(),
            flip: None,
            story: String::new(),
            whole_story: String::new(),
            schedule: String::new(),
            again: String::new(),
        }))
    }

    /// Of a run that broke something.
    fn of(
        simulation: &Simulation,
        source: Source<'_>,
        played: &Played<Simulation>,
        breach: &Breach,
    ) -> Failure {
        let (stop, line) = (StopFlag::default(), shape::line(breach, simulation.atoms()));
        let smallest = Smallest::of(simulation, played, &line, &stop);
        let breach = breach_of(simulation, &smallest.played.run.verdict, &line).unwrap_or(breach);
        let flipped = flip(simulation, &smallest, &line, &stop);
        let excerpt = slice(simulation, &smallest, breach);
        let from = played.schedule(subject(simulation), source);
        let settings = Settings::plain(simulation.atoms());
        let fault = |number: u16| simulation.faults().get(usize::from(number)).cloned().unwrap_or_default();
        let sentences = decisions_in_words(simulation, &smallest, &fault);
        let decisions = sentences.iter().map(|sentence| full_sentence(sentence)).collect();
        Failure(Box::new(Parts {
            property: breach.property.clone(),
            why: sentence(simulation, &smallest.played, breach),
            of: format!("{} ({source})", simulation.name),
            seed: source.seed(),
            decisions,
            headline: headline(&smallest),
            flip: flipped.map(|flip| flip.sentence()),
            story: trace::excerpt(&smallest.played.recording(), &settings, &excerpt),
            whole_story: story(simulation, &smallest.played),
            schedule: smallest.schedule(subject(simulation), &from).to_string(),
            again: again(source),
        }))
    }
}

/// What a run comes to, whoever has chosen it.
pub(super) fn judged<'s>(
    simulation: &'s Simulation,
    source: Source<'_>,
    played: Played<Simulation>,
) -> Result<Run<'s>, Failure> {
    let held = |played: Played<Simulation>| {
        let schedule = played.schedule(subject(simulation), source).to_string();
        Ok(Run { simulation, schedule, played })
    };
    match &played.run.verdict {
        Verdict::Held => held(played),
        Verdict::Broken(breaches) => match breaches.first() {
            Some(breach) => Err(Failure::of(simulation, source, &played, breach)),
            None => held(played),
        },
        Verdict::Inconclusive(why) => Err(Failure::without_run("inconclusive", format!("{source}: {why}"))),
        Verdict::Unrunnable(why) => Err(Failure::without_run("unrunnable", format!("{source}: {why}"))),
        Verdict::Abandoned => Err(Failure::without_run("inconclusive", format!("{source}: it was given up"))),
    }
}

/// The first property that a run breaks, and why.
pub(super) fn first_breach(simulation: &Simulation, played: &Played<Simulation>) -> Option<(String, String)> {
    let breach = played.run.verdict.breaches().first()?;
    Some((breach.property.clone(), sentence(simulation, played, breach)))
}

/// The run that a search has found, which goes on calmly.
pub(super) fn along(simulation: &Simulation, way: Vec<Choice>) -> Played<Simulation> {
    let mut way = way.into_iter();
    play_with(simulation, &mut |world, _| way.next().or_else(|| world.choices().calm()))
}

fn subject(simulation: &Simulation) -> Subject<'_> {
    Subject { name: &simulation.name, hash: Fingerprint::of(&simulation.name) }
}

fn story(simulation: &Simulation, played: &Played<Simulation>) -> String {
    trace::text(&played.recording(), &Settings::plain(simulation.atoms()))
}

fn sentence(simulation: &Simulation, played: &Played<Simulation>, breach: &Breach) -> String {
    let directory = played.cast.directory();
    let names = Names { atoms: simulation.atoms(), directory, notation: Notation::fitting(directory) };
    breach.sentence(|term| names.term(term), |pid| names.pid(pid).to_owned())
}

/// The line that runs the failing test again with the seed that fails.
fn again(source: Source<'_>) -> String {
    let Source::Seed { seed, .. } = source else { return String::new() };
    let thread = std::thread::current();
    let test = thread.name().filter(|name| *name != "main").unwrap_or_default();
    format!("again: TREEFALL_SEEDS={seed} cargo test {test}").trim_end().to_owned()
}
