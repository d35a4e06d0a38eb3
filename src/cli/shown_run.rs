//! A run made ready for the page: why it fails, the nearest run that holds, and what else could have happened at the
//! step that decides.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;

use crate::explore::{Calm, Prefixed, Schedule, describe};
use crate::kernel::{Choice, StopFlag};
use crate::model::{
    EventsOf, Flip, Model, Origin, Played, Smallest, Source, Verdict, breach_of, flip, play, play_under,
    shape, slice,
};
use crate::scenario::{Judgement, Simulation};
use crate::trace::Line;
use crate::view::page::{About, Page, Said, run};

use super::bounds::Bounds;
use super::decisions;
use super::exit::Exit;
use super::explore::duration;
use super::loaded::{Loaded, complaint};
use super::paths::shown;
use super::replay;
use super::run::seed;
use super::schedule_file::unfit;
use super::terminal::Terminal;
use super::verdict::Case;

/// So many neighbours of the step that decides come with the page.
const NEIGHBOURS_MAX: usize = 6;
/// Beyond so many events of all runs no further run comes with the page.
const EVENTS_MAX: usize = 300_000;
/// So many seeds are asked for a run that holds, where being calm does not help.
const SEEDS_ASKED: u64 = 50;
/// Only runs that are no longer than this are tried often.
const STEPS_TRIED: u64 = 20_000;

/// What to show, as it is said on the command line.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Named {
    /// A scenario, or a schedule as `treefall explore`, `shrink` and `run --record` write it
    #[arg(value_name = "FILE")]
    pub(super) file: PathBuf,
    /// Run under this seed instead of calmly
    #[arg(long, value_name = "N", value_parser = seed)]
    seed: Option<u64>,
    /// Explain no longer than so long, and make do with what was found: 500ms, 30s, 10m, 2h
    #[arg(long = "for", value_name = "TIME", value_parser = duration)]
    pub(super) for_: Option<Duration>,
    #[command(flatten)]
    pub(super) bounds: Bounds,
}

/// A scenario or a schedule that was named, and its run.
pub(super) struct Opened {
    pub(super) loaded: Loaded,
    pub(super) schedule: Option<Schedule>,
    pub(super) played: Played<Simulation>,
    /// The files that were read.
    pub(super) inputs: Vec<PathBuf>,
}

/// What the page shows, and what is said of it.
pub(super) struct ShownRun {
    pub(super) title: String,
    pub(super) told: Vec<Said>,
    pub(super) runs: Vec<Value>,
    /// The choices of the first of them.
    pub(super) main: Vec<Choice>,
    pub(super) beside: Option<usize>,
    /// What it comes to, for a terminal.
    pub(super) headline: Vec<Line>,
    pub(super) verdict: &'static str,
    pub(super) exit: Exit,
}

/// How many times as long as making the run it takes to make a page of it.
pub(super) const DRAWING: u32 = 20;

/// Opens what was named; none if the terminal has been told why that cannot be.
pub(super) fn open(named: &Named, terminal: &mut Terminal<'_>) -> Option<Opened> {
    let Named { file, seed, bounds, .. } = named;
    if file.extension().is_some_and(|extension| extension == "schedule") {
        if seed.is_some() {
            terminal.complain(|_, _| {
                format!(
                    "error: --seed is for a scenario, and {} is a schedule: it says the whole run",
                    shown(file)
                )
            });
            return None;
        }
        let (schedule, loaded) = replay::open(file, bounds, terminal)?;
        return match play(&loaded.simulation, Source::Schedule(&schedule)) {
            Ok(played) => {
                let inputs = vec![file.clone(), loaded.path.clone()];
                Some(Opened { loaded, schedule: Some(schedule), played, inputs })
            }
            Err(mismatch) => {
                terminal.complain(|_, _| unfit(&mismatch, file, Some(&schedule), &loaded));
                None
            }
        };
    }
    match Loaded::open(file) {
        Ok(mut loaded) => {
            bounds.apply(&mut loaded);
            let played = play(&loaded.simulation, Source::of(*seed)).expect("only schedules can fail to fit");
            let inputs = vec![file.clone()];
            // A seed stands in the run's own schedule.
            let schedule = seed.map(|_| played.schedule(loaded.subject(), Source::of(*seed)));
            Some(Opened { loaded, schedule, played, inputs })
        }
        Err(error) => {
            terminal.complain(|width, color| complaint(&error, width, color));
            None
        }
    }
}

impl Opened {
    /// Where the run comes from.
    fn source(&self) -> Source<'_> {
        self.schedule.as_ref().map_or(Source::Calm, Source::Schedule)
    }

    /// Which run it is.
    pub(super) fn of(&self) -> String {
        match (&self.schedule, self.source().origin().seed()) {
            (None, _) => "calm run".to_owned(),
            (Some(_), Some(seed)) => format!("seed {seed}"),
            (Some(_), None) => "run of a schedule".to_owned(),
        }
    }

    /// What is said of it as it is.
    pub(super) fn case_as_opened<'a>(&'a self, of: &'a str) -> Case<'a> {
        self.case(&self.played, of, self.source().origin())
    }

    /// The run, explained if it fails.
    pub(super) fn shown(&self, stop: &StopFlag) -> ShownRun {
        let (origin, of) = (self.source().origin(), self.of());
        let case = self.case_as_opened(&of);
        let judgement = case.judgement();
        let (exit, verdict) = (judgement.exit(), judgement.word());
        let headline: Vec<Line> = case.lines().into_iter().take(1).collect();
        let title = format!("{}, {of}: {}", self.loaded.name, words_of(&judgement));
        let mut collected = Collected { opened: self, runs: Vec::new(), main: Vec::new(), events: 0 };
        let explained = self.played.run.verdict.breaches().first().map(|breach| {
            let failure = shape::line(breach, self.loaded.simulation.atoms());
            collected.explained(&failure, &of, origin, stop)
        });
        let (told, beside) = explained.unwrap_or_else(|| {
            let about = About { name: of.clone(), note: self.note(), ..About::default() };
            collected.add(&self.played, about);
            (case.lines(), None)
        });
        let told = told.iter().map(Said::of).collect();
        let Collected { runs, main, .. } = collected;
        ShownRun { title, told, runs, main, beside, headline, verdict, exit }
    }

    fn case<'a>(&'a self, played: &'a Played<Simulation>, of: &'a str, origin: Origin) -> Case<'a> {
        Case::of(&self.loaded, played, of, origin, None)
    }

    fn note(&self) -> String {
        match &self.schedule {
            None => {
                "what has waited longest happens first, and time passes only when nothing else can".to_owned()
            }
            Some(_) => "as it was recorded".to_owned(),
        }
    }
}

/// The runs of a page as they come together.
struct Collected<'a> {
    opened: &'a Opened,
    runs: Vec<Value>,
    main: Vec<Choice>,
    events: usize,
}

impl Collected<'_> {
    /// The failing run made small, the one that was asked for, the nearest that holds, and the neighbours. What is said
    /// above them, and the run that is beside.
    fn explained(
        &mut self,
        failure: &str,
        of: &str,
        origin: Origin,
        stop: &StopFlag,
    ) -> (Vec<Line>, Option<usize>) {
        let Opened { loaded, played, .. } = self.opened;
        let model = &loaded.simulation;
        let smallest = Smallest::of(model, played, failure, stop);
        let breach = breach_of(model, &smallest.played.run.verdict, failure);
        let breach = breach.expect("the smallest run fails in the same way");
        let flip = flip(model, &smallest, failure, stop);
        let case = self.opened.case(&smallest.played, of, origin);
        let mut told = case.failure(breach);
        told.push(Line::new());
        told.extend(decisions::lines(loaded, &smallest));
        told.extend(flip.iter().map(Flip::line));
        let decides =
            flip.map(|flip| flip.step).or_else(|| smallest.taken.iter().map(|taken| taken.first).max());
        let is_smaller = smallest.played.run.choices != played.run.choices;
        let note = match (is_smaller, smallest.taken.len()) {
            (false, _) => self.opened.note(),
            (true, 1) => format!("{of}, made small: calm but for one decision"),
            (true, few) => format!("{of}, made small: calm but for {few} decisions"),
        };
        let about = About {
            name: "failing".to_owned(),
            note,
            failure: Some(breach.step),
            decides,
            slice: Some(slice(model, &smallest, breach)),
            ..About::default()
        };
        self.add(&smallest.played, about);
        let beside = decides.and_then(|decides| self.neighbours(&smallest.played, decides, failure, stop));
        let beside = beside.or_else(|| self.of_a_seed(&smallest.played, stop));
        if is_smaller {
            let note = format!("the {of} as it was, before it was made small");
            let fork = Some(from_the_start("recorded"));
            self.add(played, About { name: "as recorded".to_owned(), note, fork, ..About::default() });
        }
        (told, beside)
    }

    /// What else could have happened at a step, each calm from there on. Where the first that holds stands.
    fn neighbours(
        &mut self,
        failing: &Played<Simulation>,
        decides: u64,
        failure: &str,
        stop: &StopFlag,
    ) -> Option<usize> {
        let model = &self.opened.loaded.simulation;
        let before = usize::try_from(decides - 1).ok()?;
        let (kept, taken) = (failing.run.choices.get(..before)?, *failing.run.choices.get(before)?);
        let others: Vec<Choice> = others_at(model, kept, taken);
        let mut tried: Vec<(Choice, Played<Simulation>)> = Vec::new();
        for other in others {
            if stop.is_raised() || failing.run.steps > STEPS_TRIED && !tried.is_empty() {
                break;
            }
            let first = [kept, &[other]].concat();
            tried.push((other, play_under(model, &mut Prefixed::new(&first, Calm))));
        }
        let holds = |played: &Played<Simulation>| played.run.verdict == Verdict::Held;
        let fails_alike =
            |played: &Played<Simulation>| breach_of(model, &played.run.verdict, failure).is_some();
        tried.sort_by_key(|(_, played)| (!holds(played), fails_alike(played)));
        let mut beside = None;
        for (nth, (other, played)) in tried.iter().enumerate() {
            let passes = nth == 0 && !fails_alike(played);
            let name =
                if passes && holds(played) { "passing".to_owned() } else { format!("other {}", nth + 1) };
            let what = describe(*other, &failing.cast);
            let note = format!("the same up to step {before}, then `{what}`, and calm from there on");
            let fork = serde_json::json!([{ "step": before, "what": what, "then": "calm" }]);
            let place = self.add(played, About { name, note, fork: Some(fork), ..About::default() });
            beside = beside.or(place.filter(|_| passes));
        }
        beside
    }

    /// The run of a seed that holds and is the longest alike.
    fn of_a_seed(&mut self, failing: &Played<Simulation>, stop: &StopFlag) -> Option<usize> {
        let model = &self.opened.loaded.simulation;
        if failing.run.steps > STEPS_TRIED {
            return None;
        }
        let alike = |played: &Played<Simulation>| {
            let both = played.run.choices.iter().zip(&failing.run.choices);
            both.take_while(|(one, other)| one == other).count()
        };
        let mut nearest: Option<(usize, u64, Played<Simulation>)> = None;
        for seed in (0..SEEDS_ASKED).take_while(|_| !stop.is_raised()) {
            let Ok(played) = play(model, Source::of(Some(seed))) else { continue };
            let long = alike(&played);
            let is_nearer = nearest.as_ref().is_none_or(|(nearest, ..)| long > *nearest);
            if played.run.verdict == Verdict::Held && is_nearer {
                nearest = Some((long, seed, played));
            }
        }
        let (long, seed, played) = nearest?;
        let note = format!("seed {seed}, the nearest of {SEEDS_ASKED} seeds: the same up to step {long}");
        let fork = Some(from_the_start(&seed.to_string()));
        self.add(&played, About { name: "passing".to_owned(), note, fork, ..About::default() })
    }

    /// Adds a run, unless it would be too much; where it stands.
    fn add(&mut self, played: &Played<Simulation>, about: About) -> Option<usize> {
        if !self.runs.is_empty() && self.events + played.run.events.len() > EVENTS_MAX {
            return None;
        }
        self.events += played.run.events.len();
        if self.runs.is_empty() {
            self.main.clone_from(&played.run.choices);
        }
        self.runs.push(as_json(&self.opened.loaded, played, about));
        Some(self.runs.len() - 1)
    }
}

/// How a run is told that has nothing in common with the first one.
fn from_the_start(then: &str) -> Value {
    serde_json::json!([{ "step": 0, "what": "", "then": then }])
}

/// A run for the page, with what it comes to.
pub(super) fn as_json(loaded: &Loaded, played: &Played<Simulation>, about: About) -> Value {
    let case = Case::of(loaded, played, "", Origin::Elsewhere(None), None);
    let (verdict, why) = match &played.run.verdict {
        Verdict::Broken(breaches) => {
            let first = breaches.first();
            let property = first.map_or("something", |breach| breach.property.as_str());
            let why = first.map(|breach| case.failure(breach)).unwrap_or_default();
            (format!("breaks {property}"), why)
        }
        Verdict::Held => ("holds".to_owned(), Vec::new()),
        Verdict::Inconclusive(why) => (format!("inconclusive: {why}"), Vec::new()),
        Verdict::Unrunnable(why) => (format!("cannot be run: {why}"), Vec::new()),
        Verdict::Abandoned => ("given up".to_owned(), Vec::new()),
    };
    let breach = played.run.verdict.breaches().first();
    let about = About {
        verdict,
        broken: breach.is_some(),
        why: why.iter().map(Said::of).collect(),
        failure: about.failure.or(breach.map(|breach| breach.step)),
        ..about
    };
    run(&loaded.simulation, played, &about)
}

impl ShownRun {
    /// The page of it.
    pub(super) fn page(&self, live: bool) -> Page {
        Page {
            title: self.title.clone(),
            told: self.told.clone(),
            runs: self.runs.clone(),
            beside: self.beside,
            live,
        }
    }
}

/// What can happen after these choices, but for one of them and for what may go wrong.
fn others_at(model: &Simulation, kept: &[Choice], taken: Choice) -> Vec<Choice> {
    let mut events: EventsOf<Simulation> = EventsOf::<Simulation>::ignored();
    let mut world = model.start(&mut events);
    kept.iter().for_each(|choice| world.step(*choice, model.image(), &mut events));
    let choices = world.choices();
    // The calm one first: it is the nearest.
    let calm = choices.calm().into_iter();
    let mut others: Vec<Choice> = Vec::new();
    for choice in calm.chain(choices.iter().take(choices.without_faults())) {
        if choice != taken && !others.contains(&choice) && others.len() < NEIGHBOURS_MAX {
            others.push(choice);
        }
    }
    others
}

fn words_of(judgement: &Judgement<'_>) -> &'static str {
    match judgement {
        Judgement::Held => "held",
        Judgement::HeldUnexpectedly(_) => "held, though the file says it would not",
        Judgement::BrokenAsExpected(_) => "broken, as the file says",
        Judgement::Broken(_) => "broken",
        Judgement::Inconclusive(_) => "inconclusive",
        Judgement::Unrunnable(_) => "cannot be run",
    }
}
