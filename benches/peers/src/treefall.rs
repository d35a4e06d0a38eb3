//! What treefall does, by its own command line: whatever starting takes is left out by doing the work twice, once
//! many times and once a few times, and looking at the difference.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::processor;

pub const MESSAGES: &str = "scenario \"work\" horizon=1000000000
    supervisor top { worker server }
    server server { var n 0; on cast hello { add n 1 } }
    client c { repeat TIMES { repeat 100 { cast server hello }; sleep 20 } }";
pub const CALLS: &str = "scenario \"work\" horizon=1000000000
    supervisor top { worker server }
    server server { on call hello { reply ok } }
    client c { repeat TIMES { repeat 100 { call server hello }; sleep 20 } }";
pub const SPAWNS: &str = "scenario \"work\" horizon=1000000000
    supervisor top { worker server }
    server server { }
    process short { note \"gone\" }
    client c { repeat TIMES { repeat 100 { spawn short as=$pid; monitor $pid as=$ref; receive DOWN $ref }; sleep 20 } }";
pub const RESTARTS: &str = "scenario \"restarts\" horizon=1000000000
    supervisor top max_restarts=1000000 { worker server }
    server server { on info die { exit reason=dead } }
    client c { repeat TIMES { repeat 100 { send server die; settle }; sleep 20 } }";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Builds what is shipped.
pub fn build() {
    let built = Command::new("cargo").args(["build", "--release", "--quiet"]).current_dir(root()).status();
    assert!(built.is_ok_and(|status| status.success()), "treefall cannot be built");
}

/// How many seconds of a processor a command line takes, if it ends as it should.
pub fn takes(words: &str) -> Option<f64> {
    let begun = processor::seconds();
    let status = Command::new("target/release/treefall")
        .args(words.split_whitespace())
        .current_dir(root())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    // A search that was given up at so many states has done its work.
    let given_up = words.contains("--max-states").then_some(3);
    let code = status.ok()?.code();
    (code == Some(0) || code.is_some() && code == given_up).then(|| processor::seconds() - begun)
}

/// The difference between many and few, by the second.
fn rate(items: f64, many: Option<f64>, few: Option<f64>) -> Option<f64> {
    Some(items / (many? - few?)).filter(|rate| rate.is_finite() && *rate > 0.0)
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
    // Time passes after each hundred: where it stands still, a run is watched for going round.
    let run = |times: u32| {
        let path = std::env::temp_dir().join(format!("treefall-peers-{times}.kdl"));
        fs::write(&path, scenario.replace("TIMES", &times.to_string())).ok()?;
        takes(&format!("explore {} --jobs 1 --seeds 0..2 --scheduler random --run-steps 100000000 --run-work 1000000000", path.display()))
    };
    rate(3.0 * 100_000.0, run(1_100), run(100))
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
    let took: Option<f64> = took.sum();
    Some(20.0 / took?)
}
