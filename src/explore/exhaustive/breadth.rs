//! Breadth-first: level by level, each on as many threads as there are.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::record::{BLOCK, Entered, Record, Stop};
use super::space::{Search, Stands, StateSpace, Watch};
use super::worker::Worker;

/// How many states a thread takes at a time.
const SHARE: usize = 16;

/// A state to be gone on from, with its number.
type Open<S> = (u32, Box<<S as StateSpace>::State>);

/// What one choice of a state leads to.
enum Child<S: StateSpace> {
    /// To one that is known since an earlier block.
    Known(u32),
    /// To one that was not.
    Other { nth: u32, state: Box<S::State>, fingerprint: u64, stands: Stands },
}

/// What a state leads to: its number, which worker has made these, and them.
type Family<S> = (u32, usize, Vec<Child<S>>);

pub(super) fn search<S: StateSpace>(
    space: &S,
    how: &Search,
    start: S::State,
    record: &mut Record<S>,
    watch: &mut dyn Watch<S>,
) -> Option<Stop> {
    let jobs = how.jobs.max(1);
    let mut workers: Vec<Worker<S>> = (0..jobs).map(|_| Worker::of(space)).collect();
    let stop = levels(space, jobs, start, record, watch, &mut workers);
    workers.iter().flat_map(|worker| &worker.reached).for_each(|what| watch.reached(*what));
    stop
}

fn levels<S: StateSpace>(
    space: &S,
    jobs: usize,
    start: S::State,
    record: &mut Record<S>,
    watch: &mut dyn Watch<S>,
    workers: &mut [Worker<S>],
) -> Option<Stop> {
    let stands = space.standing(&start);
    let fingerprint = space.fingerprint(&start);
    workers[0].pass(space, &start);
    let Entered::New(number) = record.enter(&start, fingerprint, (0, 0), stands) else {
        return Some(Stop::States);
    };
    let mut level = Vec::new();
    match stands {
        Stands::Going => level.push((number, Box::new(start))),
        Stands::End => watch.ended(&start),
        Stands::Failed => return Some(Stop::Failed(number)),
        Stands::Limit => (),
    }
    while !level.is_empty() {
        if record.covered.depth >= record.depth_max {
            record.deeper = true;
            break;
        }
        let mut next = Vec::new();
        let mut waiting = level.into_iter();
        while waiting.len() > 0 {
            let block: Vec<Open<S>> = waiting.by_ref().take(BLOCK * jobs).collect();
            let expanded = expand(space, record, &block, workers);
            if space.is_left() {
                watch.progress(&record.covered);
                return Some(Stop::Enough);
            }
            for (parent, maker, children) in expanded {
                for child in children {
                    record.covered.steps += 1;
                    let (nth, state, fingerprint, stands) = match child {
                        Child::Known(number) => {
                            record.edges.push((parent, number));
                            continue;
                        }
                        Child::Other { nth, state, fingerprint, stands } => (nth, state, fingerprint, stands),
                    };
                    let number = match record.enter(&state, fingerprint, (parent, nth), stands) {
                        Entered::Full => return Some(Stop::States),
                        Entered::Known(number) => {
                            record.edges.push((parent, number));
                            // Who has made it has what it is made of at hand.
                            workers[maker].take_back(state);
                            continue;
                        }
                        Entered::New(number) => number,
                    };
                    record.edges.push((parent, number));
                    match stands {
                        Stands::Going => next.push((number, state)),
                        Stands::End => watch.ended(&state),
                        Stands::Failed => return Some(Stop::Failed(number)),
                        Stands::Limit => (),
                    }
                }
            }
            let back = block.into_iter().zip((0..jobs).cycle());
            back.for_each(|((_, state), worker)| workers[worker].take_back(state));
            record.covered.waiting = next.len() as u64;
            if !watch.progress(&record.covered) {
                return Some(Stop::Enough);
            }
        }
        record.covered.depth += 1;
        level = next;
    }
    record.deeper.then_some(Stop::Depth)
}

/// What each state of a block leads to, in order. Each thread takes the next share that nobody has taken.
fn expand<S: StateSpace>(
    space: &S,
    record: &Record<S>,
    block: &[Open<S>],
    workers: &mut [Worker<S>],
) -> Vec<Family<S>> {
    let shares: Vec<&[Open<S>]> = block.chunks(SHARE).collect();
    let next = AtomicUsize::new(0);
    let work = |maker: usize, worker: &mut Worker<S>| -> Vec<(usize, Vec<Family<S>>)> {
        let mine = std::iter::from_fn(|| {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let share = *shares.get(at).filter(|_| !space.is_left())?;
            let children =
                share.iter().map(|(number, state)| (*number, maker, children(space, record, state, worker)));
            Some((at, children.collect()))
        });
        mine.collect()
    };
    let wanted = shares.len().clamp(1, workers.len());
    let (mine, others) = workers[..wanted].split_first_mut().expect("somebody works");
    let mut done = thread::scope(|scope| {
        let work = &work;
        let others = others.iter_mut().zip(1..);
        let others: Vec<_> = others.map(|(worker, maker)| scope.spawn(move || work(maker, worker))).collect();
        let mut done = work(0, mine);
        for other in others {
            match other.join() {
                Ok(children) => done.extend(children),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        done
    });
    done.sort_unstable_by_key(|(at, _)| *at);
    done.into_iter().flat_map(|(_, children)| children).collect()
}

fn children<S: StateSpace>(
    space: &S,
    record: &Record<S>,
    state: &S::State,
    worker: &mut Worker<S>,
) -> Vec<Child<S>> {
    let choices = space.choices(state).into_iter().zip(0..);
    let children = choices.map(|(choice, nth)| {
        let (state, fingerprint) = worker.step(space, state, choice);
        match record.find(&state, fingerprint) {
            Some(number) => {
                worker.take_back(state);
                Child::Known(number)
            }
            None => {
                let stands = space.standing(&state);
                Child::Other { nth, state, fingerprint, stands }
            }
        }
    });
    children.collect()
}
