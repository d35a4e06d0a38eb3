//! How much memory things take: what the operating system counts at most, of many things and of fewer.

use std::fs;
use std::thread;
use std::time::Duration;

use super::asked::{LONG, begun, binary, written};
use super::beam;
use super::page::say;
use super::table::grouped;
use super::work::{DYNAMIC, Shape};

/// How often it is asked how much a program has had.
const OFTEN: Duration = Duration::from_millis(2);

/// How many bytes a command line takes at most, if it ends as it should or is given up.
fn most(words: &str) -> Option<f64> {
    let mut child = begun(words)?;
    let path = format!("/proc/{}/status", child.id());
    let (mut most, mut ended) = (0.0, None);
    while ended.is_none() {
        thread::sleep(OFTEN);
        ended = child.try_wait().ok()?;
        let status = fs::read_to_string(&path).unwrap_or_default();
        // What has ended says nothing any more, and what has just begun is still this program.
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok());
        most = kilobytes.map_or(most, |kilobytes| kilobytes * 1024.0);
    }
    matches!(ended?.code(), Some(0 | 3)).then_some(most)
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
    Some(fs::metadata(binary()).ok()?.len() as f64)
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
