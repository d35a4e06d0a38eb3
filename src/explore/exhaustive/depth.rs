//! Depth-first: a run to its end, then back to the last choice that was not taken.

use crate::kernel::Choice;

use super::record::{BLOCK, Entered, Record, Stop};
use super::space::{Stands, StateSpace, Watch};
use super::worker::Worker;

/// A state on the way, and which of its choices comes next.
struct Here<S: StateSpace> {
    number: u32,
    state: Box<S::State>,
    choices: Vec<Choice>,
    next: usize,
}

pub(super) fn search<S: StateSpace>(
    space: &S,
    start: S::State,
    record: &mut Record<S>,
    watch: &mut dyn Watch<S>,
) -> Option<Stop> {
    let mut worker = Worker::of(space);
    let stop = ways(space, start, record, watch, &mut worker);
    worker.reached.iter().for_each(|what| watch.reached(*what));
    stop
}

fn ways<S: StateSpace>(
    space: &S,
    start: S::State,
    record: &mut Record<S>,
    watch: &mut dyn Watch<S>,
    worker: &mut Worker<S>,
) -> Option<Stop> {
    let mut way: Vec<Here<S>> = Vec::new();
    let mut since = 0;
    worker.pass(space, &start);
    let start = (space.fingerprint(&start), Box::new(start));
    if let Some(stop) = arrive(space, record, watch, worker, &mut way, start, (0, 0)).1 {
        return Some(stop);
    }
    while let Some(here) = way.last_mut() {
        let Some(choice) = here.choices.get(here.next).copied() else {
            way.pop().into_iter().for_each(|here| worker.take_back(here.state));
            continue;
        };
        let nth = u32::try_from(here.next).expect("there are fewer choices than numbers");
        here.next += 1;
        let parent = here.number;
        let (state, fingerprint) = worker.step(space, &here.state, choice);
        if space.is_left() {
            watch.progress(&record.covered);
            return Some(Stop::Enough);
        }
        record.covered.steps += 1;
        let (number, stop) =
            arrive(space, record, watch, worker, &mut way, (fingerprint, state), (parent, nth));
        if let Some(number) = number {
            record.edges.push((parent, number));
        }
        if stop.is_some() {
            return stop;
        }
        since += 1;
        if since >= BLOCK {
            since = 0;
            record.covered.waiting = way.len() as u64;
            if !watch.progress(&record.covered) {
                return Some(Stop::Enough);
            }
        }
    }
    record.deeper.then_some(Stop::Depth)
}

/// Enters a state, and goes on from it if it is new.
fn arrive<S: StateSpace>(
    space: &S,
    record: &mut Record<S>,
    watch: &mut dyn Watch<S>,
    worker: &mut Worker<S>,
    way: &mut Vec<Here<S>>,
    (fingerprint, state): (u64, Box<S::State>),
    from: (u32, u32),
) -> (Option<u32>, Option<Stop>) {
    if let Some(number) = record.find(&state, fingerprint) {
        worker.take_back(state);
        return (Some(number), None);
    }
    let stands = space.standing(&state);
    let Entered::New(number) = record.enter(&state, fingerprint, from, stands) else {
        return (None, Some(Stop::States));
    };
    let stop = match stands {
        Stands::Going if way.len() as u64 >= record.depth_max => {
            record.deeper = true;
            None
        }
        Stands::Going => {
            let choices = space.choices(&state);
            way.push(Here { number, state, choices, next: 0 });
            record.covered.depth = record.covered.depth.max(way.len() as u64 - 1);
            None
        }
        Stands::End => {
            watch.ended(&state);
            None
        }
        Stands::Failed => Some(Stop::Failed(number)),
        Stands::Limit => None,
    };
    (Some(number), stop)
}
