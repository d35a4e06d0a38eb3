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
    let mut events = events.until(stop);
    let mut world = model.start(&mut events);
    let mut judge = model.judge();
    let (mut history, mut choices) = (Vec::new(), Vec::new());
    let (mut not_seen, mut notes, mut intensity) = (Vec::new(), Vec::new(), IntensityUses::new());
    let (mut livelock, mut cycle) = (LivelockDetector::of(model), None);
    let verdict = loop {
        if stop.is_raised() {
            break Verdict::Abandoned;
        }
        judge.observe(events.list(), &world, events.steps());
        events.add_effort(judge.effort());
        match record {
            true => history.extend(events.drain()),
            false => events.clear(),
        }
        if let Some(verdict) = model.cannot_go_on(&world) {
            break verdict;
        }
        if world.is_over() || model.has_halted(&world) {
            (not_seen, intensity) = (judge.not_seen(&world), judge.intensity().clone());
            notes = judge.notes(&world);
            break Verdict::of_end(judge.settled(&world, events.steps()));
        }
        let beyond = |why| of_limit(why, model, &judge, &world, events.steps());
        let ending = match livelock.look(&world, &judge, events.steps()) {
            Sight::Nothing => limit(model, &world, events.steps()).map(beyond),
            Sight::Cycle(length) => {
                cycle = Some(length);
                Some(lasso::verdict(model, &judge, &world, events.steps(), length))
            }
            Sight::Stuck => {
                history.retain(|event: &EventOf<M>| event.step <= livelock.told_until());
                let place = events.place().and_then(|place| model.place(place));
                let why = livelock.why_stuck(place);
                let why =
                    if record { format!("{why}; the first {TOLD_STEPS} of them are told") } else { why };
                Some(of_no_end(why, &judge))
            }
        };
        if let Some(ending) = ending {
            (not_seen, intensity) = (judge.not_seen(&world), judge.intensity().clone());
            break ending;
        }
        let Some(choice) = choose(&world, &history) else { break Verdict::Abandoned };
        livelock.takes(choice);
        judge.takes(choice);
        if record {
            choices.push(choice);
        }
        world.step(choice, model.image(), &mut events);
    };
    let (events, steps) = (history, events.steps());
    let run = Run { events, choices, steps, world, not_seen, notes, intensity, cycle, verdict };
    match run.cycle {
        Some(length) if record => shortened(model, run, length),
        _ => run,
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
