//! How much memory things take: what the operating system counts at most, of many things and of fewer.

use super::asked::{LONG, begun, binary, written};
use super::beam;
use super::page::say;
use super::processor;
use super::table::grouped;
use super::work::{DYNAMIC, Shape};

/// How many bytes a command line takes at most, if it ends as it should or is given up.
fn most(words: &str) -> Option<f64> {
    let child = begun(words)?;
    let (code, bytes) = processor::waited(&child)?;
    (code == 0 || code == 3).then_some(bytes)
}

/// Bytes of one of many.
fn each(many: u32, few: u32, most: impl Fn(u32) -> Option<f64>) -> Option<f64> {
    Some((most(many)? - most(few)?) / f64::from(many - few))
}

fn idle_worker() -> Option<f64> {
    each(200_000, 100_000, |children| {
        let text = DYNAMIC.replace("TIMES", &children.to_string()).replace("END", "settle");
        let path = written(&format!("idle-{children}"), &text)?;
        most(&format!("explore {path} --jobs 1 --seeds 0..1 --scheduler random {LONG}"))
    })
}

fn state(shape: &Shape) -> Option<f64> {
    each(300_000, 100_000, |states| most(&shape.search(1, states)?))
}

fn seeds(seeds: u32) -> Option<f64> {
    most(&format!("explore scenarios/bench/small_run.kdl --jobs 1 --seeds 0..{seeds} --scheduler random"))
}

fn size() -> Option<f64> {
    Some(std::fs::metadata(binary()).ok()?.len() as f64)
}

/// Prints all of it.
pub fn print() {
    type Measured = (&'static str, &'static str, fn() -> Option<f64>);
    let rows: [Measured; 9] = [
        ("an idle worker, with what its supervisor keeps of it", "treefall", idle_worker),
        ("", "Erlang", || beam::rate("idle_bytes", 100_000)),
        ("a state of a search", "treefall, a supervised tree", || state(&Shape::Tree)),
        ("", "treefall, a restart and its callers", || state(&Shape::Restart)),
        ("", "treefall, senders to one server", || state(&Shape::Senders)),
        ("10,000 small runs, one after the other", "treefall, all of it", || seeds(10_000)),
        ("100,000 small runs", "treefall, all of it", || seeds(100_000)),
        ("1,000,000 small runs", "treefall, all of it", || seeds(1_000_000)),
        ("the program", "treefall, as it is shipped", size),
    ];
    say("| what | who | bytes |\n|---|---|---|");
    for (what, who, bytes) in rows {
        eprintln!("bytes: {what} {who}");
        let bytes = bytes().map_or("not here".to_owned(), |bytes| grouped(bytes.round() as u64));
        say(&format!("| {what} | {who} | {bytes} |"));
    }
}
