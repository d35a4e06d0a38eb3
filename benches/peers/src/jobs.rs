//! What two threads are worth beside one, by the clock on the wall: on a machine that others use too it is less than
//! it would be on one of their own.

use std::time::Instant;

use super::asked::{begun, ends};
use super::page::say;
use super::table::median;
use super::work::Shape;

/// Seconds by the clock of a command line, if it ends as it should.
fn lasts(words: &str) -> Option<f64> {
    let begin = Instant::now();
    ends(words, begun(words)?)?;
    Some(begin.elapsed().as_secs_f64())
}

/// Prints all of it.
pub fn print(rounds: usize) {
    say("| work | one thread, s | two, s | they are |\n|---|---|---|---|");
    let seeds = |scheduler: &'static str| {
        move |jobs: u32| {
            Some(format!(
                "explore scenarios/bench/small_run.kdl --seeds 0..40000 --scheduler {scheduler} --jobs {jobs}"
            ))
        }
    };
    let states = |shape: Shape| move |jobs: u32| shape.search(jobs, 150_000);
    type Words = Box<dyn Fn(u32) -> Option<String>>;
    let rows: [(&str, Words); 7] = [
        ("40,000 small runs, random", Box::new(seeds("random"))),
        ("40,000 small runs, swarm", Box::new(seeds("swarm"))),
        ("40,000 small runs, pct", Box::new(seeds("pct"))),
        ("40,000 small runs, pos", Box::new(seeds("pos"))),
        ("150,000 states, a supervised tree", Box::new(states(Shape::Tree))),
        ("150,000 states, a restart and its callers", Box::new(states(Shape::Restart))),
        ("150,000 states, senders to one server", Box::new(states(Shape::Senders))),
    ];
    for (work, words) in rows {
        eprintln!("two threads: {work}");
        let (mut one, mut two) = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            one.extend(words(1).and_then(|words| lasts(&words)));
            two.extend(words(2).and_then(|words| lasts(&words)));
        }
        match (median(&mut one), median(&mut two)) {
            (Some(one), Some(two)) => {
                say(&format!("| {work} | {one:.2} | {two:.2} | {:.2} times as fast |", one / two));
            }
            _ => say(&format!("| {work} | not here | | |")),
        }
    }
}
