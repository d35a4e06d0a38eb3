//! Breadth-first: level by level, each on as many threads as there are.

use std::thread;

use super::{BLOCK, Entered, Record, Search, Space, Stands, Stop, Watch};

/// What one choice of a state leads to.
struct Child<S: Space> {
    nth: u32,
    state: S::State,
    fingerprint: u64,
    /// Known since an earlier level, and then not looked at more closely.
    known: Option<u32>,
    stands: Stands,
}

pub(super) fn search<S: Space>(
    space: &S,
    how: &Search,
    start: S::State,
    record: &mut Record<S>,
    watch: &mut dyn Watch<S>,
) -> Option<Stop> {
    let stands = space.standing(&start);
    let fingerprint = space.fingerprint(&start);
    watch.passed(&start);
    let Entered::New(number) = record.enter(&start, fingerprint, (0, 0), stands) else {
        return Some(Stop::States);
    };
    let mut level = Vec::new();
    match stands {
        Stands::Going => level.push((number, start)),
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
        for block in level.chunks(BLOCK * how.jobs.max(1)) {
            for (parent, children) in expand(space, how, record, block) {
                for child in children {
                    record.covered.steps += 1;
                    watch.passed(&child.state);
                    let entered = match child.known {
                        Some(number) => Entered::Known(number),
                        None => {
                            record.enter(&child.state, child.fingerprint, (parent, child.nth), child.stands)
                        }
                    };
                    let number = match entered {
                        Entered::Full => return Some(Stop::States),
                        Entered::Known(number) => {
                            record.edges.push((parent, number));
                            continue;
                        }
                        Entered::New(number) => number,
                    };
                    record.edges.push((parent, number));
                    match child.stands {
                        Stands::Going => next.push((number, child.state)),
                        Stands::End => watch.ended(&child.state),
                        Stands::Failed => return Some(Stop::Failed(number)),
                        Stands::Limit => (),
                    }
                }
            }
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

/// What each state of a block leads to, in order.
fn expand<S: Space>(
    space: &S,
    how: &Search,
    record: &Record<S>,
    block: &[(u32, S::State)],
) -> Vec<(u32, Vec<Child<S>>)> {
    let part = |states: &[(u32, S::State)]| -> Vec<(u32, Vec<Child<S>>)> {
        states.iter().map(|(number, state)| (*number, children(space, record, state))).collect()
    };
    let jobs = how.jobs.max(1);
    if jobs == 1 || block.len() < 2 * jobs {
        return part(block);
    }
    let share = block.len().div_ceil(jobs);
    thread::scope(|scope| {
        let part = &part;
        let workers: Vec<_> = block.chunks(share).map(|states| scope.spawn(move || part(states))).collect();
        let join = |worker: thread::ScopedJoinHandle<'_, _>| match worker.join() {
            Ok(children) => children,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        workers.into_iter().flat_map(join).collect()
    })
}

fn children<S: Space>(space: &S, record: &Record<S>, state: &S::State) -> Vec<Child<S>> {
    let mut taken = Vec::new();
    let choices = space.choices(state);
    let children = choices.into_iter().zip(0..).map(|(choice, nth)| {
        let mut state = state.clone();
        taken.clear();
        space.step(&mut state, choice, &mut taken);
        let fingerprint = space.fingerprint(&state);
        let known = record.find(&state, fingerprint);
        let stands = if known.is_some() { Stands::Going } else { space.standing(&state) };
        Child { nth, state, fingerprint, known, stands }
    });
    children.collect()
}
