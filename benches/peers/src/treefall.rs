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

/// The folder of treefall itself.
pub fn root() -> PathBuf {
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
        takes(&format!(
            "explore scenarios/bench/small_run.kdl --jobs 1 --seeds 0..{seeds} --scheduler {scheduler}"
        ))
    };
    rate(20_000.0, run(21_000), run(1_000))
}

/// A scenario that does something so many times, calmly and under two seeds.
pub fn repeated(scenario: &str) -> Option<f64> {
    // Time passes after each hundred: where it stands still, a run is watched for going round.
    let run = |times: u32| {
        let path = std::env::temp_dir().join(format!("treefall-peers-{times}.kdl"));
        fs::write(&path, scenario.replace("TIMES", &times.to_string())).ok()?;
        takes(&format!(
            "explore {} --jobs 1 --seeds 0..2 --scheduler random --run-steps 100000000 --run-work 1000000000",
            path.display()
        ))
    };
    rate(3.0 * 100_000.0, run(1_100), run(100))
}

/// The same, once and with everything recorded.
pub fn recorded(scenario: &str) -> Option<f64> {
    let run = |times: u32| {
        let path = written(&format!("recorded-{times}"), &scenario.replace("TIMES", &times.to_string()))?;
        takes(&format!("run -q --trace none {LONG} {path}"))
    };
    rate(100_000.0, run(1_100), run(100))
}

/// So many things in a row, and then one thing that ends it: how many of the first a second, and how long the last
/// takes of each.
pub fn children(stopped: bool) -> Option<f64> {
    let run = |children: u32, ends: &str| {
        let text = format!(
            "scenario \"children\" horizon=1000000000
             supervisor top {{ dynamic_supervisor pool restart=temporary }}
             server idle {{ }}
             client c {{ repeat {children} {{ start_child pool idle }}; {ends} }}"
        );
        let path = written(&format!("children-{children}"), &text)?;
        takes(&format!("run -q --trace none {LONG} {path}"))
    };
    let stop = "stop pool reason=shutdown";
    match stopped {
        false => rate(100_000.0, run(101_000, ""), run(1_000, "")),
        true => rate(100_000.0, run(100_000, stop), run(100_000, "")),
    }
}

/// Starts of the thousand children of a supervisor that starts all anew when one of them dies.
pub fn group() -> Option<f64> {
    let names = || (1..1_000).map(|number| format!("w{number}"));
    let workers: String = names().map(|name| format!("worker {name}; ")).collect();
    let servers: String = names().map(|name| format!("server {name} {{ }}\n")).collect();
    let run = |times: u32| {
        let text = format!(
            "scenario \"group\" horizon=1000000000
             supervisor top strategy=one_for_all max_restarts=1000000 {{ worker server; {workers} }}
             server server {{ on info die {{ exit reason=dead }} }}
             {servers}
             client c {{ repeat {times} {{ send server die; settle; sleep 20 }} }}"
        );
        let path = written(&format!("group-{times}"), &text)?;
        takes(&format!("run -q --trace none {LONG} {path}"))
    };
    rate(1_000.0 * 100.0, run(101), run(1))
}

/// Lines of a file that are read and lowered.
pub fn lines() -> Option<f64> {
    let run = |handlers: u32| {
        let handlers = (0..handlers).map(|number| {
            format!("    on call hello{number} {{\n        reply ok\n        log \"said\"\n    }}\n")
        });
        let text = format!(
            "supervisor top {{ worker server }}\nserver server {{\n{}}}\n",
            handlers.collect::<String>()
        );
        let path = written("lines", &text)?;
        takes(&format!("run -q --trace none {path}"))
    };
    rate(4.0 * 2_500.0, run(2_510), run(10))
}

/// A shape of what is searched: the text of a file, or its path.
pub enum Shape {
    Tree,
    Restart,
    Senders,
}

/// States of a search of every order.
pub fn states(shape: &Shape, jobs: u32) -> Option<f64> {
    let many = |count: u32, line: &str| -> String {
        (0..count)
            .map(|number| format!("client c{number} {{ {} }}\n", line.replace('#', &number.to_string())))
            .collect()
    };
    let path = match shape {
        Shape::Tree => "scenarios/guide/11_observer_watches_and_kills.kdl".to_owned(),
        Shape::Restart => {
            let callers = many(6, "call server work; expect ok or_exit=_");
            let text = format!(
                "supervisor top {{ worker server }}
                 server server {{ on call work {{ reply ok }} }}
                 client killer {{ monitor server as=$ref; kill server; receive DOWN $ref }}
                 {callers}"
            );
            written("restart", &text)?
        }
        Shape::Senders => {
            let senders = many(14, "cast counter add #");
            let text = format!(
                "supervisor top {{ worker counter }}
                 server counter {{ var last 0; on cast add $number {{ set last $number }} }}
                 {senders}"
            );
            written("senders", &text)?
        }
    };
    let run = |states: u32| {
        takes(&format!("explore --exhaustive --jobs {jobs} --max-states {states} --trace none {path}"))
    };
    rate(100_000.0, run(110_000), run(10_000))
}

/// Allows what long work needs.
const LONG: &str =
    "--run-steps 100000000 --run-work 1000000000 --run-processes 2000000 --run-bytes 8000000000";

/// A file to run, and where it is.
fn written(name: &str, text: &str) -> Option<String> {
    let path = std::env::temp_dir().join(format!("treefall-peers-{name}.kdl"));
    fs::write(&path, text).ok()?;
    Some(path.display().to_string())
}

/// From nothing to the verdict of one calm run.
pub fn starts() -> Option<f64> {
    let took = (0..20).map(|_| takes("run -q --trace none scenarios/bench/small_run.kdl"));
    let took: Option<f64> = took.sum();
    Some(20.0 / took?)
}
