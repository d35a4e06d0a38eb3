//! Work on many things at once, whose results come in the order of the things.
//!
//! What comes out does not depend on how many threads there are, only how soon it does.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

/// As many threads as there are processors.
pub fn all_processors() -> usize {
    thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// Does `work` with every thing on so many threads, and hands each result to `take` in the order of the
/// things, as soon as it and all before it are there.
///
/// # Errors
///
/// The first of `take`; nothing more is begun then.
pub fn in_order<T: Sync, R: Send, E>(
    things: &[T],
    jobs: usize,
    work: impl Fn(&T) -> R + Sync,
    mut take: impl FnMut(&T, R) -> Result<(), E>,
) -> Result<(), E> {
    let (next, enough) = (AtomicUsize::new(0), AtomicBool::new(false));
    let (report, reports) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..jobs.clamp(1, things.len().max(1)) {
            let (report, next, enough, work) = (report.clone(), &next, &enough, &work);
            scope.spawn(move || {
                while !enough.load(Ordering::Relaxed) {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(thing) = things.get(index) else { break };
                    // Nobody listens any more once `take` has failed.
                    if report.send((index, work(thing))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(report);
        let (mut early, mut taken) = (BTreeMap::new(), 0);
        for (index, result) in reports {
            early.insert(index, result);
            while let Some(result) = early.remove(&taken) {
                if let Err(error) = take(&things[taken], result) {
                    enough.store(true, Ordering::Relaxed);
                    return Err(error);
                }
                taken += 1;
            }
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::in_order;

    #[test]
    fn results_come_in_the_order_of_the_things_however_many_work() {
        let things: Vec<u64> = (0..100).collect();
        for jobs in [0, 1, 2, 7, 1000] {
            let mut taken = Vec::new();
            let done = in_order(
                &things,
                jobs,
                // The first of them take the longest.
                |thing| (0..(100 - thing) * 100).fold(*thing, |sum, n| sum ^ std::hint::black_box(n) ^ n),
                |thing, result| {
                    assert_eq!(*thing, result);
                    taken.push(result);
                    Ok::<(), ()>(())
                },
            );
            assert!(done.is_ok());
            assert_eq!(taken, things, "{jobs} jobs");
        }
    }

    #[test]
    fn the_first_error_ends_it() {
        let mut taken = 0;
        let done = in_order(
            &[1, 2, 3],
            2,
            |thing| *thing,
            |_, _| {
                taken += 1;
                Err("nobody reads this")
            },
        );
        assert_eq!((done, taken), (Err("nobody reads this"), 1));
    }
}
