//! One run, from the first step to the last.

use crate::explore::{Nameless, Scheduler};
use crate::kernel::{Choice, Overrun, Resource, StopFlag};
use crate::otp::{Actor, Guest};

use super::breach::Sentence;
use super::intensity::IntensityUses;
use super::judge::Judge;
use super::lasso;
use super::livelock::{LivelockDetector, Sight, TOLD_STEPS};
use super::seam::{EventOf, EventsOf, Model, WorldOf};
use super::span::Span;
use super::verdict::{Verdict, is_spent};

/// One run, from the first step to the last.
#[derive(Debug)]
pub struct Run<M: Model> {
    /// Everything that happened, if it was recorded.
    pub events: Vec<EventOf<M>>,
    /// The choices taken, if it was recorded.
    pub choices: Vec<Choice>,
    /// The world at the end.
    pub world: WorldOf<M>,
    /// How many steps were taken.
    pub steps: u64,
    /// Where it stands in the model's text what some run should reach and this one has not.
    pub not_seen: Vec<Span>,
    /// What is worth a word, though it breaks nothing.
    pub notes: Vec<Sentence>,
    /// How close supervisors came to giving up.
    pub intensity: IntensityUses,
    /// How many of its last steps can repeat for ever, if it goes round.
    pub cycle: Option<u64>,
    /// What it came to.
    pub verdict: Verdict,
}

/// Whoever chooses: sees the world and, if the run is recorded, all events so far. None gives the run up.
pub type Choose<'c, M> = dyn FnMut(&WorldOf<M>, &[EventOf<M>]) -> Option<Choice> + 'c;

/// Runs a model until nothing can happen, a limit is reached, `choose` gives up, or `stop` is raised. Events and
/// choices are kept if it is to be recorded.
pub fn run<M: Model>(model: &M, record: bool, stop: &StopFlag, choose: &mut Choose<'_, M>) -> Run<M> {
    let events = if record { EventsOf::<M>::recorded() } else { model.events() };
    Underway::start(model, events.until(stop)).go_on(record, stop, choose, &mut |_| false)
}

/// A run on its way.
pub(super) struct Underway<'m, M: Model> {
    model: &'m M,
    events: EventsOf<M>,
    world: WorldOf<M>,
    judge: M::Judge<'m>,
    livelock: LivelockDetector<'m, M>,
    cycle: Option<u64>,
}

/// How a run ends.
enum Ending {
    /// Nothing can happen any more.
    Over,
    /// It is not waited for any longer.
    Cut(Verdict),
    /// It has come to nothing that could be judged.
    Lost(Verdict),
}

impl<'m, M: Model> Underway<'m, M> {
    /// A run before its first step.
    pub(super) fn start(model: &'m M, events: EventsOf<M>) -> Self {
        let mut events = events;
        let world = model.start(&mut events);
        let livelock = LivelockDetector::of(model);
        Underway { model, events, world, judge: model.judge(), livelock, cycle: None }
    }

    /// The same run once more, to be taken on in another way, if nobody watches it for going round.
    pub(super) fn forked(&self) -> Self {
        Underway {
            model: self.model,
            events: self.events.clone(),
            world: self.world.clone(),
            judge: self.judge.clone(),
            livelock: self.livelock.forked(),
            cycle: None,
        }
    }

    /// Whether it has gone on for so long that it is watched for going round.
    pub(super) fn is_watched(&self) -> bool {
        self.livelock.keeps_a_state()
    }

    /// Where it stands.
    pub(super) fn world(&self) -> &WorldOf<M> {
        &self.world
    }

    /// Takes a choice.
    pub(super) fn take(&mut self, choice: Choice) {
        self.livelock.takes(choice);
        self.judge.takes(choice);
        self.world.step(choice, self.model.image(), &mut self.events);
    }

    /// Takes it on to its end. `kept` is shown it before each choice, for as long as it wants to see more.
    pub(super) fn go_on(
        mut self,
        record: bool,
        stop: &StopFlag,
        choose: &mut Choose<'_, M>,
        kept: &mut dyn FnMut(&Self) -> bool,
    ) -> Run<M> {
        let (mut history, mut choices) = (Vec::new(), Vec::new());
        let mut shows = true;
        let ending = loop {
            if stop.is_raised() {
                break Ending::Lost(Verdict::Abandoned);
            }
            if let Some(ending) = self.look(&mut history, record) {
                break ending;
            }
            shows = shows && kept(&self);
            let Some(choice) = choose(&self.world, &history) else {
                break Ending::Lost(Verdict::Abandoned);
            };
            if record {
                choices.push(choice);
            }
            self.take(choice);
        };
        let model = self.model;
        let run = self.ended(ending, history, choices);
        match run.cycle {
            Some(length) if record => shortened(model, run, length),
            _ => run,
        }
    }

    /// The run, given up here.
    pub(super) fn abandoned(self) -> Run<M> {
        self.ended(Ending::Lost(Verdict::Abandoned), Vec::new(), Vec::new())
    }

    /// Has the last step judged; an ending if it was the last one.
    fn look(&mut self, history: &mut Vec<EventOf<M>>, record: bool) -> Option<Ending> {
        let Underway { model, events, world, judge, livelock, cycle } = self;
        judge.observe(events.list(), world, events.steps());
        events.add_effort(judge.effort());
        match record {
            true => history.extend(events.drain()),
            false => events.clear(),
        }
        if let Some(verdict) = model.cannot_go_on(world) {
            return Some(Ending::Lost(verdict));
        }
        if world.is_over() || model.has_halted(world) {
            return Some(Ending::Over);
        }
        let beyond = |why| of_limit(why, *model, judge, world, events.steps());
        let cut = match livelock.look(world, judge, events.steps()) {
            Sight::Nothing => limit(*model, world, events.steps()).map(beyond),
            Sight::Cycle(length) => {
                *cycle = Some(length);
                Some(lasso::verdict(*model, judge, world, events.steps(), length))
            }
            Sight::Stuck => {
                history.retain(|event: &EventOf<M>| event.step <= livelock.told_until());
                let place = events.place().and_then(|place| model.place(place));
                let why = livelock.why_stuck(place);
                let why =
                    if record { format!("{why}; the first {TOLD_STEPS} of them are told") } else { why };
                Some(of_no_end(why, judge))
            }
        };
        cut.map(Ending::Cut)
    }

    /// What it was, and what it has come to.
    fn ended(self, ending: Ending, events: Vec<EventOf<M>>, choices: Vec<Choice>) -> Run<M> {
        let (steps, world, judge) = (self.events.steps(), self.world, self.judge);
        let judged = match ending {
            Ending::Over | Ending::Cut(_) => (judge.not_seen(&world), judge.intensity().clone()),
            Ending::Lost(_) => (Vec::new(), IntensityUses::new()),
        };
        let (not_seen, intensity) = judged;
        let (notes, verdict) = match ending {
            Ending::Over => (judge.notes(&world), Verdict::of_end(judge.settled(&world, steps))),
            Ending::Cut(verdict) | Ending::Lost(verdict) => (Vec::new(), verdict),
        };
        Run { events, choices, steps, world, not_seen, notes, intensity, cycle: self.cycle, verdict }
    }
}

/// Runs a model under a scheduler, which nobody tells how people call processes, and keeps nothing but the end.
pub fn run_under<M: Model>(model: &M, scheduler: &mut dyn Scheduler<Actor<M::Guest>>) -> Run<M> {
    run_until(model, &StopFlag::default(), scheduler)
}

/// The same, and it is abandoned as soon as `stop` is raised.
pub fn run_until<M: Model>(
    model: &M,
    stop: &StopFlag,
    scheduler: &mut dyn Scheduler<Actor<M::Guest>>,
) -> Run<M> {
    run(model, false, stop, &mut |world, _| scheduler.choose(&world.choices(), &Nameless).ok().flatten())
}

/// The same run, up to where it has gone round for the first time.
fn shortened<M: Model>(model: &M, run: Run<M>, length: u64) -> Run<M> {
    let (world, judge, steps) = lasso::first(model, &run.choices, length).into_parts();
    let verdict = lasso::verdict(model, &judge, &world, steps, length);
    let mut run = Run { world, steps, verdict, ..run };
    run.events.retain(|event| event.step <= steps);
    run.choices.truncate(usize::try_from(steps).unwrap_or(usize::MAX));
    run
}

/// What a run comes to of which somebody says that its last steps lead back to where they began. Whoever has chosen
/// it gave up there.
pub fn judged_as_lasso<M: Model>(model: &M, run: Run<M>, length: u64) -> Run<M> {
    let (end, closes) = lasso::closes(model, &run.choices, length);
    let (world, judge, steps) = end.into_parts();
    let verdict = match closes {
        true => lasso::verdict(model, &judge, &world, steps, length),
        false => Verdict::Inconclusive(format!(
            "{} do not lead back to where they began",
            lasso::last_steps(length)
        )),
    };
    Run { verdict, cycle: closes.then_some(length), ..run }
}

/// What a run comes to that is not waited for any longer, and why it is not.
fn of_limit<'m, M: Model>(
    why: String,
    model: &'m M,
    judge: &M::Judge<'m>,
    world: &WorldOf<M>,
    steps: u64,
) -> Verdict {
    match judge.so_far() {
        // What ticks for ever does not keep a run from being over.
        [] if !is_spent(world, steps) && model.is_served(world) => {
            Verdict::of_end(judge.clone().settled(world, steps))
        }
        _ => of_no_end(why, judge),
    }
}

/// What a run comes to of which nobody knows what would still have come.
fn of_no_end<G: Guest>(why: String, judge: &impl Judge<G>) -> Verdict {
    match judge.so_far() {
        [] => Verdict::Inconclusive(why),
        broken => Verdict::Broken(broken.to_vec()),
    }
}

/// Why a run is not waited for any longer, if it is not.
pub(super) fn limit<M: Model>(model: &M, world: &WorldOf<M>, steps: u64) -> Option<String> {
    let horizon_ms = model.horizon_ms();
    if world.now() <= horizon_ms && !is_spent(world, steps) {
        return None;
    }
    if world.now() > horizon_ms {
        return Some(format!("after {horizon_ms} ms of virtual time something still happens"));
    }
    if let Some(overrun) = world.overrun() {
        return Some(told(model, overrun));
    }
    let most = world.budget().steps;
    (steps >= most).then(|| format!("after {most} steps something still happens"))
}

/// What there was too much of, and where.
fn told<M: Model>(model: &M, overrun: Overrun) -> String {
    let Overrun { resource, most, place, pid: _ } = overrun;
    let place = place.and_then(|place| model.place(place));
    let place = place.map_or(String::new(), |place| format!(", at {place}"));
    match resource {
        Resource::Statements => {
            format!("somebody has taken {most} statements in one step, without waiting for anything{place}")
        }
        Resource::Processes => format!("more than {most} processes live at once{place}"),
        Resource::Messages => format!("more than {most} messages lie unread in one mailbox{place}"),
        Resource::Signals => format!("more than {most} signals are on their way at once{place}"),
        Resource::Timers => format!("more than {most} timers are set at once{place}"),
        Resource::Work => format!("more than {most} statements have been taken{place}"),
        Resource::Bytes => format!("processes, messages and tables hold more than {most} bytes{place}"),
        Resource::Term => format!("a term is nested too deeply, or holds more than {most} others{place}"),
    }
}
