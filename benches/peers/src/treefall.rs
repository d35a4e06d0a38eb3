//! What treefall does, by its own command line: whatever starting takes is left out by doing the work twice, once
//! many times and once a few times, and looking at the difference.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

pub const MESSAGES: &str = "supervisor top { worker server }
    server server { var n 0; on cast hello { add n 1 } }
    client c { repeat TIMES { cast server hello } }";
pub const CALLS: &str = "supervisor top { worker server }
    server server { on call hello { reply ok } }
    client c { repeat TIMES { call server hello } }";
pub const SPAWNS: &str = "supervisor top { worker server }
    server server { }
    process short { note \"gone\" }
    client c { repeat TIMES { spawn short as=$pid; monitor $pid as=$ref; receive DOWN $ref } }";
pub const RESTARTS: &str = "supervisor top max_restarts=1000000 { worker server }
    server server { on info die { exit reason=dead } }
    client c { repeat TIMES { send server die; settle } }";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Builds what is shipped.
pub fn build() {
    let built = Command::new("cargo").args(["build", "--release", "--quiet"]).current_dir(root()).status();
    assert!(built.is_ok_and(|status| status.success()), "treefall cannot be built");
}

/// How long a command line takes, if it ends as it should.
pub fn takes(words: &str) -> Option<Duration> {
    let begun = Instant::now();
    let status = Command::new("target/release/treefall")
        .args(words.split_whitespace())
        .current_dir(root())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    // A search that was given up at so many states has done its work.
    status.ok().filter(|status| matches!(status.code(), Some(0 | 3))).map(|_| begun.elapsed())
}

/// The difference between many and few, by the second.
fn rate(items: f64, many: Option<Duration>, few: Option<Duration>) -> Option<f64> {
    Some(items / many?.checked_sub(few?)?.as_secs_f64())
}

/// Whole runs of the yardstick.
pub fn small_runs(scheduler: &str) -> Option<f64> {
    let run = |seeds: u32| {
        takes(&format!("explore scenarios/bench/small_run.kdl --jobs 1 --seeds 0..{seeds} --scheduler {scheduler}"))
    };
    rate(20_000.0, run(21_000), run(1_000))
}

/// A scenario that does something so many times, calmly and under two seeds.
pub fn repeated(scenario: &str) -> Option<f64> {
    let run = |times: u32| {
        let path = std::env::temp_dir().join(format!("treefall-peers-{times}.kdl"));
        fs::write(&path, scenario.replace("TIMES", &times.to_string())).ok()?;
        takes(&format!("explore {} --jobs 1 --seeds 0..2 --scheduler random --run-steps 100000000", path.display()))
    };
    rate(3.0 * 100_000.0, run(110_000), run(10_000))
}

/// States of a search of every order.
pub fn states(jobs: u32) -> Option<f64> {
    let run = |states: u32| {
        let file = "scenarios/guide/11_observer_watches_and_kills.kdl";
        takes(&format!("explore --exhaustive --jobs {jobs} --max-states {states} --trace none {file}"))
    };
    rate(100_000.0, run(110_000), run(10_000))
}

/// From nothing to the verdict of one calm run.
pub fn starts() -> Option<f64> {
    let took = (0..20).map(|_| takes("run -q --trace none scenarios/bench/small_run.kdl"));
    let took: Option<Duration> = took.sum();
    Some(20.0 / took?.as_secs_f64())
}
