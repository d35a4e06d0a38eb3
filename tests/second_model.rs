//! A model that no scenario file has made: two runners race for a line, and the first is wanted to win. It is run,
//! replayed, searched, swept, shrunk, repaired and explained as any other.

use std::collections::BTreeSet;

use treefall::explore::{Calm, Ending, Order, Schedule, SchedulerKind, Search, Watch, search};
use treefall::kernel::{
    Atom, Atoms, Context, Event, Events, Fault, FaultKind, Pid, Received, Spawn, StopFlag, Term, Victims,
    World,
};
use treefall::model::campaign::{self, Campaign, Failure, Progress};
use treefall::model::sweep::{Aftermath, Base, Situation, Sweeping, Swept};
use treefall::model::{
    self, Breach, Judge, Model, Orders, Part, RunState, Smallest, Source, Subject, Verdict, WorldOf, flip,
    play, repair, run_under, shape, slice,
};
use treefall::otp::registry::Tables;
use treefall::otp::{
    self, Actor, Block, Callback, Cue, Guest, Launch, Message, Plain, Release, Started, Step,
};

/// Whose processes live in it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Racer {
    /// Starts the others.
    Starter,
    /// Waits for whoever comes.
    Line,
    /// Sets out for the line.
    Runner { line: Pid },
}

/// What all share: who has crossed the line, the first one first, and the tables that OTP wants to find.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Finish {
    crossed: Vec<Atom>,
    /// What the first one wins. Nobody knows its name before that.
    cup: Option<Atom>,
    tables: Tables,
}

/// What never changes: names.
#[derive(Debug)]
struct Track {
    atoms: Atoms,
    line: Atom,
    runners: [Atom; 2],
}

impl otp::Common<Racer> for Finish {
    fn tables(&self) -> &Tables {
        &self.tables
    }

    fn tables_mut(&mut self) -> &mut Tables {
        &mut self.tables
    }
}

impl otp::Image for Track {
    fn release(&self) -> Release {
        Release::default()
    }

    fn atoms(&self) -> &Atoms {
        &self.atoms
    }
}

/// Nothing is ever started by a start function here.
impl Guest for Racer {
    type Start = ();
    type Common = Finish;
    type Image = Track;
    type Note = ();

    fn launch((): &(), _: &mut Context<'_, Actor<Self>>) -> Launch<Self> {
        Launch::Return(Started::Ignore)
    }

    fn with_arguments((): &(), _: &[Term], _: &[Term]) {}

    fn mfa((): &()) -> Term {
        Term::list([])
    }

    fn start_of(_: &Term, _: &Track) -> Option<()> {
        None
    }

    fn accepts(&self, _: &Received<Message<Self>>, _: &Track) -> bool {
        true
    }

    fn resume(&mut self, cue: Cue<Self>, context: &mut Context<'_, Actor<Self>>) -> Step<Self> {
        let spawn = |guest: Racer, label: Atom, context: &mut Context<'_, Actor<Self>>| {
            let how = Spawn { label, link: false, monitor: false, awaited: false };
            context.spawn(Actor::Plain(Plain::new(guest)), how).0
        };
        match (self, cue) {
            (Racer::Starter, Cue::Callback(Callback::Main)) => {
                let line = spawn(Racer::Line, context.image().line, context);
                for label in context.image().runners {
                    spawn(Racer::Runner { line }, label, context);
                }
            }
            (Racer::Runner { line }, Cue::Callback(Callback::Main)) => {
                let me = context.pid();
                let label = context.world().process(me).map(|process| process.label);
                context.send(*line, Message::Info(label.unwrap_or(Atom::UNDEFINED).into()));
            }
            (Racer::Line, Cue::Received(Received::Message(Message::Info(Term::Atom(runner))))) => {
                let atoms = &context.image().atoms;
                let cup = atoms.intern(&format!("the {}'s cup", atoms.text(runner)));
                let finish = context.common_mut();
                finish.crossed.push(runner);
                finish.cup.get_or_insert(cup);
            }
            _ => (),
        }
        Step::Block(Block::Receive(None))
    }
}

/// The race, in which somebody may be killed so many times.
#[derive(Debug)]
struct Race {
    track: Track,
    kills: u32,
}

impl Race {
    fn new() -> Self {
        let atoms = Atoms::default();
        let line = atoms.intern("line");
        let runners = ["hare", "tortoise"].map(|name| atoms.intern(name));
        Race { track: Track { atoms, line, runners }, kills: 0 }
    }
}

impl Model for Race {
    type Guest = Racer;
    type Judge<'m> = Steward<'m>;

    fn start(&self, events: &mut Events<Actor<Racer>>) -> WorldOf<Self> {
        let starter = Actor::Plain(Plain::new(Racer::Starter));
        let mut world = World::new(Atom::BOOT, starter, Finish::default(), Some(10), events);
        let kind = FaultKind::Kill(Victims::Any { but: Vec::new() });
        world.allow_faults(vec![Fault { left: self.kills, early: true, kind }], None);
        world
    }

    fn image(&self) -> &Track {
        &self.track
    }

    fn atoms(&self) -> &Atoms {
        &self.track.atoms
    }

    fn judge(&self) -> Steward<'_> {
        Steward { track: &self.track, breaches: Vec::new() }
    }

    fn horizon_ms(&self) -> u64 {
        1_000
    }

    fn is_served(&self, world: &WorldOf<Self>) -> bool {
        world.common().crossed.len() == 2
    }
}

/// Always: who was started first is the first.
#[derive(Clone, Debug)]
struct Steward<'m> {
    track: &'m Track,
    breaches: Vec<Breach>,
}

impl Judge<Racer> for Steward<'_> {
    type Memory = ();

    fn observe(&mut self, _: &[Event<Actor<Racer>>], world: &World<Actor<Racer>>, step: u64) {
        let Finish { crossed, cup, .. } = world.common();
        match (crossed.first(), cup) {
            (Some(winner), Some(cup)) if *winner != self.track.runners[0] && self.breaches.is_empty() => {
                self.breaches.push(Breach {
                    property: "always".to_owned(),
                    why: vec![Part::text("the winner has "), Part::Term((*cup).into())],
                    reason: None,
                    span: None,
                    at: world.now(),
                    step,
                });
            }
            _ => (),
        }
    }

    fn so_far(&self) -> &[Breach] {
        &self.breaches
    }

    fn settled(self, _: &World<Actor<Racer>>, _: u64) -> Vec<Breach> {
        self.breaches
    }

    fn memory(&self, _: &World<Actor<Racer>>) {}
}

const RACE: Subject<'_> = Subject { name: "race", hash: 7 };

/// The lowest seed of plain dice under which it fails.
fn failing() -> Source<'static> {
    let seeds = (0..100).map(|seed| Source::Seed { of: SchedulerKind::RANDOM, seed });
    let fails = |source: &Source<'_>| {
        !play(&Race::new(), *source).expect("dice fit").run.verdict.breaches().is_empty()
    };
    seeds.into_iter().find(fails).expect("it is a race")
}

#[test]
fn the_calm_run_holds_and_some_seed_does_not() {
    let race = Race::new();
    let calm = run_under(&race, &mut Calm);
    assert_eq!(calm.verdict, Verdict::Held);
    assert_eq!(calm.world.common().crossed, race.track.runners);
    assert_ne!(failing(), Source::Calm);
}

#[test]
fn a_run_makes_names_that_have_one_number_in_all_runs_and_can_be_read() {
    let (race, other) = (Race::new(), Race::new());
    let calm = run_under(&race, &mut Calm);
    assert_eq!(calm.world.common().cup, Some(Atom::of("the hare's cup")));
    let failed = [&race, &other].map(|race| play(race, failing()).expect("dice fit").run);
    // One of them knew two cups, and has met the hare's first.
    assert_eq!(failed[0].world, failed[1].world);
    let lines = [&race, &other].map(|race| shape::line(&failed[0].verdict.breaches()[0], race.atoms()));
    assert_eq!(lines, ["@always: the winner has  the tortoise's cup"; 2]);
}

#[test]
fn a_schedule_replays_from_its_text() {
    let race = Race::new();
    let recorded = play(&race, failing()).expect("dice fit");
    let text = recorded.schedule(RACE, failing()).to_string();
    assert!(text.contains("deliver tortoise -> line"), "{text}");
    let schedule = Schedule::parse(&text).expect("it was written by us");
    let again = play(&race, Source::Schedule(&schedule)).expect("it fits");
    assert_eq!(again.run.world, recorded.run.world);
    assert_eq!(again.run.verdict, recorded.run.verdict);
    let edited = text.replace("hare", "fox");
    let edited = Schedule::parse(&edited).expect("it is a schedule");
    let mismatch = play(&race, Source::Schedule(&edited)).expect_err("there is no fox");
    assert_eq!(mismatch.unknown.as_deref(), Some("fox"));
}

#[test]
fn seeds_find_the_failure_however_many_threads_look_for_it() {
    #[derive(Default)]
    struct Found(Vec<Option<u64>>);
    impl campaign::Watch for Found {
        fn progress(&mut self, _: Progress) {}
        fn failed(&mut self, failure: &mut Failure) {
            self.0.push(failure.seed);
        }
    }
    let race = Race::new();
    let found = [1, 3].map(|jobs| {
        let what = Campaign {
            scheduler: SchedulerKind::SWARM,
            seeds: 0..200,
            jobs,
            keep_going: false,
            patience: None,
        };
        let mut found = Found::default();
        let outcome = campaign::run(&race, &what, &Default::default(), &mut found);
        assert!(!outcome.calm.has_failed() && outcome.seeds.has_failed());
        found.0
    });
    assert_eq!(found[0], found[1]);
    assert_eq!(found[0].len(), 1);
}

#[test]
fn all_orders_are_searched() {
    #[derive(Default)]
    struct Ends(Vec<Vec<Atom>>);
    impl<'m> Watch<Orders<'m, Race>> for Ends {
        fn ended(&mut self, state: &RunState<'m, Race>) {
            self.0.push(state.world().common().crossed.clone());
        }
    }
    let (race, mut ends) = (Race::new(), Ends::default());
    let how = Search { order: Order::Breadth, exact: true, jobs: 2, states_max: 10_000, depth_max: 1_000 };
    let whole = search(&Orders::of(&race, true).to_all_ends(), &how, &mut ends);
    assert_eq!(whole.ending, Ending::Complete);
    let [hare, tortoise] = race.track.runners;
    let ends: BTreeSet<Vec<Atom>> = ends.0.into_iter().collect();
    assert_eq!(ends, BTreeSet::from([vec![hare, tortoise], vec![tortoise, hare]]));
    let first = search(&Orders::of(&race, true), &how, &mut Ends::default());
    let Ending::Failed(way) = first.ending else { panic!("{:?}", first.ending) };
    let mut way = way.into_iter();
    let stop = StopFlag::default();
    let run = model::run(&race, false, &stop, &mut |world, _| way.next().or_else(|| world.choices().calm()));
    assert_eq!(run.verdict.breaches().len(), 1);
}

#[test]
fn a_failure_shrinks_to_one_decision_and_is_explained() {
    let race = Race::new();
    let played = play(&race, failing()).expect("dice fit");
    let failure = shape::line(&played.run.verdict.breaches()[0], race.atoms());
    let smallest = Smallest::of(&race, &played, &failure, &StopFlag::default());
    assert_eq!(smallest.taken.len(), 1, "{:?}", smallest.taken);
    let flipped = flip(&race, &smallest, &failure, &StopFlag::default()).expect("the calm run holds");
    assert!(flipped.all_hold && flipped.place == 0);
    let breach = model::breach_of(&race, &smallest.played.run.verdict, &failure).expect("it still fails");
    let steps = slice(&race, &smallest, breach).steps;
    assert!(steps.contains(&breach.step) && steps.contains(&flipped.step), "{steps:?} {flipped:?}");
    let schedule = smallest.schedule(RACE, &played.schedule(RACE, failing()));
    let again = play(&race, Source::Schedule(&schedule)).expect("it fits");
    assert!(model::breaks(&race, &again.run.verdict, &failure));
}

#[test]
fn every_kill_is_tried_and_told_by_what_was_killed_and_doing_what() {
    let race = Race { kills: 1, ..Race::new() };
    let (calm, base) = Base::calm(&race);
    assert_eq!(calm.run.verdict, Verdict::Held);
    let bases = [base];
    let told = [1, 3].map(|jobs| {
        let sweeping = Sweeping { jobs, runs_max: 1_000, pairs: false, stop: StopFlag::default() };
        let mut swept = Swept::default();
        swept.strike(&race, &bases, &sweeping, &mut |_, _, _| ());
        assert!(!swept.interrupted && !swept.kills_share.is_cut());
        assert_eq!(swept.kills.kills(), swept.kills_share.all);
        let row =
            |name: &str| swept.kills.rows().iter().find(|row| &*row.name == name).expect("it was killed");
        // A hare that dies before it has set out lets the tortoise win; a dead tortoise changes nothing.
        assert!(row("hare").count(Situation::Starting, Aftermath::Broken) > Some(0));
        assert!(row("hare").count(Situation::Idle, Aftermath::Held) > Some(0));
        assert!(!row("tortoise").has(Aftermath::Broken));
        let [kind] = &swept.kinds[..] else { panic!("{:?}", swept.kinds) };
        let played = kind.first.play(&race);
        let schedule = kind.first.schedule(&played, RACE);
        let again = play(&race, Source::Schedule(&schedule)).expect("it fits");
        assert_eq!(again.run.verdict, played.run.verdict);
        (kind.first.told(), kind.runs)
    });
    assert_eq!(told[0], told[1]);
    assert!(told[0].0.starts_with("hare killed at step "), "{told:?}");
}

#[test]
fn a_schedule_of_a_race_with_another_name_is_repaired() {
    let race = Race::new();
    let recorded = play(&race, failing()).expect("dice fit").schedule(RACE, failing());
    let old = recorded.to_string().replace("hare", "fox");
    let old = Schedule::parse(&old).expect("it is a schedule");
    let repaired = repair(&race, RACE, &old).expect("it fails again");
    assert_eq!(repaired.renamed, [("fox".to_owned(), "hare".to_owned())]);
    assert_eq!((repaired.how, repaired.changes.len()), (model::Repair::LeftOut, 0));
    let again = play(&race, Source::Schedule(&repaired.schedule)).expect("it fits");
    assert!(!again.run.verdict.breaches().is_empty());
}
